//! Built-in policies for the texts of messages. Each is a file; write another one like them, as `docs/RULES.md` shows.

mod folded;
mod links;
mod patterns;
mod repeats;
mod words;

pub use links::LinksOfNewAccounts;
pub use patterns::{InvalidPattern, Patterns};
pub use repeats::{Repeats, RepeatsLimit};
pub use words::{Action, InvalidWords, Words};

#[cfg(test)]
mod testing;
