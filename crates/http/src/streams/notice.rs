//! Notices: stream items other than events of a log. They have the same envelope, without `seq`.

use std::num::NonZeroUsize;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::user::User;
use chit_chat_live::{EncodedEvent, PrivateChange};
use serde::{Serialize, Serializer};

use crate::views::{HiddenView, Id, ReadMarkerView, Time, UserView, WhereView, encoded};

#[derive(Serialize)]
struct Notice<D> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    chatroom_id: Option<Id<ChatroomId>>,
    at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<Id<UserId>>,
    data: D,
}

#[derive(Serialize)]
struct Heads {
    #[serde(serialize_with = "by_id")]
    heads: Vec<(ChatroomId, Seq)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<NonZeroUsize>,
}

/// Serializes heads as an object, in the order of their chatrooms.
fn by_id<S: Serializer>(heads: &[(ChatroomId, Seq)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(heads.iter().map(|(id, head)| (Id(*id), head)))
}

#[derive(Serialize)]
struct Nothing {}

/// The notices that carry heads of the stream's chatrooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithHeads {
    /// The first item of a stream of all chatrooms.
    Ready,
    /// The client has received everything that it missed.
    CaughtUp,
    /// The client's position is not valid: it must fetch the state again, then continue.
    Reset,
    /// The stream is alive, and these are the heads that have moved lately.
    Heartbeat,
}

impl WithHeads {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::CaughtUp => "caught_up",
            Self::Reset => "reset",
            Self::Heartbeat => "heartbeat",
        }
    }

    pub(super) fn encoded(
        self,
        id: &str,
        at: Timestamp,
        heads: impl IntoIterator<Item = (ChatroomId, Seq)>,
        left_out: usize,
    ) -> EncodedEvent {
        let heads = heads.into_iter().collect();
        let (r#type, data) = (self.as_str(), Heads { heads, left_out: NonZeroUsize::new(left_out) });
        encoded(id, r#type, &Notice { r#type, chatroom_id: None, at: Time(at), actor_id: None, data })
    }
}

/// The token has expired or its session has ended: the client must reconnect with a new one.
pub(super) fn unauthenticated(at: Timestamp) -> EncodedEvent {
    let r#type = "unauthenticated";
    encoded("", r#type, &Notice { r#type, chatroom_id: None, at: Time(at), actor_id: None, data: Nothing {} })
}

/// A user is typing.
pub(super) fn typing(chatroom: ChatroomId, user: UserId, at: Timestamp) -> EncodedEvent {
    let (r#type, chatroom_id, actor_id) = ("typing", Some(Id(chatroom)), Some(Id(user)));
    encoded("", r#type, &Notice { r#type, chatroom_id, at: Time(at), actor_id, data: Nothing {} })
}

/// The new profile of a user, as others see it.
pub(super) fn user_updated(user: User, at: Timestamp) -> EncodedEvent {
    let (r#type, actor_id) = ("user.updated", Some(Id(user.id)));
    encoded("", r#type, &Notice { r#type, chatroom_id: None, at: Time(at), actor_id, data: UserView::from(user) })
}

/// A change that concerns only the stream's user.
pub(super) fn private_change(chatroom: ChatroomId, private_change: PrivateChange, at: Timestamp) -> EncodedEvent {
    match private_change {
        PrivateChange::ReadMarker(seq) => {
            of_private_change("read_marker.updated", chatroom, at, ReadMarkerView::new(chatroom, seq))
        }
        PrivateChange::Muted(true) => of_private_change("mute.created", chatroom, at, WhereView::new(chatroom)),
        PrivateChange::Muted(false) => of_private_change("mute.deleted", chatroom, at, WhereView::new(chatroom)),
        PrivateChange::Hidden(Some(seq)) => {
            of_private_change("chatroom.hidden", chatroom, at, HiddenView::new(chatroom, seq))
        }
        PrivateChange::Hidden(None) => of_private_change("chatroom.shown", chatroom, at, WhereView::new(chatroom)),
    }
}

fn of_private_change(
    r#type: &'static str,
    chatroom: ChatroomId,
    at: Timestamp,
    data: impl Serialize,
) -> EncodedEvent {
    let chatroom_id = Some(Id(chatroom));
    encoded("", r#type, &Notice { r#type, chatroom_id, at: Time(at), actor_id: None, data })
}
