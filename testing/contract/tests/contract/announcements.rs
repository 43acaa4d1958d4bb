//! Announcements between instances.

use std::time::Duration;

use chit_chat_contract::{Engine, World, both_engines};
use chit_chat_domain::announcements::{ANNOUNCEMENT_RETENTION, Announcement, Changed, PRESENCE};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::id::{ChatroomId, IdSource, InstanceId, UserId};

fn instances<const N: usize>(world: &World) -> [InstanceId; N] {
    [(); N].map(|()| world.ids.next().into())
}

fn report(world: &World, instance: InstanceId) -> bool {
    world.announcements.report(instance, world.clock.now()).unwrap()
}

fn announce(world: &World, instance: InstanceId, changed: &Changed) {
    world.announcements.announce(instance, changed.clone(), world.clock.now()).unwrap();
}

fn beyond(world: &World, instance: InstanceId, position: i64, seen: &[i64]) -> Vec<Announcement> {
    world.announcements.beyond(instance, position, seen.to_vec()).unwrap()
}

fn changed(world: &World, chatrooms: usize, users: usize, profiles: usize) -> Changed {
    Changed {
        chatrooms: (0..chatrooms).map(|_| ChatroomId::from(world.ids.next())).collect(),
        users: (0..users).map(|_| UserId::from(world.ids.next())).collect(),
        profiles: (0..profiles).map(|_| UserId::from(world.ids.next())).collect(),
    }
}

#[both_engines]
fn instances_know_of_each_other_while_they_report(engine: Engine) {
    let world = World::new(engine);
    let [one, two] = instances(&world);
    assert!(!report(&world, one));
    assert!(!report(&world, one));
    assert!(report(&world, two));
    assert!(report(&world, one));
    world.clock.advance(PRESENCE);
    assert!(report(&world, one));
    world.clock.advance(Duration::from_micros(1));
    assert!(!report(&world, one));
}

#[both_engines]
fn announcements_of_others_are_read_once(engine: Engine) {
    let world = World::new(engine);
    let [one, two, three] = instances(&world);
    let first = changed(&world, 12_000, 0, 0);
    let second = changed(&world, 1, 2, 3);
    announce(&world, one, &first);
    announce(&world, two, &second);
    assert_eq!(beyond(&world, two, 0, &[]).into_iter().map(|read| read.changed).collect::<Vec<_>>(), [first]);
    let read = beyond(&world, three, 0, &[]);
    let [earlier, later] = [read[0].position, read[1].position];
    assert!(earlier < later);
    assert_eq!(read[1].changed, second);
    assert_eq!(beyond(&world, three, earlier, &[]), read[1..]);
    assert_eq!(beyond(&world, three, 0, &[later]), read[..1]);
    assert_eq!(beyond(&world, three, 0, &[later, earlier]), []);
}

#[both_engines]
fn announcements_are_kept_for_a_minute(engine: Engine) {
    let world = World::new(engine);
    let [one, two] = instances(&world);
    announce(&world, one, &changed(&world, 1, 1, 1));
    world.clock.advance(ANNOUNCEMENT_RETENTION);
    report(&world, two);
    assert_eq!(beyond(&world, two, 0, &[]).len(), 1);
    world.clock.advance(Duration::from_micros(1));
    report(&world, two);
    assert_eq!(beyond(&world, two, 0, &[]), []);
}
