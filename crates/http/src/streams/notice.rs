//! Notices: stream items other than events of a log. They have the same envelope, without `seq`.

use std::collections::BTreeMap;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_live::{Own, Written};
use serde::Serialize;

use crate::views::{HiddenView, Id, ReadMarkerView, Time, WhereView, written};

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
    heads: BTreeMap<String, Seq>,
}

#[derive(Serialize)]
struct Nothing {}

/// The notices that carry the heads of the stream's chatrooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithHeads {
    /// The first item of a stream of all chatrooms.
    Ready,
    /// The client has received everything that it missed.
    CaughtUp,
    /// The client's position is not valid: it must fetch the state again, then continue.
    Reset,
    /// The stream is alive, and these are the heads of the logs.
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

    pub(super) fn written(
        self,
        id: &str,
        at: Timestamp,
        heads: impl IntoIterator<Item = (ChatroomId, Seq)>,
    ) -> Written {
        let heads = heads.into_iter().map(|(id, head)| (id.to_string(), head)).collect();
        let (r#type, data) = (self.as_str(), Heads { heads });
        written(id, r#type, &Notice { r#type, chatroom_id: None, at: Time(at), actor_id: None, data })
    }
}

/// The token has expired or its session has ended: the client must reconnect with a new one.
pub(super) fn unauthenticated(at: Timestamp) -> Written {
    let r#type = "unauthenticated";
    written("", r#type, &Notice { r#type, chatroom_id: None, at: Time(at), actor_id: None, data: Nothing {} })
}

/// A user is typing.
pub(super) fn typing(chatroom: ChatroomId, user: UserId, at: Timestamp) -> Written {
    let (r#type, chatroom_id, actor_id) = ("typing", Some(Id(chatroom)), Some(Id(user)));
    written("", r#type, &Notice { r#type, chatroom_id, at: Time(at), actor_id, data: Nothing {} })
}

/// A change that concerns only the stream's user.
pub(super) fn own(chatroom: ChatroomId, own: Own, at: Timestamp) -> Written {
    match own {
        Own::ReadMarker(seq) => of_own("read_marker.updated", chatroom, at, ReadMarkerView::new(chatroom, seq)),
        Own::Muted(true) => of_own("mute.created", chatroom, at, WhereView::new(chatroom)),
        Own::Muted(false) => of_own("mute.deleted", chatroom, at, WhereView::new(chatroom)),
        Own::Hidden(Some(seq)) => of_own("chatroom.hidden", chatroom, at, HiddenView::new(chatroom, seq)),
        Own::Hidden(None) => of_own("chatroom.shown", chatroom, at, WhereView::new(chatroom)),
    }
}

fn of_own(r#type: &'static str, chatroom: ChatroomId, at: Timestamp, data: impl Serialize) -> Written {
    let chatroom_id = Some(Id(chatroom));
    written("", r#type, &Notice { r#type, chatroom_id, at: Time(at), actor_id: None, data })
}
