//! The settings of a chatroom, and their effect on senders.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, done, id_literal, try_answer};
use chit_chat_domain::chatroom::{
    Chatroom, ChatroomChanges, Entrance, Guard, ListFilter, Right, Settings, SlowMode, Topic,
};
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{Added, NewMembership, Role};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Appended, MessageBody, NewMessage, SlowModeOutcome};
use chit_chat_domain::page::Limit;

fn set(world: &World, room: ChatroomId, owner: UserId, changes: ChatroomChanges) -> Chatroom {
    done(world.chatrooms.update(room, changes, Guard::holds(owner, Role::Owner), world.tick()).unwrap())
}

fn slow(seconds: i64) -> ChatroomChanges {
    ChatroomChanges { slow_mode: SlowMode::parse(seconds).ok(), ..ChatroomChanges::default() }
}

fn archived(archived: bool) -> ChatroomChanges {
    ChatroomChanges { archived: Some(archived), ..ChatroomChanges::default() }
}

fn send(world: &World, draft: NewMessage) -> Appended {
    let guard = Guard::may(draft.author_id, Right::Speak);
    world.messages.append(draft, guard).wait().unwrap()
}

fn in_turn(world: &World, draft: NewMessage) -> SlowModeOutcome {
    let guard = Guard::may(draft.author_id, Right::Speak);
    world.messages.append_in_slow_mode(draft, guard).unwrap()
}

#[both_engines]
fn settings_are_stored_and_logged(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    assert_eq!(world.access(room, matt).chatroom.settings, Settings::default());
    let settings = Settings {
        topic: Topic::parse("Tea").ok(),
        rename_role: Role::Moderator,
        add_role: Role::Owner,
        delete_role: Role::Member,
        slow_mode: SlowMode::parse(21_600).unwrap(),
        archived: true,
    };
    let changes = ChatroomChanges {
        topic: Some(settings.topic.clone()),
        rename_role: Some(settings.rename_role),
        add_role: Some(settings.add_role),
        delete_role: Some(settings.delete_role),
        slow_mode: Some(settings.slow_mode),
        archived: Some(true),
        ..ChatroomChanges::default()
    };
    let changed = set(&world, room, matt, changes);
    assert_eq!(changed.settings, settings);
    assert_eq!(world.access(room, matt).chatroom, changed);
    let Change::ChatroomUpdated { settings: logged, .. } = world.log(room).pop().unwrap().change else {
        panic!("another event")
    };
    assert_eq!(logged, settings);
    let without = ChatroomChanges { topic: Some(None), ..ChatroomChanges::default() };
    assert_eq!(set(&world, room, matt, without).settings, Settings { topic: None, ..settings });
}

#[both_engines]
fn rights_follow_current_settings(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let room = world.room(matt, &[beth]);
    let strict = ChatroomChanges {
        rename_role: Some(Role::Moderator),
        add_role: Some(Role::Moderator),
        ..ChatroomChanges::default()
    };
    set(&world, room, matt, strict);
    let topic = || ChatroomChanges { topic: Some(Topic::parse("Tea").ok()), ..ChatroomChanges::default() };
    let rename = Guard::may(beth, Right::Rename);
    let entrance = Entrance::By(Guard::may(beth, Right::Add));
    let eves = NewMembership { chatroom_id: room, user_id: eve, at: world.tick() };
    assert_eq!(world.chatrooms.update(room, topic(), rename, world.tick()), Ok(Guarded::Refused));
    assert_eq!(world.memberships.add(eves, entrance), Ok(Added::Refused));
    world.change_role(room, matt, beth, Role::Moderator);
    assert!(world.chatrooms.update(room, topic(), rename, world.tick()).unwrap() != Guarded::Refused);
    assert!(matches!(world.memberships.add(eves, entrance), Ok(Added::Added(_))));
}

#[both_engines]
fn deletion_follows_current_settings(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.change_role(room, matt, beth, Role::Moderator);
    let guard = Guard::may(beth, Right::Delete);
    assert_eq!(world.chatrooms.delete(room, guard, world.tick()), Ok(Guarded::Refused));
    let lax = ChatroomChanges { delete_role: Some(Role::Moderator), ..ChatroomChanges::default() };
    set(&world, room, matt, lax);
    world.change_role(room, matt, beth, Role::Member);
    assert_eq!(world.chatrooms.delete(room, guard, world.tick()), Ok(Guarded::Refused));
    world.change_role(room, matt, beth, Role::Moderator);
    assert_eq!(world.chatrooms.delete(room, guard, world.tick()), Ok(Guarded::Done(())));
}

#[both_engines]
fn entries_older_than_delete_role_name_owners(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    set(&world, room, matt, ChatroomChanges { delete_role: Some(Role::Member), ..archived(true) });
    let setting = r#""delete_role":"member","#;
    let older = format!("UPDATE events SET detail = replace(detail, '{setting}', '')");
    world.raw().run(&older);
    let Change::ChatroomUpdated { settings, .. } = world.log(room).pop().unwrap().change else {
        panic!("another event")
    };
    assert_eq!(settings, Settings { archived: true, ..Settings::default() });
}

#[both_engines]
fn archived_chatroom_refuses_writes(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "hello");
    set(&world, room, matt, archived(true));
    let (speak, draft) = (Guard::may(matt, Right::Speak), world.draft(room, matt, "x"));
    assert_eq!(send(&world, draft.clone()), Appended::Refused);
    assert_eq!(in_turn(&world, draft.clone()), SlowModeOutcome::Taken(Appended::Refused));
    let many = (0..5).map(|_| world.messages.append(world.draft(room, matt, "x"), speak)).collect::<Vec<_>>();
    for sending in many {
        assert_eq!(sending.wait(), Ok(Appended::Refused));
    }
    let edited =
        world.messages.edit(&sent, MessageBody::parse("y").unwrap(), Mentions::default(), speak, world.tick());
    assert_eq!(edited, Ok(Guarded::Refused));
    set(&world, room, matt, archived(false));
    assert!(matches!(send(&world, draft), Appended::Stored(_)));
    assert!(matches!(world.erase(&sent), Guarded::Done(_)));
}

/// Sends while another transaction that changes the settings holds the chatroom's lock.
fn sent_while_set(engine: Engine, set: &str) -> Appended {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let mut held = world.raw();
    held.begin();
    let id = id_literal(engine, room);
    held.lock_rooms(&format!("id = {id}"));
    held.run(&format!("UPDATE chatrooms SET {set} WHERE id = {id}"));
    let draft = world.draft(room, beth, "hello");
    let mut sending = world.messages.append(draft, Guard::may(beth, Right::Speak));
    world.wait_for_blocked(1);
    assert_eq!(try_answer(&mut sending), None);
    held.run("COMMIT");
    sending.wait().unwrap()
}

#[both_engines]
fn send_waiting_for_archive_is_refused(engine: Engine) {
    let archive = "read_only = TRUE, speaking_role = 32767, access_version = access_version + 1";
    assert_eq!(sent_while_set(engine, archive), Appended::Refused);
    assert!(matches!(sent_while_set(engine, "name = 'Tea'"), Appended::Stored(_)));
}

#[both_engines]
fn restricting_settings_move_access_version(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let mut raw = world.raw();
    let mut version = || raw.number("SELECT access_version AS value FROM chatrooms");
    let before = version();
    set(&world, room, matt, slow(5));
    assert_eq!(version(), before + 1);
    set(&world, room, matt, archived(true));
    assert_eq!(version(), before + 2);
    set(&world, room, matt, slow(7));
    set(&world, room, matt, archived(false));
    set(&world, room, matt, slow(0));
    assert_eq!(version(), before + 2);
}

#[both_engines]
fn slow_mode_delays_members_but_not_moderators(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    set(&world, room, matt, slow(30));
    let first = world.draft(room, beth, "first");
    assert_eq!(send(&world, first.clone()), Appended::Refused);
    assert!(matches!(in_turn(&world, first.clone()), SlowModeOutcome::Taken(Appended::Stored(_))));
    let next = first.created_at.plus(Duration::from_secs(30));
    let too_soon = NewMessage { created_at: next.minus(Duration::from_micros(1)), ..world.draft(room, beth, "x") };
    assert_eq!(in_turn(&world, too_soon), SlowModeOutcome::TooSoon(next));
    assert!(matches!(
        in_turn(&world, world.draft(room, zoe, "another")),
        SlowModeOutcome::Taken(Appended::Stored(_))
    ));
    assert!(matches!(send(&world, world.draft(room, matt, "an owner")), Appended::Stored(_)));
    assert!(matches!(
        in_turn(&world, world.draft(room, matt, "twice")),
        SlowModeOutcome::Taken(Appended::Stored(_))
    ));
    assert!(matches!(
        in_turn(&world, world.draft(room, matt, "thrice")),
        SlowModeOutcome::Taken(Appended::Stored(_))
    ));
    let in_time = NewMessage { created_at: next, ..world.draft(room, beth, "second") };
    let SlowModeOutcome::Taken(Appended::Stored(second)) = in_turn(&world, in_time) else { panic!("not stored") };
    assert_eq!(world.message(room, second.id), second);
    assert_eq!(world.head(room), second.seq);
    let newest = world.chatrooms.of_member(beth, ListFilter::default(), None, Limit::default()).unwrap().remove(0);
    assert_eq!(newest.last_message, Some(second));
    world.log(room);
}

/// The first message goes through an instance whose clock is ahead.
#[both_engines]
fn slow_mode_ends_after_its_seconds_despite_another_clock(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    set(&world, room, matt, slow(30));
    let now = world.tick();
    let at = |created_at| in_turn(&world, NewMessage { created_at, ..world.draft(room, beth, "x") });
    let later = |micros| now.plus(Duration::from_secs(30)).minus(Duration::from_micros(micros));
    assert!(matches!(at(now.plus(Duration::from_secs(600))), SlowModeOutcome::Taken(Appended::Stored(_))));
    assert_eq!(at(now), SlowModeOutcome::TooSoon(later(0)));
    assert_eq!(at(later(1)), SlowModeOutcome::TooSoon(later(0)));
    assert!(matches!(at(later(0)), SlowModeOutcome::Taken(Appended::Stored(_))));
    assert!(matches!(at(later(0)), SlowModeOutcome::TooSoon(_)));
}

#[both_engines]
fn repeated_send_in_slow_mode_returns_message(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    set(&world, room, matt, slow(30));
    let SlowModeOutcome::Taken(Appended::Stored(sent)) =
        in_turn(&world, world.keyed_draft(room, beth, "hello", "k"))
    else {
        panic!("not stored")
    };
    let again = world.keyed_draft(room, beth, "hello", "k");
    let idempotency = again.idempotency.clone().unwrap();
    assert_eq!(in_turn(&world, again), SlowModeOutcome::Taken(Appended::Duplicate(sent, idempotency)));
}

#[both_engines]
fn repeated_send_after_archive_returns_message_to_members(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let keyed = || world.keyed_draft(room, beth, "hello", "k");
    let Appended::Stored(sent) = send(&world, keyed()) else { panic!("not stored") };
    set(&world, room, matt, archived(true));
    let SlowModeOutcome::Taken(Appended::Duplicate(again, _)) = in_turn(&world, keyed()) else {
        panic!("not found")
    };
    assert_eq!(again, sent);
    world.leave(room, beth);
    assert_eq!(in_turn(&world, keyed()), SlowModeOutcome::Taken(Appended::Refused));
}

#[both_engines]
fn rejoin_does_not_reset_slow_mode(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    world.join(room, beth);
    set(&world, room, matt, slow(21_600));
    assert!(matches!(in_turn(&world, world.draft(room, beth, "x")), SlowModeOutcome::Taken(Appended::Stored(_))));
    world.leave(room, beth);
    world.join(room, beth);
    assert!(matches!(in_turn(&world, world.draft(room, beth, "y")), SlowModeOutcome::TooSoon(_)));
}

#[both_engines]
fn purge_erases_slow_mode_in_batches(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    set(&world, room, matt, slow(30));
    for author in [beth, zoe] {
        assert!(matches!(
            in_turn(&world, world.draft(room, author, "x")),
            SlowModeOutcome::Taken(Appended::Stored(_))
        ));
    }
    world.delete_room(room, matt);
    while world.chatrooms.purge(1).unwrap() {}
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM turns"), 0);
}
