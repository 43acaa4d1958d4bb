//! Events as server-sent events, serialized once for all subscribers (WHATWG HTML, "Server-sent events").

use actix_web::web::Bytes;
use chit_chat_live::EncodedEvent;
use serde::Serialize;

/// The size of most events.
const USUAL: usize = 640;

/// Serializes an item. JSON contains no raw line breaks, so one line of data is enough.
pub(crate) fn encoded(id: &str, kind: &str, data: &impl Serialize) -> EncodedEvent {
    let mut text = Vec::with_capacity(USUAL);
    if !id.is_empty() {
        text.extend_from_slice(format!("id: {id}\n").as_bytes());
    }
    let anonymous = text.len();
    text.extend_from_slice(format!("event: {kind}\ndata: ").as_bytes());
    let json = text.len();
    if let Err(error) = serde_json::to_writer(&mut text, data) {
        tracing::error!(%error, kind, "an event cannot be written out");
    }
    let end = text.len();
    text.extend_from_slice(b"\n\n");
    let identified = Bytes::from(text);
    EncodedEvent { anonymous: identified.slice(anonymous..), json: identified.slice(json..end), identified }
}
