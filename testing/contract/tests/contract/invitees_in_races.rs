//! Invitations that end, and settings that change, while somebody is added or accepts.

use std::thread;

use chit_chat_contract::{Engine, Raw, World, both_engines, id_literal, race};
use chit_chat_domain::chatroom::{Guard, Right};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Added;
use chit_chat_domain::user::WhoCanAddMe;

/// Runs `act` on another thread while a transaction has run this SQL, and ends the transaction once it waits.
fn while_open<T: Send>(world: &World, sql: &str, end: &str, act: impl FnOnce() -> T + Send) -> T {
    let mut transaction: Raw = world.raw();
    transaction.begin();
    transaction.run(sql);
    thread::scope(|scope| {
        let acting = scope.spawn(act);
        world.wait_for_blocked(1);
        transaction.run(end);
        acting.join().unwrap()
    })
}

/// A private chatroom of Matt, and Beth, whom only some people can add.
fn scene(engine: Engine, who: WhoCanAddMe) -> (World, UserId, UserId, ChatroomId) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[]);
    world.let_add(who, beth);
    (world, matt, beth, room)
}

fn added_while_setting_becomes_nobody(engine: Engine, end: &str) -> Added {
    let (world, matt, beth, room) = scene(engine, WhoCanAddMe::Everyone);
    let change = format!("UPDATE users SET who_can_add_me = 2 WHERE id = {}", id_literal(engine, beth));
    while_open(&world, &change, end, || world.add(room, matt, beth))
}

#[both_engines]
fn addition_waiting_for_setting_follows_it(engine: Engine) {
    assert!(matches!(added_while_setting_becomes_nobody(engine, "COMMIT"), Added::Invited(_)));
    assert!(matches!(added_while_setting_becomes_nobody(engine, "ROLLBACK"), Added::Added(_)));
}

#[both_engines]
fn creation_waiting_for_setting_follows_it(engine: Engine) {
    for (end, members) in [("COMMIT", 0), ("ROLLBACK", 1)] {
        let (world, matt, beth, _) = scene(engine, WhoCanAddMe::Everyone);
        let change = format!("UPDATE users SET who_can_add_me = 2 WHERE id = {}", id_literal(engine, beth));
        let made = while_open(&world, &change, end, || world.room(matt, &[beth]));
        assert_eq!(world.memberships.chatrooms_of(beth, 100).unwrap().len(), members);
        assert_eq!(world.invited_to(made).len(), 1 - members);
    }
}

fn accepted_while_invitation_ends(engine: Engine, end: &str) -> Added {
    let (world, matt, beth, room) = scene(engine, WhoCanAddMe::Nobody);
    world.invite(room, matt, beth);
    let ending = format!("DELETE FROM invitees WHERE user_id = {}", id_literal(engine, beth));
    let accepted = while_open(&world, &ending, end, || world.accept(room, beth));
    assert_eq!(world.invited_to(room), []);
    accepted
}

#[both_engines]
fn acceptance_waiting_for_withdrawal_is_refused(engine: Engine) {
    assert_eq!(accepted_while_invitation_ends(engine, "COMMIT"), Added::Refused);
    assert!(matches!(accepted_while_invitation_ends(engine, "ROLLBACK"), Added::Added(_)));
}

#[both_engines]
fn racing_answers_to_one_invitation_leave_none_waiting(engine: Engine) {
    let (world, matt, beth, _) = scene(engine, WhoCanAddMe::Nobody);
    for _ in 0..10 {
        let room = world.room(matt, &[beth]);
        let outcomes = race(4, |n| match n {
            0 | 1 => matches!(world.accept(room, beth), Added::Added(_)),
            2 => world.invitees.decline(room, beth).is_err(),
            _ => world.invitees.withdraw(room, beth, Guard::may(matt, Right::Add), world.tick()).is_err(),
        });
        let is_member = world.memberships.find(room, beth).unwrap().is_some();
        assert_eq!(outcomes.iter().filter(|accepted| **accepted).count(), usize::from(is_member));
        assert!(!outcomes[2] && !outcomes[3]);
        assert_eq!(world.invited_to(room), []);
        assert_eq!(world.log(room).len(), 2 + usize::from(is_member));
    }
}

#[both_engines]
fn ban_racing_with_acceptance_leaves_no_member(engine: Engine) {
    let (world, matt, beth, _) = scene(engine, WhoCanAddMe::Nobody);
    for _ in 0..10 {
        let room = world.room(matt, &[beth]);
        race(2, |n| match n {
            0 => drop(world.accept(room, beth)),
            _ => world.ban(room, matt, beth),
        });
        assert_eq!(world.memberships.find(room, beth), Ok(None));
        assert_eq!(world.invited_to(room), []);
        assert_eq!(world.accept(room, beth), Added::Banned);
    }
}

#[both_engines]
fn block_racing_with_invitations_leaves_none(engine: Engine) {
    let (world, matt, _, _) = scene(engine, WhoCanAddMe::Nobody);
    for round in 0..10 {
        let beth = world.user(&format!("Beth_{round}"));
        world.let_add(WhoCanAddMe::Nobody, beth);
        let room = world.room(matt, &[]);
        race(3, |n| match n {
            0 => world.block(beth, matt),
            1 => drop(world.add(room, matt, beth)),
            _ => drop(world.chatrooms.create_with_members(world.draft_room(matt, &[beth])).unwrap()),
        });
        assert_eq!(world.received_by(beth), []);
    }
}
