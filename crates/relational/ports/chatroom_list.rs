//! Lists a user's chatrooms for a home screen, in one statement: it selects the page first, and reads and counts
//! only what is on it.

use chit_chat_domain::chatroom::{ListFilter, ListPosition, MyChatroom, Seq};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::ReadState;
use chit_chat_relational::rows::{ChatroomRow, MessageRow};
use chit_chat_relational::schema::{chatrooms, memberships, messages};
use chit_chat_relational::types::{Id, Moment};
use chit_chat_relational::{Instant, Key, Sql, codes, text};
use diesel::dsl::{IntoBoxed, Select};
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

use super::fragments::{self, IS_UNREAD};
use super::mentions::{BY_UNBLOCKED, since_joining};
use crate::{Conn, dialect};

/// The number of newest messages after the read marker among which those of other users are counted. As many mentions
/// of the user, and of everybody, are counted, except those by users whom the user blocks.
const MAX_COUNTED: i64 = 1_000;
/// The number of newest messages of a chatroom among which the latest one before the beginning of the list is sought. A
/// chatroom with more messages since then is listed at the time of the user's join, which is never too early.
const MAX_SOUGHT: i64 = 100;

type Backend = <Conn as Connection>::Backend;
type Page<'a> = IntoBoxed<'a, Select<Mine, memberships::chatroom_id>, Backend>;
type Row = (ChatroomRow, i16, Option<Key>, Option<MessageRow>, Seq, bool, Option<Seq>, i64, i64, Instant);

pub(crate) fn of_member(
    conn: &mut Conn,
    user: Key,
    filter: &ListFilter,
    after: Option<ListPosition>,
    limit: Limit,
) -> Sql<Vec<MyChatroom>> {
    let active_at = ActiveAt { begun_at: after.map(|after| after.begun_at.into()) };
    let rows: Vec<Row> = mine()
        .filter(memberships::user_id.eq(user))
        .filter(memberships::chatroom_id.eq_any(page(user, filter, after, limit)))
        .order((active_at.desc(), memberships::chatroom_id.desc()))
        .select((
            ChatroomRow::as_select(),
            memberships::role,
            memberships::other_id,
            Option::<MessageRow>::as_select(),
            fragments::marker(),
            memberships::muted,
            memberships::hidden_seq,
            Unread,
            Mentioned(user),
            active_at,
        ))
        .load(conn)?;
    rows.into_iter().map(my_chatroom).collect()
}

/// The ids of the chatrooms on the page.
fn page<'a>(user: Key, filter: &ListFilter, after: Option<ListPosition>, limit: Limit) -> Page<'a> {
    let active_at = ActiveAt { begun_at: after.map(|after| after.begun_at.into()) };
    let mut page = mine()
        .select(memberships::chatroom_id)
        .into_boxed()
        .filter(memberships::user_id.eq(user))
        .filter(fragments::is_alive(user))
        .filter(fragments::is_shown())
        .order((active_at.desc(), memberships::chatroom_id.desc()))
        .limit(fragments::limit_plus_one(limit));
    if let Some(list) = filter.reach.list() {
        let keys: Vec<Key> = list.iter().copied().map(Key::from).collect();
        page = page.filter(memberships::chatroom_id.eq_any(keys));
    }
    if let Some(query) = &filter.query {
        page = page.filter(chatrooms::name_folded.like(text::containing(query.as_str())).escape('\\'));
    }
    if let Some(ListPosition { active_at: at, chatroom_id, .. }) = after {
        let (at, id) = (Instant::from(at), Key::from(chatroom_id));
        let at_once = active_at.eq(at).and(memberships::chatroom_id.lt(id));
        page = page.filter(active_at.lt(at).or(at_once));
    }
    page
}

/// Memberships with their chatrooms, and the latest message of each.
#[diesel::dsl::auto_type(type_case = "PascalCase")]
fn mine() -> _ {
    let is_latest =
        messages::chatroom_id.eq(chatrooms::id).and(messages::seq.nullable().eq(chatrooms::last_message_seq));
    memberships::table.inner_join(chatrooms::table).left_join(messages::table.on(is_latest))
}

fn my_chatroom(row: Row) -> Sql<MyChatroom> {
    let (chatroom, role, other, message, read_seq, muted, hidden_seq, unread_count, mention_count, active_at) =
        row;
    Ok(MyChatroom {
        chatroom: chatroom.try_into()?,
        role: codes::role(role)?,
        other_party: other.map(Into::into),
        last_message: message.map(Into::into),
        read: ReadState { read_seq, muted, hidden_seq },
        unread_count,
        mention_count,
        active_at: active_at.into(),
    })
}

/// The time of the latest message, or of joining if that was later, for a membership of the surrounding statement with
/// its latest message. Messages after the beginning of the list do not count.
#[derive(Clone, Copy)]
struct ActiveAt {
    begun_at: Option<Instant>,
}

/// The number of unread messages of others, for a membership of the surrounding statement.
struct Unread;

/// The number of those that mention the member, who is this user.
struct Mentioned(Key);

macro_rules! expressions {
    ($($count:ident: $type:ty, $is_static:expr;)*) => {$(
        impl Expression for $count {
            type SqlType = $type;
        }

        impl<QS> AppearsOnTable<QS> for $count {}
        impl<QS> SelectableExpression<QS> for $count {}

        impl ValidGrouping<()> for $count {
            type IsAggregate = is_aggregate::No;
        }

        impl QueryId for $count {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = $is_static;
        }
    )*};
}

expressions! {
    Unread: BigInt, true;
    Mentioned: BigInt, true;
    ActiveAt: Moment, false;
}

impl QueryFragment<Backend> for ActiveAt {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql("(CASE ");
        if let Some(begun_at) = &self.begun_at {
            out.push_sql("WHEN messages.created_at > ");
            out.push_bind_param::<Moment, _>(begun_at)?;
            out.push_sql(&format!(
                " THEN coalesce((SELECT created_at FROM (SELECT seq, created_at FROM messages AS sent \
                 WHERE sent.chatroom_id = memberships.chatroom_id ORDER BY seq DESC LIMIT {MAX_SOUGHT}) AS newest \
                 WHERE created_at > memberships.joined_at AND created_at <= ",
            ));
            out.push_bind_param::<Moment, _>(begun_at)?;
            out.push_sql(" ORDER BY seq DESC LIMIT 1), memberships.joined_at) ");
        }
        out.push_sql(
            "WHEN messages.created_at > memberships.joined_at THEN messages.created_at ELSE memberships.joined_at END)",
        );
        Ok(())
    }
}

impl QueryFragment<Backend> for Unread {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(&format!(
            "(SELECT count(*) FROM (SELECT 1 FROM (SELECT author_id, deleted_at FROM messages \
             WHERE chatroom_id = memberships.chatroom_id AND {IS_UNREAD} \
             ORDER BY seq DESC LIMIT {MAX_COUNTED}) AS newest \
             WHERE author_id <> memberships.user_id AND deleted_at IS NULL LIMIT {}) AS unread)",
            MyChatroom::MAX_UNREAD
        ));
        Ok(())
    }
}

impl QueryFragment<Backend> for Mentioned {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let newest = |user, condition, name| {
            format!(
                "SELECT author_id FROM (SELECT author_id FROM mentions \
                 WHERE chatroom_id = memberships.chatroom_id AND user_id = {user} AND {IS_UNREAD}{condition} \
                 ORDER BY seq DESC LIMIT {MAX_COUNTED}) AS {name}"
            )
        };
        out.push_sql(&format!(
            "(SELECT count(*) FROM (SELECT 1 FROM ({} UNION ALL {}) AS newest \
             WHERE author_id <> memberships.user_id AND {BY_UNBLOCKED} ",
            newest("memberships.user_id", "", "by_name"),
            newest(dialect::EVERYBODY, &format!(" AND {}", since_joining("memberships")), "to_all"),
        ));
        out.push_bind_param::<Id, _>(&self.0)?;
        out.push_sql(&format!(") LIMIT {}) AS mentioning)", MyChatroom::MAX_UNREAD));
        Ok(())
    }
}
