//! All the repositories of one store.

use std::sync::Arc;

use crate::chatroom::{ChatroomHeads, ChatroomRepository};
use crate::event::EventRepository;
use crate::membership::MembershipRepository;
use crate::message::MessageRepository;
use crate::movements::Movements;
use crate::readiness::Readiness;
use crate::reading::ReadRepository;
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
    pub reads: Arc<dyn ReadRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub events: Arc<dyn EventRepository>,
    pub movements: Arc<dyn Movements>,
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
        + ReadRepository
        + MessageRepository
        + EventRepository
        + Movements
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
            reads: store.clone(),
            messages: store.clone(),
            events: store.clone(),
            movements: store.clone(),
            readiness: store,
        }
    }
}
