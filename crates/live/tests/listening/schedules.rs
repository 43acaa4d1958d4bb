//! Random schedules: each stream delivers every event after its start once and in order, and none after its
//! user's removal.

use std::thread;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::reading::ReadState;
use chit_chat_live::Start;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::verdict::Verdict;
use crate::world::{TestListener, World, room, subscriber, until, user};

const ROOMS: u128 = 3;
const USERS: u128 = 2;
const MAX_STREAMS: usize = 6;

#[derive(Clone, Debug)]
enum Step {
    /// Sends a message with an immediate hint, a delayed one, or none.
    SendWithHint(u128),
    SendWithLateHint(u128),
    SendWithoutHint(u128),
    /// Delivers one of the delayed hints.
    Hint(Index),
    ChatroomMoved(u128),
    UserMoved(u128),
    Follow,
    /// Adds or removes a member.
    ToggleMember(u128, u128),
    /// Moves a member's read marker, or mutes the chatroom for them.
    Mark(u128, u128, Index),
    Mute(u128, u128, bool),
    Delete(u128),
    Purge(u128),
    Fail(bool),
    Pause,
    Listen(u128),
    ListenTo(u128, u128),
    Poll(Index, usize),
    /// Reconnects from the stream's positions.
    Resume(Index),
    Stop(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let (room, user, index) = (1..=ROOMS, 1..=USERS, any::<Index>());
    prop_oneof![
        8 => room.clone().prop_map(Step::SendWithHint),
        4 => room.clone().prop_map(Step::SendWithLateHint),
        4 => room.clone().prop_map(Step::SendWithoutHint),
        6 => index.prop_map(Step::Hint),
        3 => room.clone().prop_map(Step::ChatroomMoved),
        3 => user.clone().prop_map(Step::UserMoved),
        6 => Just(Step::Follow),
        6 => (room.clone(), user.clone()).prop_map(|(room, user)| Step::ToggleMember(room, user)),
        4 => (room.clone(), user.clone(), any::<Index>()).prop_map(|(room, user, at)| Step::Mark(room, user, at)),
        3 => (room.clone(), user.clone(), any::<bool>()).prop_map(|(room, user, on)| Step::Mute(room, user, on)),
        1 => room.clone().prop_map(Step::Delete),
        1 => room.clone().prop_map(Step::Purge),
        2 => any::<bool>().prop_map(Step::Fail),
        4 => Just(Step::Pause),
        2 => user.clone().prop_map(Step::Listen),
        2 => (user, room).prop_map(|(user, room)| Step::ListenTo(user, room)),
        10 => (any::<Index>(), 1..6_usize).prop_map(|(stream, count)| Step::Poll(stream, count)),
        3 => any::<Index>().prop_map(Step::Resume),
        1 => any::<Index>().prop_map(Step::Stop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_schedule_delivers_once_and_in_order(large_entries in any::<bool>(), steps in vec(step(), 1..120)) {
        let mut play = Play::new(if large_entries { World::with_large_entries() } else { World::new() });
        for step in steps {
            play.take(&step);
        }
        play.finish();
    }
}

struct Play {
    world: World,
    delayed: Vec<Message>,
    streams: Vec<Stream>,
}

struct Stream {
    user: UserId,
    /// `None` if the stream covers all of the user's chatrooms.
    room: Option<ChatroomId>,
    test_listener: TestListener,
    verdict: Verdict,
}

impl Play {
    fn new(world: World) -> Self {
        for n in 1..=USERS {
            world.log.join(room(1), user(n));
        }
        world.log.send(room(2));
        world.log.delay_queries();
        let mut play = Self { world, delayed: Vec::new(), streams: Vec::new() };
        play.listen(user(1), |_| None);
        play
    }

    fn take(&mut self, step: &Step) {
        let (log, hub) = (&self.world.log, &self.world.hub);
        match *step {
            Step::SendWithHint(n) | Step::SendWithLateHint(n) | Step::SendWithoutHint(n)
                if log.is_deleted(room(n)) => {}
            Step::SendWithHint(n) => drop(self.world.say(room(n))),
            Step::SendWithLateHint(n) => self.delayed.push(log.send(room(n))),
            Step::SendWithoutHint(n) => drop(log.send(room(n))),
            Step::Hint(index) if !self.delayed.is_empty() => {
                self.world.observer().sent(&self.delayed.swap_remove(index.index(self.delayed.len())));
            }
            Step::ChatroomMoved(n) => self.world.chatroom_moved(room(n)),
            Step::UserMoved(n) => self.world.user_moved(user(n)),
            Step::Follow => drop(hub.follow()),
            Step::ToggleMember(n, who) => self.toggle_member(room(n), user(who)),
            Step::Mark(n, who, index) if log.is_member(room(n), user(who)) => {
                let head = usize::try_from(log.head(room(n))).unwrap();
                log.mark(room(n), user(who), index.index(head + 1).try_into().unwrap());
            }
            Step::Mute(n, who, muted) if log.is_member(room(n), user(who)) => log.mute(room(n), user(who), muted),
            Step::Delete(n) if !log.is_deleted(room(n)) => drop(log.delete(room(n))),
            Step::Purge(n) if log.is_deleted(room(n)) => log.purge(room(n)),
            Step::Fail(failing) => log.fail(failing),
            Step::Pause => thread::sleep(std::time::Duration::from_micros(50)),
            Step::Listen(n) if self.streams.len() < MAX_STREAMS => self.listen(user(n), |_| None),
            Step::ListenTo(n, of) if self.streams.len() < MAX_STREAMS => self.listen_to(user(n), room(of)),
            Step::Poll(index, count) => self.with_stream(index, |world, stream| stream.poll(world, count)),
            Step::Resume(index) => self.resume(index),
            Step::Stop(index) if !self.streams.is_empty() => {
                drop(self.streams.swap_remove(index.index(self.streams.len())));
            }
            _ => {}
        }
    }

    fn toggle_member(&self, room: ChatroomId, user: UserId) {
        let log = &self.world.log;
        if log.is_deleted(room) {
            return;
        }
        if log.is_member(room, user) {
            log.remove(room, user);
        } else {
            log.join(room, user);
        }
    }

    fn with_stream(&mut self, index: Index, act: impl FnOnce(&World, &mut Stream)) {
        if !self.streams.is_empty() {
            let index = index.index(self.streams.len());
            act(&self.world, &mut self.streams[index]);
        }
    }

    fn listen(&mut self, user: UserId, position: impl Fn(ChatroomId) -> Option<Seq>) {
        let Ok(memberships) = self.world.hub.memberships(subscriber(user)) else {
            return;
        };
        let starts: Vec<Start> = memberships
            .chatrooms
            .iter()
            .map(|joined| Start {
                chatroom: joined.chatroom_id,
                position: position(joined.chatroom_id).unwrap_or(joined.head),
                head: joined.head,
                read: joined.read,
            })
            .collect();
        let test_listener = TestListener::new(
            self.world.hub.listen(subscriber(user), (&memberships).into(), starts.clone()).unwrap(),
        );
        self.streams.push(Stream { user, room: None, test_listener, verdict: Verdict::new(user, true, &starts) });
    }

    fn listen_to(&mut self, user: UserId, room: ChatroomId) {
        if self.world.log.is_member(room, user) {
            let head = self.world.log.head(room);
            let start = Start { chatroom: room, position: 0, head, read: ReadState::default() };
            let test_listener = TestListener::new(self.world.hub.listen_to(subscriber(user), start).unwrap());
            self.streams.push(Stream {
                user,
                room: Some(room),
                test_listener,
                verdict: Verdict::new(user, false, &[start]),
            });
        }
    }

    fn resume(&mut self, index: Index) {
        if self.streams.is_empty() {
            return;
        }
        let stream = self.streams.swap_remove(index.index(self.streams.len()));
        stream.check_positions(&self.world);
        if stream.room.is_none() {
            self.listen(stream.user, |room| stream.test_listener.position(room));
        }
    }

    fn finish(mut self) {
        self.world.log.fail(false);
        for _ in 0..2 {
            self.receive_everything();
            for n in (1..=ROOMS).filter(|n| !self.world.log.is_deleted(room(*n))) {
                self.world.log.send(room(n));
            }
        }
        self.receive_everything();
    }

    fn receive_everything(&mut self) {
        let world = &self.world;
        let streams = &mut self.streams;
        until("everything is received", || {
            world.follow();
            for stream in &mut *streams {
                stream.poll(world, usize::MAX);
            }
            streams.iter().all(|stream| stream.is_complete(world))
        });
        for stream in streams {
            stream.check_positions(world);
        }
    }
}

impl Stream {
    fn poll(&mut self, world: &World, most: usize) {
        for _ in 0..most {
            if self.verdict.ended {
                return;
            }
            let Some(received) = self.test_listener.poll() else {
                return;
            };
            self.verdict.record(&world.log, received);
        }
    }

    fn check_positions(&self, world: &World) {
        for (room, position) in self.test_listener.listener.positions() {
            self.verdict.check_position(&world.log, room, position);
        }
    }

    fn is_complete(&self, world: &World) -> bool {
        match self.room {
            Some(room) => self.verdict.is_complete(&world.log, &[room]),
            None => self.verdict.is_complete(&world.log, &(1..=ROOMS).map(room).collect::<Vec<_>>()),
        }
    }
}
