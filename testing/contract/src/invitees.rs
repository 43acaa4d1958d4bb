//! Invitees, and the setting that decides about them.

use chit_chat_domain::ban::{Banned, MAX_BANS, NewBan};
use chit_chat_domain::chatroom::{Entrance, Guard, Right};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{Added, NewMembership, Role};
use chit_chat_domain::page::Limit;
use chit_chat_domain::user::{UserChanges, WhoCanAddMe};

use crate::World;

impl World {
    /// Sets who can add a user.
    pub fn let_add(&self, who: WhoCanAddMe, user: UserId) {
        let changes = UserChanges { who_can_add_me: Some(who), ..UserChanges::default() };
        assert!(self.users.update(user, changes, self.tick()).unwrap().is_some());
    }

    /// Adds a user as a member, or invites them.
    pub fn add(&self, room: ChatroomId, by: UserId, user: UserId) -> Added {
        let new = NewMembership { chatroom_id: room, user_id: user, at: self.tick() };
        self.memberships.add(new, Entrance::By(Guard::may(by, Right::Add))).unwrap()
    }

    /// Invites a user whom the inviter may not add.
    pub fn invite(&self, room: ChatroomId, by: UserId, user: UserId) {
        let added = self.add(room, by, user);
        assert!(matches!(added, Added::Invited(invitee) if invitee.user_id == user), "{added:?}");
    }

    /// Accepts a waiting invitation.
    pub fn accept(&self, room: ChatroomId, user: UserId) -> Added {
        let new = NewMembership { chatroom_id: room, user_id: user, at: self.tick() };
        self.memberships.add(new, Entrance::Accepted).unwrap()
    }

    /// Withdraws a waiting invitation as a member.
    pub fn withdraw(&self, room: ChatroomId, by: UserId, user: UserId) {
        let guard = Guard::may(by, Right::Add);
        crate::done(self.invitees.withdraw(room, user, guard, self.tick()).unwrap());
    }

    /// Bans a user as a moderator or owner.
    pub fn ban(&self, room: ChatroomId, by: UserId, user: UserId) {
        let guard = Guard::holds(by, Role::Moderator);
        loop {
            let membership = self.memberships.find(room, user).unwrap().map(|member| member.membership);
            let new = NewBan { chatroom_id: room, user_id: user, membership, at: self.tick() };
            match self.bans.ban(new, MAX_BANS, guard).unwrap() {
                Banned::Banned(_) => return,
                // The user joined or left in the meantime.
                Banned::Refused => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The invitees of a chatroom, newest first.
    pub fn invited_to(&self, room: ChatroomId) -> Vec<UserId> {
        let invitees = self.invitees.of_chatroom(room, None, Limit::MAX).unwrap();
        invitees.into_iter().map(|invitee| invitee.user_id).collect()
    }

    /// The chatrooms that a user is invited to, newest first.
    pub fn received_by(&self, user: UserId) -> Vec<ChatroomId> {
        let received = self.invitees.of_user(user, None, Limit::MAX).unwrap();
        received.into_iter().map(|received| received.invitee.chatroom_id).collect()
    }
}
