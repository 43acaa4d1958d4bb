//! Invitees: who becomes one, and how that ends.

use chit_chat_contract::{Engine, World, both_engines, done, idempotency};
use chit_chat_domain::chatroom::{ChatroomName, Creation, Entrance, Guard, NewChatroom, Right, Visibility};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, UserId};
use chit_chat_domain::invitee::{
    Invitee, InviteePosition, MAX_WAITING, MAX_WAITING_OF_INVITER, ReceivedInvitation, ReceivedPosition,
};
use chit_chat_domain::membership::{Added, LeaveReason, Leaving, NewMembership};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::Mark;
use chit_chat_domain::user::{MAX_PASSIVE_CHATROOMS, WhoCanAddMe};

/// A private chatroom of Matt, to which he has invited Beth, whom nobody can add.
fn invited(engine: Engine) -> (World, UserId, UserId, ChatroomId) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.let_add(WhoCanAddMe::Nobody, beth);
    let room = world.room(matt, &[]);
    world.invite(room, matt, beth);
    (world, matt, beth, room)
}

/// The user reads a new message of the other one.
fn read(world: &World, room: ChatroomId, user: UserId, other: UserId) {
    world.say(room, other, "read this");
    done(world.reads.mark(room, user, Mark { seq: world.head(room), force: false }).unwrap());
}

#[both_engines]
fn user_whom_nobody_can_add_is_invited_and_accepts(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.let_add(WhoCanAddMe::Nobody, beth);
    let room = world.room(matt, &[]);
    let at = world.tick();
    let new = NewMembership { chatroom_id: room, user_id: beth, at };
    let invitee = Invitee { user_id: beth, chatroom_id: room, invited_by: matt, created_at: at };
    let entrance = Entrance::By(Guard::may(matt, Right::Add));
    assert_eq!(world.memberships.add(new, entrance), Ok(Added::Invited(invitee)));
    assert_eq!(world.add(room, matt, beth), Added::Invited(invitee), "the first invitation stays");
    assert_eq!(world.memberships.find(room, beth), Ok(None));
    assert_eq!(world.head(room), 2, "the log of the chatroom has nothing of it");
    assert_eq!(world.invitees.find(room, beth), Ok(Some(invitee)));
    assert_eq!(world.invitees.of_chatroom(room, None, Limit::MAX), Ok(vec![invitee]));
    let received = ReceivedInvitation {
        invitee,
        chatroom_name: ChatroomName::parse("A room").ok(),
        visibility: Visibility::Private,
    };
    assert_eq!(world.invitees.of_user(beth, None, Limit::MAX), Ok(vec![received]));
    assert!(matches!(world.accept(room, beth), Added::Added(_)));
    assert!(matches!(world.accept(room, beth), Added::Already(_)));
    assert_eq!((world.invited_to(room), world.received_by(beth)), (vec![], vec![]));
    assert_eq!((world.head(room), world.log(room)[2].actor_id), (3, beth));
}

#[both_engines]
fn only_waiting_invitation_is_accepted(engine: Engine) {
    let (world, matt, beth, room) = invited(engine);
    let eve = world.user("Eve");
    assert_eq!(world.accept(room, eve), Added::Refused);
    assert_eq!(world.invitees.decline(room, beth), Ok(()));
    assert_eq!(world.invitees.decline(room, beth), Ok(()));
    assert_eq!(world.accept(room, beth), Added::Refused);
    world.invite(room, matt, beth);
    world.withdraw(room, matt, beth);
    world.withdraw(room, matt, beth);
    assert_eq!(world.accept(room, beth), Added::Refused);
    assert_eq!(world.head(room), 2);
}

#[both_engines]
fn withdrawal_requires_right_to_add(engine: Engine) {
    let (world, _, beth, room) = invited(engine);
    let eve = world.user("Eve");
    for actor in [eve, beth] {
        let withdrawn = world.invitees.withdraw(room, beth, Guard::may(actor, Right::Add), world.tick());
        assert_eq!(withdrawn, Ok(Guarded::Refused));
    }
    assert_eq!(world.invited_to(room), [beth]);
}

#[both_engines]
fn people_in_my_chatrooms_are_those_where_i_take_part(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let common = world.room(matt, &[beth]);
    world.let_add(WhoCanAddMe::PeopleInMyChatrooms, beth);
    let room = || world.room(matt, &[]);
    world.invite(room(), matt, beth);
    read(&world, common, beth, matt);
    assert!(matches!(world.add(room(), matt, beth), Added::Added(_)));
    world.leave(common, beth);
    world.invite(room(), matt, beth);
    let public = world.public_room(matt);
    world.join(public, beth);
    assert!(matches!(world.add(room(), matt, beth), Added::Added(_)));
    assert!(matches!(world.add(room(), world.user("Eve"), beth), Added::Refused));
    world.leave(public, matt);
    world.invite(room(), matt, beth);
}

#[both_engines]
fn correspondents_count_once_i_have_written_to_them(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.let_add(WhoCanAddMe::PeopleInMyChatrooms, beth);
    let direct = world.direct_room(matt, beth);
    read(&world, direct, beth, matt);
    world.invite(world.room(matt, &[]), matt, beth);
    world.say(direct, beth, "hello");
    assert!(matches!(world.add(world.room(matt, &[]), matt, beth), Added::Added(_)));
    let eve = world.user("Eve");
    world.invite(world.room(eve, &[]), eve, beth);
}

#[both_engines]
fn creation_invites_whom_the_creator_may_not_add(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    world.let_add(WhoCanAddMe::Nobody, beth);
    let room = world.room(matt, &[beth, rohan]);
    assert_eq!(world.memberships.chatrooms_of(beth, 100), Ok(vec![]));
    assert_eq!(world.memberships.chatrooms_of(rohan, 100), Ok(vec![room]));
    assert_eq!((world.invited_to(room), world.head(room)), (vec![beth], 3));
    assert!(matches!(world.accept(room, beth), Added::Added(_)));
}

#[both_engines]
fn additions_without_reaction_become_invitations(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let rooms: Vec<_> = (0..MAX_PASSIVE_CHATROOMS).map(|_| world.room(matt, &[beth])).collect();
    let room = world.room(matt, &[]);
    world.invite(room, matt, beth);
    world.room(matt, &[beth]);
    assert_eq!(world.received_by(beth).len(), 2);
    read(&world, rooms[0], beth, matt);
    assert!(matches!(world.add(room, matt, beth), Added::Added(_)));
    assert_eq!(world.received_by(beth).len(), 1);
}

#[both_engines]
fn invitations_of_one_inviter_are_bounded(engine: Engine) {
    let (world, matt, beth, room) = invited(engine);
    for _ in 1..MAX_WAITING_OF_INVITER {
        world.invite(world.room(matt, &[]), matt, beth);
    }
    let one_more = world.room(matt, &[]);
    assert_eq!(world.add(one_more, matt, beth), Added::InvitedTooOften);
    let idempotency = Some(idempotency("key", "x"));
    let draft = NewChatroom { idempotency, ..world.draft_room(matt, &[beth]) };
    let refused = world.chatrooms.create_with_members(draft.clone());
    assert_eq!(refused, Ok(Creation::InvitedTooOften(vec![beth])));
    assert_eq!(world.chatrooms.access(draft.id, matt), Ok(None));
    assert!(matches!(world.add(room, matt, beth), Added::Invited(_)), "a repetition is none more");
    let rohan = world.user("Rohan");
    world.invite(world.room(rohan, &[]), rohan, beth);
    world.withdraw(room, matt, beth);
    assert_eq!(world.create(draft).last_seq, 2);
}

#[both_engines]
fn greediest_inviter_makes_room_for_others(engine: Engine) {
    let (world, _, beth, first) = invited(engine);
    let greedy = world.user("greedy");
    let of_greedy: Vec<_> = (0..MAX_WAITING_OF_INVITER).map(|_| world.room(greedy, &[beth])).collect();
    let mut sent = 1 + of_greedy.len();
    for number in 0.. {
        let inviter = world.user(&format!("inviter_{number}"));
        for _ in 0..(MAX_WAITING - sent).min(MAX_WAITING_OF_INVITER - 1) {
            world.room(inviter, &[beth]);
            sent += 1;
        }
        if sent == MAX_WAITING {
            break;
        }
    }
    let rohan = world.user("Rohan");
    let last = world.room(rohan, &[beth]);
    let waits = |room: ChatroomId| world.invitees.find(room, beth).unwrap().is_some();
    assert!(waits(first) && waits(last) && !waits(of_greedy[0]));
    assert!(of_greedy[1..].iter().all(|room| waits(*room)));
}

#[both_engines]
fn invitation_ends_with_whatever_makes_it_pointless(engine: Engine) {
    type End = fn(&World, ChatroomId, UserId, UserId);
    let world = World::new(engine);
    let (matt, rohan) = (world.user("Matt"), world.user("Rohan"));
    let ends: [(&str, End); 7] = [
        ("banned", |world, room, matt, beth| world.ban(room, matt, beth)),
        ("blocks", |world, _, matt, beth| world.block(beth, matt)),
        ("room_deleted", |world, room, matt, _| world.delete_room(room, matt)),
        ("erased", |world, _, _, beth| drop(world.delete_account(beth))),
        ("added", |world, room, matt, beth| {
            world.let_add(WhoCanAddMe::Everyone, beth);
            assert!(matches!(world.add(room, matt, beth), Added::Added(_)));
        }),
        ("joined", |world, room, _, beth| assert!(matches!(world.join(room, beth), Added::Added(_)))),
        ("left_behind", |world, room, matt, _| assert_eq!(world.leave(room, matt), Leaving::ChatroomDeleted)),
    ];
    for (name, end) in ends {
        let beth = world.user(name);
        world.let_add(WhoCanAddMe::Nobody, beth);
        let (room, other) = (world.public_room(matt), world.room(rohan, &[beth]));
        world.invite(room, matt, beth);
        end(&world, room, matt, beth);
        assert_eq!(world.invitees.find(room, beth), Ok(None), "{name}");
        let others = if name == "erased" { vec![] } else { vec![other] };
        assert_eq!(world.received_by(beth), others, "{name}");
    }
}

#[both_engines]
fn deleted_inviter_leaves_no_invitation(engine: Engine) {
    let (world, matt, beth, room) = invited(engine);
    let rohan = world.user("Rohan");
    assert!(matches!(world.add(room, matt, rohan), Added::Added(_)));
    let of_rohan = world.room(rohan, &[beth]);
    world.delete_account(matt);
    world.memberships.leave(room, matt, LeaveReason::AccountDeleted, world.tick()).unwrap();
    assert_eq!(world.received_by(beth), [of_rohan]);
    assert_eq!(world.accept(room, beth), Added::Refused);
}

#[both_engines]
fn banned_or_blocking_user_is_not_invited(engine: Engine) {
    let (world, matt, beth, room) = invited(engine);
    world.ban(room, matt, beth);
    assert_eq!(world.add(room, matt, beth), Added::Banned);
    assert_eq!(world.accept(room, beth), Added::Banned);
    world.block(beth, matt);
    assert_eq!(world.add(world.room(matt, &[]), matt, beth), Added::Blocked);
    assert_eq!(world.received_by(beth), []);
}

#[both_engines]
fn lists_are_paged_newest_first(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth, rohan) = (world.user("Matt"), world.user("Beth"), world.user("Rohan"));
    for user in [beth, rohan] {
        world.let_add(WhoCanAddMe::Nobody, user);
    }
    let rooms: Vec<_> = (0..3).map(|_| world.room(matt, &[beth])).collect();
    world.invite(rooms[0], matt, rohan);
    let limit = Limit::parse(1).unwrap();
    let first = world.invitees.of_user(beth, None, limit).unwrap();
    let ids = |list: &[ReceivedInvitation]| list.iter().map(|one| one.invitee.chatroom_id).collect::<Vec<_>>();
    assert_eq!(ids(&first), [rooms[2], rooms[1]]);
    let Invitee { created_at, chatroom_id, .. } = first[0].invitee;
    let rest = world.invitees.of_user(beth, Some(ReceivedPosition { created_at, chatroom_id }), Limit::MAX);
    assert_eq!(ids(&rest.unwrap()), [rooms[1], rooms[0]]);
    let newest = world.invitees.of_chatroom(rooms[0], None, limit).unwrap();
    assert_eq!(newest.iter().map(|invitee| invitee.user_id).collect::<Vec<_>>(), [rohan, beth]);
    let Invitee { created_at, user_id, .. } = newest[0];
    let rest = world.invitees.of_chatroom(rooms[0], Some(InviteePosition { created_at, user_id }), limit);
    assert_eq!(rest.unwrap(), newest[1..]);
}

#[both_engines]
fn invitees_of_same_instant_are_all_listed(engine: Engine) {
    let world = World::new(engine);
    let matt = world.user("Matt");
    let mut people = ["a", "b", "c"].map(|name| world.user(name));
    for user in people {
        world.let_add(WhoCanAddMe::Nobody, user);
    }
    let room = world.room(matt, &people);
    people.sort_unstable();
    let mut after = None;
    for user in people.into_iter().rev() {
        let next = world.invitees.of_chatroom(room, after, Limit::parse(1).unwrap()).unwrap()[0];
        assert_eq!(next.user_id, user);
        after = Some(InviteePosition { created_at: next.created_at, user_id: user });
    }
    assert_eq!(world.invitees.of_chatroom(room, after, Limit::MAX), Ok(vec![]));
}

#[both_engines]
fn unknown_chatrooms_and_users_have_no_invitees(engine: Engine) {
    let world = World::new(engine);
    let (room, user) = (ChatroomId::from(world.ids.next()), UserId::from(world.ids.next()));
    assert_eq!((world.invited_to(room), world.received_by(user)), (vec![], vec![]));
    assert_eq!(world.invitees.decline(room, user), Ok(()));
}

#[both_engines]
fn promotion_makes_no_acquaintance(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let first = world.room(matt, &[beth]);
    world.let_add(WhoCanAddMe::PeopleInMyChatrooms, beth);
    world.promote(first, matt, beth);
    world.invite(world.room(matt, &[]), matt, beth);
    read(&world, first, beth, matt);
    assert!(matches!(world.add(world.room(matt, &[]), matt, beth), Added::Added(_)));
}

#[both_engines]
fn promotion_does_not_make_room_for_further_additions(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    for _ in 0..MAX_PASSIVE_CHATROOMS {
        world.promote(world.room(matt, &[beth]), matt, beth);
    }
    world.invite(world.room(matt, &[]), matt, beth);
}

#[both_engines]
fn creator_takes_part_from_the_start(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    world.let_add(WhoCanAddMe::PeopleInMyChatrooms, beth);
    world.room(beth, &[matt]);
    assert!(matches!(world.add(world.room(matt, &[]), matt, beth), Added::Added(_)));
}
