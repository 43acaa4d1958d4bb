//! The OpenAPI document, assembled from the annotations of all handlers and of the types that they
//! take and return. Handlers write their annotations with the vocabulary in `openapi`.

mod complete;
mod examples;
mod links;
mod ui;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
pub(crate) use ui::{ui, ui_file};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use self::complete::ACCESS_TOKEN;
use crate::openapi::headers;
use crate::views::ProblemBody;
use crate::{
    bans, blocks, chatrooms, direct, health, invitations, memberships, messages, pins, reactions, reading,
    sessions, streams, users,
};

const DESCRIPTION: &str = "\
Accounts, sessions, chatrooms, memberships, messages, and a log of every change.

Lists are `{\"items\": [...], \"next_cursor\": ...}`; give the cursor back as `?cursor=`. Every answer with a status of \
400 or more is a problem by RFC 9457, with a stable `code`; but a request that is no HTTP, has too long a URL or too \
large a head, or never completes its head, gets a bare 400, 431 or 408 before any operation: without a body, and \
without `X-Request-Id`. What a caller may not know of does not exist: 404. Where `GET` is answered, `HEAD` is too. Send \
`X-Request-Id` with any request, and it comes back and stands in the server's log. The API only ever grows: be ready \
for fields, codes and types of events that are not described here.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Chit-Chat", description = DESCRIPTION, license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    servers((url = "/", description = "This server")),
    tags(
        (name = "sessions", description = "Signing in, staying signed in, signing out"),
        (name = "users", description = "Accounts and profiles"),
        (name = "blocks", description = "Whom I do not want to hear from"),
        (name = "chatrooms", description = "Making, finding, changing and deleting chatrooms; their logs"),
        (name = "direct", description = "The one chatroom that two people share"),
        (name = "memberships", description = "Who belongs to a chatroom, and as what"),
        (name = "bans", description = "Keeping people out of a chatroom"),
        (name = "invitations", description = "Letting people in by a code"),
        (name = "messages", description = "Sending, reading, editing and deleting messages"),
        (name = "reactions", description = "Answering messages by an emoji"),
        (name = "pins", description = "Keeping messages in sight"),
        (name = "reading", description = "How far I have read, and what I do not want to hear of"),
        (name = "streams", description = "Hearing of every change as it happens"),
        (name = "service", description = "Health, and this document"),
    ),
    paths(show, health::live, health::ready),
    components(schemas(ProblemBody)),
)]
struct Api;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| generate().to_json().unwrap_or_default());

/// The document, as it is served.
pub fn json() -> &'static str {
    &DOCUMENT
}

/// The document, as it is read.
pub fn pretty() -> serde_json::Result<String> {
    generate().to_pretty_json()
}

/// This document
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "get_openapi", tag = "service",
    responses((status = 200, description = "The OpenAPI document", body = Object)),
)]
pub(crate) async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(Bytes::from_static(json().as_bytes()))
}

fn generate() -> Document {
    let mut document = Api::openapi();
    for part in [
        sessions::Api::openapi(),
        users::Api::openapi(),
        blocks::Api::openapi(),
        chatrooms::Api::openapi(),
        direct::Api::openapi(),
        memberships::Api::openapi(),
        bans::Api::openapi(),
        invitations::Api::openapi(),
        messages::Api::openapi(),
        reactions::Api::openapi(),
        pins::Api::openapi(),
        reading::Api::openapi(),
        streams::Api::openapi(),
    ] {
        document.merge(part);
    }
    let mut components = document.components.take().unwrap_or_default();
    complete::require_current_password(&mut components);
    let lists = complete::name_lists(&mut components);
    for operation in document.paths.paths.values_mut().flat_map(complete::operations) {
        complete::operation(operation, &mut components, &lists);
    }
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("The `access_token` of `POST /api/auth/session`.")).build();
    components.add_security_scheme(ACCESS_TOKEN, SecurityScheme::Http(bearer));
    components.headers.extend(headers::components().map(|(name, header)| (name.to_owned(), header.into())));
    document.components = Some(components);
    document
}
