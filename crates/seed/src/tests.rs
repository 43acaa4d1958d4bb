//! Seeds a real store: an empty one, a complete one, one interrupted at any write, and one with other users.

mod fuse;
mod world;

use chit_chat_domain::chatroom::{ChatroomChange, ListFilter, MyChatroom};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::PageRange;
use chit_chat_domain::page::Limit;

use self::fuse::{Fuse, When};
use self::world::World;
use super::SeedError;
use super::people::PASSWORD;

#[test]
fn seed_fills_empty_database_and_matt_signs_in() {
    let world = World::new();
    let shown = world.seed_all().unwrap();
    assert!(shown.contains("done: 37 people, 15 chatrooms, 3"), "{shown}");
    assert!(shown.contains("  Matt      1234\n  Beth      1234\n  Rohan     1234\n"), "{shown}");
    assert!(world.sign_in("Matt", PASSWORD).is_ok());
    assert!(matches!(world.sign_in("Matt", "12345"), Err(Failure::Denied(Denial::InvalidCredentials))));

    let logs = world.logs_of_all();
    let again = world.seed_all().unwrap();
    assert!(again.contains("already exists; nothing was changed"), "{again}");
    assert_eq!(world.logs_of_all(), logs);
}

#[test]
fn seed_shows_every_feature() {
    let world = World::new();
    world.seed_all().unwrap();
    let (stores, matt, beth) = (&world.stores, world.user("Matt"), world.user("Beth"));
    let home = stores.chatrooms.of_member(matt, ListFilter::default(), None, Limit::MAX).unwrap();
    let any = |shows: fn(&MyChatroom) -> bool| home.iter().any(shows);
    assert!(any(|my| my.other_party.is_some()) && any(|my| my.read.muted) && any(|my| my.mention_count > 0));
    assert!(any(|my| my.unread_count > 0) && any(|my| my.chatroom.settings.archived));
    assert!(any(|my| my.chatroom.settings.topic.is_some()));
    let (mut messages, mut moderators, mut pins, mut bans, mut invitations) = (Vec::new(), 0, 0, 0, 0);
    for MyChatroom { chatroom, .. } in &home {
        let latest = stores.messages.page(chatroom.id, matt, PageRange::Latest, Limit::MAX).unwrap();
        messages.extend(latest.into_iter().flat_map(|latest| latest.messages));
        let members = stores.memberships.list(chatroom.id, 0, Limit::MAX).unwrap();
        moderators += members.iter().filter(|member| member.membership.role == Role::Moderator).count();
        pins += stores.pins.list(chatroom.id, i64::MAX, Limit::MAX).unwrap().len();
        bans += stores.bans.list(chatroom.id, None, Limit::MAX).unwrap().len();
        invitations += stores.invitations.list(chatroom.id, World::NOW, None, Limit::MAX).unwrap().len();
    }
    assert!(messages.iter().any(|message| message.reply_to.is_some()));
    assert!(messages.iter().any(|message| message.reply_count > 0));
    assert!(messages.iter().any(|message| !message.reactions.is_empty()));
    assert!(moderators > 0 && pins > 0 && bans > 0 && invitations == 1);
    assert!(!stores.mentions.of_user(beth, None, Limit::MAX).unwrap().is_empty());
    assert_eq!(stores.blocks.list(world.user("chloe"), None, Limit::MAX).unwrap().len(), 1);
}

#[test]
fn latest_messages_are_recent() {
    let world = World::new();
    world.seed(false).unwrap();
    let messages = &world.stores.messages;
    let latest = messages.page(world.plan().id, world.user("Matt"), PageRange::Latest, Limit::MAX).unwrap();
    let latest = latest.unwrap().messages.last().unwrap().created_at;
    assert!(latest < World::NOW && latest > World::NOW.minus(std::time::Duration::from_secs(2 * 3_600)));
}

#[test]
fn interrupted_seed_is_completed() {
    let whole = World::new();
    whole.seed(false).unwrap();
    for when in [When::Before, When::After] {
        for writes in 0.. {
            let world = World::new();
            let interrupted = world.seed_through(&Fuse::new(writes, when));
            if interrupted.is_ok() {
                assert!(writes > 20, "{writes} writes");
                break;
            }
            world.seed(false).unwrap();
            assert_eq!(world.log(), whole.log(), "cut {when:?} write {writes}");
            assert_eq!(world.usernames(), whole.usernames());
        }
    }
}

#[test]
fn second_seed_keeps_later_changes() {
    let world = World::new();
    world.seed(false).unwrap();
    let rename = ChatroomChange { name: Some("Ours".to_owned()), ..ChatroomChange::default() };
    world.services().chatrooms.change(world.plan().id, world.user("Matt"), &rename).unwrap();
    world.delete_account("zofia");
    world.sign_up("somebody");
    let (log, usernames) = (world.log(), world.usernames());
    assert!(world.seed(false).unwrap().contains("nothing was changed"));
    assert_eq!((world.log(), world.usernames()), (log, usernames));
}

#[test]
fn foreign_data_requires_force() {
    let world = World::new();
    for name in ["ann", "bob", "cid", "dora"] {
        world.sign_up(name);
    }
    let refusal = world.seed(false).unwrap_err();
    assert!(matches!(&refusal, SeedError::OtherData(names) if names == "ann, bob, cid and more"), "{refusal}");
    assert!(refusal.to_string().contains("chit-chat db seed --force"));
    assert_eq!(world.usernames(), ["ann", "bob", "cid", "dora"]);

    world.seed(true).unwrap();
    assert!(world.sign_in("Matt", PASSWORD).is_ok());
}

#[test]
fn equally_named_account_is_left_alone() {
    let world = World::new();
    world.sign_up("matt");
    assert!(matches!(world.seed(false), Err(SeedError::OtherData(names)) if names == "matt"));
    assert!(matches!(world.seed(true), Err(SeedError::NameTaken("Matt"))));
    assert_eq!(world.usernames(), ["matt"]);
}

#[test]
fn name_of_deleted_account_stays_taken() {
    let world = World::new();
    world.sign_up("BETH");
    world.delete_account("BETH");
    assert!(matches!(world.seed(false), Err(SeedError::NameTaken("Beth"))));
}
