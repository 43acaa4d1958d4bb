//! Earlier texts of edited messages.

use chit_chat_contract::{Engine, World, both_engines, done, race};
use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Message, MessageBody};
use chit_chat_domain::page::Limit;
use chit_chat_domain::revision::{MAX_REVISIONS, MessageRevision};

fn revisions(world: &World, message: &Message) -> Vec<MessageRevision> {
    world.revisions.list(message.chatroom_id, message.id, 0, Limit::MAX).unwrap()
}

fn texts(world: &World, message: &Message) -> Vec<(i32, String)> {
    revisions(world, message).into_iter().map(|it| (it.revision, it.body.into_string())).collect()
}

#[both_engines]
fn every_text_is_kept_with_its_time(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, " one ");
    let only = MessageRevision { revision: 1, body: sent.body.clone().unwrap(), created_at: sent.created_at };
    assert_eq!(revisions(&world, &sent), std::slice::from_ref(&only));
    let second = done(world.edit(&sent, "two"));
    let third = done(world.edit(&second, "three"));
    let body = |text| MessageBody::parse(text).unwrap();
    let expected = [
        only,
        MessageRevision { revision: 2, body: body("two"), created_at: second.edited_at.unwrap() },
        MessageRevision { revision: 3, body: body("three"), created_at: third.edited_at.unwrap() },
    ];
    assert_eq!(revisions(&world, &sent), expected);
}

#[both_engines]
fn refused_edit_keeps_no_revision(engine: Engine) {
    let world = World::new(engine);
    let (matt, eve) = (world.user("Matt"), world.user("Eve"));
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "one");
    let by_eve = world.messages.edit(
        &sent,
        MessageBody::parse("hijacked").unwrap(),
        Mentions::default(),
        Guard::holds(eve, Role::Member),
        world.tick(),
    );
    assert_eq!(by_eve, Ok(Guarded::Refused));
    done(world.edit(&sent, "two"));
    assert_eq!(world.edit(&sent, "another two"), Guarded::Refused);
    assert_eq!(texts(&world, &sent), [(1, "one".to_owned()), (2, "two".to_owned())]);
}

#[both_engines]
fn revisions_are_paged(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let mut message = world.say(room, matt, "1");
    for text in ["2", "3", "4"] {
        message = done(world.edit(&message, text));
    }
    let listed = |after, limit| {
        let listed = world.revisions.list(room, message.id, after, Limit::parse(limit).unwrap()).unwrap();
        listed.into_iter().map(|it| it.revision).collect::<Vec<_>>()
    };
    assert_eq!(listed(0, 2), [1, 2, 3], "one more than the limit");
    assert_eq!(listed(2, 2), [3, 4]);
    assert_eq!(listed(3, 1), [4]);
    assert!(listed(4, 1).is_empty());
}

#[both_engines]
fn deleted_message_keeps_no_text(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "a secret");
    let edited = done(world.edit(&sent, "another secret"));
    let kept = world.say(room, matt, "no more");
    done(world.edit(&kept, "no less"));
    done(world.erase(&edited));
    assert_eq!(revisions(&world, &sent), []);
    assert_eq!(texts(&world, &kept).len(), 2);
    for table in ["messages", "message_revisions"] {
        let secrets = format!("SELECT count(*) AS value FROM {table} WHERE body LIKE '%secret%'");
        assert_eq!(world.raw().number(&secrets), 0, "{table}");
    }
}

#[both_engines]
fn revisions_belong_to_their_message(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    let sent = world.say(room, matt, "here");
    done(world.edit(&sent, "still here"));
    let elsewhere = Message { chatroom_id: other, ..sent.clone() };
    assert_eq!(revisions(&world, &elsewhere), []);
}

#[both_engines]
fn message_edited_before_revisions_has_only_current_text(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "one");
    let edited = done(world.edit(&sent, "two"));
    world.raw().run("DELETE FROM message_revisions");
    assert_eq!(texts(&world, &sent), [(2, "two".to_owned())]);
    done(world.edit(&edited, "three"));
    assert_eq!(texts(&world, &sent), [(2, "two".to_owned()), (3, "three".to_owned())]);
}

#[both_engines]
fn edit_beyond_limit_deletes_oldest_revision(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let (room, other) = (world.room(matt, &[]), world.room(matt, &[]));
    let (mut message, mut untouched) = (world.say(room, matt, "1"), world.say(other, matt, "one"));
    untouched = done(world.edit(&untouched, "two"));
    for revision in 2..=MAX_REVISIONS {
        message = done(world.edit(&message, &revision.to_string()));
    }
    let numbers = |message: &Message| revisions(&world, message).iter().map(|it| it.revision).collect::<Vec<_>>();
    assert_eq!(numbers(&message), (1..=MAX_REVISIONS).collect::<Vec<_>>());
    for added in 1..=3 {
        message = done(world.edit(&message, &format!("{added} more")));
        assert_eq!(numbers(&message), (1 + added..=MAX_REVISIONS + added).collect::<Vec<_>>());
    }
    assert_eq!(numbers(&untouched), [1, 2]);
}

#[both_engines]
fn edit_deletes_all_revisions_beyond_limit(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let message = done(world.edit(&world.say(room, matt, "1"), "2"));
    // As if the message had been edited when every revision was kept.
    world.raw().run("UPDATE messages SET revision = 500");
    let edited = done(world.edit(&Message { revision: 500, ..message }, "501"));
    assert_eq!(texts(&world, &edited), [(500, "2".to_owned()), (501, "501".to_owned())]);
}

#[both_engines]
fn racing_edits_keep_every_revision(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let matt = world.user("Matt");
    let room = world.room(matt, &[]);
    let sent = world.say(room, matt, "1");
    race(3, |n| match n {
        0 => {
            let mut message = sent.clone();
            for revision in 2..=20 {
                message = done(world.edit(&message, &revision.to_string()));
            }
        }
        _ => loop {
            let listed = another.revisions.list(room, sent.id, 0, Limit::MAX).unwrap();
            for (it, expected) in listed.iter().zip(1..) {
                assert_eq!((it.revision, it.body.as_str()), (expected, &*expected.to_string()));
            }
            if listed.len() == 20 {
                break;
            }
        },
    });
}
