//! Stores of mocks, for behaviour that a real store does not show on demand.

use std::sync::Arc;

use chit_chat_domain::block::MockBlockRepository;
use chit_chat_domain::changes_since::MockChangesSince;
use chit_chat_domain::chatroom::{MockChatroomHeads, MockChatroomRepository};
use chit_chat_domain::direct::MockDirectRepository;
use chit_chat_domain::invitation::MockInvitationRepository;
use chit_chat_domain::invitee::MockInviteeRepository;
use chit_chat_domain::key::MockKeyRepository;
use chit_chat_domain::membership::MockMembershipRepository;
use chit_chat_domain::mention::MockMentionRepository;
use chit_chat_domain::message::MockMessageRepository;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::readiness::MockReadiness;
use chit_chat_domain::reading::MockReadRepository;
use chit_chat_domain::search::MockSearchRepository;
use chit_chat_domain::session::MockSessionRepository;
use chit_chat_domain::storage::MockStorageRepository;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::testing::World;
use chit_chat_domain::user::MockUserRepository;

/// A store on which any call fails the test.
pub(crate) fn silent() -> Stores {
    let mut world = World::default();
    world.commits.expect_observe().return_const(());
    world.into_ports().0
}

/// A store that returns this error from the first call of any operation.
pub(crate) fn failing(error: &StoreError) -> Stores {
    let (mut users, mut sessions) = (MockUserRepository::new(), MockSessionRepository::new());
    users.expect_find().return_const(Err(error.clone()));
    users.expect_find_many().return_const(Err(error.clone()));
    users.expect_list().return_const(Err(error.clone()));
    users.expect_credentials().return_const(Err(error.clone()));
    users.expect_insert().return_const(Err(error.clone()));
    users.expect_update().return_const(Err(error.clone()));
    sessions.expect_find().return_const(Err(error.clone()));
    sessions.expect_list().return_const(Err(error.clone()));
    sessions.expect_end().return_const(Err(error.clone()));
    let mut keys = MockKeyRepository::new();
    keys.expect_create().return_const(Err(error.clone()));
    keys.expect_list().return_const(Err(error.clone()));
    keys.expect_end().return_const(Err(error.clone()));
    let mut chatrooms = MockChatroomRepository::new();
    chatrooms.expect_access().return_const(Err(error.clone()));
    chatrooms.expect_of_member().return_const(Err(error.clone()));
    chatrooms.expect_public().return_const(Err(error.clone()));
    chatrooms.expect_create_with_members().return_const(Err(error.clone()));
    let mut memberships = MockMembershipRepository::new();
    memberships.expect_leave().return_const(Err(error.clone()));
    let (mut direct, mut blocks) = (MockDirectRepository::new(), MockBlockRepository::new());
    direct.expect_open().return_const(Err(error.clone()));
    blocks.expect_block().return_const(Err(error.clone()));
    blocks.expect_unblock().return_const(Err(error.clone()));
    blocks.expect_list().return_const(Err(error.clone()));
    let mut invitations = MockInvitationRepository::new();
    invitations.expect_find().return_const(Err(error.clone()));
    let mut messages = MockMessageRepository::new();
    messages.expect_page().return_const(Err(error.clone()));
    messages.expect_by_author().return_const(Err(error.clone()));
    let failure = error.clone();
    messages.expect_append().returning(move |_, _| Pending::ready(Err(failure.clone())));
    let mut mentions = MockMentionRepository::new();
    mentions.expect_of_user().return_const(Err(error.clone()));
    let mut reads = MockReadRepository::new();
    reads.expect_find().return_const(Err(error.clone()));
    let mut search = MockSearchRepository::new();
    search.expect_users().return_const(Err(error.clone()));
    search.expect_public_chatrooms().return_const(Err(error.clone()));
    let mut readiness = MockReadiness::new();
    readiness.expect_is_current().return_const(Err(error.clone()));
    readiness.expect_is_writable().return_const(false);
    readiness.expect_try_writing().returning({
        let error = error.clone();
        move |_| Err(error.clone())
    });
    let mut heads = MockChatroomHeads::new();
    let failure = error.clone();
    heads.expect_head().returning(move |_, _| Pending::ready(Err(failure.clone())));
    let mut invitees = MockInviteeRepository::new();
    invitees.expect_find().return_const(Err(error.clone()));
    invitees.expect_of_user().return_const(Err(error.clone()));
    invitees.expect_decline().return_const(Err(error.clone()));
    let mut storage = MockStorageRepository::new();
    storage.expect_used().return_const(Err(error.clone()));
    let mut changes_since = MockChangesSince::new();
    changes_since.expect_memberships().return_const(Err(error.clone()));
    Stores {
        users: Arc::new(users),
        sessions: Arc::new(sessions),
        keys: Arc::new(keys),
        chatrooms: Arc::new(chatrooms),
        heads: Arc::new(heads),
        changes_since: Arc::new(changes_since),
        memberships: Arc::new(memberships),
        mentions: Arc::new(mentions),
        direct: Arc::new(direct),
        blocks: Arc::new(blocks),
        invitations: Arc::new(invitations),
        invitees: Arc::new(invitees),
        messages: Arc::new(messages),
        reads: Arc::new(reads),
        search: Arc::new(search),
        readiness: Arc::new(readiness),
        storage: Arc::new(storage),
        ..silent()
    }
}
