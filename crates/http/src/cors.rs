//! Cross-origin resource sharing: the web pages that may use the API from a browser (Fetch standard).

use std::fmt;
use std::str::FromStr;

use actix_cors::Cors;
use actix_web::middleware::Condition;

use crate::origin::Origin;

const SECONDS_TO_REMEMBER: usize = 3_600;
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const SENT: [&str; 7] = [
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Last-Event-ID",
    "X-Request-Id",
];
const SHOWN: [&str; 9] = [
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
];

/// The origins whose pages may use the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    #[default]
    None,
    Any,
    These(Vec<Origin>),
}

/// The error for a text that is not a list of origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoOrigins;

/// The CORS middleware. It never allows credentials, because the API uses tokens rather than cookies.
pub fn cors(origins: &AllowedOrigins) -> Condition<Cors> {
    let cors = Cors::default().allowed_methods(METHODS).allowed_headers(SENT).expose_headers(SHOWN);
    let cors = cors.max_age(SECONDS_TO_REMEMBER);
    let cors = match origins {
        AllowedOrigins::None => cors,
        AllowedOrigins::Any => cors.allow_any_origin().send_wildcard(),
        AllowedOrigins::These(_) => {
            let origins = origins.clone();
            cors.allowed_origin_fn(move |origin, _| origin.to_str().is_ok_and(|origin| origins.contains(origin)))
        }
    };
    Condition::new(*origins != AllowedOrigins::None, cors)
}

impl AllowedOrigins {
    /// Returns whether pages of this origin may use the API.
    pub(crate) fn contains(&self, origin: &str) -> bool {
        match self {
            Self::None => false,
            Self::Any => true,
            Self::These(origins) => Origin::parse(origin).is_some_and(|origin| origins.contains(&origin)),
        }
    }
}

impl FromStr for AllowedOrigins {
    type Err = NoOrigins;

    /// Reads `*`, or a comma-separated list such as `https://chat.example.com,http://localhost:3000`.
    fn from_str(text: &str) -> Result<Self, NoOrigins> {
        match text.trim() {
            "" => Ok(Self::None),
            "*" => Ok(Self::Any),
            list => list
                .split(',')
                .map(|one| Origin::parse(one.trim()))
                .collect::<Option<_>>()
                .map(Self::These)
                .ok_or(NoOrigins),
        }
    }
}

impl fmt::Display for NoOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be * or a list of origins without a path, such as https://chat.example.com,http://localhost:3000")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_parsed_as_none_any_or_list() {
        assert_eq!("".parse(), Ok(AllowedOrigins::None));
        assert_eq!(" * ".parse(), Ok(AllowedOrigins::Any));
        let list = ["https://chat.example.com", "http://localhost:3000", "tauri://localhost"].map(Origin::parse);
        let list = list.map(|origin| origin.unwrap());
        let text = "https://Chat.example.com:443, http://localhost:3000,tauri://localhost";
        assert_eq!(text.parse(), Ok(AllowedOrigins::These(list.to_vec())));
    }

    #[test]
    fn invalid_origin_is_refused() {
        for text in [
            "chat.example.com",
            "https://",
            "https://a/",
            "https://a/b",
            "https://a?b",
            "https://a@b",
            "*,https://a",
            "https://*",
            "null",
            "https://a,",
            ",",
            "localhost:3000",
        ] {
            assert_eq!(text.parse::<AllowedOrigins>(), Err(NoOrigins), "{text}");
        }
    }
}
