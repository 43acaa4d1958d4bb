//! Replies to messages.

use chit_chat_contract::{Engine, World, both_engines, done, race, stored};
use chit_chat_domain::chatroom::{ChatroomChanges, Guard, Right, SlowMode};
use chit_chat_domain::event::Parent;
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, Message, NewMessage, PageRange, SlowModeOutcome};
use chit_chat_domain::page::Limit;

struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
    room: ChatroomId,
    parent: Message,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    let parent = world.say(room, matt, "question");
    Scene { world, matt, beth, room, parent }
}

impl Scene {
    fn draft(&self, text: &str) -> NewMessage {
        self.draft_to(self.parent.id, text)
    }

    fn draft_to(&self, parent: MessageId, text: &str) -> NewMessage {
        NewMessage { reply_to: Some(parent), ..self.world.draft(self.room, self.beth, text) }
    }

    fn answer(&self, text: &str) -> Message {
        stored(self.world.send(self.draft(text)))
    }

    fn count(&self) -> i32 {
        self.world.message(self.room, self.parent.id).reply_count
    }

    fn replies(&self, after: i64, limit: u64) -> Vec<Message> {
        let limit = Limit::parse(limit).unwrap();
        self.world.messages.replies(self.room, self.parent.id, after, limit).unwrap()
    }
}

#[both_engines]
fn reply_names_parent_and_is_counted(engine: Engine) {
    let scene = scene(engine);
    let first = scene.answer("one");
    assert_eq!((first.reply_to, first.reply_count), (Some(scene.parent.id), 0));
    assert_eq!(scene.world.message(scene.room, first.id), first);
    scene.world.say(scene.room, scene.beth, "something else");
    let second = scene.answer("two");
    let to_a_reply = stored(scene.world.send(scene.draft_to(first.id, "nested")));
    assert_eq!(scene.count(), 2);
    assert_eq!(scene.world.message(scene.room, scene.parent.id).revision, 1);
    let first = scene.world.message(scene.room, first.id);
    assert_eq!(first.reply_count, 1);
    assert_eq!(scene.replies(0, 50), [first.clone(), second.clone()]);
    assert_eq!(scene.replies(first.seq, 50), [second]);
    assert_eq!(scene.replies(0, 1).len(), 2, "one more than the limit");
    let page = scene.world.page(scene.room, scene.matt, PageRange::Latest, 50);
    assert_eq!(page.last(), Some(&to_a_reply));
    scene.world.log(scene.room);
}

#[both_engines]
fn deleted_reply_is_not_counted_and_deleted_parent_keeps_replies(engine: Engine) {
    let scene = scene(engine);
    let (first, second) = (scene.answer("one"), scene.answer("two"));
    let gone = done(scene.world.erase(&first));
    assert_eq!((gone.reply_to, scene.count()), (Some(scene.parent.id), 1));
    assert_eq!(scene.replies(0, 50), [gone, second.clone()]);
    done(scene.world.erase(&scene.world.message(scene.room, scene.parent.id)));
    assert_eq!((scene.count(), scene.world.message(scene.room, second.id)), (1, second));
}

#[both_engines]
fn reply_event_has_count_of_parent(engine: Engine) {
    let scene = scene(engine);
    let parent = |reply_count| Some(Parent { id: scene.parent.id, reply_count });
    let parents = |after| {
        let head = scene.world.head(scene.room);
        let log = scene.world.events.read(scene.room, after, head, Limit::MAX).unwrap();
        log.into_iter().map(|event| event.parent).collect::<Vec<_>>()
    };
    let start = scene.parent.seq;
    let first = scene.answer("one");
    assert_eq!(parents(start), [parent(1)]);
    scene.answer("two");
    scene.world.say(scene.room, scene.beth, "something else");
    done(scene.world.edit(&first, "One"));
    assert_eq!(parents(start), [parent(2), parent(2), None, parent(2)]);
    done(scene.world.erase(&scene.world.message(scene.room, first.id)));
    assert_eq!(parents(start + 4), [parent(1)]);
    assert_eq!(parents(0)[..3], [None, None, None], "no parent without a reply");
}

#[both_engines]
fn repeated_reply_is_counted_once(engine: Engine) {
    let scene = scene(engine);
    let keyed = || NewMessage {
        reply_to: Some(scene.parent.id),
        ..scene.world.keyed_draft(scene.room, scene.beth, "x", "k")
    };
    let sent = stored(scene.world.send(keyed()));
    let Appended::Duplicate(again, _) = scene.world.send(keyed()) else { panic!("not a duplicate") };
    assert_eq!((again, scene.count()), (sent, 1));
    // As after a connection lost during the commit: a retry of the same message, not only of the same content.
    let draft = scene.draft("y");
    let first = scene.world.send(draft.clone());
    if engine == Engine::Postgres {
        assert_eq!(scene.world.send(draft), first);
    }
    assert_eq!(scene.count(), 2);
}

#[both_engines]
fn racing_replies_are_all_counted(engine: Engine) {
    let scene = scene(engine);
    let another = scene.world.open_another();
    let other = scene.world.say(scene.room, scene.matt, "another question");
    race(8, |n| {
        let ports = if n % 2 == 0 { &*scene.world.store } else { &another };
        let parents = [scene.parent.id, other.id];
        let drafts = (0..10).map(|m| match m % 5 {
            4 => scene.world.draft(scene.room, scene.beth, "plain"),
            _ => scene.draft_to(parents[m % 2], "reply"),
        });
        let guard = Guard::may(scene.beth, Right::Speak);
        let sends: Vec<_> = drafts.map(|draft| ports.messages.append(draft, guard)).collect();
        for sending in sends {
            stored(sending.wait().unwrap());
        }
    });
    let counts = [scene.parent.id, other.id].map(|id| scene.world.message(scene.room, id).reply_count);
    assert_eq!(counts.iter().sum::<i32>(), 64);
    assert_eq!(scene.replies(0, 200).len(), usize::try_from(counts[0]).unwrap());
    scene.world.log(scene.room);
}

#[both_engines]
fn refused_reply_is_not_counted(engine: Engine) {
    let scene = scene(engine);
    done(scene.world.remove(scene.room, scene.matt, scene.beth));
    assert_eq!(scene.world.send(scene.draft("x")), Appended::Refused);
    assert_eq!(scene.count(), 0);
}

#[both_engines]
fn replies_in_slow_mode_are_counted(engine: Engine) {
    let scene = scene(engine);
    let slow = ChatroomChanges { slow_mode: SlowMode::parse(5).ok(), ..ChatroomChanges::default() };
    let owner = Guard::holds(scene.matt, Role::Owner);
    done(scene.world.chatrooms.update(scene.room, slow, owner, scene.world.tick()).unwrap());
    let guard = Guard::may(scene.beth, Right::Speak);
    let SlowModeOutcome::Taken(Appended::Stored(sent)) =
        scene.world.messages.append_in_slow_mode(scene.draft("x"), guard).unwrap()
    else {
        panic!("not stored")
    };
    assert_eq!(scene.world.message(scene.room, sent.id), sent);
    assert_eq!(scene.count(), 1);
}
