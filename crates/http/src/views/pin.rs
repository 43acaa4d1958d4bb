//! Pins on the wire.

use chit_chat_domain::id::UserId;
use chit_chat_domain::pin::Pin;
use serde::Serialize;
use utoipa::ToSchema;

use super::MessageView;
use super::values::{Id, Time};
use crate::openapi::values;

/// That a message is pinned.
#[derive(Serialize, ToSchema)]
#[schema(as = Pin)]
pub(crate) struct PinView {
    message: MessageView,
    #[schema(schema_with = values::id)]
    pinned_by: Id<UserId>,
    #[schema(schema_with = values::time)]
    pinned_at: Time,
}

impl From<Pin> for PinView {
    fn from(Pin { message, pinned_by, pinned_at, .. }: Pin) -> Self {
        Self { message: message.into(), pinned_by: Id(pinned_by), pinned_at: Time(pinned_at) }
    }
}
