//! Chatrooms and their members.

use chit_chat_domain::chatroom::{
    Access, Chatroom, ChatroomChanges, ChatroomName, Creation, Entrance, Guard, NewChatroom, Visibility,
};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::{Added, LeaveReason, Leaving, Member, NewMembership, Role, RoleChange};

use crate::World;

impl World {
    /// A draft of a private chatroom.
    pub fn draft_room(&self, creator: UserId, members: &[UserId]) -> NewChatroom {
        NewChatroom {
            id: ChatroomId::from(self.ids.next()),
            name: ChatroomName::parse("A room").unwrap(),
            visibility: Visibility::Private,
            creator,
            members: members.to_vec(),
            created_at: self.tick(),
            idempotency: None,
        }
    }

    /// Creates a private chatroom with its owner and members.
    pub fn room(&self, owner: UserId, members: &[UserId]) -> ChatroomId {
        self.create(self.draft_room(owner, members)).id
    }

    /// Creates a public chatroom whose only member is its owner.
    pub fn public_room(&self, owner: UserId) -> ChatroomId {
        self.create(NewChatroom { visibility: Visibility::Public, ..self.draft_room(owner, &[]) }).id
    }

    pub fn create(&self, draft: NewChatroom) -> Chatroom {
        match self.chatrooms.create_with_members(draft).unwrap() {
            Creation::Created(chatroom) => chatroom,
            other => panic!("{other:?}"),
        }
    }

    /// The access of a user to a chatroom that they may see.
    pub fn access(&self, room: ChatroomId, user: UserId) -> Access {
        self.chatrooms.access(room, user).unwrap().unwrap()
    }

    /// The head of the log of a chatroom that exists.
    pub fn head(&self, room: ChatroomId) -> i64 {
        self.changes_since.of_chatrooms(&[(room, 0)]).unwrap().first().unwrap().1
    }

    /// Joins a public chatroom.
    pub fn join(&self, room: ChatroomId, user: UserId) -> Added {
        let membership = NewMembership { chatroom_id: room, user_id: user, at: self.tick() };
        self.memberships.add(membership, Entrance::Public).unwrap()
    }

    /// A current member.
    pub fn member(&self, room: ChatroomId, user: UserId) -> Member {
        self.memberships.find(room, user).unwrap().unwrap()
    }

    /// Makes a member an owner.
    pub fn promote(&self, room: ChatroomId, owner: UserId, user: UserId) {
        let changed = self.change_role(room, owner, user, Role::Owner);
        assert!(matches!(changed, RoleChange::Changed(_)), "{changed:?}");
    }

    /// Changes a member's role as an owner.
    pub fn change_role(&self, room: ChatroomId, owner: UserId, user: UserId, role: Role) -> RoleChange {
        let (target, guard) = (self.member(room, user).membership, Guard::holds(owner, Role::Owner));
        self.memberships.change_role(&target, role, guard, self.tick()).unwrap()
    }

    /// Removes a member as an owner.
    pub fn remove(&self, room: ChatroomId, owner: UserId, user: UserId) -> Guarded {
        let (target, guard) = (self.member(room, user).membership, Guard::holds(owner, Role::Owner));
        self.memberships.remove(&target, guard, self.tick()).unwrap()
    }

    /// Leaves a chatroom voluntarily.
    pub fn leave(&self, room: ChatroomId, user: UserId) -> Leaving {
        self.memberships.leave(room, user, LeaveReason::Left, self.tick()).unwrap()
    }

    /// Renames a chatroom as a member.
    pub fn rename(&self, room: ChatroomId, member: UserId, name: &str) {
        let changes = ChatroomChanges { name: ChatroomName::parse(name).ok(), ..ChatroomChanges::default() };
        let guard = Guard::holds(member, Role::Member);
        assert!(self.chatrooms.update(room, changes, guard, self.tick()).unwrap() != Guarded::Refused);
    }

    /// Deletes a chatroom as an owner.
    pub fn delete_room(&self, room: ChatroomId, owner: UserId) {
        let guard = Guard::holds(owner, Role::Owner);
        assert_eq!(self.chatrooms.delete(room, guard, self.tick()), Ok(Guarded::Done(())));
    }
}
