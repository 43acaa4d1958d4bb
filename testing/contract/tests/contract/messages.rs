//! Sending, editing and deleting messages.

use chit_chat_contract::{Engine, World, both_engines, done, idempotency, kind};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, MessageId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Appended, Deleter, MessageBody, NewMessage};

#[both_engines]
fn send_stores_message_as_sent(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let draft = world.keyed_draft(room, matt, "hello", "key 1");
    let Appended::Stored(sent) = world.send(draft.clone()) else { panic!("not stored") };
    assert_eq!((sent.id, sent.seq, sent.author_id, sent.revision), (draft.id, 3, matt, 1));
    assert_eq!((sent.body.as_ref(), sent.created_at), (Some(&draft.body), draft.created_at));
    assert_eq!((sent.edited_at, sent.deleted_at), (None, None));
    assert_eq!(sent.client_key, draft.idempotency.map(|idempotency| idempotency.key));
    assert_eq!(world.message(room, sent.id), sent);
    assert_eq!(world.head(room), 3);
}

#[both_engines]
fn send_by_outsider_is_refused(engine: Engine) {
    let world = World::new(engine);
    let (matt, eve) = (world.user("Matt"), world.user("Eve"));
    let room = world.room(matt, &[]);
    let draft = world.draft(room, eve, "hello");
    let id = draft.id;
    assert_eq!(world.send(draft), Appended::Refused);
    assert_eq!(world.messages.find(room, id), Ok(None));
    assert_eq!(world.head(room), 2);
}

#[both_engines]
fn send_to_missing_chatroom_is_refused(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    world.delete_room(room, matt);
    assert_eq!(world.send(world.draft(room, matt, "hello")), Appended::Refused);
    let nowhere = ChatroomId::from(world.ids.next());
    assert_eq!(world.send(world.draft(nowhere, matt, "hello")), Appended::Refused);
}

#[both_engines]
fn send_by_former_member_is_refused(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let keyed = world.keyed_draft(room, beth, "hello", "k");
    assert!(matches!(world.send(keyed.clone()), Appended::Stored(_)));
    assert_eq!(world.remove(room, matt, beth), Guarded::Done(()));
    assert_eq!(world.send(world.draft(room, beth, "again")), Appended::Refused);
    assert_eq!(world.send(keyed), Appended::Refused);
}

#[both_engines]
fn send_can_require_role(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    for (author, stored) in [(matt, true), (beth, false)] {
        let sent = world.messages.append(world.draft(room, author, "x"), Guard::holds(author, Role::Owner));
        assert_eq!(matches!(sent.wait(), Ok(Appended::Stored(_))), stored);
    }
}

#[both_engines]
fn message_is_found_only_in_its_chatroom(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (here, there) = (world.room(matt, &[]), world.room(matt, &[]));
    let sent = world.say(here, matt, "hello");
    assert_eq!(world.messages.find(there, sent.id), Ok(None));
    assert_eq!(world.messages.find(here, MessageId::from(world.ids.next())), Ok(None));
}

#[both_engines]
fn text_is_stored_byte_for_byte(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let marks = "a\u{301}\u{308}\u{320}\u{335}".repeat(400);
    let ten_thousand_bytes_of_marks = format!("z{}", "\u{301}".repeat(3_999));
    let (chinese, four_bytes_each) = ("好".repeat(40_000), "𠜎".repeat(40_000));
    let right_to_left = "\u{202e}שלום\u{202c} مرحبا \u{200f}!";
    let emoji = "👩‍👩‍👧‍👦🏳️‍🌈👍🏽\u{1f1e9}\u{1f1ea}";
    let control_characters = "a\u{1}\u{7f}\u{85}\u{feff}\r\n\tb ";
    let white_space_around = " \n hello \u{2003}\n ";
    let sql = "'; DROP TABLE messages; -- \\ \" $1 ?1 %s";
    let not_normalised = "\u{e9} e\u{301} \u{212b} \u{fb01}";
    let noncharacters = "\u{fffe}\u{ffff}\u{10ffff}\u{fffd}";
    for text in [
        &marks,
        &ten_thousand_bytes_of_marks,
        &chinese,
        &four_bytes_each,
        right_to_left,
        emoji,
        control_characters,
        white_space_around,
        sql,
        not_normalised,
        noncharacters,
    ] {
        let sent = world.say(room, matt, text);
        let stored = world.message(room, sent.id).body.map(MessageBody::into_string);
        assert_eq!(stored.as_deref(), Some(text));
        let first = world.say(room, matt, "first");
        let edited = done(world.edit(&first, text)).body.map(MessageBody::into_string);
        assert_eq!(edited.as_deref(), Some(text));
    }
}

#[both_engines]
fn times_keep_microseconds(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    for micros in [-1, 0, 946_684_799_999_999, 1_767_323_045_678_901, 253_402_300_799_999_999] {
        let at = Timestamp::from_micros(micros);
        let draft = NewMessage { created_at: at, ..world.draft(room, matt, "hello") };
        let Appended::Stored(sent) = world.send(draft) else { panic!("not stored") };
        let guard = Guard::holds(matt, Role::Member);
        let edited =
            world.messages.edit(&sent, MessageBody::parse("x").unwrap(), Mentions::default(), guard, at).unwrap();
        let deleted = done(world.messages.delete(&done(edited), Deleter::Author, at).unwrap());
        let stored = world.message(room, sent.id);
        assert_eq!((stored.created_at, stored.edited_at, stored.deleted_at), (at, Some(at), Some(at)));
        assert_eq!(stored, deleted);
    }
}

#[both_engines]
fn edit_changes_text(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "helo");
    let edited = done(world.edit(&sent, "hello"));
    assert_eq!((edited.seq, edited.revision, edited.created_at), (sent.seq, 2, sent.created_at));
    assert_eq!(edited.body, MessageBody::parse("hello").ok());
    assert_eq!(edited.edited_at, Some(world.clock.now()));
    assert_eq!(world.message(room, sent.id), edited);
    assert_eq!(world.head(room), sent.seq + 1);
}

#[both_engines]
fn delete_leaves_tombstone_without_text(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "a secret");
    let gone = done(world.erase(&sent));
    assert_eq!((gone.seq, gone.revision, &gone.body), (sent.seq, 2, &None));
    assert!(gone.deleted_at > Some(sent.created_at));
    assert_eq!(gone.edited_at, None);
    assert_eq!(world.message(room, sent.id), gone);
    let kept = "SELECT count(*) AS value FROM messages WHERE body LIKE '%secret%'";
    assert_eq!(world.raw().number(kept), 0);
}

#[both_engines]
fn owner_deletes_message_of_member(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let sent = world.say(room, beth, "hello");
    let owner = Deleter::Member(Guard::holds(matt, Role::Owner));
    let gone = done(world.messages.delete(&sent, owner, world.tick()).unwrap());
    assert_eq!((gone.author_id, gone.body), (beth, None));
    assert_eq!(world.log(room).pop().map(|event| event.actor_id), Some(matt));
}

#[both_engines]
fn author_deletes_message_without_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let room = world.room(matt, &[beth, eve]);
    let (sent, of_matt) = (world.say(room, beth, "hello"), world.say(room, matt, "hi"));
    world.ban(room, matt, beth);
    let own = |id, author| world.messages.find_own(room, id, author).unwrap();
    assert_eq!(own(sent.id, beth), Some(sent.clone()));
    assert_eq!((own(of_matt.id, beth), own(sent.id, eve)), (None, None));
    let gone = done(world.erase(&sent));
    assert_eq!((own(sent.id, beth), gone.body.clone()), (Some(gone), None));
    let event = world.log(room).pop().unwrap();
    assert_eq!((event.actor_id, kind(&event.change)), (beth, "message.deleted"));
}

#[both_engines]
fn own_message_goes_with_chatroom_and_account(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    let (sent, later) = (world.say(room, beth, "hello"), world.say(other, beth, "hello"));
    world.delete_room(room, matt);
    assert_eq!(world.messages.find_own(room, sent.id, beth), Ok(None));
    assert_eq!(world.erase(&sent), Guarded::Refused);
    world.leave(other, beth);
    world.delete_account(beth);
    assert_eq!(world.messages.find_own(other, later.id, beth), Ok(None));
    assert_eq!(world.erase(&later), Guarded::Refused);
}

#[both_engines]
fn change_of_outdated_revision_is_refused(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let first = world.say(room, matt, "one");
    let second = done(world.edit(&first, "two"));
    assert_eq!(world.edit(&first, "three"), Guarded::Refused);
    assert_eq!(world.erase(&first), Guarded::Refused);
    let gone = done(world.erase(&second));
    assert_eq!(world.edit(&second, "four"), Guarded::Refused);
    assert_eq!(world.message(room, first.id), gone);
    assert_eq!(world.head(room), first.seq + 2);
}

#[both_engines]
fn change_without_right_is_refused(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, eve) = (world.user("Matt"), world.user("Beth"), world.user("Eve"));
    let room = world.room(matt, &[beth]);
    let sent = world.say(room, matt, "hello");
    let body = MessageBody::parse("hijacked").unwrap();
    for guard in [Guard::holds(eve, Role::Member), Guard::holds(beth, Role::Owner)] {
        let edited = world.messages.edit(&sent, body.clone(), Mentions::default(), guard, world.tick());
        assert_eq!(edited, Ok(Guarded::Refused));
        assert_eq!(world.messages.delete(&sent, Deleter::Member(guard), world.tick()), Ok(Guarded::Refused));
    }
    assert_eq!(world.message(room, sent.id), sent);
    assert_eq!(world.head(room), sent.seq);
}

#[both_engines]
fn change_of_missing_message_is_refused(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    let mut elsewhere = world.say(other, matt, "hello");
    elsewhere.chatroom_id = room;
    assert_eq!(world.edit(&elsewhere, "x"), Guarded::Refused);
    assert_eq!(world.erase(&elsewhere), Guarded::Refused);
    assert_eq!(world.head(room), 2);
}

#[both_engines]
fn equal_key_stores_once_and_takes_no_seq(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let Appended::Stored(first) = world.send(world.keyed_draft(room, matt, "hello", "k")) else {
        panic!("not stored")
    };
    for text in ["hello", "something else"] {
        let again = world.send(world.keyed_draft(room, matt, text, "k"));
        assert_eq!(again, Appended::Duplicate(first.clone(), idempotency("k", "hello")));
    }
    assert_eq!(world.head(room), first.seq);
    assert_eq!(world.say(room, matt, "next").seq, first.seq + 1);
}

#[both_engines]
fn key_is_scoped_to_author_and_chatroom(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    for (place, author, key) in [(room, matt, "k"), (room, beth, "k"), (other, matt, "k"), (room, matt, "K")] {
        let sent = world.send(world.keyed_draft(place, author, "hello", key));
        assert!(matches!(sent, Appended::Stored(_)), "{sent:?}");
    }
}

#[both_engines]
fn repeated_send_returns_current_message(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let draft = world.keyed_draft(room, matt, "hello", "k");
    let Appended::Stored(first) = world.send(draft) else { panic!("not stored") };
    let edited = done(world.edit(&first, "hi"));
    let repeat = || world.send(world.keyed_draft(room, matt, "hello", "k"));
    assert_eq!(repeat(), Appended::Duplicate(edited.clone(), idempotency("k", "hello")));
    let gone = done(world.erase(&edited));
    assert_eq!(repeat(), Appended::Duplicate(gone, idempotency("k", "hello")));
}

#[both_engines]
fn equal_message_is_stored_once(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let draft = world.keyed_draft(room, matt, "hello", "k");
    let Appended::Stored(first) = world.send(draft.clone()) else { panic!("not stored") };
    match world.send(draft) {
        Appended::Stored(again) | Appended::Duplicate(again, _) => assert_eq!(again, first),
        Appended::Refused => panic!("refused"),
    }
    assert_eq!(world.head(room), first.seq);
}
