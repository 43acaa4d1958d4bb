//! All the repositories of one store.

use std::sync::Arc;

use crate::ban::BanRepository;
use crate::block::BlockRepository;
use crate::changes_since::ChangesSince;
use crate::chatroom::{ChatroomHeads, ChatroomRepository};
use crate::direct::DirectRepository;
use crate::event::EventRepository;
use crate::invitation::InvitationRepository;
use crate::membership::MembershipRepository;
use crate::mention::MentionRepository;
use crate::message::MessageRepository;
use crate::pin::PinRepository;
use crate::reaction::ReactionRepository;
use crate::readiness::Readiness;
use crate::reading::ReadRepository;
use crate::revision::RevisionRepository;
use crate::session::SessionRepository;
use crate::user::{AdministrationRepository, UserRepository};

/// Every port that a store implements, to be handed to those who need some of them.
#[derive(Clone)]
pub struct Stores {
    pub users: Arc<dyn UserRepository>,
    pub administration: Arc<dyn AdministrationRepository>,
    pub sessions: Arc<dyn SessionRepository>,
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub heads: Arc<dyn ChatroomHeads>,
    pub memberships: Arc<dyn MembershipRepository>,
    pub mentions: Arc<dyn MentionRepository>,
    pub direct: Arc<dyn DirectRepository>,
    pub blocks: Arc<dyn BlockRepository>,
    pub bans: Arc<dyn BanRepository>,
    pub invitations: Arc<dyn InvitationRepository>,
    pub reads: Arc<dyn ReadRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub reactions: Arc<dyn ReactionRepository>,
    pub pins: Arc<dyn PinRepository>,
    pub revisions: Arc<dyn RevisionRepository>,
    pub events: Arc<dyn EventRepository>,
    pub changes_since: Arc<dyn ChangesSince>,
    pub readiness: Arc<dyn Readiness>,
}

impl<S> From<Arc<S>> for Stores
where
    S: UserRepository
        + AdministrationRepository
        + SessionRepository
        + ChatroomRepository
        + ChatroomHeads
        + MembershipRepository
        + MentionRepository
        + DirectRepository
        + BlockRepository
        + BanRepository
        + InvitationRepository
        + ReadRepository
        + MessageRepository
        + ReactionRepository
        + PinRepository
        + RevisionRepository
        + EventRepository
        + ChangesSince
        + Readiness
        + 'static,
{
    fn from(store: Arc<S>) -> Self {
        Self {
            users: store.clone(),
            administration: store.clone(),
            sessions: store.clone(),
            chatrooms: store.clone(),
            heads: store.clone(),
            memberships: store.clone(),
            mentions: store.clone(),
            direct: store.clone(),
            blocks: store.clone(),
            bans: store.clone(),
            invitations: store.clone(),
            reads: store.clone(),
            messages: store.clone(),
            reactions: store.clone(),
            pins: store.clone(),
            revisions: store.clone(),
            events: store.clone(),
            changes_since: store.clone(),
            readiness: store,
        }
    }
}
