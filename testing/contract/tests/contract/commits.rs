//! Every commit notifies the observers of exactly what it moved.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use chit_chat_contract::{Engine, World, both_engines, done, emoji};
use chit_chat_domain::ban::NewBan;
use chit_chat_domain::changes_since::UserVersion;
use chit_chat_domain::chatroom::{ChatroomChanges, Entrance, Guard, Right, Seq, SlowMode};
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::membership::{LeaveReason, NewMembership, Role};
use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_domain::reading::Mark;
use chit_chat_domain::session::{EndedSession, Rotation, SecretHash};
use chit_chat_domain::user::{DisplayName, Email, UserChanges};

use crate::invitations::{LIMITS, draft_invitation};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Notified {
    sent: Vec<Message>,
    chatrooms: Vec<(ChatroomId, Seq)>,
    users: Vec<UserId>,
    profiles: Vec<UserId>,
    ended: Vec<SessionId>,
}

#[derive(Default)]
struct Recorder(Mutex<Notified>);

impl Recorder {
    fn attached_to(world: &World) -> Arc<Self> {
        let recorder = Arc::new(Self::default());
        world.commits.observe(Arc::downgrade(&recorder) as Weak<dyn CommitObserver>);
        recorder
    }

    fn note(&self, note: impl FnOnce(&mut Notified)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn take(&self) -> Notified {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl CommitObserver for Recorder {
    fn sent(&self, message: &Message) {
        self.note(|notified| notified.sent.push(message.clone()));
    }

    fn logged(&self, _: UserId, _: i64) {}

    fn chatroom_moved(&self, chatroom: ChatroomId, head: Seq) {
        self.note(|notified| notified.chatrooms.push((chatroom, head)));
    }

    fn user_moved(&self, user: UserId) {
        self.note(|notified| notified.users.push(user));
    }

    fn profile_changed(&self, user: UserId) {
        self.note(|notified| notified.profiles.push(user));
    }

    fn sessions_ended(&self, ended: &[EndedSession]) {
        self.note(|notified| notified.ended.extend(ended.iter().map(|session| session.id)));
    }
}

/// Compares, after each write, the observer's notifications with what changed in the database.
struct Watch<'a> {
    world: &'a World,
    recorder: Arc<Recorder>,
    heads: Vec<(ChatroomId, Seq)>,
    versions: Vec<(UserId, UserVersion)>,
}

impl<'a> Watch<'a> {
    fn new(world: &'a World, rooms: &[ChatroomId], users: &[UserId]) -> Self {
        let heads = rooms.iter().map(|room| (*room, 0)).collect();
        let versions = users.iter().map(|user| (*user, -1)).collect();
        let mut watch = Self { world, recorder: Recorder::attached_to(world), heads, versions };
        watch.advance();
        watch
    }

    /// The chatrooms and users that changed since the last call.
    fn advance(&mut self) -> (Vec<(ChatroomId, Seq)>, Vec<UserId>) {
        let mut rooms = self.world.changes_since.of_chatrooms(&self.heads).unwrap();
        rooms.sort_unstable();
        for known in &mut self.heads {
            known.1 = rooms.iter().find(|moved| moved.0 == known.0).map_or(known.1, |moved| moved.1);
        }
        let users = self.world.changes_since.of_users(&self.versions).unwrap();
        for known in &mut self.versions {
            known.1 = users.iter().find(|moved| moved.0 == known.0).map_or(known.1, |moved| moved.1);
        }
        let mut users: Vec<UserId> = users.into_iter().map(|(user, _)| user).collect();
        users.sort_unstable();
        (rooms, users)
    }

    /// Fails unless the last write notified the observer of exactly what it changed, and changed something.
    fn check(&mut self, what: &str) -> Notified {
        let notified = self.recorder.take();
        let (rooms, users) = self.advance();
        let mut notified_rooms: Vec<_> = notified.chatrooms.clone();
        notified_rooms.extend(notified.sent.iter().map(|message| (message.chatroom_id, message.seq)));
        notified_rooms.sort_unstable();
        notified_rooms.dedup_by(|later, earlier| {
            later.0 == earlier.0 && {
                *earlier = (*earlier).max(*later);
                true
            }
        });
        assert_eq!(notified_rooms, rooms, "{what}: chatrooms");
        let mut notified_users = notified.users.clone();
        notified_users.sort_unstable();
        notified_users.dedup();
        assert_eq!(notified_users, users, "{what}: users");
        assert_ne!(notified, Notified::default(), "{what}: nothing moved");
        notified
    }

    /// Fails unless the last write changed nothing and notified nobody.
    fn check_silent(&mut self, what: &str) {
        assert_eq!(self.recorder.take(), Notified::default(), "{what}");
        assert_eq!(self.advance(), (vec![], vec![]), "{what}");
    }
}

fn owner(user: UserId) -> Guard {
    Guard::holds(user, Role::Owner)
}

#[both_engines]
fn message_commits_notify_observers(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let mut watch = Watch::new(&world, &[room], &[matt, beth]);

    let sent = world.say(room, matt, "hello");
    assert_eq!(watch.check("sent").sent, std::slice::from_ref(&sent));
    let reply = || NewMessage { reply_to: Some(sent.id), ..world.keyed_draft(room, beth, "hi", "key") };
    world.send(reply());
    assert_eq!(watch.check("replied").sent.len(), 1);
    assert!(matches!(world.send(reply()), Appended::Duplicate(..)));
    watch.check_silent("the same key again");
    assert_eq!(world.send(world.draft(room, world.user("Zoe"), "let me in")), Appended::Refused);
    watch.check_silent("refused");

    done(world.react(&sent, beth, &emoji("👍")));
    watch.check("reacted");
    done(world.react(&sent, beth, &emoji("👍")));
    watch.check_silent("reacted again");
    done(world.take_back(&sent, beth, &emoji("👍")));
    watch.check("took a reaction back");
    world.pin(&sent, beth);
    watch.check("pinned");
    done(world.unpin(&sent, beth));
    watch.check("unpinned");
    let edited = done(world.edit(&world.message(room, sent.id), "goodbye"));
    watch.check("edited");
    assert_eq!(world.edit(&sent, "too late"), Guarded::Refused);
    watch.check_silent("edited an old revision");
    done(world.erase(&edited));
    watch.check("deleted");

    let slow = ChatroomChanges { slow_mode: SlowMode::parse(60).ok(), ..ChatroomChanges::default() };
    world.chatrooms.update(room, slow, owner(matt), world.tick()).unwrap();
    watch.check("slowed down");
    let guard = Guard::may(beth, Right::Speak);
    world.messages.append_in_slow_mode(world.draft(room, beth, "slowly"), guard).unwrap();
    assert_eq!(watch.check("sent in slow mode").sent.len(), 1);
    world.messages.append_in_slow_mode(world.draft(room, beth, "too soon"), guard).unwrap();
    watch.check_silent("sent too soon");
}

#[both_engines]
fn chatroom_and_membership_commits_notify_observers(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, zoe] = ["Matt", "Beth", "Zoe"].map(|name| world.user(name));
    let room = world.public_room(matt);
    let direct = world.direct_room(zoe, matt);
    let mut watch = Watch::new(&world, &[room, direct], &[matt, beth, zoe]);

    world.rename(room, matt, "Another name");
    watch.check("renamed");
    world.join(room, beth);
    watch.check("joined");
    world.join(room, beth);
    watch.check_silent("joined again");
    let zoe_too = NewMembership { chatroom_id: room, user_id: zoe, at: world.tick() };
    world.memberships.add(zoe_too, Entrance::By(owner(matt))).unwrap();
    watch.check("added");
    world.promote(room, matt, beth);
    watch.check("promoted");
    done(world.remove(room, matt, zoe));
    watch.check("removed");
    let ban = NewBan { chatroom_id: room, user_id: zoe, membership: None, at: world.tick() };
    world.bans.ban(ban, 10, owner(matt)).unwrap();
    watch.check("banned");
    world.bans.lift(room, zoe, owner(matt), world.tick()).unwrap();
    watch.check("lifted a ban");
    let invitation = draft_invitation(&world, room, matt);
    let id = invitation.id;
    world.invitations.create(invitation, LIMITS, owner(matt)).unwrap();
    watch.check("invited");
    let zoe_too = NewMembership { chatroom_id: room, user_id: zoe, at: world.tick() };
    world.memberships.add(zoe_too, Entrance::Invitation(id)).unwrap();
    watch.check("accepted an invitation");
    world.invitations.revoke(room, id, owner(matt), world.tick()).unwrap();
    watch.check("revoked an invitation");
    world.reads.mark(room, beth, Mark { seq: 6, force: false }).unwrap();
    watch.check("marked as read");
    world.reads.mark(room, beth, Mark { seq: 6, force: false }).unwrap();
    watch.check_silent("marked as read again");
    world.reads.set_muted(room, beth, true).unwrap();
    watch.check("muted");
    world.leave(direct, zoe);
    watch.check("hid a direct chatroom");
    world.open(zoe, matt);
    watch.check("showed a direct chatroom");
    world.block(zoe, matt);
    watch.check("blocked");
    world.unblock(zoe, matt);
    watch.check("unblocked");
    world.leave(room, beth);
    watch.check("left");
    world.delete_room(room, matt);
    watch.check("deleted a chatroom");
}

#[both_engines]
fn account_and_session_commits_notify_observers(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let mut watch = Watch::new(&world, &[room], &[matt, beth]);

    let draft = world.draft_session(beth, 0);
    let first = draft.id;
    world.sessions.create(draft.clone(), 2).unwrap();
    watch.check_silent("signed in");
    let refresh = Rotation {
        user_id: beth,
        session_id: first,
        read: draft.current,
        next: SecretHash::new([9; 32]),
        spends: None,
        at: world.tick(),
    };
    done(world.sessions.rotate(refresh).unwrap());
    watch.check_silent("refreshed");
    world.session(beth, 2);
    world.session(beth, 2);
    assert_eq!(watch.check("signed in once too often").ended, [first]);
    let open = world.open_sessions(beth);
    world.sessions.end(beth, open[0], world.tick()).unwrap();
    assert_eq!(watch.check("signed out").ended, [open[0]]);
    world.sessions.end(beth, open[0], world.tick()).unwrap();
    watch.check_silent("signed out again");
    let name = UserChanges { display_name: Some(DisplayName::parse("B").ok()), ..UserChanges::default() };
    world.users.update(beth, name.clone(), world.tick()).unwrap();
    assert_eq!(watch.check("changed the profile").profiles, [beth]);
    world.users.update(beth, name, world.tick()).unwrap();
    watch.check_silent("changed the profile to what it was");
    let email = UserChanges { email: Some(Email::parse("beth@example.com").ok()), ..UserChanges::default() };
    world.users.update(beth, email, world.tick()).unwrap();
    assert_eq!(watch.check("changed what others do not see").profiles, []);
    world.administration.disable(beth, world.tick()).unwrap();
    assert_eq!(watch.check("disabled").ended, [open[1]]);
    world.administration.enable(beth).unwrap();
    watch.check("enabled");
    world.administration.enable(beth).unwrap();
    watch.check_silent("enabled again");
    let (again, _) = world.session(beth, 2);
    watch.check_silent("signed in again");
    world.administration.reset_password(beth, world.password_hash(), world.tick()).unwrap();
    assert_eq!(watch.check("got another password").ended, [again]);
    world.delete_account(beth);
    watch.check("deleted an account");
    world.memberships.leave(room, beth, LeaveReason::AccountDeleted, world.tick()).unwrap();
    watch.check("left with the account");
}

#[both_engines]
fn dropped_observer_is_removed(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    drop(Recorder::attached_to(&world));
    let (one, other) = (Recorder::attached_to(&world), Recorder::attached_to(&world));
    let room = world.room(matt, &[]);
    assert_eq!(one.take(), Notified { chatrooms: vec![(room, 2)], users: vec![matt], ..Notified::default() });
    assert_eq!(other.take().chatrooms, [(room, 2)]);
}
