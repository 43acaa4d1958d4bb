//! A chatroom and the rights of one user in it, in SQL.

use chit_chat_domain::chatroom::Access;
use chit_chat_domain::membership::Membership;
use chit_chat_relational::rows::{ChatroomRow, MembershipRow};
use chit_chat_relational::schema::{chatrooms, memberships};
use chit_chat_relational::types::Id;
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;
use diesel::sql_types::Nullable;

use super::chatrooms::is_public;
use super::fragments;
use crate::Conn;

diesel::define_sql_function!(fn coalesce(first: Nullable<Id>, second: Nullable<Id>) -> Nullable<Id>);
diesel::alias!(memberships as own: Own, chatrooms as discoverable: Discoverable);

/// Reads a living chatroom that the user may see.
///
/// Looks for the user's membership first, and else among the public chatrooms, by their index. A chatroom that is
/// hidden from the user thus costs what a chatroom costs that does not exist, and time does not reveal it.
pub(crate) fn find(conn: &mut Conn, id: Key, user: Key) -> Sql<Option<Access>> {
    let as_member = own
        .filter(own.field(memberships::chatroom_id).eq(id))
        .filter(own.field(memberships::user_id).eq(user))
        .select(own.field(memberships::chatroom_id));
    let as_outsider = discoverable
        .filter(discoverable.field(chatrooms::id).eq(id))
        .filter(is_public())
        .filter(discoverable.field(chatrooms::deleted_at).is_null())
        .select(discoverable.field(chatrooms::id));
    let mine = memberships::chatroom_id
        .eq(chatrooms::id)
        .and(memberships::user_id.eq(user))
        .and(fragments::is_alive(user));
    let row: Option<(ChatroomRow, Option<MembershipRow>)> = chatrooms::table
        .left_join(memberships::table.on(mine))
        .filter(chatrooms::id.nullable().eq(coalesce(as_member.single_value(), as_outsider.single_value())))
        .filter(chatrooms::deleted_at.is_null())
        .select((ChatroomRow::as_select(), Option::<MembershipRow>::as_select()))
        .first(conn)
        .optional()?;
    let Some((chatroom, membership)) = row else {
        return Ok(None);
    };
    let membership = membership.map(Membership::try_from).transpose()?;
    Ok(Some(Access { chatroom: chatroom.try_into()?, membership }))
}
