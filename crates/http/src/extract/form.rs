//! Bodies of the OAuth 2.0 standards: forms. They are accepted as JSON too, like all other bodies.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::mime::APPLICATION_WWW_FORM_URLENCODED;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;

use super::{Json, payload};
use crate::problem::{Code, Problem};

/// A body that is a form (`application/x-www-form-urlencoded`) or a JSON object.
pub(crate) struct FormOrJson<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for FormOrJson<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_form(request) {
            let json = Json::from_request(request, payload);
            return Box::pin(async move { json.await.map(|json| Self(json.into_inner().0)) });
        }
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = payload::read(request, payload).await?;
            parse(&bytes).map(Self)
        })
    }
}

fn is_form(request: &HttpRequest) -> bool {
    let mime = request.mime_type().ok().flatten();
    mime.is_some_and(|mime| mime.essence_str() == APPLICATION_WWW_FORM_URLENCODED.essence_str())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = str::from_utf8(bytes).map_err(|error| Problem::of_parser(Code::MalformedBody, error))?;
    let query: Query<T> =
        Query::from_query(text).map_err(|error| Problem::of_parser(Code::MalformedBody, error))?;
    Ok(query.into_inner())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Fields {
        token: String,
    }

    #[test]
    fn form_is_parsed() {
        let parsed = |text: &str| parse::<Fields>(text.as_bytes()).ok().map(|fields| fields.token);
        assert_eq!(parsed("token=a%2Db&token_type_hint=refresh_token"), Some("a-b".to_owned()));
        assert_eq!(parsed("tokens=a"), None);
        assert_eq!(parsed("token=a&token=b"), None);
        assert!(parse::<Fields>(b"token=\xff").is_err());
    }
}
