//! Reading the log of events.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, done, kind};
use chit_chat_domain::chatroom::{ChatroomChanges, ChatroomName, Guard, NewChatroom, Settings, Visibility};
use chit_chat_domain::event::{Change, Event, MembershipEnd};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::membership::{LeaveReason, Role};
use chit_chat_domain::message::{Message, PageRange};
use chit_chat_domain::page::Limit;

#[both_engines]
fn every_change_is_logged_with_next_seq(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let name = world.access(room, matt).chatroom.name;
    let edited = done(world.edit(&world.say(room, beth, "one"), "two"));
    let gone = done(world.erase(&world.say(room, matt, "three")));
    world.rename(room, beth, "Tea");
    open_to_all(&world, room, matt);
    world.promote(room, matt, beth);
    world.memberships.leave(room, beth, LeaveReason::AccountDeleted, world.tick()).unwrap();
    let (tea, private, public) = (ChatroomName::parse("Tea").ok(), Visibility::Private, Visibility::Public);
    let expected = [
        (matt, Change::ChatroomCreated { name, visibility: private }),
        (matt, Change::MembershipCreated { user_id: matt, role: Role::Owner }),
        (matt, Change::MembershipCreated { user_id: beth, role: Role::Member }),
        (beth, Change::MessageCreated(edited.clone())),
        (beth, Change::MessageUpdated(edited)),
        (matt, Change::MessageCreated(gone.clone())),
        (matt, Change::MessageDeleted(gone)),
        (beth, Change::ChatroomUpdated { name: tea.clone(), visibility: private, settings: Settings::default() }),
        (matt, Change::ChatroomUpdated { name: tea, visibility: public, settings: Settings::default() }),
        (matt, Change::MembershipUpdated { user_id: beth, role: Role::Owner }),
        (beth, Change::MembershipDeleted { user_id: beth, reason: MembershipEnd::AccountDeleted }),
    ];
    let log: Vec<_> = world.log(room).into_iter().map(|event| (event.actor_id, event.change)).collect();
    assert_eq!(log, expected);
}

#[both_engines]
fn removal_and_leave_have_different_reasons(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    let room = world.room(matt, &[beth, rohan]);
    done(world.remove(room, matt, beth));
    world.leave(room, rohan);
    let log: Vec<_> = world.log(room).into_iter().skip(4).map(|event| (event.actor_id, event.change)).collect();
    let ended = |user_id, reason| Change::MembershipDeleted { user_id, reason };
    assert_eq!(log, [(matt, ended(beth, MembershipEnd::Removed)), (rohan, ended(rohan, MembershipEnd::Left))]);
}

#[both_engines]
fn hand_over_is_logged_before_leave(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.leave(room, matt);
    let log: Vec<_> = world.log(room).into_iter().skip(3).map(|event| (event.actor_id, event.change)).collect();
    let promoted = Change::MembershipUpdated { user_id: beth, role: Role::Owner };
    let left = Change::MembershipDeleted { user_id: matt, reason: MembershipEnd::Left };
    assert_eq!(log, [(matt, promoted), (matt, left)]);
}

#[both_engines]
fn chatroom_deletion_is_last_event(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let deleted = world.room(matt, &[beth]);
    world.delete_room(deleted, matt);
    let kinds = |room, head| world.log_to(room, head).iter().map(|event| kind(&event.change)).collect::<Vec<_>>();
    assert_eq!(kinds(deleted, 4)[3..], ["chatroom.deleted"]);
    let left = world.room(matt, &[]);
    world.leave(left, matt);
    assert_eq!(kinds(left, 4)[2..], ["membership.deleted", "chatroom.deleted"]);
    for room in [deleted, left] {
        assert_eq!(world.events.read(room, 4, i64::MAX, Limit::MAX), Ok(vec![]));
    }
}

#[both_engines]
fn event_keeps_time_of_change(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let draft = world.draft_room(matt, &[]);
    let (room, made) = (world.create(draft.clone()).id, draft.created_at);
    let sent = world.say(room, matt, "hello");
    let edited = done(world.edit(&sent, "hi"));
    let times: Vec<_> = world.log(room).into_iter().map(|event: Event| event.at).collect();
    assert_eq!(times, [made, made, sent.created_at, edited.edited_at.unwrap()]);
}

#[both_engines]
fn event_order_ignores_clock(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let hour = Duration::from_secs(3_600);
    let late = world.draft(room, matt, "first");
    let mut early = world.draft(room, matt, "second");
    early.created_at = early.created_at.minus(hour);
    let (first, second) = (late.id, early.id);
    world.send(late);
    world.send(early);
    let page = world.page(room, matt, PageRange::Latest, 50);
    assert_eq!(page.into_iter().map(|message| message.id).collect::<Vec<_>>(), [first, second]);
}

#[both_engines]
fn log_holds_no_old_text(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let first = done(world.edit(&world.say(room, matt, "old secret"), "new secret"));
    let second = world.say(room, matt, "another secret");
    done(world.erase(&second));
    let logged: Vec<_> = world.log(room).into_iter().filter_map(|event| message(event.change)).collect();
    let bodies: Vec<_> = logged.into_iter().map(|message| message.body).collect();
    assert_eq!(bodies, [first.body.clone(), first.body, None, None]);
    let mut raw = world.raw();
    assert_eq!(raw.lines("SELECT body AS value FROM messages WHERE body IS NOT NULL"), ["new secret"]);
    assert_eq!(raw.number("SELECT count(*) AS value FROM events WHERE detail LIKE '%secret%'"), 0);
}

#[both_engines]
fn log_is_read_in_pages_up_to_head(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    world.say(world.room(matt, &[]), matt, "elsewhere");
    for n in 0..4 {
        world.say(room, matt, &n.to_string());
        world.rename(room, matt, &n.to_string());
    }
    let seqs = |after, head, limit| {
        let page = world.events.read(room, after, head, Limit::parse(limit).unwrap()).unwrap();
        page.into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(0, 10, 3), [1, 2, 3]);
    assert_eq!(seqs(3, 10, 3), [4, 5, 6]);
    assert_eq!(seqs(3, 5, 200), [4, 5]);
    assert_eq!(seqs(9, i64::MAX, 200), [10]);
    assert_eq!(seqs(10, 10, 200), [0; 0]);
    assert_eq!(seqs(i64::MIN, 2, 1), [1]);
}

#[both_engines]
fn log_of_missing_chatroom_is_empty(engine: Engine) {
    let world = World::new(engine);
    let nowhere = ChatroomId::from(world.ids.next());
    assert_eq!(world.events.read(nowhere, 0, i64::MAX, Limit::MAX), Ok(vec![]));
}

#[both_engines]
fn unicode_name_is_logged_unchanged(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let name = ChatroomName::restore("\u{202e}\"שלום\" \\ {👩‍👩‍👧}\u{301}".to_owned());
    let room = world.create(NewChatroom { name: name.clone(), ..world.draft_room(matt, &[]) });
    let name = Some(name);
    assert_eq!(room.name, name);
    assert_eq!(world.access(room.id, matt).chatroom.name, name);
    let created = Change::ChatroomCreated { name, visibility: Visibility::Private };
    assert_eq!(world.log(room.id)[0].change, created);
}

fn open_to_all(world: &World, room: ChatroomId, owner: UserId) {
    let changes = ChatroomChanges { visibility: Some(Visibility::Public), ..ChatroomChanges::default() };
    let guard = Guard::holds(owner, Role::Owner);
    assert!(world.chatrooms.update(room, changes, guard, world.tick()).unwrap() != Guarded::Refused);
}

fn message(change: Change) -> Option<Message> {
    match change {
        Change::MessageCreated(message) | Change::MessageUpdated(message) | Change::MessageDeleted(message) => {
            Some(message)
        }
        _ => None,
    }
}
