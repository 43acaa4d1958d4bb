//! Pages of messages.

use chit_chat_domain::chatroom::Visibility::{Private, Public};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::membership::Role::Member;
use chit_chat_domain::message::{Excerpt, History, Message, PageRange};
use chit_chat_domain::mockall::predicate::eq;
use chit_chat_domain::page::Page;
use chit_chat_domain::testing::{World, limit, me, other, room};

use crate::builders::message;

#[test]
fn missing_page_is_explained_by_access() {
    let empty = |mut world: World| {
        world.messages.expect_page().times(1).return_const(Ok(None));
        world.messages().page(room(), me(), PageRange::Latest, limit(2))
    };
    assert_eq!(empty(World::with_access(Private, None)), Err(Denial::ChatroomNotFound.into()));
    assert_eq!(empty(World::with_access(Public, None)), Err(Denial::NotAMember.into()));
    let nothing_yet = History { page: Page { items: vec![], more: false }, earlier: false, head: None };
    assert_eq!(empty(World::with_access(Private, Some(Member))), Ok(nothing_yet));
}

#[test]
fn page_drops_extra_row_without_further_reads() {
    let row = |seq| Message { seq, ..message(other()) };
    let rows = |seqs: &[i64]| seqs.iter().map(|seq| row(*seq)).collect::<Vec<_>>();
    for (range, read, kept, more) in [
        (PageRange::Latest, &[4, 5, 6][..], &[5, 6][..], true),
        (PageRange::Before(7), &[4, 5, 6], &[5, 6], true),
        (PageRange::Before(7), &[5, 6], &[5, 6], false),
        (PageRange::After(3), &[4, 5, 6], &[4, 5], true),
    ] {
        let mut world = World::default();
        let page = world.messages.expect_page().with(eq(room()), eq(me()), eq(range), eq(limit(2)));
        page.times(1).return_const(Ok(Some(Excerpt { head: 9, messages: rows(read) })));
        let expected = History { page: Page { items: rows(kept), more }, earlier: false, head: Some(9) };
        assert_eq!(world.messages().page(room(), me(), range, limit(2)), Ok(expected), "{range:?}");
    }
}

#[test]
fn page_around_a_seq_is_filled_from_the_longer_side() {
    let row = |seq| Message { seq, ..message(other()) };
    let rows = |seqs: &[i64]| seqs.iter().map(|seq| row(*seq)).collect::<Vec<_>>();
    for (seq, read, kept, earlier, more) in [
        (5, &[3, 4, 5, 6, 7, 8][..], &[4, 5, 6][..], true, true),
        (5, &[5, 6], &[5, 6], false, false),
        (5, &[4, 5, 6], &[4, 5, 6], false, false),
        (9, &[2, 3, 5, 9], &[3, 5, 9], true, false),
        (9, &[5, 7, 9, 10], &[7, 9, 10], true, false),
        (2, &[2, 3, 5, 9], &[2, 3, 5], false, true),
        (1, &[2, 3, 5, 9], &[2, 3, 5], false, true),
        (i64::MAX, &[2, 3, 5, 9], &[3, 5, 9], true, false),
    ] {
        let mut world = World::default();
        world.messages.expect_page().return_const(Ok(Some(Excerpt { head: 9, messages: rows(read) })));
        let expected = History { page: Page { items: rows(kept), more }, earlier, head: Some(9) };
        assert_eq!(world.messages().page(room(), me(), PageRange::Around(seq), limit(3)), Ok(expected), "{seq}");
    }
}
