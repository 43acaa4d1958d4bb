//! Blocks on the wire.

use chit_chat_domain::block::Block;
use chit_chat_domain::id::UserId;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A block of a user by the signed-in user.
#[derive(Serialize, ToSchema)]
#[schema(as = Block)]
pub(crate) struct BlockView {
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

impl From<Block> for BlockView {
    fn from(Block { user_id, created_at }: Block) -> Self {
        Self { user_id: Id(user_id), created_at: Time(created_at) }
    }
}
