//! Rows of chatrooms.

use chit_chat_domain::chatroom::{Chatroom, ChatroomName, Settings, SlowMode, Topic};
use diesel::prelude::{Queryable, Selectable};

use crate::codes;
use crate::error::{Sql, SqlError};
use crate::schema::chatrooms;
use crate::types::{Instant, Key};

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
    pub delete_role: i16,
    pub slow_mode_seconds: i32,
    pub read_only: bool,
}

impl TryFrom<ChatroomRow> for Chatroom {
    type Error = SqlError;

    fn try_from(row: ChatroomRow) -> Sql<Self> {
        Ok(Self {
            id: row.id.into(),
            // An empty name stands for no name, since no name is empty.
            name: Some(row.name).filter(|name| !name.is_empty()).map(ChatroomName::restore),
            visibility: codes::visibility(row.visibility)?,
            settings: Settings {
                topic: row.topic.map(Topic::restore),
                rename_role: codes::role(row.rename_role)?,
                add_role: codes::role(row.add_role)?,
                delete_role: codes::role(row.delete_role)?,
                slow_mode: slow_mode(row.slow_mode_seconds)?,
                archived: row.read_only,
            },
            created_at: row.created_at.into(),
            last_seq: row.last_seq,
        })
    }
}

fn slow_mode(seconds: i32) -> Sql<SlowMode> {
    SlowMode::parse(seconds.into()).map_err(|_| SqlError::Corrupt(format!("slow mode of {seconds} seconds")))
}
