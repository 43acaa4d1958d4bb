//! Reading the head of a chatroom, for users who may see it.

use chit_chat_contract::{Engine, World, both_engines, done, race};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::message::PageRange;
use chit_chat_domain::page::Limit;
use chit_chat_domain::stores::Stores;

fn head(stores: &Stores, room: ChatroomId, reader: UserId) -> Option<Seq> {
    stores.heads.head(room, reader).wait().unwrap()
}

#[both_engines]
fn head_is_for_members_only(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan, eve] = ["Matt", "Beth", "Rohan", "Eve"].map(|name| world.user(name));
    let room = world.room(matt, &[beth, rohan]);
    assert_eq!(head(&world, room, matt), Some(4));
    assert_eq!(head(&world, room, eve), None);
    assert_eq!(head(&world, ChatroomId::from(world.ids.next()), matt), None);
    assert_eq!(head(&world, room, UserId::from(world.ids.next())), None);
    world.delete_account(beth);
    assert_eq!(head(&world, room, beth), None);
    done(world.remove(room, matt, rohan));
    assert_eq!(head(&world, room, rohan), None);
    assert_eq!(head(&world, room, matt), Some(5));
    world.delete_room(room, matt);
    assert_eq!(head(&world, room, matt), None);
}

#[both_engines]
fn head_follows_every_change_on_every_instance(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.public_room(matt);
    let mut expected = 2;
    let mut moved = |what: &str| {
        expected += 1;
        for _ in 0..2 {
            assert_eq!(head(&world, room, matt), Some(expected), "{what}, here");
            assert_eq!(head(&another, room, matt), Some(expected), "{what}, there");
        }
    };
    let sent = world.say(room, matt, "hello");
    moved("sent");
    done(world.edit(&sent, "goodbye"));
    moved("edited");
    done(world.erase(&world.message(room, sent.id)));
    moved("deleted");
    world.join(room, beth);
    moved("joined");
    world.rename(room, matt, "Another name");
    moved("renamed");
    world.promote(room, matt, beth);
    moved("promoted");
    assert_eq!(head(&another, room, beth), Some(expected));
    world.leave(room, beth);
    assert_eq!(head(&another, room, beth), None);
}

#[both_engines]
fn concurrent_head_queries_get_their_own_answers(engine: Engine) {
    let world = World::new(engine);
    let people: Vec<UserId> = (0..4).map(|n| world.user(&format!("user_{n}"))).collect();
    let rooms: Vec<ChatroomId> = (0..4).map(|n| world.room(people[n], &people[..n])).collect();
    let questions = (0..600).map(|n| (n % 4, n / 4 % 4));
    let answers: Vec<_> =
        questions.clone().map(|(room, reader)| world.heads.head(rooms[room], people[reader])).collect();
    for ((room, reader), answer) in questions.zip(answers) {
        let expected = (reader <= room).then_some(2 + Seq::try_from(room).unwrap());
        assert_eq!(answer.wait(), Ok(expected), "room {room}, reader {reader}");
    }
}

#[both_engines]
fn latest_messages_come_with_matching_head(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    assert_eq!(world.messages.page(room, matt, PageRange::Latest, Limit::MAX), Ok(None));
    world.say(room, matt, "first");
    race(4, |n| {
        for text in 0..25 {
            if n < 2 {
                world.say(room, matt, &text.to_string());
            } else {
                let read = world.messages.page(room, matt, PageRange::Latest, Limit::MAX).unwrap().unwrap();
                assert_eq!(read.messages.last().unwrap().seq, read.head);
            }
        }
    });
    let newest = world.messages.page(room, matt, PageRange::Latest, Limit::default()).unwrap().unwrap();
    assert_eq!(Some(newest.head), head(&world, room, matt));
}
