//! A direct chatroom arrives at the user who did not open it with its first message.

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::chatroom::{Guard, ListFilter, Right};
use chit_chat_domain::direct::Pair;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Leaving;
use chit_chat_domain::message::{Appended, SlowModeOutcome};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::ReadState;

fn listed(world: &World, user: UserId) -> Vec<ChatroomId> {
    let mine = world.chatrooms.of_member(user, ListFilter::default(), None, Limit::MAX).unwrap();
    mine.into_iter().map(|mine| mine.chatroom.id).collect()
}

/// The chatrooms that the user's streams follow.
fn followed(world: &World, user: UserId) -> Vec<ChatroomId> {
    let memberships = world.changes_since.memberships(user, 10).unwrap();
    assert_eq!(memberships.left_out, 0);
    memberships.chatrooms.into_iter().map(|joined| joined.chatroom_id).collect()
}

fn version(world: &World, user: UserId) -> i64 {
    world.changes_since.memberships(user, 0).unwrap().version
}

fn knows(world: &World, user: UserId) -> bool {
    let (listed, followed) = (listed(world, user), followed(world, user));
    assert_eq!(listed, followed);
    !listed.is_empty()
}

#[both_engines]
fn first_message_reveals_direct_chatroom(engine: Engine) {
    for speaker in 0..2 {
        let world = World::new(engine);
        let (matt, beth) = (world.user("Matt"), world.user("Beth"));
        let before = version(&world, beth);
        let room = world.direct_room(matt, beth);
        assert_eq!((knows(&world, matt), knows(&world, beth)), (true, false));
        assert_eq!(version(&world, beth), before, "nothing tells her streams");
        let author = [matt, beth][speaker];
        let guard = Guard::may(author, Right::Speak);
        let draft = world.draft(room, author, "hello");
        assert_eq!(world.messages.append(draft.clone(), guard).wait(), Ok(Appended::Refused));
        let sent = world.messages.append_in_slow_mode(draft, guard);
        assert!(matches!(sent, Ok(SlowModeOutcome::Taken(Appended::Stored(message))) if message.seq == 4));
        assert_eq!((knows(&world, matt), knows(&world, beth)), (true, true));
        assert_eq!(version(&world, beth), before + 1);
        let joined = world.changes_since.memberships(beth, 10).unwrap().chatrooms[0];
        assert_eq!((joined.joined_seq, joined.head, joined.read), (3, 4, ReadState::at_joining(3)));
        let further = world.messages.append(world.draft(room, author, "again"), guard).wait();
        assert!(matches!(further, Ok(Appended::Stored(_))));
        assert_eq!(version(&world, beth), before + 1);
        world.log(room);
    }
}

#[both_engines]
fn direct_chatroom_is_revealed_by_opening_it_too(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.direct_room(matt, beth);
    assert_eq!(world.leave(room, beth), Leaving::Hidden);
    assert!(!knows(&world, beth), "she cannot hide what she does not know of");
    let before = version(&world, matt);
    world.open(beth, matt);
    assert!(knows(&world, beth));
    assert_eq!(version(&world, matt), before);
    world.say(room, matt, "hello");
    assert_eq!(version(&world, matt), before);
}

#[both_engines]
fn block_does_not_reveal_direct_chatroom(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.direct_room(matt, beth);
    world.block(beth, matt);
    assert_eq!(world.send(world.draft(room, matt, "hello")), Appended::Refused);
    world.unblock(beth, matt);
    assert!(!knows(&world, beth));
    let (before, guard) = (version(&world, beth), Guard::may(matt, Right::Speak));
    assert_eq!(world.messages.append(world.draft(room, matt, "x"), guard).wait(), Ok(Appended::Refused));
    world.say(room, matt, "hello");
    assert!(knows(&world, beth));
    assert_eq!(version(&world, beth), before + 1);
    let pair = Pair::new(beth, matt).unwrap();
    assert_eq!(world.direct.exists(pair), Ok(true));
}
