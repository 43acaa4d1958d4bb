//! Leaving a direct chatroom hides it; deleting the account ends the membership.

use chit_chat_contract::{Engine, World, both_engines, done};
use chit_chat_domain::chatroom::{ListFilter, Settings, Visibility};
use chit_chat_domain::direct::Opening;
use chit_chat_domain::event::{Change, MembershipEnd};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{LeaveReason, Leaving, Role};
use chit_chat_domain::message::{Appended, PageRange};
use chit_chat_domain::page::Limit;

struct Scene {
    world: World,
    matt: UserId,
    beth: UserId,
    room: ChatroomId,
}

fn scene(engine: Engine) -> Scene {
    let world = World::new(engine);
    let (matt, beth) = (world.user("Matt"), world.user("Beth"));
    let room = world.shown_direct_room(matt, beth);
    Scene { world, matt, beth, room }
}

impl Scene {
    fn is_shown(&self, user: UserId) -> bool {
        let mine = self.world.chatrooms.of_member(user, ListFilter::default(), None, Limit::MAX).unwrap();
        mine.iter().any(|mine| mine.chatroom.id == self.room)
    }

    fn version(&self, user: UserId) -> i64 {
        self.world.changes_since.memberships(user, 0).unwrap().version
    }

    fn leave_for_good(&self, user: UserId) -> Leaving {
        self.world.memberships.leave(self.room, user, LeaveReason::AccountDeleted, self.world.tick()).unwrap()
    }
}

#[both_engines]
fn left_direct_chatroom_is_hidden_until_next_message(engine: Engine) {
    let scene = scene(engine);
    let Scene { world, matt, beth, room } = &scene;
    for speaker in [*beth, *matt] {
        assert_eq!(world.leave(*room, *matt), Leaving::Hidden);
        assert!(!scene.is_shown(*matt) && scene.is_shown(*beth));
        let said = world.say(*room, speaker, "hello");
        assert!(scene.is_shown(*matt));
        assert_eq!(world.leave(*room, *matt), Leaving::Hidden);
        done(world.edit(&said, "goodbye"));
        assert!(!scene.is_shown(*matt), "an edit is no new message");
    }
}

#[both_engines]
fn hidden_direct_chatroom_works_and_takes_no_seq(engine: Engine) {
    let scene = scene(engine);
    let Scene { world, matt, beth, room } = &scene;
    let said = world.say(*room, *beth, "hello");
    let (mine, theirs) = (scene.version(*matt), scene.version(*beth));
    assert_eq!(world.leave(*room, *matt), Leaving::Hidden);
    assert_eq!(world.leave(*room, *matt), Leaving::Hidden);
    assert_eq!((scene.version(*matt), scene.version(*beth)), (mine + 1, theirs));
    assert_eq!(world.access(*room, *matt).membership.unwrap().role, Role::Member);
    assert_eq!(world.page(*room, *matt, PageRange::Latest, 50), [said]);
    assert_eq!(world.changes_since.memberships(*matt, 10).unwrap().chatrooms.len(), 1);
    assert_eq!(world.head(*room), 4);
}

#[both_engines]
fn open_shows_hidden_direct_chatroom(engine: Engine) {
    let scene = scene(engine);
    let Scene { world, matt, beth, room } = &scene;
    world.leave(*room, *matt);
    world.leave(*room, *beth);
    let (mine, theirs) = (scene.version(*matt), scene.version(*beth));
    for _ in 0..2 {
        let Opening::Found(found) = world.open(*matt, *beth) else { panic!("not found") };
        assert_eq!(found, world.access(*room, *matt).chatroom);
        assert!(scene.is_shown(*matt) && !scene.is_shown(*beth));
    }
    assert_eq!((scene.version(*matt), scene.version(*beth)), (mine + 1, theirs));
    assert_eq!(world.head(*room), 3);
}

#[both_engines]
fn leave_by_outsider_changes_nothing(engine: Engine) {
    let Scene { world, room, .. } = scene(engine);
    let eve = world.user("Eve");
    assert_eq!(world.leave(room, eve), Leaving::NotMember);
}

#[both_engines]
fn account_deletion_makes_direct_chatroom_read_only(engine: Engine) {
    let scene = scene(engine);
    let Scene { world, matt, beth, room } = &scene;
    world.say(*room, *matt, "hello");
    world.leave(*room, *beth);
    world.delete_account(*matt);
    assert_eq!(world.send(world.draft(*room, *beth, "x")), Appended::Refused, "immediately after the deletion");
    assert_eq!(scene.leave_for_good(*matt), Leaving::Left);
    assert_eq!(scene.leave_for_good(*matt), Leaving::NotMember);
    let settings = Settings { archived: true, ..Settings::default() };
    let ends: Vec<_> = world.log(*room)[4..].iter().map(|event| (event.actor_id, event.change.clone())).collect();
    let updated = Change::ChatroomUpdated { name: None, visibility: Visibility::Direct, settings };
    let ended = Change::MembershipDeleted { user_id: *matt, reason: MembershipEnd::AccountDeleted };
    assert_eq!(ends, [(*matt, updated), (*matt, ended)]);
    assert_eq!(world.member(*room, *beth).membership.role, Role::Member);
    assert_eq!(world.send(world.draft(*room, *beth, "x")), Appended::Refused);
    assert_eq!(world.page(*room, *beth, PageRange::Latest, 50).len(), 1);
    assert!(!scene.is_shown(*beth));
}

#[both_engines]
fn remaining_member_sees_other(engine: Engine) {
    let scene = scene(engine);
    let Scene { world, matt, beth, .. } = &scene;
    world.delete_account(*matt);
    scene.leave_for_good(*matt);
    let mine = world.chatrooms.of_member(*beth, ListFilter::default(), None, Limit::MAX).unwrap();
    assert_eq!(mine.iter().map(|mine| mine.other_party).collect::<Vec<_>>(), [Some(*matt)]);
}

#[both_engines]
fn direct_chatroom_is_deleted_with_second_account(engine: Engine) {
    let scene = scene(engine);
    scene.world.delete_account(scene.matt);
    assert_eq!(scene.leave_for_good(scene.matt), Leaving::Left);
    scene.world.delete_account(scene.beth);
    assert_eq!(scene.leave_for_good(scene.beth), Leaving::ChatroomDeleted);
    assert_gone(&scene);
}

#[both_engines]
fn direct_chatroom_is_deleted_when_both_accounts_are(engine: Engine) {
    let scene = scene(engine);
    scene.world.delete_account(scene.matt);
    scene.world.delete_account(scene.beth);
    assert_eq!(scene.leave_for_good(scene.matt), Leaving::ChatroomDeleted);
    assert_eq!(scene.leave_for_good(scene.beth), Leaving::NotMember);
    assert_gone(&scene);
}

fn assert_gone(scene: &Scene) {
    let Scene { world, beth, room, .. } = scene;
    assert_eq!(world.chatrooms.access(*room, *beth), Ok(None));
    let memberships = "SELECT count(*) AS value FROM memberships";
    assert_eq!(world.raw().number(memberships), 0);
    while world.chatrooms.purge(100).unwrap() {}
}

#[both_engines]
fn reverted_migration_leaves_private_chatroom(engine: Engine) {
    let Scene { world, matt, room, .. } = scene(engine);
    let said = world.say(room, matt, "hello");
    world.block(matt, world.user("Eve"));
    let mut raw = world.raw();
    while raw.number("SELECT count(*) AS value FROM chatrooms WHERE visibility = 2") > 0 {
        raw.revert_migration();
    }
    world.migrate().unwrap();
    let chatroom = world.access(room, matt).chatroom;
    assert_eq!(chatroom.visibility, Visibility::Private);
    assert_eq!(chatroom.name.clone().unwrap().as_str(), "Direct chatroom");
    let first = world.log(room).remove(0).change;
    assert_eq!(first, Change::ChatroomCreated { name: chatroom.name, visibility: Visibility::Private });
    assert_eq!(world.logged(room), [said]);
}
