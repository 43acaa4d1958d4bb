//! The rule that `docs/RULES.md` develops. `rules_document.rs` checks that the document shows this code.

use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::chatroom::{ChatroomRepository, Right, Visibility};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::testing::{World, me, room};
use chit_chat_testkit::Scratch;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Members add nobody during their first hour in a chatroom; moderators and owners may.
struct Newcomers {
    chatrooms: Arc<dyn ChatroomRepository>,
    clock: Arc<dyn Clock>,
}

impl Newcomers {
    fn may_add(&self, chatroom: ChatroomId, actor: UserId) -> Result<bool, Failure> {
        let access = self.chatrooms.access(chatroom, actor)?.ok_or(Denial::ChatroomNotFound)?;
        let me = access.may(Right::Add)?;
        Ok(me.role >= Role::Moderator || me.joined_at.plus(HOUR) <= self.clock.now())
    }
}

fn may_add(world: World) -> Result<bool, Failure> {
    let newcomers = Newcomers { chatrooms: Arc::new(world.chatrooms), clock: world.clock };
    newcomers.may_add(room(), me())
}

#[test]
fn member_adds_nobody_in_first_hour() {
    let world = World::with_access(Visibility::Private, Some(Role::Member));
    assert_eq!(may_add(world), Ok(false));

    let world = World::with_access(Visibility::Private, Some(Role::Member));
    world.clock.advance(HOUR);
    assert_eq!(may_add(world), Ok(true));
}

#[test]
fn moderator_adds_without_waiting() {
    let world = World::with_access(Visibility::Private, Some(Role::Moderator));
    assert_eq!(may_add(world), Ok(true));
}

#[test]
fn unknown_chatroom_is_not_found() {
    assert_eq!(may_add(World::without_room()), Err(Denial::ChatroomNotFound.into()));
}

#[test]
fn hour_restarts_for_rejoined_member() {
    let scratch = Scratch::open();
    let [ada, grace] = scratch.people(["ada", "grace"]);
    let engines = scratch.chatroom(ada, &[grace]);
    let newcomers = Newcomers { chatrooms: scratch.stores.chatrooms.clone(), clock: scratch.clock.clone() };

    scratch.clock.advance(HOUR);
    assert_eq!(newcomers.may_add(engines, grace), Ok(true));

    scratch.services.memberships.leave(engines, grace).unwrap();
    scratch.services.memberships.add(engines, ada, grace).unwrap();
    assert_eq!(newcomers.may_add(engines, grace), Ok(false));
}
