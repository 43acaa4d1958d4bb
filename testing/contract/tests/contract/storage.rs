//! The bytes that accounts store: new messages and entries are added up in memory, everything else by the store.

use std::sync::{Arc, Weak};

use chit_chat_contract::{Engine, World, both_engines, done, emoji, id_literal, idempotency, race, stored};
use chit_chat_domain::chatroom::{ChatroomChanges, ChatroomName, Guard, Topic};
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::id::{IdSource, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Appended, Deleter, Message, MessageBody, NewMessage};
use chit_chat_domain::pin::Pinning;
use chit_chat_domain::revision::MAX_REVISIONS;
use chit_chat_domain::storage::{OVERHEAD, StorageMeter};

/// A meter of a store, which observes its commits.
fn meter(world: &World) -> Arc<StorageMeter> {
    let meter = Arc::new(StorageMeter::new(None));
    let observer: Weak<StorageMeter> = Arc::downgrade(&meter);
    world.commits.observe(observer as Weak<dyn CommitObserver>);
    meter
}

fn used(world: &World, user: UserId) -> i64 {
    world.storage.used(user).unwrap()
}

/// The bytes that the rows of a table count, given the column of their text.
fn count_rows(world: &World, text: &str, rows: &str) -> i64 {
    let bytes = format!("coalesce(sum(coalesce(octet_length({text}), 0) + {OVERHEAD}), 0)");
    world.raw().number(&format!("SELECT CAST({bytes} AS BIGINT) AS value FROM {rows}"))
}

/// The bytes that all users store, counted from the rows.
fn count(world: &World) -> i64 {
    let texts = [("body", "messages"), ("body", "message_revisions"), ("detail", "events")];
    let texts = texts.map(|(text, table)| count_rows(world, text, table)).iter().sum::<i64>();
    texts + count_mentions_and_keys(world) + count_public_names(world, "TRUE")
}

/// The bytes that the names of public chatrooms count in these entries.
fn count_public_names(world: &World, entries: &str) -> i64 {
    let of = |field| match world.engine() {
        Engine::Sqlite => format!("json_extract(detail, '$.{field}')"),
        Engine::Postgres => format!("detail::json ->> '{field}'"),
    };
    let bytes = format!("CAST(coalesce(sum(length({}) * {OVERHEAD}), 0) AS BIGINT)", of("name"));
    let public = format!("{} = 'public'", of("visibility"));
    world.raw().number(&format!("SELECT {bytes} AS value FROM events WHERE {public} AND {entries}"))
}

/// The bytes that mentions and keys count. The column of mentions has 36 characters for each, and spaces between.
fn count_mentions_and_keys(world: &World) -> i64 {
    let mentions = format!("(coalesce(octet_length(mentions), 0) + 36) / 37 * {OVERHEAD}");
    let keys = "coalesce(octet_length(idempotency_key), 0) * 2";
    let bytes = format!("CAST(coalesce(sum({mentions} + {keys}), 0) AS BIGINT)");
    world.raw().number(&format!("SELECT {bytes} AS value FROM messages"))
}

/// The bytes that the entries of a user count, counted from the rows.
fn logged(world: &World, user: UserId) -> i64 {
    let of_user = format!("actor_id = {}", id_literal(world.engine(), user));
    count_rows(world, "detail", &format!("events WHERE {of_user}")) + count_public_names(world, &of_user)
}

/// The bytes that the messages of a user count.
fn texts(world: &World, user: UserId) -> i64 {
    used(world, user) - logged(world, user)
}

fn sum(world: &World) -> i64 {
    world.raw().number("SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) AS value FROM storage_used")
}

fn edit_twice(world: &World, message: &Message) -> Message {
    done(world.edit(&done(world.edit(message, "zwei")), "drei"))
}

#[both_engines]
fn sent_message_counts_for_its_author(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.say(room, matt, "Σίσυφος");
    assert_eq!(used(&world, matt), 0, "not saved yet");
    meter.save(&*world.storage).unwrap();
    assert_eq!((texts(&world, matt), used(&world, beth)), (14 + OVERHEAD, 0));
    for _ in 0..2 {
        world.send(world.keyed_draft(room, beth, "hi", "k"));
    }
    meter.save(&*world.storage).unwrap();
    meter.save(&*world.storage).unwrap();
    assert_eq!(
        (texts(&world, matt), used(&world, beth)),
        (14 + OVERHEAD, 2 + 2 + OVERHEAD),
        "a repeat stores nothing"
    );
}

#[both_engines]
fn message_sent_on_its_own_counts_once(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let guard = Guard::holds(matt, Role::Member);
    for _ in 0..2 {
        world.messages.append_in_slow_mode(world.keyed_draft(room, matt, "hello", "k"), guard).unwrap();
    }
    meter.save(&*world.storage).unwrap();
    assert_eq!(texts(&world, matt), 5 + 2 + OVERHEAD);
}

#[both_engines]
fn sent_before_finds_only_authors_message_with_key(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    let sent = stored(world.send(world.keyed_draft(room, matt, "hello", "k")));
    let find =
        |room, author, key| world.messages.sent_before(&world.keyed_draft(room, author, "bye", key)).unwrap();
    assert_eq!(find(room, matt, "k"), Some(Appended::Duplicate(sent, idempotency("k", "hello"))));
    assert_eq!((find(room, beth, "k"), find(other, matt, "k"), find(room, matt, "l")), (None, None, None));
    assert_eq!(world.messages.sent_before(&world.draft(room, matt, "hello")), Ok(None));
}

#[both_engines]
fn every_entry_counts_for_its_actor(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let message = world.say(room, beth, "hello");
    let topic = Topic::parse(&"x".repeat(200)).unwrap();
    let changes = ChatroomChanges { topic: Some(Some(topic)), ..ChatroomChanges::default() };
    done(world.chatrooms.update(room, changes, Guard::holds(matt, Role::Owner), world.tick()).unwrap());
    done(world.react(&message, beth, &emoji("👍")));
    done(world.take_back(&message, beth, &emoji("👍")));
    assert_eq!(world.pin(&message, beth), Pinning::Pinned);
    world.promote(room, matt, beth);
    world.leave(room, matt);
    assert_eq!((used(&world, matt), used(&world, beth)), (0, 0), "not saved yet");
    meter.save(&*world.storage).unwrap();
    // Created the chatroom with two members, changed the topic and the role, and left.
    assert!(used(&world, matt) > 6 * OVERHEAD + 200, "{}", used(&world, matt));
    assert_eq!((texts(&world, matt), texts(&world, beth)), (0, 5 + OVERHEAD));
    assert!(logged(&world, beth) > 3 * OVERHEAD);
    assert_eq!(sum(&world), count(&world));
}

#[both_engines]
fn name_of_public_chatroom_counts_what_its_index_takes(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let matt = world.user("Matt");
    let room = world.public_room(matt);
    let rename = |name| {
        let name = Some(ChatroomName::parse(name).unwrap());
        let changes = ChatroomChanges { name, ..ChatroomChanges::default() };
        done(world.chatrooms.update(room, changes, Guard::holds(matt, Role::Owner), world.tick()).unwrap());
        meter.save(&*world.storage).unwrap();
        used(&world, matt)
    };
    let (short, long) = (rename("x"), rename(&"é".repeat(80)));
    assert!(long - short > 80 * OVERHEAD, "{short} {long}");
    assert_eq!(sum(&world), count(&world));
    world.delete_room(room, matt);
    meter.save(&*world.storage).unwrap();
    while world.chatrooms.purge(1).unwrap() {
        assert_eq!(sum(&world), count(&world));
    }
    assert!(used(&world, matt) < 2 * OVERHEAD);
}

#[both_engines]
fn refused_write_counts_nothing(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let message = world.say(room, matt, "hello");
    let meter = meter(&world);
    assert_eq!(world.pin(&message, beth), Pinning::Refused);
    meter.save(&*world.storage).unwrap();
    assert_eq!(sum(&world), 0);
}

#[both_engines]
fn edit_counts_new_text_and_kept_revision(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let mut message = world.say(room, matt, "one");
    message = done(world.edit(&message, "seven!!"));
    assert_eq!(used(&world, matt), 7 + OVERHEAD, "the send is not saved yet");
    meter.save(&*world.storage).unwrap();
    assert_eq!(texts(&world, matt), 3 + 7 + 2 * OVERHEAD);
    for revision in 3..=MAX_REVISIONS + 20 {
        message = done(world.edit(&message, "0123456789"));
        assert_eq!(message.revision, revision);
    }
    meter.save(&*world.storage).unwrap();
    assert_eq!(texts(&world, matt), i64::from(MAX_REVISIONS) * (10 + OVERHEAD));
    assert_eq!((count(&world), used(&world, beth)), (used(&world, matt), 0));
}

#[both_engines]
fn deletion_frees_texts_of_author(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let message = edit_twice(&world, &world.say(room, beth, "eins"));
    world.say(room, matt, "hello");
    meter.save(&*world.storage).unwrap();
    assert_eq!(texts(&world, beth), 3 * (4 + OVERHEAD));
    done(world.erase(&message));
    meter.save(&*world.storage).unwrap();
    assert_eq!((texts(&world, beth), texts(&world, matt)), (OVERHEAD, 5 + OVERHEAD), "a tombstone is left");
    assert_eq!(sum(&world), count(&world));
}

#[both_engines]
fn mentions_count_until_they_are_edited_away(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    let draft =
        NewMessage { mentions: Mentions::of(vec![beth, zoe]), ..world.keyed_draft(room, matt, "hey", "key") };
    let mut message = stored(world.send(draft));
    let expect = |bytes| {
        meter.save(&*world.storage).unwrap();
        assert_eq!(texts(&world, matt), bytes + 3 * 2 + OVERHEAD);
        assert_eq!(sum(&world), count(&world));
    };
    expect(3 + 2 * OVERHEAD);
    for (mentions, bytes) in [(Mentions::everybody(), 2 * OVERHEAD), (Mentions::default(), 2 * OVERHEAD)] {
        let (body, guard) = (MessageBody::parse("hi").unwrap(), Guard::holds(matt, Role::Owner));
        message = done(world.messages.edit(&message, body, mentions, guard, world.tick()).unwrap());
        expect(bytes + if message.revision == 2 { 3 + 2 } else { 3 + 2 + 2 });
    }
    done(world.erase(&message));
    expect(0);
}

#[both_engines]
fn purge_frees_storage_of_every_author(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, living) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    for (place, author) in [(room, matt), (room, beth), (living, beth), (room, beth)] {
        let message = edit_twice(&world, &world.say(place, author, "eins"));
        done(world.erase(&world.say(place, author, "gone")));
        let mentions = if author == matt { Mentions::of(vec![beth]) } else { Mentions::everybody() };
        world.send(NewMessage { mentions, ..world.keyed_draft(room, author, "hey", &message.id.to_string()) });
        world.pin(&message, beth);
    }
    meter.save(&*world.storage).unwrap();
    assert_eq!(sum(&world), count(&world));
    world.delete_room(room, matt);
    meter.save(&*world.storage).unwrap();
    while world.chatrooms.purge(2).unwrap() {
        assert_eq!(sum(&world), count(&world));
    }
    assert_eq!((texts(&world, matt), texts(&world, beth)), (0, 3 * (4 + OVERHEAD) + OVERHEAD));
    let last = "events WHERE kind = 'chatroom.deleted'";
    let of_living = format!("events WHERE chatroom_id = {}", id_literal(engine, living));
    assert_eq!(
        count_rows(&world, "detail", "events"),
        [last, &of_living].map(|rows| count_rows(&world, "detail", rows)).iter().sum::<i64>()
    );
}

#[both_engines]
fn racing_writes_are_counted_exactly(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let meters = [meter(&world), Arc::new(StorageMeter::new(None))];
    let observer: Weak<StorageMeter> = Arc::downgrade(&meters[1]);
    another.commits.observe(observer as Weak<dyn CommitObserver>);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms = [world.room(matt, &[beth]), world.room(beth, &[matt])];
    race(6, |n| {
        let (stores, meter) = if n % 2 == 0 { (&*world.store, &meters[0]) } else { (&another, &meters[1]) };
        for turn in 0..20 {
            let (room, author) = (rooms[n % 2], [matt, beth][turn % 2]);
            let draft = world.draft(room, author, &"x".repeat(1 + turn));
            let guard = Guard::holds(author, Role::Member);
            let sent = stored(stores.messages.append(draft, guard).wait().unwrap());
            if turn % 3 > 0 {
                let body = MessageBody::parse("edited").unwrap();
                let edited = stores.messages.edit(&sent, body, sent.mentions.clone(), guard, world.tick());
                let edited = done(edited.unwrap());
                if turn % 3 == 2 {
                    done(stores.messages.delete(&edited, Deleter::Author, world.tick()).unwrap());
                }
            }
            if turn % 5 == 0 {
                meter.save(&*stores.storage).unwrap();
            }
        }
    });
    for (meter, stores) in meters.iter().zip([&*world.store, &another]) {
        meter.save(&*stores.storage).unwrap();
    }
    assert_eq!(sum(&world), count(&world));
    assert_eq!(used(&world, matt) + used(&world, beth), count(&world));
}

#[both_engines]
fn users_with_most_bytes_are_found(engine: Engine) {
    let world = World::new(engine);
    let users = ["a", "b", "c", "d"].map(|name| world.user(name));
    let sizes: Vec<_> = users.into_iter().zip([10, 30, 20, -5]).collect();
    world.storage.add(sizes.clone()).unwrap();
    world.storage.add(vec![(users[0], 1), (users[0], 1)]).unwrap();
    let [a, b, c, _] = users;
    assert_eq!(world.storage.at_least(12, 10), Ok(vec![(b, 30), (c, 20), (a, 12)]));
    assert_eq!(world.storage.at_least(13, 10), Ok(vec![(b, 30), (c, 20)]));
    assert_eq!(world.storage.at_least(1, 2), Ok(vec![(b, 30), (c, 20)]));
    assert_eq!(world.storage.at_least(31, 10), Ok(vec![]));
}

#[both_engines]
fn many_users_are_added_at_once(engine: Engine) {
    let world = World::new(engine);
    let many: Vec<_> = (0..2_500_i64).map(|n| (UserId::from(world.ids.next()), n + 1)).collect();
    for _ in 0..2 {
        world.storage.add(many.iter().rev().copied().collect()).unwrap();
    }
    assert_eq!(sum(&world), 2_500 * 2_501);
    assert_eq!(used(&world, many[2_499].0), 5_000);
}

#[both_engines]
fn migration_counts_existing_messages_and_entries(engine: Engine) {
    let world = World::new(engine);
    let meter = meter(&world);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    edit_twice(&world, &world.say(room, matt, "Σίσυφος"));
    done(world.erase(&world.say(room, beth, "gone")));
    let draft = NewMessage {
        mentions: Mentions::of(vec![matt, beth]),
        ..world.keyed_draft(room, matt, "hi", "0123456789")
    };
    world.send(draft);
    world.public_room(beth);
    meter.save(&*world.storage).unwrap();
    let counted = [used(&world, matt), used(&world, beth)];
    let of_messages = [14 + 4 + 4 + 2 + 4 * OVERHEAD, OVERHEAD];
    let of_mentions_and_keys = 2 * OVERHEAD + 20;
    assert_eq!([texts(&world, matt) - of_mentions_and_keys, texts(&world, beth)], of_messages);
    let mut raw = world.raw();
    raw.run("DROP TABLE storage_used");
    let [sums, entries, mentions, names, no_names, no_mentions, no_entries] = match engine {
        Engine::Sqlite => [
            include_str!("../../../../migrations/sqlite/2026-11-30-020100_storage_used/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-060000_storage_of_entries/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-070000_storage_of_mentions/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-105000_storage_of_names/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-105000_storage_of_names/down.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-070000_storage_of_mentions/down.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-060000_storage_of_entries/down.sql"),
        ],
        Engine::Postgres => [
            include_str!("../../../../migrations/postgres/2026-11-30-020100_storage_used/up.sql"),
            include_str!("../../../../migrations/postgres/2026-11-30-060000_storage_of_entries/up.sql"),
            include_str!("../../../../migrations/postgres/2026-11-30-070000_storage_of_mentions/up.sql"),
            include_str!("../../../../migrations/postgres/2026-11-30-105000_storage_of_names/up.sql"),
            include_str!("../../../../migrations/postgres/2026-11-30-105000_storage_of_names/down.sql"),
            include_str!("../../../../migrations/postgres/2026-11-30-070000_storage_of_mentions/down.sql"),
            include_str!("../../../../migrations/postgres/2026-11-30-060000_storage_of_entries/down.sql"),
        ],
    };
    raw.run(sums);
    assert_eq!([used(&world, matt), used(&world, beth)], of_messages);
    raw.run(entries);
    let of_names = count_public_names(&world, "TRUE");
    assert_eq!(
        [used(&world, matt), used(&world, beth)],
        [counted[0] - of_mentions_and_keys, counted[1] - of_names]
    );
    raw.run(mentions);
    raw.run(names);
    assert_eq!([used(&world, matt), used(&world, beth)], counted);
    raw.run(no_names);
    raw.run(no_mentions);
    raw.run(no_entries);
    assert_eq!([used(&world, matt), used(&world, beth)], of_messages);
}
