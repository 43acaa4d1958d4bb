//! Extractors. Each rejects invalid requests with its own problem.

mod accept;
mod application;
mod body;
mod condition;
mod encoding;
mod form;
mod headers;
mod invitation_code;
mod paging;
mod path;
mod payload;
mod principal;
mod rendering;
mod rights;
mod whole;

pub(crate) use accept::prefers;
pub(crate) use application::Application;
pub(crate) use body::{Json, Patched, present, reject_null};
pub(crate) use form::FormOrJson;
pub(crate) use headers::{idempotency_key, matches_none, precondition, user_agent};
pub(crate) use invitation_code::ByCode;
pub(crate) use paging::{Paging, Search, query_config, seq};
pub(crate) use path::{InChatroom, InvitationPath, MemberPath, MessagePath, ReactionPath, path_id};
pub use payload::BodyTimes;
pub(crate) use principal::{Principal, Reader, bearer_token};
pub(crate) use rendering::Rendering;
pub(crate) use whole::Whole;
