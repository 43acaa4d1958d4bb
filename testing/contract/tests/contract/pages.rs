//! Pages of messages.

use chit_chat_contract::{Engine, World, both_engines, done, race};
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::message::{Message, MessageBody, PageRange};
use chit_chat_domain::page::{Limit, Page};

/// A chatroom whose messages 1 to 9 have the seqs 3 to 11.
fn nine_messages(engine: Engine) -> (World, ChatroomId, UserId) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    for n in 1..=9 {
        world.say(room, matt, &n.to_string());
    }
    world.say(world.room(matt, &[]), matt, "elsewhere");
    (world, room, matt)
}

#[both_engines]
fn page_is_ascending_with_one_row_more(engine: Engine) {
    let (world, room, matt) = nine_messages(engine);
    for (range, expected) in [
        (PageRange::Latest, "6789"),
        (PageRange::Before(8), "2345"),
        (PageRange::Before(5), "12"),
        (PageRange::Before(3), ""),
        (PageRange::Before(i64::MIN), ""),
        (PageRange::After(0), "1234"),
        (PageRange::After(6), "5678"),
        (PageRange::After(10), "9"),
        (PageRange::After(11), ""),
        (PageRange::After(i64::MAX), ""),
        (PageRange::Around(7), "23456789"),
        (PageRange::Around(0), "1234"),
        (PageRange::Around(3), "12345"),
        (PageRange::Around(11), "6789"),
        (PageRange::Around(i64::MAX), "6789"),
    ] {
        assert_eq!(texts(world.page(room, matt, range, 3)), expected, "{range:?}");
    }
}

#[both_engines]
fn around_reads_one_row_more_on_each_side(engine: Engine) {
    let (world, room, matt) = nine_messages(engine);
    assert_eq!(texts(world.page(room, matt, PageRange::Around(7), 1)), "4567");
    assert_eq!(texts(world.page(room, matt, PageRange::Around(7), 2)), "345678");
    assert_eq!(texts(world.page(room, matt, PageRange::Around(7), 200)), "123456789");
}

#[both_engines]
fn outsider_reads_no_page(engine: Engine) {
    let (world, room, matt) = nine_messages(engine);
    let (eve, nowhere) = (world.user("Eve"), ChatroomId::from(world.ids.next()));
    for range in [PageRange::Latest, PageRange::Before(9), PageRange::After(0), PageRange::Around(5)] {
        assert_eq!(world.page(room, eve, range, 50), []);
        assert_eq!(world.page(nowhere, matt, range, 50), []);
    }
}

#[both_engines]
fn deleted_chatroom_has_no_page(engine: Engine) {
    let (world, room, matt) = nine_messages(engine);
    world.delete_room(room, matt);
    assert_eq!(world.page(room, matt, PageRange::Latest, 50), []);
}

#[both_engines]
fn page_shows_edits_and_tombstones(engine: Engine) {
    let (world, room, matt) = nine_messages(engine);
    let page = world.page(room, matt, PageRange::Latest, 3);
    let edited = done(world.edit(&page[1], "seven"));
    let gone = done(world.erase(&page[2]));
    let again = world.page(room, matt, PageRange::Latest, 3);
    assert_eq!(again, [page[0].clone(), edited, gone, page[3].clone()]);
}

#[both_engines]
fn paging_during_writes_gives_each_message_once(engine: Engine) {
    let (world, room, matt) = nine_messages(engine);
    let read = race(2, |n| {
        if n == 0 {
            (0..60).map(|text| world.say(room, matt, &text.to_string())).collect()
        } else {
            read_forwards(&world, room, matt, 69)
        }
    });
    assert_eq!(read[1][9..], read[0]);
}

/// Reads page after page until this many messages were read.
fn read_forwards(world: &World, room: ChatroomId, reader: UserId, count: usize) -> Vec<Message> {
    let mut read: Vec<Message> = Vec::new();
    while read.len() < count {
        let after = read.last().map_or(0, |message| message.seq);
        read.extend(world.page(room, reader, PageRange::After(after), 7));
    }
    read
}

#[both_engines]
fn own_messages_are_listed_newest_first(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms = [world.room(matt, &[beth]), world.room(beth, &[matt])];
    let mine: Vec<Message> = (1..=6).map(|n| world.say(rooms[n % 2], matt, &n.to_string())).collect();
    world.say(rooms[0], beth, "not mine");
    done(world.erase(&mine[3]));
    let list = |after, limit| world.messages.by_author(matt, after, Limit::parse(limit).unwrap()).unwrap();
    assert_eq!(texts(list(None, 2)), "653");
    assert_eq!(texts(list(Some(mine[4].id), 2)), "321");
    assert_eq!(texts(list(Some(mine[0].id), 2)), "");
    assert_eq!(list(None, 200)[0], mine[5]);
}

#[both_engines]
fn own_messages_of_left_chatrooms_are_omitted(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (left, deleted, kept) = (world.room(matt, &[beth]), world.room(matt, &[beth]), world.room(beth, &[]));
    for (room, text) in [(left, "1"), (deleted, "2"), (kept, "3")] {
        world.say(room, beth, text);
    }
    world.leave(left, beth);
    world.delete_room(deleted, matt);
    assert_eq!(texts(world.messages.by_author(beth, None, Limit::MAX).unwrap()), "3");
    assert_eq!(world.messages.by_author(matt, None, Limit::MAX), Ok(vec![]));
}

#[both_engines]
fn own_messages_of_many_chatrooms_are_merged(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let rooms: Vec<ChatroomId> = (0..9).map(|_| world.room(matt, &[])).collect();
    // Some chatrooms have many messages in a row, some have one, and some have none.
    let sent = (0..60).map(|n| world.say(rooms[n * n / 9 % 7], matt, &format!("{n},")));
    let mut sent: Vec<Message> = sent.collect();
    sent.reverse();
    for limit in [1, 5, 20, 200] {
        let mut read: Vec<Message> = Vec::new();
        loop {
            let after = read.last().map(|message| message.id);
            let limit = Limit::parse(limit).unwrap();
            let page = Page::cut(world.messages.by_author(matt, after, limit).unwrap(), limit);
            read.extend(page.items);
            if !page.more {
                break;
            }
        }
        assert_eq!(texts(read), texts(sent.clone()), "{limit}");
    }
}

fn texts(messages: Vec<Message>) -> String {
    messages.into_iter().filter_map(|message| message.body).map(MessageBody::into_string).collect()
}
