//! The JSON views of the API. A resource looks the same to every reader.

mod ban;
mod block;
mod chatroom;
mod encoded;
mod event;
mod event_schema;
mod invitation;
mod invitation_code;
mod membership;
mod message;
mod pin;
mod problem;
mod reaction;
mod reading;
mod revision;
mod session;
mod user;
mod values;

pub(crate) use ban::BanView;
pub(crate) use block::BlockView;
pub(crate) use chatroom::{ChatroomView, MyChatroomView};
pub(crate) use encoded::{EventWriter, encoded};
pub(crate) use event::EventView;
pub(crate) use invitation::InvitationView;
pub(crate) use invitation_code::parse_invitation_code;
pub(crate) use membership::MembershipView;
pub(crate) use message::{MessageHistory, MessageList, MessageView, ShownMessage};
pub(crate) use pin::{PinList, PinView};
pub(crate) use problem::{ProblemBody, problem_response};
pub(crate) use reaction::ReactionView;
pub(crate) use reading::{HiddenView, ReadMarkerView, WhereView};
pub(crate) use revision::RevisionView;
pub(crate) use session::SessionView;
pub(crate) use user::{OwnView, UserView};
pub(crate) use values::{Id, Time};
