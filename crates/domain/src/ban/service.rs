//! Use cases of bans.

use std::sync::Arc;

use super::{Ban, BanRepository, Banned, MAX_BANS, NewBan};
use crate::chatroom::{ChatroomRepository, Guard, Right, Seq};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::membership::{MembershipRepository, Role};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;
use crate::storage::StorageMeter;

/// A ban, and whether this request created it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedBan {
    pub ban: Ban,
    /// False if the user was banned before.
    pub new: bool,
}

/// Bans users, lifts bans and lists them.
pub struct BanService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub memberships: Arc<dyn MembershipRepository>,
    pub bans: Arc<dyn BanRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
}

impl BanService {
    /// Lists the bans, newest first.
    ///
    /// Asks [`ChatroomRepository::access`], then [`BanRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        after: Option<Seq>,
        limit: Limit,
    ) -> Result<Page<Ban>, Failure> {
        self.chatrooms.require_access(chatroom, reader)?.may(Right::Role(Role::Moderator))?;
        Ok(Page::cut(self.bans.list(chatroom, after, limit)?, limit))
    }

    /// Bans a user, member or not. Nobody can ban themselves, because only owners ban moderators, and nobody
    /// bans owners.
    ///
    /// Asks [`ChatroomRepository::access`], [`MembershipRepository::find`], then [`BanRepository::ban`].
    pub fn ban(&self, chatroom: ChatroomId, actor: UserId, user: UserId) -> Result<PlacedBan, Failure> {
        retry_until_written(|| {
            let access = self.chatrooms.require_access(chatroom, actor)?;
            let me = access.may(Right::Role(Role::Moderator))?;
            let membership = self.memberships.find(chatroom, user)?.map(|member| member.membership);
            if let Some(target) = &membership {
                me.may_remove(target)?;
            }
            // Banning a member ends a membership. Others could be banned and unbanned without end.
            let ended = if membership.is_some() { Kind::MembershipDeleted } else { Kind::BanCreated };
            self.storage.check(actor, ended)?;
            let new = NewBan { chatroom_id: chatroom, user_id: user, membership, at: self.clock.now() };
            match self.bans.ban(new, MAX_BANS, Guard::holds(actor, me.role))? {
                Banned::Banned(ban) => Ok(Guarded::Done(PlacedBan { ban, new: true })),
                Banned::Already(ban) => Ok(Guarded::Done(PlacedBan { ban, new: false })),
                Banned::NoSuchUser => Err(Denial::UserNotFound.into()),
                Banned::TooMany => Err(Denial::TooManyBans.into()),
                Banned::Refused => Ok(Guarded::Refused),
            }
        })
    }

    /// Lifts a ban; does nothing if the user is not banned.
    ///
    /// Asks [`ChatroomRepository::access`], then [`BanRepository::lift`].
    pub fn lift(&self, chatroom: ChatroomId, actor: UserId, user: UserId) -> Result<(), Failure> {
        retry_until_written(|| {
            self.chatrooms.require_access(chatroom, actor)?.may(Right::Role(Role::Moderator))?;
            self.storage.check(actor, Kind::BanDeleted)?;
            let guard = Guard::holds(actor, Role::Moderator);
            Ok(self.bans.lift(chatroom, user, guard, self.clock.now())?)
        })
    }
}
