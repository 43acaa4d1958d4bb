//! The pages of a user's chatrooms, also while messages are sent.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines, stored};
use chit_chat_domain::chatroom::{ListPosition, MyChatroom, NewChatroom};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::NewMessage;

use crate::chatroom_list::{home, ids, listed, say_many};

#[both_engines]
fn list_is_paged(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let rooms: Vec<ChatroomId> = (0..5).map(|_| world.room(matt, &[])).collect();
    world.say(rooms[1], matt, "hello");
    let all = home(&world, matt);
    assert_eq!(ids(&all), [1, 4, 3, 2, 0].map(|n| rooms[n]));
    for (place, my) in all.iter().enumerate() {
        let rest = listed(&world, matt, None, Some(my.list_position(world.clock.now())), 2);
        assert_eq!(rest, all.iter().skip(place + 1).take(3).cloned().collect::<Vec<_>>());
    }
    assert_eq!(listed(&world, matt, None, None, 2), all[..3]);
}

#[both_engines]
fn equal_activity_is_paged_by_id(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let at = world.tick();
    let mut rooms: Vec<ChatroomId> =
        (0..6).map(|_| world.create(NewChatroom { created_at: at, ..world.draft_room(matt, &[]) }).id).collect();
    rooms.reverse();
    let (mut found, mut after) = (Vec::new(), None);
    while let Some(my) = listed(&world, matt, None, after, 1).into_iter().next() {
        after = Some(my.list_position(at));
        found.push(my.chatroom.id);
    }
    assert_eq!(found, rooms);
}

/// Reads the whole list in pages of two, and writes after each.
fn paged(world: &World, user: UserId, mut write: impl FnMut(&[ChatroomId])) -> Vec<ChatroomId> {
    let (mut found, mut after) = (Vec::new(), None::<ListPosition>);
    loop {
        let mut page = listed(world, user, None, after, 2);
        let begun_at = after.map_or_else(|| MyChatroom::begun_at(&page, world.tick()), |after| after.begun_at);
        page.truncate(2);
        let Some(last) = page.last() else { return found };
        after = Some(last.list_position(begun_at));
        found.extend(ids(&page));
        write(&found);
    }
}

#[both_engines]
fn paging_during_writes_repeats_and_misses_nothing(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms: Vec<ChatroomId> = (0..9).map(|_| world.room(matt, &[beth])).collect();
    for (place, room) in rooms.iter().enumerate().filter(|(place, _)| place % 2 == 0) {
        (0..place).for_each(|_| drop(world.say(*room, beth, "hello")));
    }
    let order = ids(&home(&world, matt));
    let found = paged(&world, matt, |found| {
        // In a listed chatroom, in unlisted ones, and in a new one.
        world.say(found[0], beth, "hello");
        world.say(rooms[1], beth, "hello");
        world.say(rooms[2], beth, "hello");
        world.room(beth, &[matt]);
    });
    assert_eq!(found, order);
    let again = ids(&home(&world, matt));
    assert!([rooms[1], rooms[2]].iter().all(|room| again[..4].contains(room)), "what moved is at the top");
}

/// It is then in the place of the user's join, and so on a further page, although it was on one before perhaps.
#[both_engines]
fn chatroom_with_many_messages_during_paging_is_not_missed(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms: Vec<ChatroomId> = (0..7).map(|_| world.room(matt, &[beth])).collect();
    world.say(rooms[2], beth, "hello");
    world.say(rooms[3], beth, "hello");
    let mut flooded = false;
    let found = paged(&world, matt, |_| {
        if !std::mem::replace(&mut flooded, true) {
            say_many(&world, rooms[2], beth, 150);
            say_many(&world, rooms[4], beth, 150);
        }
    });
    assert_eq!(found, [3, 2, 6, 5, 4, 2, 1, 0].map(|n| rooms[n]));
}

/// The newest message is from an instance whose clock is ahead; those of others would seem to be from before it.
#[both_engines]
fn list_begins_now_if_a_clock_is_ahead(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms: Vec<ChatroomId> = (0..7).map(|_| world.room(matt, &[beth])).collect();
    let ahead = world.clock.now().plus(Duration::from_secs(600));
    stored(world.send(NewMessage { created_at: ahead, ..world.draft(rooms[6], beth, "early") }));
    let found = paged(&world, matt, |_| drop(world.say(rooms[1], beth, "hello")));
    assert_eq!(found, [6, 5, 4, 3, 2, 1, 0].map(|n| rooms[n]));
}
