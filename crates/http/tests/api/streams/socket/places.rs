//! The places that frames of a WebSocket take: those of writes.

use std::sync::Arc;

use chit_chat_contract::{Engine, TestStore};
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::mention::MentionRepository;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use serde_json::json;

use super::call;
use crate::app::TestApp;
use crate::shares::{Gate, OpenOnDrop, mentions_of, send_at_once};
use crate::sockets::Listening;

/// Mentions whose lists hang.
struct SlowLists {
    mentions: Arc<dyn MentionRepository>,
    gate: Gate,
}

impl MentionRepository for SlowLists {
    fn resolve(&self, chatroom: ChatroomId, usernames: &[String]) -> Result<Vec<UserId>, StoreError> {
        self.mentions.resolve(chatroom, usernames)
    }

    fn of_user(&self, user: UserId, after: Option<MessageId>, limit: Limit) -> Result<Vec<Message>, StoreError> {
        self.gate.pass();
        self.mentions.of_user(user, after, limit)
    }

    fn unread(&self, user: UserId, listed: Vec<MessageId>) -> Result<Vec<MessageId>, StoreError> {
        self.mentions.unread(user, listed)
    }
}

#[actix_web::test]
async fn sends_that_are_decided_first_take_places_of_writes() {
    let (store, gate) = (TestStore::new(Engine::Sqlite), Gate::default());
    let mentions = Arc::new(SlowLists { mentions: store.mentions.clone(), gate: gate.clone() });
    let app = TestApp::with_stores(Stores { mentions, ..store.clone() }).await;
    let (ann, bob) = (app.sign_up("ann").await, app.sign_up("bob").await);
    let room = ann.create_room("Plans", "private", &[&bob]).await;
    let server = Listening::start(&app);
    let mut anns = call(&server, &ann);
    let slow = send_at_once(4, || mentions_of(&ann));
    let _opens = OpenOnDrop(gate.clone());
    gate.wait_for_callers(4).await;
    anns.say(&json!({"type": "send", "chatroom_id": room.id, "body": "hello @bob"}));
    let received = [anns.receive(), anns.receive()];
    assert!(received.iter().any(|frame| frame["type"] == "sent"), "{received:?}");
    gate.open();
    for answer in slow {
        assert_eq!(answer.await.unwrap().as_u16(), 200);
    }
}
