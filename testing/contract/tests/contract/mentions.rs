//! Mentions of users in messages.

use std::slice::from_ref;

use chit_chat_contract::{Engine, World, both_engines, done, stored};
use chit_chat_domain::chatroom::{Guard, ListFilter, NewChatroom, Right, Visibility};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Appended, Message, MessageBody, NewMessage, PageRange};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::Mark;

fn says(world: &World, room: ChatroomId, author: UserId, mentions: Mentions) -> Message {
    stored(world.send(NewMessage { mentions, ..world.draft(room, author, "hey") }))
}

fn mentions_of(world: &World, user: UserId) -> Vec<Message> {
    world.mentions.of_user(user, None, Limit::default()).unwrap()
}

#[both_engines]
fn names_resolve_to_active_members_ignoring_case(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let gone = world.user("Gone");
    let room = world.room(matt, &[beth, gone]);
    world.delete_account(gone);
    let names = ["beth", "gone", "matt", "nobody", "zoe"].map(str::to_owned);
    let mut found = world.mentions.resolve(room, &names).unwrap();
    found.sort_unstable();
    assert_eq!(found, [matt, beth]);
    assert_eq!(world.mentions.resolve(room, &[]), Ok(vec![]));
    let theirs = world.room(zoe, &[]);
    assert_eq!(world.mentions.resolve(theirs, &names), Ok(vec![zoe]));
}

#[both_engines]
fn mentions_are_listed_newest_first(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let (one, two) = (world.room(matt, &[beth, zoe]), world.room(matt, &[beth]));
    let first = says(&world, one, matt, Mentions::of(vec![beth, zoe]));
    assert_eq!(first.mentions, Mentions::of(vec![beth, zoe]));
    assert_eq!(world.message(one, first.id), first);
    assert_eq!(world.page(one, beth, PageRange::Latest, 50), from_ref(&first));
    world.say(one, matt, "nothing");
    let second = says(&world, two, matt, Mentions::of(vec![beth]));
    let to_all = says(&world, one, matt, Mentions::everybody());
    assert_eq!(mentions_of(&world, beth), [to_all.clone(), second.clone(), first.clone()]);
    assert_eq!(mentions_of(&world, zoe), [to_all.clone(), first.clone()]);
    assert_eq!(mentions_of(&world, matt), [], "no mentions of oneself");
    let page = |after, limit| world.mentions.of_user(beth, after, Limit::parse(limit).unwrap()).unwrap();
    assert_eq!(page(None, 1), [to_all.clone(), second.clone()], "one more than the limit");
    assert_eq!(page(Some(to_all.id), 1), [second, first]);
}

#[both_engines]
fn mentions_are_limited_to_membership(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.create(NewChatroom { visibility: Visibility::Public, ..world.draft_room(matt, &[beth]) }).id;
    let by_name = says(&world, room, matt, Mentions::of(vec![beth]));
    says(&world, room, matt, Mentions::everybody());
    world.leave(room, beth);
    assert_eq!(mentions_of(&world, beth), []);
    world.join(room, beth);
    let to_all = says(&world, room, matt, Mentions::everybody());
    assert_eq!(mentions_of(&world, beth), [to_all, by_name]);
    world.delete_account(beth);
    assert_eq!(mentions_of(&world, beth), []);
}

#[both_engines]
fn mentions_of_all_are_listed_since_joining(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    for before in [1, 10, 11, 12, 30] {
        let room = world.create(NewChatroom { visibility: Visibility::Public, ..world.draft_room(matt, &[]) }).id;
        for _ in 0..before {
            says(&world, room, matt, Mentions::everybody());
        }
        world.join(room, beth);
        assert_eq!(mentions_of(&world, beth), [], "{before}");
        let mut sent: Vec<_> = (0..15).map(|_| says(&world, room, matt, Mentions::everybody())).collect();
        sent.reverse();
        assert_eq!(mentions_of(&world, beth), sent, "{before}");
        world.leave(room, beth);
    }
}

/// A message gets its id before it waits for its chatroom, so somebody may have joined meanwhile.
#[both_engines]
fn mention_of_all_is_listed_if_its_id_is_older_than_others_before_joining(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.create(NewChatroom { visibility: Visibility::Public, ..world.draft_room(matt, &[]) }).id;
    let waiting = NewMessage { mentions: Mentions::everybody(), ..world.draft(room, matt, "late") };
    for _ in 0..10 {
        says(&world, room, matt, Mentions::everybody());
    }
    world.join(room, beth);
    let late = stored(world.send(waiting));
    assert_eq!(mentions_of(&world, beth), [late]);
}

/// Neither kind of mention, listed or counted; and everything again without the block.
#[both_engines]
fn mentions_by_blocked_users_are_hidden(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    let other = world.room(matt, &[beth]);
    let listed_and_counted = |user| {
        let mine = world.chatrooms.of_member(user, ListFilter::default(), None, Limit::default()).unwrap();
        (mentions_of(&world, user), mine.iter().map(|mine| mine.mention_count).sum::<i64>())
    };
    let mut sent = vec![
        says(&world, room, matt, Mentions::of(vec![beth])),
        says(&world, room, zoe, Mentions::of(vec![beth, matt])),
        says(&world, room, matt, Mentions::everybody()),
    ];
    world.block(beth, matt);
    sent.push(says(&world, other, matt, Mentions::of(vec![beth])));
    sent.push(says(&world, room, matt, Mentions::everybody()));
    sent.reverse();
    let by_zoe = sent[3].clone();
    assert_eq!(listed_and_counted(beth), (vec![by_zoe.clone()], 1));
    assert_eq!(listed_and_counted(zoe).1, 2, "others see them");
    assert_eq!(listed_and_counted(matt), (vec![by_zoe], 1), "and who is blocked learns nothing");
    world.block(beth, zoe);
    assert_eq!(listed_and_counted(beth), (vec![], 0));
    world.unblock(beth, zoe);
    world.unblock(beth, matt);
    assert_eq!(listed_and_counted(beth), (sent, 5));
}

#[both_engines]
fn pages_of_mentions_are_full_despite_blocks(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let rooms = [world.room(matt, &[beth, zoe]), world.room(matt, &[beth, zoe])];
    let mut sent = Vec::new();
    for number in 0..12 {
        says(&world, rooms[number % 2], matt, Mentions::of(vec![beth]));
        sent.insert(0, says(&world, rooms[number % 2], zoe, Mentions::of(vec![beth])));
        says(&world, rooms[number % 2], matt, Mentions::everybody());
    }
    world.block(beth, matt);
    let page = |after, limit| world.mentions.of_user(beth, after, Limit::parse(limit).unwrap()).unwrap();
    assert_eq!(page(None, 4), sent[..5]);
    assert_eq!(page(Some(sent[4].id), 4), sent[5..10]);
    assert_eq!(page(Some(sent[9].id), 4), sent[10..]);
}

#[both_engines]
fn edit_updates_mentions_and_delete_removes_them(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.room(matt, &[beth, zoe]);
    let sent = says(&world, room, matt, Mentions::of(vec![beth]));
    let edit = |read: &Message, mentions| {
        let (body, guard) = (MessageBody::parse("edited").unwrap(), Guard::may(matt, Right::CallAll));
        done(world.messages.edit(read, body, mentions, guard, world.tick()).unwrap())
    };
    let to_zoe = edit(&sent, Mentions::of(vec![zoe]));
    assert_eq!((mentions_of(&world, beth), mentions_of(&world, zoe)), (vec![], vec![to_zoe.clone()]));
    let to_all = edit(&to_zoe, Mentions::everybody());
    assert_eq!(
        (mentions_of(&world, beth), mentions_of(&world, zoe)),
        (vec![to_all.clone()], vec![to_all.clone()])
    );
    let to_both = edit(&to_all, Mentions::of(vec![beth, zoe]));
    assert_eq!(world.message(room, sent.id), to_both);
    assert_eq!(mentions_of(&world, beth), from_ref(&to_both));
    let gone = done(world.erase(&to_both));
    assert_eq!((gone.mentions, mentions_of(&world, beth)), (Mentions::default(), vec![]));
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM mentions"), 0);
}

/// Wherever the marker is, and whatever was edited.
#[both_engines]
fn listed_mentions_are_unread_as_counted(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, zoe) = (world.user("Matt"), world.user("Beth"), world.user("Zoe"));
    let room = world.create(NewChatroom { visibility: Visibility::Public, ..world.draft_room(matt, &[beth]) }).id;
    world.block(beth, zoe);
    world.join(room, zoe);
    let by_name = says(&world, room, matt, Mentions::of(vec![beth]));
    says(&world, room, matt, Mentions::everybody());
    world.leave(room, beth);
    world.join(room, beth);
    let late = world.say(room, matt, "hey");
    let all = says(&world, room, matt, Mentions::everybody());
    says(&world, room, zoe, Mentions::of(vec![beth]));
    let last = says(&world, room, matt, Mentions::of(vec![beth]));
    let unread = |seq| {
        done(world.reads.mark(room, beth, Mark { seq, force: true }).unwrap());
        let mine =
            world.chatrooms.of_member(beth, ListFilter::default(), None, Limit::default()).unwrap().remove(0);
        let listed: Vec<_> = mentions_of(&world, beth).iter().map(|message| message.id).collect();
        let unread = world.mentions.unread(beth, listed.clone()).unwrap();
        assert!(unread.iter().all(|id| listed.contains(id)));
        assert_eq!(i64::try_from(unread.len()), Ok(mine.mention_count), "{seq}");
        unread
    };
    assert_eq!(unread(world.head(room)), []);
    assert_eq!(unread(last.seq - 1), [last.id]);
    assert_eq!(unread(0), [last.id, all.id, by_name.id], "those of everybody since she joined again");
    assert_eq!(unread(late.seq), [last.id, all.id]);
    let (body, guard) = (MessageBody::parse("edited").unwrap(), Guard::may(matt, Right::Speak));
    done(world.messages.edit(&late, body, Mentions::of(vec![beth]), guard, world.tick()).unwrap());
    assert_eq!(mentions_of(&world, beth).len(), 4);
    assert_eq!(unread(late.seq), [last.id, all.id], "an edited message that was read stays read");
    assert_eq!(unread(late.seq - 1), [last.id, all.id, late.id]);
    done(world.erase(&last));
    assert_eq!(unread(0), [all.id, late.id, by_name.id]);
    assert_eq!(world.mentions.unread(beth, vec![]), Ok(vec![]));
    assert_eq!(world.mentions.unread(world.user("Eve"), vec![all.id]), Ok(vec![]), "outsiders have no marker");
}

#[both_engines]
fn mention_of_all_requires_moderator(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let guard = Guard::may(beth, Right::CallAll);
    let draft = || NewMessage { mentions: Mentions::everybody(), ..world.draft(room, beth, "@all") };
    assert_eq!(world.messages.append(draft(), guard).wait(), Ok(Appended::Refused));
    let sent = world.say(room, beth, "x");
    let edited = world.messages.edit(&sent, draft().body, Mentions::everybody(), guard, world.tick());
    assert!(matches!(edited, Ok(Guarded::Refused)));
    world.change_role(room, matt, beth, Role::Moderator);
    assert!(matches!(world.messages.append(draft(), guard).wait(), Ok(Appended::Stored(_))));
}

#[both_engines]
fn chatroom_deletion_removes_mentions(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let (room, other) = (world.room(matt, &[beth]), world.room(matt, &[beth]));
    for _ in 0..5 {
        says(&world, room, matt, Mentions::of(vec![beth]));
        says(&world, room, matt, Mentions::everybody());
    }
    let kept = says(&world, other, matt, Mentions::of(vec![beth]));
    world.delete_room(room, matt);
    assert_eq!(mentions_of(&world, beth), [kept]);
    while world.chatrooms.purge(3).unwrap() {}
    assert_eq!(world.raw().number("SELECT count(*) AS value FROM mentions"), 1);
}
