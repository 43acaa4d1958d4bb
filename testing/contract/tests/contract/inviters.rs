//! Invitations end with their creator's right to invite.

use chit_chat_contract::{Engine, World, both_engines, done, kind};
use chit_chat_domain::event::Change;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::invitation::Invitation;
use chit_chat_domain::membership::{Added, LeaveReason, Leaving, Role, RoleChange};

use crate::invitations::{accept, draft_invitation, for_only, listed, made};

#[both_engines]
fn invitations_end_with_right_to_invite(engine: Engine) {
    let world = World::new(engine);
    let [matt, beth, rohan, zoe] = ["Matt", "Beth", "Rohan", "Zoe"].map(|name| world.user(name));
    let account_deleted = LeaveReason::AccountDeleted;
    let ways: [&dyn Fn(ChatroomId); 5] = [
        &|room| assert!(matches!(world.change_role(room, matt, beth, Role::Member), RoleChange::Changed(_))),
        &|room| assert_eq!(world.leave(room, beth), Leaving::Left),
        &|room| done(world.remove(room, matt, beth)),
        &|room| world.ban(room, matt, beth),
        &|room| {
            let left = world.memberships.leave(room, beth, account_deleted, world.tick());
            assert_eq!(left, Ok(Leaving::Left));
        },
    ];
    for (place, lose) in ways.into_iter().enumerate() {
        let room = world.public_room(matt);
        world.join(room, beth);
        world.change_role(room, matt, beth, Role::Moderator);
        let kept = made(&world, draft_invitation(&world, room, matt));
        let spent = made(&world, for_only(1, draft_invitation(&world, room, beth)));
        accept(&world, &world, room, spent, zoe);
        let draft = draft_invitation(&world, room, beth);
        let expired = made(&world, Invitation { expires_at: Some(draft.created_at), ..draft });
        let gone = [(); 2].map(|()| made(&world, draft_invitation(&world, room, beth)));
        let before = world.log(room).len();
        lose(room);
        let log = world.log(room).split_off(before);
        let ended: Vec<_> = log.iter().filter(|event| kind(&event.change) == "invitation.deleted").collect();
        assert_eq!(
            ended.iter().map(|event| event.change.clone()).collect::<Vec<_>>(),
            gone.map(|invitation_id| Change::InvitationDeleted { invitation_id }),
            "{place}"
        );
        assert!(ended.iter().all(|event| event.actor_id == log[0].actor_id), "{place}");
        if place > 0 {
            assert_eq!(kind(&log.last().unwrap().change), "membership.deleted", "the last event of its user");
        }
        assert_eq!(listed(&world, room, None, 200), [kept], "{place}");
        for id in gone.into_iter().chain([spent, expired]) {
            assert_eq!(accept(&world, &world, room, id, rohan), Added::Refused, "{place}");
            assert!(world.invitations.find(room, id).unwrap().unwrap().revoked_at.is_some(), "{place}");
        }
        if place == 0 {
            world.change_role(room, matt, beth, Role::Moderator);
            assert_eq!(listed(&world, room, None, 200), [kept], "they do not come back with the right");
        }
        assert!(matches!(accept(&world, &world, room, kept, rohan), Added::Added(_)));
    }
}

#[both_engines]
fn invitations_survive_changes_that_keep_right_to_invite(engine: Engine) {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.room(matt, &[beth]);
    world.promote(room, matt, beth);
    let id = made(&world, draft_invitation(&world, room, beth));
    world.change_role(room, beth, beth, Role::Moderator);
    world.leave(room, matt);
    assert_eq!(listed(&world, room, None, 200), [id]);
}
