//! Concurrent writes, with real threads and real commits.

use std::collections::HashSet;

use chit_chat_contract::{Engine, World, both_engines, done, idempotency, kind, race, stored};
use chit_chat_domain::chatroom::{Creation, Guard, NewChatroom};
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{Added, LeaveReason, Leaving, Role, RoleChange};
use chit_chat_domain::message::{Appended, Message};
use chit_chat_domain::page::Limit;
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{NewUser, PasswordChange, PasswordHash, SignedUp, UserChanges, Username};

#[both_engines]
fn racing_sign_ups_give_username_once(engine: Engine) {
    let world = World::new(engine);
    let outcomes = race(16, |n| {
        let name = if n % 2 == 0 { "Matt" } else { "mATT" };
        let username = Username::parse(name).unwrap();
        world.users.insert(NewUser { username, ..world.draft_user("matt") }).unwrap()
    });
    assert_eq!(count(&outcomes, |outcome| *outcome == SignedUp::Created), 1);
    assert_eq!(world.users.list(None, Limit::MAX).unwrap().len(), 1);
}

#[both_engines]
fn racing_password_change_and_deletion_do_one(engine: Engine) {
    let world = World::new(engine);
    for round in 0..10 {
        let user = world.user(&format!("user_{round}"));
        let (session, _) = world.session(user, 100);
        let new = PasswordHash::new("another".into());
        let password = Some(PasswordChange { new, checked: world.password_hash(), session });
        let changes = UserChanges { password, ..UserChanges::default() };
        let done = race(2, |n| match n {
            0 => world.users.update(user, changes.clone(), world.tick()).unwrap().is_some(),
            _ => world.try_delete_account(user).unwrap().is_some(),
        });
        assert_ne!(done[0], done[1]);
        assert_eq!(world.users.find(user).unwrap().unwrap().profile.is_some(), done[0]);
    }
}

#[both_engines]
fn racing_joins_and_leaves_make_one_membership_at_most(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    let changed = race(20, |n| {
        let act = |_| match n % 2 {
            0 => matches!(world.join(room, beth), Added::Added(_)),
            _ => world.leave(room, beth) == Leaving::Left,
        };
        (0..5).map(act).filter(|changed| *changed).count()
    });
    let is_member = world.memberships.find(room, beth).unwrap().is_some();
    let log = world.log(room);
    assert_eq!(log.len() - 2, changed.iter().sum::<usize>());
    let joined_last = matches!(log.last().unwrap().change, Change::MembershipCreated { .. });
    assert_eq!(is_member, joined_last && log.len() > 2);
    let beths = log[2..].iter().map(|event| kind(&event.change));
    for (n, found) in beths.enumerate() {
        assert_eq!(found, if n % 2 == 0 { "membership.created" } else { "membership.deleted" });
    }
}

#[both_engines]
fn racing_leaves_of_last_owners_keep_owner(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    for round in 0..10 {
        let people: Vec<UserId> = (0..4).map(|n| world.user(&format!("user_{round}_{n}"))).collect();
        let room = world.room(people[0], &people[1..]);
        world.promote(room, people[0], people[1]);
        let outcomes = race(2, |n| {
            let ports = if n == 0 { &*world.store } else { &another };
            ports.memberships.leave(room, people[n], LeaveReason::Left, world.tick()).unwrap()
        });
        assert_eq!(count(&outcomes, |outcome| *outcome == Leaving::Left), 1);
        assert_eq!(count(&outcomes, |outcome| *outcome == Leaving::HandedOver(people[2])), 1);
        assert_eq!(owners(&world, room), [people[2]]);
        world.log(room);
    }
}

#[both_engines]
fn racing_leaves_of_everybody_delete_chatroom(engine: Engine) {
    let world = World::new(engine);
    let people: Vec<UserId> = (0..8).map(|n| world.user(&format!("user_{n}"))).collect();
    let room = world.room(people[0], &people[1..]);
    let outcomes = race(8, |n| world.leave(room, people[n]));
    assert_eq!(count(&outcomes, |outcome| *outcome == Leaving::ChatroomDeleted), 1);
    assert_eq!(count(&outcomes, |outcome| *outcome == Leaving::NotMember), 0);
    assert_eq!(world.chatrooms.access(room, people[0]), Ok(None));
}

#[both_engines]
fn racing_step_downs_of_two_owners_keep_one(engine: Engine) {
    let world = World::new(engine);
    for round in 0..10 {
        let people = [world.user(&format!("a{round}")), world.user(&format!("b{round}"))];
        let room = world.room(people[0], &people[1..]);
        world.promote(room, people[0], people[1]);
        let targets = people.map(|user| world.member(room, user).membership);
        let outcomes = race(2, |n| {
            let guard = Guard::holds(people[n], Role::Owner);
            world.memberships.change_role(&targets[n], Role::Member, guard, world.tick()).unwrap()
        });
        assert_eq!(count(&outcomes, |outcome| matches!(outcome, RoleChange::Changed(_))), 1);
        assert_eq!(count(&outcomes, |outcome| *outcome == RoleChange::LastOwner), 1);
        assert_eq!(owners(&world, room).len(), 1);
    }
}

#[both_engines]
fn racing_senders_on_two_instances_fill_dense_log(engine: Engine) {
    const SENDERS: usize = 64;
    const EACH: usize = 5;
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent: Vec<Vec<Message>> = race(SENDERS, |n| {
        let ports = if n % 2 == 0 { &*world.store } else { &another };
        let guard = Guard::holds(matt, Role::Member);
        let send = |text: usize| ports.messages.append(world.draft(room, matt, &text.to_string()), guard).wait();
        (0..EACH).map(|text| stored(send(text).unwrap())).collect()
    });
    for mine in &sent {
        assert!(mine.is_sorted_by(|a, b| a.seq < b.seq), "one sender's messages were reordered");
    }
    let logged = world.logged(room);
    let mut acknowledged: Vec<Message> = sent.into_iter().flatten().collect();
    acknowledged.sort_by_key(|message| message.seq);
    assert_eq!(logged, acknowledged);
    assert_eq!(logged.len(), SENDERS * EACH);
}

#[both_engines]
fn racing_sends_joins_and_renames_take_each_seq_once(engine: Engine) {
    let world = World::new(engine);
    let people: Vec<UserId> = (0..12).map(|n| world.user(&format!("user_{n}"))).collect();
    let room = world.public_room(people[0]);
    race(12, |n| match n {
        0..6 => {
            for text in 0..5 {
                world.say(room, people[0], &text.to_string());
            }
        }
        6..11 => drop(world.join(room, people[n])),
        _ => world.rename(room, people[0], "Another name"),
    });
    let kinds = world.kinds(room);
    assert_eq!(kinds.len(), 2 + 30 + 5 + 1);
    assert_eq!(count(&kinds, |kind| *kind == "message.created"), 30);
}

#[both_engines]
fn send_racing_with_end_of_membership_is_not_stored_after_it(engine: Engine) {
    let world = World::new(engine);
    for how in ["removed", "left", "deleted"] {
        let users = [world.user(&format!("matt_{how}")), world.user(&format!("beth_{how}"))];
        say_while_ending(&world, how, users);
    }
}

fn say_while_ending(world: &World, how: &str, [matt, beth]: [UserId; 2]) {
    let another = world.open_another();
    for _ in 0..5 {
        let room = world.room(matt, &[beth]);
        let sent = race(9, |n| match (n, how) {
            (0..8, _) => say_until_refused(if n % 2 == 0 { &world.store } else { &another }, world, room, beth),
            (_, "removed") => i64::from(world.remove(room, matt, beth) == Guarded::Refused),
            (_, "left") => i64::from(world.leave(room, beth) == Leaving::NotMember),
            _ => {
                world.delete_room(room, matt);
                0
            }
        });
        let log = world.events.read(room, 0, i64::MAX, Limit::MAX).unwrap();
        assert_eq!(sent[8], 0);
        assert_eq!(log.len() - 4, usize::try_from(sent.iter().sum::<i64>()).unwrap());
        let last = kind(&log.last().unwrap().change);
        assert!(["membership.deleted", "chatroom.deleted"].contains(&last), "{last}");
    }
}

/// Sends until a message is refused, and returns how many were stored.
fn say_until_refused(stores: &Stores, world: &World, room: ChatroomId, author: UserId) -> i64 {
    let send = |text: &i64| {
        let draft = world.draft(room, author, &text.to_string());
        stores.messages.append(draft, Guard::holds(author, Role::Member)).wait().unwrap()
    };
    (0..20).take_while(|text| send(text) != Appended::Refused).count().try_into().unwrap()
}

#[both_engines]
fn racing_sends_with_equal_key_store_one_message(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let outcomes = race(50, |n| {
        let ports = if n % 2 == 0 { &*world.store } else { &another };
        let draft = world.keyed_draft(room, matt, "hello", "k");
        ports.messages.append(draft, Guard::holds(matt, Role::Member)).wait().unwrap()
    });
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, Appended::Stored(_))), 1);
    assert_eq!(count(&outcomes, |outcome| *outcome == Appended::Refused), 0);
    let answers: HashSet<_> = outcomes.into_iter().filter_map(answered).map(|message| message.id).collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(world.log(room).len(), 3);
}

#[both_engines]
fn racing_creations_with_equal_key_create_one_chatroom(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let outcomes = race(16, |n| {
        let ports = if n % 2 == 0 { &*world.store } else { &another };
        let draft = NewChatroom { idempotency: Some(idempotency("k", "x")), ..world.draft_room(matt, &[beth]) };
        ports.chatrooms.create_with_members(draft).unwrap()
    });
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, Creation::Created(_))), 1);
    let ids: HashSet<ChatroomId> = outcomes.into_iter().map(made).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.memberships.chatrooms_of(matt, 100), Ok(Vec::from_iter(ids)));
}

#[both_engines]
fn racing_edits_of_one_revision_write_one(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "hello");
    let outcomes = race(16, |n| world.edit(&sent, &n.to_string()));
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, Guarded::Done(_))), 1);
    let winner = outcomes.into_iter().find(|outcome| *outcome != Guarded::Refused).map(done);
    assert_eq!(Some(world.message(room, sent.id)), winner);
    assert_eq!(world.head(room), sent.seq + 1);
}

#[both_engines]
fn delete_racing_with_edit_leaves_tombstone(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "hello");
    race(8, |n| {
        let mut read = world.message(room, sent.id);
        while read.deleted_at.is_none() {
            let done = if n == 0 { world.erase(&read) } else { world.edit(&read, &n.to_string()) };
            assert!(done == Guarded::Refused || read.deleted_at.is_none());
            read = world.message(room, sent.id);
        }
    });
    let gone = world.message(room, sent.id);
    assert_eq!(gone.body, None);
    let log = world.log(room);
    assert_eq!(log.last().map(|event| kind(&event.change)), Some("message.deleted"));
    assert_eq!(i64::from(gone.revision), world.head(room) - sent.seq + 1);
}

#[both_engines]
fn racing_leaves_of_several_chatrooms_do_not_deadlock(engine: Engine) {
    let world = World::new(engine);
    let people = [world.user("Matt"), world.user("Beth")];
    let rooms: Vec<ChatroomId> = (0..10).map(|n| world.room(people[n % 2], &[people[1 - n % 2]])).collect();
    let outcomes = race(rooms.len(), |n| world.leave(rooms[n], people[n % 2]));
    for (n, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome, Leaving::HandedOver(people[1 - n % 2]));
    }
}

fn count<T>(outcomes: &[T], is: impl Fn(&T) -> bool) -> usize {
    outcomes.iter().filter(|outcome| is(outcome)).count()
}

fn owners(world: &World, room: ChatroomId) -> Vec<UserId> {
    let members = world.memberships.list(room, 0, Limit::MAX).unwrap().into_iter().map(|member| member.membership);
    members.filter(|membership| membership.role == Role::Owner).map(|membership| membership.user_id).collect()
}

fn answered(outcome: Appended) -> Option<Message> {
    match outcome {
        Appended::Stored(message) | Appended::Duplicate(message, _) => Some(message),
        Appended::Refused => None,
    }
}

fn made(outcome: Creation) -> ChatroomId {
    match outcome {
        Creation::Created(chatroom) => chatroom.id,
        Creation::Duplicate(id, _) => id,
        refused => panic!("{refused:?}"),
    }
}
