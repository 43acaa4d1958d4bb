//! Request ids, in responses and in the log.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Builder;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 128;

/// A request id in printable ASCII, as the response header requires.
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The client's own id if it is valid, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let sent = headers.get(REQUEST_ID).filter(|value| is_valid(value.as_bytes()));
        sent.cloned().map_or_else(Self::new, Self)
    }

    /// A UUID of version 7. It need not be unguessable, so cheap randomness is enough.
    fn new() -> Self {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut random = [0; 10];
        fastrand::fill(&mut random);
        let uuid =
            Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or_default(), &random).into_uuid();
        let text = HeaderValue::from_str(uuid.hyphenated().encode_lower(&mut [0; 36]));
        Self(text.unwrap_or_else(|_| HeaderValue::from_static("none")))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn is_valid(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}
