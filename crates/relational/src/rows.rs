//! Rows, and what they mean in the domain.

use chit_chat_domain::chatroom::{Chatroom, ChatroomName, Settings, SlowMode, Topic};
use chit_chat_domain::membership::{Member, Membership};
use chit_chat_domain::message::{Idempotency, IdempotencyKey, Message, MessageBody, NewMessage};
use chit_chat_domain::reaction::{Emoji, Reaction, Reactions};
use chit_chat_domain::revision::MessageRevision;
use chit_chat_domain::session::{SecretHash, Session};
use chit_chat_domain::user::{Account, Credentials, DisplayName, Email, PasswordHash, Profile, User, Username};
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::error::{Sql, SqlError};
use crate::schema::{chatrooms, memberships, message_revisions, messages, reactions, sessions, users};
use crate::types::{Instant, Key};
use crate::{codes, mentions};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct UserRow {
    pub id: Key,
    pub username: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    pub created_at: Instant,
    pub disabled_at: Option<Instant>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let profile = row.username.map(|username| Profile {
            username: Username::restore(username),
            display_name: row.display_name.map(DisplayName::restore),
            email: row.email.map(Email::restore),
        });
        Self { id: row.id.into(), created_at: row.created_at.into(), profile }
    }
}

impl UserRow {
    /// The user with what their password is checked against.
    pub fn into_credentials(mut self) -> Sql<Credentials> {
        let hash = self.password_hash.take().ok_or_else(|| SqlError::Corrupt("no password hash".into()))?;
        let disabled_at = self.disabled_at.map(Into::into);
        Ok(Credentials { password_hash: PasswordHash::new(hash), disabled_at, user: self.into() })
    }
}

impl From<UserRow> for Account {
    fn from(row: UserRow) -> Self {
        Self { disabled_at: row.disabled_at.map(Into::into), user: row.into() }
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    pub user_id: Key,
    pub id: Key,
    pub created_at: Instant,
    pub last_used_at: Instant,
    pub user_agent: Option<String>,
    pub family_hash: Vec<u8>,
    pub current_hash: Vec<u8>,
    pub spent_hash: Option<Vec<u8>>,
    pub spent_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

impl TryFrom<SessionRow> for Session {
    type Error = SqlError;

    fn try_from(row: SessionRow) -> Sql<Self> {
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.into(),
            user_agent: row.user_agent,
            family: secret_hash(row.family_hash)?,
            current: secret_hash(row.current_hash)?,
            spent: row.spent_hash.map(secret_hash).transpose()?,
            spent_at: row.spent_at.map(Into::into),
            ended_at: row.ended_at.map(Into::into),
        })
    }
}

fn secret_hash(bytes: Vec<u8>) -> Sql<SecretHash> {
    let bytes = bytes.try_into().map_err(|_| SqlError::Corrupt("a secret's hash has another length".into()))?;
    Ok(SecretHash::new(bytes))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = chatrooms)]
pub struct ChatroomRow {
    pub id: Key,
    pub name: String,
    pub visibility: i16,
    pub created_at: Instant,
    pub last_seq: i64,
    pub topic: Option<String>,
    pub rename_role: i16,
    pub add_role: i16,
    pub slow_mode_seconds: i32,
    pub read_only: bool,
}

impl TryFrom<ChatroomRow> for Chatroom {
    type Error = SqlError;

    fn try_from(row: ChatroomRow) -> Sql<Self> {
        Ok(Self {
            id: row.id.into(),
            // No name is empty: it stands for none.
            name: Some(row.name).filter(|name| !name.is_empty()).map(ChatroomName::restore),
            visibility: codes::visibility(row.visibility)?,
            settings: Settings {
                topic: row.topic.map(Topic::restore),
                rename_role: codes::role(row.rename_role)?,
                add_role: codes::role(row.add_role)?,
                slow_mode: slow_mode(row.slow_mode_seconds)?,
                read_only: row.read_only,
            },
            created_at: row.created_at.into(),
            last_seq: row.last_seq,
        })
    }
}

fn slow_mode(seconds: i32) -> Sql<SlowMode> {
    SlowMode::parse(seconds.into()).map_err(|_| SqlError::Corrupt(format!("slow mode of {seconds} seconds")))
}

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

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct MessageRow {
    pub chatroom_id: Key,
    pub seq: i64,
    pub id: Key,
    pub author_id: Key,
    pub body: Option<String>,
    pub idempotency_key: Option<String>,
    pub digest: Option<Key>,
    pub created_at: Instant,
    pub edited_at: Option<Instant>,
    pub deleted_at: Option<Instant>,
    pub revision: i32,
    pub reply_to: Option<Key>,
    pub reply_count: i32,
    pub mentions: Option<String>,
    pub reactions: Option<String>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id.into(),
            chatroom_id: row.chatroom_id.into(),
            seq: row.seq,
            author_id: row.author_id.into(),
            body: row.body.map(MessageBody::restore),
            created_at: row.created_at.into(),
            edited_at: row.edited_at.map(Into::into),
            deleted_at: row.deleted_at.map(Into::into),
            revision: row.revision,
            client_key: row.idempotency_key.map(IdempotencyKey::restore),
            reply_to: row.reply_to.map(Into::into),
            reply_count: row.reply_count,
            mentions: row.mentions.as_deref().map(mentions::read).unwrap_or_default(),
            reactions: Reactions::restore(row.reactions),
        }
    }
}

impl MessageRow {
    /// The row that a draft becomes at this place in the log.
    pub fn new(draft: &NewMessage, seq: i64) -> Self {
        const FIRST: i32 = 1;
        Self {
            chatroom_id: draft.chatroom_id.into(),
            seq,
            id: draft.id.into(),
            author_id: draft.author_id.into(),
            body: Some(draft.body.as_str().to_owned()),
            idempotency_key: draft.idempotency.as_ref().map(|idempotency| idempotency.key.as_str().to_owned()),
            digest: draft.idempotency.as_ref().map(|idempotency| Key(idempotency.digest)),
            created_at: draft.created_at.into(),
            edited_at: None,
            deleted_at: None,
            revision: FIRST,
            reply_to: draft.reply_to.map(Into::into),
            reply_count: 0,
            mentions: mentions::column(&draft.mentions),
            reactions: None,
        }
    }

    /// The key and digest that the message was sent with.
    pub fn idempotency(&self) -> Sql<Idempotency> {
        match (&self.idempotency_key, self.digest) {
            (Some(key), Some(digest)) => {
                Ok(Idempotency { key: IdempotencyKey::restore(key.clone()), digest: digest.0 })
            }
            _ => Err(SqlError::Corrupt("a keyed message has no key or no digest".into())),
        }
    }
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = reactions)]
pub struct ReactionRow {
    pub chatroom_id: Key,
    pub message_id: Key,
    pub user_id: Key,
    pub emoji: String,
    pub created_at: Instant,
    pub seq: i64,
}

impl From<ReactionRow> for Reaction {
    fn from(row: ReactionRow) -> Self {
        Self {
            user_id: row.user_id.into(),
            emoji: Emoji::restore(row.emoji),
            created_at: row.created_at.into(),
            seq: row.seq,
        }
    }
}

#[derive(Debug, Insertable)]
#[diesel(table_name = message_revisions)]
pub struct RevisionRow<'a> {
    pub chatroom_id: Key,
    pub message_id: Key,
    pub revision: i32,
    pub body: &'a str,
    pub created_at: Instant,
}

/// A revision, wherever it is kept: its number, its text and when it was written.
pub fn revision((revision, body, created_at): (i32, String, Instant)) -> MessageRevision {
    MessageRevision { revision, body: MessageBody::restore(body), created_at: created_at.into() }
}
