//! The rules of Chit-Chat, without I/O.
//!
//! - **Values** (`Username`, `MessageBody`, ...) are parsed once; what holds one is valid.
//! - **Rules** are methods on entities that answer with a named [`Denial`](denial::Denial).
//! - **Use cases** are services over ports: one method per thing that a user can do.
//! - **Ports** are traits that a store, a clock or a password hasher implements.
pub mod chatroom;
pub mod clock;
pub mod denial;
pub mod event;
#[cfg(test)]
mod fixture;
pub mod id;
pub mod membership;
pub mod message;
pub mod page;
pub mod pending;
mod retry;
pub mod secrets;
pub mod session;
pub mod store_error;
pub mod text;
pub mod user;
pub mod violation;
