//! Rows of memberships, alone and with the names of their users.

use chit_chat_domain::membership::{Member, Membership};
use chit_chat_domain::user::{DisplayName, Username};
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::codes;
use crate::error::{Sql, SqlError};
use crate::schema::{memberships, users};
use crate::types::{Instant, Key};

#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct MembershipRow {
    pub chatroom_id: Key,
    pub user_id: Key,
    pub role: i16,
    pub joined_at: Instant,
    pub joined_seq: i64,
}

impl TryFrom<MembershipRow> for Membership {
    type Error = SqlError;

    fn try_from(row: MembershipRow) -> Sql<Self> {
        Ok(Self {
            chatroom_id: row.chatroom_id.into(),
            user_id: row.user_id.into(),
            role: codes::role(row.role)?,
            joined_at: row.joined_at.into(),
            joined_seq: row.joined_seq,
        })
    }
}

/// The names of a living user.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct NamesRow {
    pub username: Option<String>,
    pub display_name: Option<String>,
}

/// A membership with the names of its user.
pub fn member((membership, names): (MembershipRow, NamesRow)) -> Sql<Member> {
    Ok(Member {
        membership: membership.try_into()?,
        username: Username::restore(names.username.ok_or_else(|| SqlError::Corrupt("no username".into()))?),
        display_name: names.display_name.map(DisplayName::restore),
    })
}
