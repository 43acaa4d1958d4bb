//! A user's chatrooms, as a home screen lists them.

use std::time::Duration;

use chit_chat_contract::{Engine, World, all_stored, both_engines, done, stored};
use chit_chat_domain::chatroom::{Chatroom, ChatroomName, ListFilter, ListPosition, MyChatroom, NewChatroom, Seq};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::key::Reach;
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Message, NewMessage};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::{Mark, ReadState};
use chit_chat_domain::search::NameQuery;

pub(crate) fn listed(
    world: &World,
    user: UserId,
    query: Option<&str>,
    after: Option<ListPosition>,
    limit: u64,
) -> Vec<MyChatroom> {
    world
        .chatrooms
        .of_member(user, ListFilter::named(query.and_then(NameQuery::parse)), after, Limit::parse(limit).unwrap())
        .unwrap()
}

pub(crate) fn home(world: &World, user: UserId) -> Vec<MyChatroom> {
    listed(world, user, None, None, 200)
}

fn name(chatroom: &Chatroom) -> String {
    chatroom.name.as_ref().map(ChatroomName::as_str).unwrap_or_default().to_owned()
}

pub(crate) fn ids(rooms: &[MyChatroom]) -> Vec<ChatroomId> {
    rooms.iter().map(|my| my.chatroom.id).collect()
}

/// The chatroom of a user who has only one.
fn only(world: &World, user: UserId) -> MyChatroom {
    home(world, user).remove(0)
}

fn unread(world: &World, user: UserId) -> i64 {
    only(world, user).unread_count
}

fn mark(world: &World, room: ChatroomId, user: UserId, seq: Seq) {
    done(world.reads.mark(room, user, Mark { seq, force: true }).unwrap());
}

/// Messages that are sent concurrently.
pub(crate) fn say_many(world: &World, room: ChatroomId, author: UserId, count: usize) -> Vec<Message> {
    let drafts = (0..count).map(|n| world.draft(room, author, &n.to_string())).collect();
    all_stored(world.queue_sends(&world.store, drafts))
}

#[both_engines]
fn list_of_a_key_has_only_what_it_reaches(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let [first, _, third, _] = [0; 4].map(|_| world.room(matt, &[]));
    let beths = world.room(beth, &[]);
    let filter = ListFilter { query: None, reach: Reach::only(vec![first, third, beths]).unwrap() };
    let page = |after| world.chatrooms.of_member(matt, filter.clone(), after, Limit::parse(1).unwrap()).unwrap();
    let found = page(None);
    assert_eq!(ids(&found), [third, first], "one more than the limit, without those between");
    let begun_at = MyChatroom::begun_at(&found, world.clock.now());
    assert_eq!(ids(&page(Some(found[0].list_position(begun_at)))), [first]);
    assert_eq!(ids(&page(Some(found[1].list_position(begun_at)))), []);
}

#[both_engines]
fn list_shows_all_columns(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let first = world.create(world.draft_room(matt, &[beth]));
    let second = world.create(world.draft_room(beth, &[]));
    world.room(matt, &[]);
    let quiet = |chatroom: &Chatroom, role, joined_seq| MyChatroom {
        role,
        last_message: None,
        read: ReadState::at_joining(joined_seq),
        unread_count: 0,
        mention_count: 0,
        other_party: None,
        active_at: chatroom.created_at,
        chatroom: chatroom.clone(),
    };
    assert_eq!(home(&world, beth), [quiet(&second, Role::Owner, 2), quiet(&first, Role::Member, 3)]);
    let hello = world.say(first.id, matt, "hello");
    let bye = world.say(first.id, matt, "bye");
    mark(&world, first.id, beth, hello.seq);
    done(world.reads.set_muted(first.id, beth, true).unwrap());
    let expected = MyChatroom {
        chatroom: world.access(first.id, beth).chatroom,
        role: Role::Member,
        last_message: Some(bye.clone()),
        read: ReadState { read_seq: hello.seq, muted: true, ..ReadState::default() },
        unread_count: 1,
        mention_count: 0,
        other_party: None,
        active_at: bye.created_at,
    };
    assert_eq!(home(&world, beth), [expected, quiet(&second, Role::Owner, 2)]);
}

#[both_engines]
fn list_is_ordered_by_latest_activity(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let [one, two, three] = [(); 3].map(|()| world.public_room(matt));
    let order = |user| ids(&home(&world, user));
    assert_eq!(order(matt), [three, two, one]);
    let said = world.say(one, matt, "hello");
    assert_eq!(order(matt), [one, three, two]);
    let two_said = world.say(two, matt, "hello");
    assert_eq!(order(matt), [two, one, three]);
    // Changes without a new message do not count as activity.
    let edited = done(world.edit(&said, "hi"));
    world.rename(three, matt, "Another name");
    mark(&world, three, matt, 1);
    done(world.erase(&edited));
    world.join(one, beth);
    assert_eq!(order(matt), [two, one, three]);
    world.join(three, beth);
    world.join(two, beth);
    assert_eq!(order(beth), [two, three, one], "joining counts if it is later than the last message");
    assert!(home(&world, beth)[0].active_at > two_said.created_at);
    world.say(one, matt, "hello");
    assert_eq!(order(beth), [one, two, three]);
}

#[both_engines]
fn list_shows_latest_message_as_it_is_now(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    let last = || home(&world, matt)[0].last_message.clone();
    assert_eq!(last(), None);
    let first = world.say(room, matt, "one");
    let second = world.say(room, matt, "two");
    world.rename(room, matt, "Another name");
    assert_eq!(last(), Some(second.clone()));
    done(world.edit(&first, "eins"));
    let edited = done(world.edit(&second, "zwei"));
    assert_eq!(last(), Some(edited.clone()));
    let gone = done(world.erase(&edited));
    assert_eq!(last(), Some(gone));
    world.room(beth, &[matt]);
    assert_eq!(last(), None);
}

/// The tombstone, and not the message before it: clients show that something was deleted, and nothing moves.
#[both_engines]
fn deletion_of_newest_message_moves_nothing(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let [one, two] = [(); 2].map(|()| world.room(matt, &[]));
    world.say(one, matt, "first");
    world.say(two, matt, "between");
    let newest = world.say(one, matt, "second");
    let before = home(&world, matt);
    let tombstone = done(world.erase(&newest));
    let after = home(&world, matt);
    assert_eq!(ids(&after), [one, two]);
    assert_eq!(after[0].last_message, Some(tombstone));
    assert_eq!(after[0].active_at, before[0].active_at);
    assert_eq!(after[1], before[1]);
}

#[both_engines]
fn unread_counts_messages_of_others_after_marker(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    world.say(room, matt, "before she came");
    world.join(room, beth);
    assert_eq!(unread(&world, beth), 0);
    let first = world.say(room, matt, "one");
    let second = world.say(room, matt, "two");
    world.say(room, beth, "her own");
    world.rename(room, matt, "Another name");
    assert_eq!((unread(&world, beth), unread(&world, matt)), (2, 1));
    done(world.edit(&first, "eins"));
    assert_eq!(unread(&world, beth), 2, "an edited message is counted once");
    done(world.erase(&second));
    assert_eq!(unread(&world, beth), 1, "a deleted message is not counted");
    mark(&world, room, beth, first.seq);
    assert_eq!(unread(&world, beth), 0);
    assert_eq!(unread(&world, matt), 1, "markers of others do not move");
    mark(&world, room, beth, first.seq - 1);
    assert_eq!(unread(&world, beth), 1);
    mark(&world, room, beth, 0);
    assert_eq!(unread(&world, beth), 2, "a forced marker also counts messages from before the join");
    mark(&world, room, beth, world.head(room));
    world.say(room, matt, "news");
    assert_eq!(unread(&world, beth), 1);
    world.leave(room, beth);
    world.join(room, beth);
    assert_eq!(unread(&world, beth), 0, "a rejoin resets the marker");
}

#[both_engines]
fn mentioned_counts_mentions_by_others_after_marker(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    let says = |author, mentions| stored(world.send(NewMessage { mentions, ..world.draft(room, author, "hey") }));
    let counts = || [matt, beth, zoe].map(|user| only(&world, user).mention_count);
    let first = says(matt, Mentions::of(vec![beth]));
    says(matt, Mentions::everybody());
    let last = says(zoe, Mentions::of(vec![beth, matt]));
    says(zoe, Mentions::default());
    assert_eq!(counts(), [1, 3, 1]);
    mark(&world, room, beth, first.seq);
    assert_eq!(counts(), [1, 2, 1]);
    done(world.erase(&last));
    assert_eq!(counts(), [0, 1, 1]);
    mark(&world, room, zoe, world.head(room));
    assert_eq!(counts(), [0, 1, 0]);
    for _ in 0..101 {
        says(matt, Mentions::of(vec![beth]));
    }
    assert_eq!(counts(), [0, 100, 0]);
}

/// The newest of each kind, so that a flood from a blocked user makes the list no slower.
#[both_engines]
fn mentioned_looks_at_thousand_mentions(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    let says = |author, mentions| stored(world.send(NewMessage { mentions, ..world.draft(room, author, "hey") }));
    world.block(beth, zoe);
    says(matt, Mentions::of(vec![beth]));
    for _ in 0..999 {
        says(zoe, Mentions::of(vec![beth]));
    }
    assert_eq!(only(&world, beth).mention_count, 1);
    says(zoe, Mentions::of(vec![beth]));
    assert_eq!(only(&world, beth).mention_count, 0);
    says(matt, Mentions::everybody());
    says(matt, Mentions::of(vec![beth]));
    assert_eq!(only(&world, beth).mention_count, 2);
}

#[both_engines]
fn direct_chatroom_names_other_member(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.shown_direct_room(matt, beth);
    let parties = [matt, beth].map(|user| only(&world, user).other_party);
    assert_eq!(parties, [Some(beth), Some(matt)]);
}

#[both_engines]
fn unread_count_stops_at_hundred(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let said = say_many(&world, room, matt, 99);
    assert_eq!(unread(&world, beth), 99);
    for expected in [100, 100] {
        world.say(room, matt, "one more");
        assert_eq!(unread(&world, beth), expected);
    }
    mark(&world, room, beth, said[0].seq);
    assert_eq!(unread(&world, beth), 100);
    mark(&world, room, beth, said[1].seq);
    assert_eq!(unread(&world, beth), 99);
}

#[both_engines]
fn unread_count_looks_at_thousand_entries(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    say_many(&world, room, matt, 2);
    let own = say_many(&world, room, beth, 998);
    assert_eq!(unread(&world, beth), 2);
    world.say(room, beth, "one more");
    assert_eq!(unread(&world, beth), 1);
    world.say(room, beth, "and another");
    assert_eq!(unread(&world, beth), 0);
    world.say(room, matt, "hello");
    assert_eq!(unread(&world, beth), 1);
    assert_eq!(unread(&world, matt), 100);
    mark(&world, room, matt, own[990].seq);
    assert_eq!(unread(&world, matt), 9);
}

#[both_engines]
fn counts_belong_to_each_chatroom_of_page(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    for count in 0..5 {
        let room = world.room(matt, &[beth]);
        world.rename(room, matt, &format!("Room {count}"));
        say_many(&world, room, matt, count);
        if count % 2 == 0 {
            done(world.reads.set_muted(room, beth, true).unwrap());
        }
    }
    let shown = |rooms: Vec<MyChatroom>| {
        let each = rooms.into_iter().map(|my| (name(&my.chatroom), my.unread_count, my.read.muted));
        each.collect::<Vec<_>>()
    };
    let expected = [4, 3, 2, 1, 0].map(|count| (format!("Room {count}"), count, count % 2 == 0));
    assert_eq!(shown(home(&world, beth)), expected);
    assert_eq!(shown(listed(&world, beth, Some("ROOM"), None, 200)), expected);
    let second = home(&world, beth)[1].list_position(world.clock.now());
    assert_eq!(shown(listed(&world, beth, Some("oom"), Some(second), 2)), expected[2..]);
    assert_eq!(shown(listed(&world, beth, Some("3"), None, 2)), expected[1..2]);
    assert_eq!(shown(listed(&world, beth, Some("3"), Some(second), 2)), []);
}

#[both_engines]
fn activity_is_compared_in_microseconds(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let at = world.tick();
    let rooms: Vec<ChatroomId> = [1, 0, 2]
        .map(|micros| {
            let created_at = at.plus(Duration::from_micros(micros));
            world.create(NewChatroom { created_at, ..world.draft_room(matt, &[]) }).id
        })
        .to_vec();
    let all = home(&world, matt);
    assert_eq!(ids(&all), [rooms[2], rooms[0], rooms[1]]);
    assert_eq!(ids(&listed(&world, matt, None, Some(all[1].list_position(all[0].active_at)), 5)), [rooms[1]]);
}
