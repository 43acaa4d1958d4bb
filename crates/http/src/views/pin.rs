//! Pins on the wire.

use std::collections::BTreeMap;

use chit_chat_domain::id::UserId;
use chit_chat_domain::pin::Pin;
use serde::Serialize;
use utoipa::ToSchema;

use super::message::MessageView;
use super::values::{Id, Time};
use crate::openapi::values;

/// A pinned message.
#[derive(Serialize, ToSchema)]
#[schema(as = Pin)]
pub(crate) struct PinView {
    message: MessageView,
    #[schema(schema_with = values::id)]
    pinned_by: Id<UserId>,
    #[schema(schema_with = values::time)]
    pinned_at: Time,
}

/// A page of pins, with the HTML of their messages on request.
#[derive(ToSchema)]
#[expect(dead_code, reason = "pages are written out otherwise; this describes them")]
pub(crate) struct PinList {
    items: Vec<PinView>,
    #[schema(schema_with = values::cursor_or_null, required)]
    next_cursor: Option<String>,
    #[schema(schema_with = values::html_by_id)]
    html: Option<BTreeMap<String, String>>,
}

impl From<Pin> for PinView {
    fn from(Pin { message, pinned_by, pinned_at, .. }: Pin) -> Self {
        Self { message: message.into(), pinned_by: Id(pinned_by), pinned_at: Time(pinned_at) }
    }
}
