//! The use cases that need neither passwords nor secrets.

use std::sync::Arc;

use chit_chat_domain::ban::BanService;
use chit_chat_domain::block::BlockService;
use chit_chat_domain::chatroom::ChatroomService;
use chit_chat_domain::direct::DirectService;
use chit_chat_domain::membership::MembershipService;
use chit_chat_domain::message::MessageService;
use chit_chat_domain::pin::PinService;
use chit_chat_domain::reaction::ReactionService;
use chit_chat_domain::reading::ReadingService;
use chit_chat_domain::revision::RevisionService;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::testing::{FixedClock, SequentialIds};
/// What people do, each use case over the same store.
pub struct Services {
    pub bans: BanService,
    pub blocks: BlockService,
    pub chatrooms: ChatroomService,
    pub direct: DirectService,
    pub memberships: MembershipService,
    pub messages: MessageService,
    pub pins: PinService,
    pub reactions: ReactionService,
    pub reading: ReadingService,
    pub revisions: RevisionService,
}

impl Services {
    pub(crate) fn over(stores: &Stores, clock: &Arc<FixedClock>, ids: &Arc<SequentialIds>) -> Self {
        let Stores { chatrooms, memberships, messages, .. } = stores;
        Self {
            bans: BanService {
                chatrooms: chatrooms.clone(),
                memberships: memberships.clone(),
                bans: stores.bans.clone(),
                clock: clock.clone(),
            },
            blocks: BlockService { blocks: stores.blocks.clone(), clock: clock.clone() },
            chatrooms: ChatroomService {
                chatrooms: chatrooms.clone(),
                events: stores.events.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            direct: DirectService { direct: stores.direct.clone(), clock: clock.clone() },
            memberships: MembershipService {
                chatrooms: chatrooms.clone(),
                memberships: memberships.clone(),
                clock: clock.clone(),
            },
            messages: MessageService {
                chatrooms: chatrooms.clone(),
                messages: messages.clone(),
                mentions: stores.mentions.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            pins: PinService {
                chatrooms: chatrooms.clone(),
                messages: messages.clone(),
                pins: stores.pins.clone(),
                clock: clock.clone(),
            },
            reactions: ReactionService {
                chatrooms: chatrooms.clone(),
                messages: messages.clone(),
                reactions: stores.reactions.clone(),
                clock: clock.clone(),
            },
            reading: ReadingService { chatrooms: chatrooms.clone(), reads: stores.reads.clone() },
            revisions: RevisionService {
                chatrooms: chatrooms.clone(),
                messages: messages.clone(),
                revisions: stores.revisions.clone(),
            },
        }
    }
}
