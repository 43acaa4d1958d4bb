//! The OpenAPI document, assembled from the annotations of all handlers and of the types that they
//! take and return. Handlers write their annotations with the vocabulary in `openapi`.

mod complete;
mod examples;
mod links;
mod ui;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use chit_chat_domain::key::KeyText;
pub(crate) use ui::{ui, ui_file};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use self::complete::{ACCESS_TOKEN, KEY};
use crate::openapi::headers;
use crate::pieces::Pieces;
use crate::views::ProblemBody;
use crate::{
    bans, blocks, chatrooms, direct, health, invitations, invitees, memberships, messages, pins, reactions,
    reading, routes, server_keys, sessions, streams, tokens, users,
};

const DESCRIPTION: &str = "\
Accounts, sessions, chatrooms, memberships, messages, and a log of every change.

Lists are `{\"items\": [...], \"next_cursor\": ...}`: send `next_cursor` as `?cursor=` to get the next page. \
Every response with a status of 400 or more is a problem (RFC 9457) with a stable `code`. The only exceptions \
are requests that are not valid HTTP, have too long a URL or too large a head, or never complete their head: \
they get 400, 431 or 408 without a body and without `X-Request-Id`. Resources that you may not see return 404, \
as if they did not exist. Every `GET` route also answers `HEAD`. An `X-Request-Id` that you send is returned and \
written to the server's log. Versions only add to the API: ignore fields, codes and event types that you do not \
know.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Chit-Chat", description = DESCRIPTION, license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    servers((url = "/", description = "This server")),
    tags(
        (name = "sessions", description = "Sign in, refresh tokens, sign out"),
        (name = "tokens", description = "Personal tokens, with which programs act as you"),
        (name = "administration", description = "For the application behind the server, with a server key"),
        (name = "users", description = "Accounts and profiles"),
        (name = "blocks", description = "Blocked users"),
        (name = "chatrooms", description = "Chatrooms and their event logs"),
        (name = "direct", description = "Direct chatrooms of two users"),
        (name = "memberships", description = "Members of chatrooms and their roles"),
        (name = "bans", description = "Users banned from chatrooms"),
        (name = "invitations", description = "Invitations to chatrooms, by code"),
        (name = "invitees", description = "Users who are invited personally and have not answered yet"),
        (name = "messages", description = "Send, read, edit and delete messages"),
        (name = "reactions", description = "Emoji reactions to messages"),
        (name = "pins", description = "Pinned messages"),
        (name = "reading", description = "Read markers and muted chatrooms"),
        (name = "streams", description = "Live events"),
        (name = "service", description = "Health checks and this document"),
    ),
    paths(show, health::live, health::ready),
    components(schemas(ProblemBody)),
)]
struct Api;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| generate().to_json().unwrap_or_default());

/// The document as served.
pub fn json() -> &'static str {
    &DOCUMENT
}

/// The document, formatted for reading.
pub fn pretty() -> serde_json::Result<String> {
    generate().to_pretty_json()
}

/// Retrieve this document
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "get_openapi", tag = "service",
    responses((status = 200, description = "The OpenAPI document", body = Object)),
)]
pub(crate) async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(Pieces::from(Bytes::from_static(json().as_bytes())))
}

fn generate() -> Document {
    let mut document = Api::openapi();
    let parts: [fn() -> Document; 16] = [
        sessions::Api::openapi,
        users::Api::openapi,
        blocks::Api::openapi,
        chatrooms::Api::openapi,
        direct::Api::openapi,
        memberships::Api::openapi,
        bans::Api::openapi,
        invitations::Api::openapi,
        invitees::Api::openapi,
        messages::Api::openapi,
        reactions::Api::openapi,
        pins::Api::openapi,
        reading::Api::openapi,
        streams::Api::openapi,
        tokens::Api::openapi,
        server_keys::Api::openapi,
    ];
    for part in parts {
        document.merge(part());
    }
    let mut components = document.components.take().unwrap_or_default();
    complete::require_current_password(&mut components);
    let lists = complete::name_lists(&mut components);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in complete::operations(item) {
            complete::operation(operation, &mut components, &lists);
            complete::secure(operation, routes::needs(path, &method));
        }
    }
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("The `access_token` of `POST /api/auth/session`.")).build();
    components.add_security_scheme(ACCESS_TOKEN, SecurityScheme::Http(bearer));
    let key = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format(KeyText::PATTERN);
    let key = key.description(Some("A key with the scopes that the operation names.")).build();
    components.add_security_scheme(KEY, SecurityScheme::Http(key));
    components.headers.extend(headers::components().map(|(name, header)| (name.to_owned(), header.into())));
    document.components = Some(components);
    document
}
