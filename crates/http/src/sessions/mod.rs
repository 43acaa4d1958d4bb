//! `/api/auth`: signing in, staying signed in, signing out.

mod manage;
mod refresh;
mod sign_in;
mod tokens;

pub(crate) use manage::{end, end_current, list};
pub(crate) use refresh::refresh;
pub(crate) use sign_in::sign_in;
