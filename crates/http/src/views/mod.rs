//! The JSON shapes of the API. A resource looks the same to every reader.

mod chatroom;
mod event;
mod event_schema;
mod membership;
mod message;
mod reading;
mod session;
mod user;
mod values;

pub(crate) use chatroom::{ChatroomView, MyChatroomView};
pub(crate) use event::EventView;
pub(crate) use membership::MembershipView;
pub(crate) use message::MessageView;
pub(crate) use reading::{MuteView, ReadMarkerView};
pub(crate) use session::SessionView;
pub(crate) use user::{OwnView, UserView};
pub(crate) use values::{Id, Time};
