//! Reactions, and their counts in messages.

use std::collections::{HashMap, HashSet};
use std::thread;

use chit_chat_contract::{Engine, World, both_engines, done, emoji, flags, id_literal, race};
use chit_chat_domain::chatroom::{ChatroomChanges, Guard, ListFilter, Right};
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{IdSource, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Message, PageRange};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reaction::{Reactions, Tally};

const THUMB: &str = "👍";
const HEART: &str = "❤\u{fe0f}";

/// A chatroom of Matt and Beth with a message by Matt.
fn scene(engine: Engine) -> (World, UserId, UserId, Message) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let sent = world.say(room, matt, "hello");
    (world, matt, beth, sent)
}

#[both_engines]
fn reaction_is_counted_listed_and_logged(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let (thumb, heart) = (emoji(THUMB), emoji(HEART));
    assert_eq!(world.react(&sent, beth, &thumb), Guarded::Done(()));
    let at = world.tick();
    let guard = Guard::may(matt, Right::Speak);
    assert_eq!(world.reactions.add(&sent, &heart, guard, at), Ok(Guarded::Done(())));
    assert_eq!(world.react(&sent, matt, &thumb), Guarded::Done(()));
    assert_eq!(world.counts(&sent), "👍 2, ❤\u{fe0f} 1");
    let listed = world.reactions_to(&sent);
    let who: Vec<_> = listed.iter().map(|it| (it.user_id, it.emoji.as_str(), it.seq - sent.seq)).collect();
    assert_eq!(who, [(beth, THUMB, 1), (matt, HEART, 2), (matt, THUMB, 3)]);
    assert_eq!(listed[1].created_at, at);
    let log: Vec<_> = world.log(sent.chatroom_id).into_iter().skip(4).collect();
    let created = |user_id, emoji, count| {
        let tally = Tally { emoji, count };
        Change::ReactionCreated { message_id: sent.id, user_id, tally }
    };
    let expected = [created(beth, thumb.clone(), 1), created(matt, heart, 1), created(matt, thumb, 2)];
    assert_eq!(log.iter().map(|event| event.change.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(log.iter().map(|event| event.actor_id).collect::<Vec<_>>(), [beth, matt, matt]);
}

#[both_engines]
fn reaction_keeps_revision_of_message(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    done(world.react(&sent, beth, &emoji(THUMB)));
    let reactions = Reactions::default().with(&emoji(THUMB));
    let now = Message { reactions, ..sent.clone() };
    assert_eq!(world.message(sent.chatroom_id, sent.id), now);
    for range in [PageRange::Latest, PageRange::Before(99), PageRange::After(0), PageRange::Around(4)] {
        assert_eq!(world.page(sent.chatroom_id, matt, range, 50), std::slice::from_ref(&now));
    }
    assert_eq!(world.messages.by_author(matt, None, Limit::MAX), Ok(vec![now.clone()]));
    let mine = world.chatrooms.of_member(matt, ListFilter::default(), None, Limit::MAX).unwrap().remove(0);
    assert_eq!(mine.last_message, Some(now.clone()));
    assert_eq!(world.log(sent.chatroom_id)[3].change, Change::MessageCreated(now));
}

#[both_engines]
fn react_and_unreact_are_idempotent(engine: Engine) {
    let (world, _, beth, sent) = scene(engine);
    done(world.react(&sent, beth, &emoji(THUMB)));
    let head = world.head(sent.chatroom_id);
    assert_eq!(world.react(&sent, beth, &emoji(THUMB)), Guarded::Done(()));
    assert_eq!(world.take_back(&sent, beth, &emoji(HEART)), Guarded::Done(()));
    assert_eq!(world.counts(&sent), "👍 1");
    assert_eq!(world.head(sent.chatroom_id), head);
    assert_eq!(world.take_back(&sent, beth, &emoji(THUMB)), Guarded::Done(()));
    assert_eq!(world.take_back(&sent, beth, &emoji(THUMB)), Guarded::Done(()));
    assert_eq!(world.counts(&sent), "");
    assert_eq!(world.head(sent.chatroom_id), head + 1);
}

#[both_engines]
fn unreact_removes_only_own_reaction(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let thumb = emoji(THUMB);
    for user in [matt, beth] {
        done(world.react(&sent, user, &thumb));
    }
    assert_eq!(world.take_back(&sent, matt, &thumb), Guarded::Done(()));
    let left = world.reactions_to(&sent);
    assert_eq!(left.iter().map(|it| it.user_id).collect::<Vec<_>>(), [beth]);
    assert_eq!(world.counts(&sent), "👍 1");
    let event = world.log(sent.chatroom_id).pop().unwrap();
    let tally = Tally { emoji: thumb, count: 1 };
    let deleted = Change::ReactionDeleted { message_id: sent.id, user_id: matt, tally };
    assert_eq!((event.actor_id, event.change), (matt, deleted));
}

#[both_engines]
fn reaction_without_right_is_refused(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let (thumb, eve) = (emoji(THUMB), world.user("Eve"));
    done(world.react(&sent, beth, &thumb));
    assert_eq!(world.react(&sent, eve, &thumb), Guarded::Refused);
    assert_eq!(world.remove(sent.chatroom_id, matt, beth), Guarded::Done(()));
    assert_eq!(world.take_back(&sent, beth, &thumb), Guarded::Refused);
    let archive = ChatroomChanges { archived: Some(true), ..ChatroomChanges::default() };
    done(
        world.chatrooms.update(sent.chatroom_id, archive, Guard::holds(matt, Role::Owner), world.tick()).unwrap(),
    );
    assert_eq!(world.react(&sent, matt, &thumb), Guarded::Refused);
    assert_eq!(world.counts(&sent), "👍 1");
}

#[both_engines]
fn reaction_requires_message_of_chatroom(engine: Engine) {
    let (world, matt, _, sent) = scene(engine);
    let elsewhere = Message { chatroom_id: world.room(matt, &[]), ..sent.clone() };
    let never_sent = Message { id: MessageId::from(world.ids.next()), ..sent.clone() };
    for message in [&elsewhere, &never_sent] {
        assert_eq!(world.react(message, matt, &emoji(THUMB)), Guarded::Refused);
        assert_eq!(world.take_back(message, matt, &emoji(THUMB)), Guarded::Refused);
        assert_eq!(world.reactions_to(message), []);
    }
    assert_eq!((world.head(elsewhere.chatroom_id), world.head(sent.chatroom_id)), (2, 4));
}

#[both_engines]
fn reactions_are_paged_and_filtered_by_emoji(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    for (user, by) in [(matt, THUMB), (matt, HEART), (beth, THUMB), (beth, HEART)] {
        done(world.react(&sent, user, &emoji(by)));
    }
    let places = |by: Option<&str>, after: i64, limit: u64| {
        let limit = Limit::parse(limit).unwrap();
        let listed = world.reactions.list(sent.chatroom_id, sent.id, by.map(emoji), sent.seq + after, limit);
        listed.unwrap().into_iter().map(|it| it.seq - sent.seq).collect::<Vec<_>>()
    };
    assert_eq!(places(None, 0, 2), [1, 2, 3], "one more than the limit");
    assert_eq!(places(None, 2, 50), [3, 4]);
    assert_eq!(places(Some(HEART), 0, 50), [2, 4]);
    assert_eq!(places(Some(HEART), 2, 50), [4]);
    assert!(places(Some("🎉"), 0, 50).is_empty());
}

#[both_engines]
fn own_reactions_of_many_messages_are_read_at_once(engine: Engine) {
    let (world, matt, beth, first) = scene(engine);
    let room = first.chatroom_id;
    let second = world.say(room, beth, "second");
    let other = world.say(world.room(matt, &[]), matt, "elsewhere");
    for (message, user, by) in [
        (&second, matt, HEART),
        (&first, beth, HEART),
        (&second, matt, THUMB),
        (&first, matt, THUMB),
        (&other, matt, THUMB),
    ] {
        done(world.react(message, user, &emoji(by)));
    }
    let of = |user, messages: &[&Message]| {
        world.reactions.of_user(room, user, messages.iter().map(|message| message.id).collect()).unwrap()
    };
    let expected = [(second.id, emoji(HEART)), (second.id, emoji(THUMB)), (first.id, emoji(THUMB))];
    assert_eq!(of(matt, &[&first, &second, &other]), expected);
    assert_eq!(of(matt, &[&first]), [(first.id, emoji(THUMB))]);
    assert_eq!(of(beth, &[&second]), []);
    assert_eq!(of(beth, &[]), []);
}

#[both_engines]
fn reaction_kinds_are_limited_but_users_are_not(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let all: Vec<_> = flags().take(Reactions::MAX + 1).collect();
    for flag in &all[..50] {
        assert_eq!(world.react(&sent, matt, flag), Guarded::Done(()));
    }
    assert_eq!(world.react(&sent, beth, &all[50]), Guarded::Refused);
    assert_eq!(world.react(&sent, beth, &all[0]), Guarded::Done(()));
    assert_eq!(world.take_back(&sent, matt, &all[1]), Guarded::Done(()));
    assert_eq!(world.react(&sent, beth, &all[50]), Guarded::Done(()));
    assert_eq!(world.message(sent.chatroom_id, sent.id).reactions.iter().count(), 50);
}

#[both_engines]
fn deleted_message_has_no_reactions(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let kept = world.say(sent.chatroom_id, matt, "kept");
    for message in [&sent, &kept] {
        done(world.react(message, beth, &emoji(THUMB)));
    }
    let read = world.message(sent.chatroom_id, sent.id);
    let gone = done(world.erase(&read));
    assert_eq!(gone.reactions, Reactions::default());
    assert_eq!(world.counts(&sent), "");
    assert_eq!(world.reactions_to(&sent), []);
    assert_eq!(world.counts(&kept), "👍 1");
    assert_eq!(world.reactions_to(&kept).len(), 1);
    for message in [&sent, &gone] {
        assert_eq!(world.react(message, beth, &emoji(HEART)), Guarded::Refused);
        assert_eq!(world.take_back(message, beth, &emoji(THUMB)), Guarded::Refused);
    }
}

#[both_engines]
fn edit_keeps_newer_reactions(engine: Engine) {
    let (world, _, beth, sent) = scene(engine);
    done(world.react(&sent, beth, &emoji(THUMB)));
    let edited = done(world.edit(&sent, "hello again"));
    assert_eq!(edited.reactions, Reactions::default().with(&emoji(THUMB)));
    assert_eq!(world.message(sent.chatroom_id, sent.id), edited);
}

#[both_engines]
fn reactions_outlive_membership_and_account(engine: Engine) {
    let (world, _, beth, sent) = scene(engine);
    done(world.react(&sent, beth, &emoji(THUMB)));
    world.leave(sent.chatroom_id, beth);
    world.delete_account(beth);
    assert_eq!(world.counts(&sent), "👍 1");
    assert_eq!(world.reactions_to(&sent)[0].user_id, beth);
}

/// Recounts the reactions from their rows.
fn recount(world: &World, message: &Message) -> HashMap<String, u64> {
    let mut counts = HashMap::new();
    for reaction in world.reactions_to(message) {
        *counts.entry(reaction.emoji.as_str().to_owned()).or_default() += 1;
    }
    counts
}

fn shown(world: &World, message: &Message) -> HashMap<String, u64> {
    let now = world.message(message.chatroom_id, message.id);
    now.reactions.iter().map(|tally| (tally.emoji.as_str().to_owned(), tally.count)).collect()
}

#[both_engines]
fn racing_reactions_keep_counts_exact(engine: Engine) {
    let world = World::new(engine);
    let another = world.open_another();
    let people: Vec<UserId> = (0..8).map(|n| world.user(&format!("user_{n}"))).collect();
    let room = world.room(people[0], &people[1..]);
    let sent = world.say(room, people[0], "hello");
    let (thumb, heart) = (emoji(THUMB), emoji(HEART));
    race(16, |n| {
        let ports = if n % 2 == 0 { &*world.store } else { &another };
        let guard = Guard::may(people[n / 2], Right::Speak);
        for round in 0..4 {
            let by = if (n + round) % 3 == 0 { &heart } else { &thumb };
            done(ports.reactions.add(&sent, by, guard, world.tick()).unwrap());
            if round % 2 == 0 {
                done(ports.reactions.remove(&sent, by, guard, world.tick()).unwrap());
            }
        }
        done(ports.reactions.add(&sent, &thumb, guard, world.tick()).unwrap());
    });
    assert_eq!(shown(&world, &sent), recount(&world, &sent));
    assert_eq!(shown(&world, &sent).get(THUMB), Some(&8));
    let mut reacting: HashSet<(UserId, String)> = HashSet::new();
    for event in world.log(room) {
        let (user_id, Tally { emoji, count }, more) = match event.change {
            Change::ReactionCreated { user_id, tally, .. } => (user_id, tally, true),
            Change::ReactionDeleted { user_id, tally, .. } => (user_id, tally, false),
            _ => continue,
        };
        let emoji = emoji.as_str().to_owned();
        let one = (user_id, emoji.clone());
        assert!(if more { reacting.insert(one) } else { reacting.remove(&one) }, "an event without a change");
        assert_eq!(u64::try_from(reacting.iter().filter(|(_, by)| *by == emoji).count()), Ok(count));
    }
    assert_eq!(reacting.len(), world.reactions_to(&sent).len());
}

#[both_engines]
fn reactions_of_same_instant_are_both_counted(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let another = world.open_another();
    for (round, flag) in flags().take(10).enumerate() {
        race(2, |n| {
            let (ports, user) = if n == 0 { (&*world.store, matt) } else { (&another, beth) };
            done(ports.reactions.add(&sent, &flag, Guard::may(user, Right::Speak), world.tick()).unwrap());
        });
        assert_eq!(shown(&world, &sent).get(flag.as_str()), Some(&2), "round {round}");
    }
}

#[both_engines]
fn racing_kinds_respect_limit(engine: Engine) {
    let (world, matt, beth, sent) = scene(engine);
    let another = world.open_another();
    let all: Vec<_> = flags().take(60).collect();
    let added: Vec<usize> = race(12, |n| {
        let (ports, user) = if n % 2 == 0 { (&*world.store, matt) } else { (&another, beth) };
        let guard = Guard::may(user, Right::Speak);
        let add = |flag: &&_| ports.reactions.add(&sent, flag, guard, world.tick()) == Ok(Guarded::Done(()));
        all[n * 5..n * 5 + 5].iter().filter(add).count()
    });
    assert_eq!(added.iter().sum::<usize>(), 50);
    assert_eq!(shown(&world, &sent).len(), 50);
    assert_eq!(shown(&world, &sent), recount(&world, &sent));
}

#[both_engines]
fn reaction_racing_with_delete_leaves_none(engine: Engine) {
    let (world, matt, beth, _) = scene(engine);
    let another = world.open_another();
    let room = world.room(matt, &[beth]);
    for _ in 0..10 {
        let sent = world.say(room, matt, "hello");
        race(4, |n| {
            if n == 0 {
                done(world.erase(&sent));
            } else {
                let by = flags().nth(n).unwrap();
                let _either =
                    another.reactions.add(&sent, &by, Guard::may(beth, Right::Speak), world.tick()).unwrap();
            }
        });
        assert_eq!(world.counts(&sent), "");
        assert_eq!(world.reactions_to(&sent), []);
    }
    world.log(room);
}

#[both_engines]
fn reaction_waiting_for_delete_is_refused(engine: Engine) {
    let (world, _, beth, sent) = scene(engine);
    let mut held = world.raw();
    held.begin();
    held.lock_rooms(&format!("id = {}", id_literal(engine, sent.chatroom_id)));
    held.run("UPDATE messages SET body = NULL, deleted_at = created_at, revision = 2");
    let reacted = thread::scope(|scope| {
        let reacting = scope.spawn(|| world.react(&sent, beth, &emoji(THUMB)));
        world.wait_for_blocked(1);
        held.run("COMMIT");
        reacting.join().unwrap()
    });
    assert_eq!(reacted, Guarded::Refused);
    assert_eq!(world.counts(&sent), "");
    assert_eq!(world.reactions_to(&sent), []);
}
