//! Use cases of invitations.

use std::sync::Arc;

use super::{
    Invitation, InvitationCode, InvitationLimits, InvitationRepository, Invited, Lifetime, MAX_REMEMBERED,
    MAX_USABLE, MaxUses, Revocation,
};
use crate::chatroom::{ChatroomRepository, Entrance, Guard, Right};
use crate::clock::{Clock, Timestamp};
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::form::Form;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, IdSource, InvitationId, UserId};
use crate::membership::{AddedMember, MembershipRepository, NewMembership, Role};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;
use crate::secrets::Secrets;
use crate::storage::StorageMeter;

/// The input for creating an invitation.
#[derive(Clone, Copy, Debug, Default)]
pub struct CreateInvitation {
    /// The lifetime; unlimited if absent.
    pub expires_in_seconds: Option<i64>,
    /// The maximum number of uses; unlimited if absent.
    pub max_uses: Option<i64>,
}

/// Creates, lists, revokes and accepts invitations.
pub struct InvitationService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub memberships: Arc<dyn MembershipRepository>,
    pub invitations: Arc<dyn InvitationRepository>,
    pub secrets: Arc<dyn Secrets>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl InvitationService {
    /// Creates an invitation.
    ///
    /// Asks [`Secrets::invitation_secret`], [`ChatroomRepository::access`], then
    /// [`InvitationRepository::create`].
    pub fn create(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        entered: &CreateInvitation,
    ) -> Result<Invitation, Failure> {
        let (lifetime, max_uses) = parse(entered)?;
        let (id, secret) = (InvitationId::from(self.ids.next()), self.secrets.invitation_secret());
        retry_until_written(|| {
            self.chatrooms.require_access(chatroom, actor)?.may(Right::Role(Role::INVITING))?;
            self.storage.check(actor, Kind::InvitationCreated)?;
            let created_at = self.clock.now();
            let invitation = Invitation {
                id,
                chatroom_id: chatroom,
                secret: secret.clone(),
                created_by: actor,
                created_at,
                expires_at: lifetime.map(|lifetime| lifetime.end(created_at)),
                max_uses,
                uses: 0,
                revoked_at: None,
            };
            let most = InvitationLimits { usable: MAX_USABLE, remembered: MAX_REMEMBERED };
            match self.invitations.create(invitation.clone(), most, Guard::holds(actor, Role::INVITING))? {
                Invited::Created => Ok(Guarded::Done(invitation)),
                Invited::TooMany => Err(Denial::TooManyInvitations.into()),
                Invited::Refused => Ok(Guarded::Refused),
            }
        })
    }

    /// Lists the usable invitations, newest first, to users who may create them.
    ///
    /// Asks [`ChatroomRepository::access`], then [`InvitationRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        after: Option<InvitationId>,
        limit: Limit,
    ) -> Result<Page<Invitation>, Failure> {
        self.chatrooms.require_access(chatroom, reader)?.may(Right::Role(Role::INVITING))?;
        Ok(Page::cut(self.invitations.list(chatroom, self.clock.now(), after, limit)?, limit))
    }

    /// Revokes an invitation, which cannot be used afterwards.
    ///
    /// Asks [`ChatroomRepository::access`], then [`InvitationRepository::revoke`].
    pub fn revoke(&self, chatroom: ChatroomId, actor: UserId, id: InvitationId) -> Result<(), Failure> {
        retry_until_written(|| {
            self.chatrooms.require_access(chatroom, actor)?.may(Right::Role(Role::INVITING))?;
            self.storage.check(actor, Kind::InvitationDeleted)?;
            let guard = Guard::holds(actor, Role::INVITING);
            match self.invitations.revoke(chatroom, id, guard, self.clock.now())? {
                Revocation::Revoked => Ok(Guarded::Done(())),
                Revocation::NotFound => Err(Denial::InvitationNotFound.into()),
                Revocation::Refused => Ok(Guarded::Refused),
            }
        })
    }

    /// Adds the user to the chatroom of a code. For a member nothing changes, and no use is counted.
    ///
    /// Asks [`InvitationRepository::find`], then [`MembershipRepository::add`], or [`MembershipRepository::find`]
    /// if the invitation can no longer be used, or the user's quota is used up.
    pub fn accept(&self, code: &InvitationCode, user: UserId) -> Result<AddedMember, Failure> {
        retry_until_written(|| {
            let (invitation, now) = (self.find_by_code(code)?, self.clock.now());
            let usable = invitation.may_be_used(now);
            match usable.and_then(|()| self.storage.check(user, Kind::MembershipCreated)) {
                Ok(()) => self.admit(&invitation, user, now),
                Err(denial) => {
                    let member = self.memberships.find(code.chatroom_id, user)?.ok_or(denial)?;
                    Ok(Guarded::Done(AddedMember { member, new: false }))
                }
            }
        })
    }

    fn admit(
        &self,
        invitation: &Invitation,
        user_id: UserId,
        at: Timestamp,
    ) -> Result<Guarded<AddedMember>, Failure> {
        let new = NewMembership { chatroom_id: invitation.chatroom_id, user_id, at };
        self.memberships.add(new, Entrance::Invitation(invitation.id))?.into_guarded()
    }

    /// Returns the invitation of a code. A wrong secret fails like an unknown invitation.
    fn find_by_code(&self, code: &InvitationCode) -> Result<Invitation, Failure> {
        let found = self.invitations.find(code.chatroom_id, code.invitation_id)?;
        let found = found.filter(|invitation| invitation.secret == code.secret);
        Ok(found.ok_or(Denial::InvitationNotFound)?)
    }
}

fn parse(entered: &CreateInvitation) -> Result<(Option<Lifetime>, Option<MaxUses>), Failure> {
    let mut form = Form::default();
    let lifetime = form.optional("expires_in_seconds", entered.expires_in_seconds.map(Lifetime::parse));
    let max_uses = form.optional("max_uses", entered.max_uses.map(MaxUses::parse));
    form.into_result((lifetime, max_uses))
}
