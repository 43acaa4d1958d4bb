//! The state that a client maintains.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::people::{Person, Room};

/// A user's chatrooms.
pub(super) struct ClientState {
    rooms: BTreeMap<String, RoomState>,
}

struct RoomState {
    head: i64,
    /// The name and settings.
    chatroom: Value,
    roles: BTreeMap<String, String>,
    messages: BTreeMap<String, Value>,
    pins: BTreeSet<String>,
    /// `None` if the user may not see them.
    bans: Option<BTreeSet<String>>,
    invitations: Option<BTreeSet<String>>,
    own: Own,
}

/// The state that only the user has.
#[derive(Default)]
struct Own {
    read_seq: i64,
    muted: bool,
    /// Hidden until a message with a later seq.
    hidden_seq: Option<i64>,
    /// Hidden chatrooms are not listed; the other fields are read when it is shown again.
    is_unknown: bool,
}

impl ClientState {
    /// Reads the current state.
    pub(super) async fn fetch(me: &Person) -> Self {
        let mut rooms = BTreeMap::new();
        for (id, own) in chatroom_list(me).await {
            rooms.insert(id.clone(), RoomState::fetch(me, id, own).await);
        }
        Self { rooms }
    }

    /// The last known seq of each chatroom.
    pub(super) fn positions(&self) -> Value {
        self.rooms.iter().map(|(id, known)| (id.clone(), json!(known.head))).collect()
    }

    /// The part that the user sees.
    pub(super) fn shown(&self) -> Value {
        let shown = self.rooms.iter().filter(|(_, known)| known.is_shown());
        shown.map(|(id, known)| (id.clone(), known.shown())).collect()
    }

    /// Updates the state after a reconnect: reads the data that is in no log, and new chatrooms.
    pub(super) async fn resync(&mut self, me: &Person, heads: &Value) {
        let heads = heads.as_object().unwrap();
        self.rooms.retain(|id, _| heads.contains_key(id));
        let mut listed = chatroom_list(me).await;
        for (id, head) in heads {
            let hidden = || Own { hidden_seq: head.as_i64(), is_unknown: true, ..Own::default() };
            let own = listed.remove(id).unwrap_or_else(hidden);
            match self.rooms.get_mut(id) {
                Some(known) => known.own = own,
                None => drop(self.rooms.insert(id.clone(), RoomState::fetch(me, id.clone(), own).await)),
            }
        }
    }

    pub(super) async fn apply(&mut self, me: &Person, kind: &str, event: &Value) {
        if matches!(kind, "caught_up" | "heartbeat") {
            return;
        }
        let id = text(event, "chatroom_id");
        let (data, seq) = (&event["data"], event["seq"].as_i64());
        let Some(known) = self.rooms.get_mut(&id) else {
            assert_eq!((kind, &data["user_id"]), ("membership.created", &json!(me.id)), "{event}");
            let own = chatroom_list(me).await.remove(&id).unwrap();
            self.rooms.insert(id.clone(), RoomState::fetch(me, id, own).await);
            return;
        };
        match seq {
            None => known.own.apply(kind, data),
            Some(seq) if seq <= known.head => {}
            Some(seq) => {
                assert_eq!(seq, known.head + 1, "{event}");
                known.head = seq;
                if kind == "chatroom.deleted" || kind == "membership.deleted" && data["user_id"] == me.id {
                    self.rooms.remove(&id);
                } else {
                    known.apply(kind, data);
                    known.record_parent(&event["parent"]);
                }
            }
        }
        if let Some(known) = self.rooms.get_mut(&id).filter(|known| known.own.is_unknown && known.is_shown()) {
            known.own = chatroom_list(me).await.remove(&id).unwrap();
        }
    }
}

impl Own {
    fn apply(&mut self, kind: &str, data: &Value) {
        match kind {
            "read_marker.updated" => self.read_seq = data["seq"].as_i64().unwrap(),
            "mute.created" => self.muted = true,
            "mute.deleted" => self.muted = false,
            "chatroom.hidden" => self.hidden_seq = Some(data["seq"].as_i64().unwrap()),
            "chatroom.shown" => self.hidden_seq = None,
            _ => panic!("unknown: {kind}"),
        }
    }
}

impl RoomState {
    async fn fetch(me: &Person, id: String, own: Own) -> Self {
        let room = Room { id };
        let chatroom = me.get(room.own_path()).await.expect_status(200).body;
        let members = all(me, room.memberships()).await.unwrap();
        let messages = all(me, room.messages()).await.unwrap();
        let pins = all(me, room.pins()).await.unwrap();
        let ids = |list: Vec<Value>, name: &str| list.iter().map(|it| text(it, name)).collect();
        Self {
            head: chatroom["last_seq"].as_i64().unwrap(),
            roles: members.iter().map(|it| (text(it, "user_id"), text(it, "role"))).collect(),
            messages: messages.into_iter().map(|it| (text(&it, "id"), it)).collect(),
            pins: pins.iter().map(|it| text(&it["message"], "id")).collect(),
            bans: all(me, room.path("bans")).await.map(|bans| ids(bans, "user_id")),
            invitations: all(me, room.path("invitations")).await.map(|list| ids(list, "id")),
            chatroom: settings(chatroom),
            own,
        }
    }

    fn is_shown(&self) -> bool {
        let newest = self.messages.values().filter_map(|message| message["seq"].as_i64()).max();
        self.own.hidden_seq.is_none() || newest > self.own.hidden_seq
    }

    fn shown(&self) -> Value {
        json!({
            "head": self.head, "chatroom": self.chatroom, "roles": self.roles, "messages": self.messages,
            "pins": self.pins, "bans": self.bans, "invitations": self.invitations,
            "read_seq": self.own.read_seq, "muted": self.own.muted,
        })
    }

    fn apply(&mut self, kind: &str, data: &Value) {
        let about = |name: &str| text(data, name);
        match kind {
            "chatroom.updated" => self.chatroom = settings(data.clone()),
            "membership.created" | "membership.updated" => {
                self.roles.insert(about("user_id"), about("role"));
            }
            "membership.deleted" => drop(self.roles.remove(&about("user_id"))),
            "ban.created" => insert_known(&mut self.bans, about("user_id")),
            "ban.deleted" => forget(&mut self.bans, &about("user_id")),
            "invitation.created" => insert_known(&mut self.invitations, about("invitation_id")),
            "invitation.deleted" => forget(&mut self.invitations, &about("invitation_id")),
            "message.created" | "message.updated" => self.record_message(data),
            "message.deleted" => {
                self.record_message(data);
                self.pins.remove(&about("id"));
            }
            "reaction.created" | "reaction.deleted" => self.count(data),
            "pin.created" => self.pins.extend([about("message_id")]),
            "pin.deleted" => self.pins.retain(|pin| *pin != about("message_id")),
            _ => panic!("unknown: {kind}"),
        }
    }

    /// Ignores a version of the message that is older than the known one.
    fn record_message(&mut self, data: &Value) {
        let known = self.messages.entry(text(data, "id")).or_default();
        if known["revision"].as_i64().unwrap_or_default() <= data["revision"].as_i64().unwrap() {
            *known = data.clone();
        }
    }

    fn record_parent(&mut self, parent: &Value) {
        if !parent.is_null() {
            let message = self.messages.get_mut(&text(parent, "id")).unwrap();
            message["reply_count"] = parent["reply_count"].clone();
        }
    }

    fn count(&mut self, data: &Value) {
        let message = self.messages.get_mut(&text(data, "message_id")).unwrap();
        let counts = message["reactions"].as_object_mut().unwrap();
        if data["count"] == 0 {
            counts.remove(&text(data, "emoji"));
        } else {
            counts.insert(text(data, "emoji"), data["count"].clone());
        }
    }
}

/// The user's chatrooms that are not hidden.
async fn chatroom_list(me: &Person) -> BTreeMap<String, Own> {
    let list = all(me, "/api/chatrooms".to_owned()).await.unwrap();
    let own = |it: &Value| Own {
        read_seq: it["read_seq"].as_i64().unwrap(),
        muted: it["muted"].as_bool().unwrap(),
        ..Own::default()
    };
    list.iter().map(|it| (text(it, "id"), own(it))).collect()
}

/// The entries of a list; `None` if the user may not see it.
async fn all(me: &Person, path: String) -> Option<Vec<Value>> {
    let answer = me.get(format!("{path}?limit=200")).await;
    (answer.status == 200).then(|| answer.items().to_vec())
}

fn settings(mut chatroom: Value) -> Value {
    let fields = chatroom.as_object_mut().unwrap();
    for other in ["id", "created_at", "last_seq"] {
        fields.remove(other);
    }
    chatroom
}

fn insert_known(known: &mut Option<BTreeSet<String>>, id: String) {
    if let Some(known) = known {
        known.insert(id);
    }
}

fn forget(known: &mut Option<BTreeSet<String>>, id: &str) {
    if let Some(known) = known {
        known.remove(id);
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}
