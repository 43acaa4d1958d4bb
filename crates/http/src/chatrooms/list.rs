//! `GET /api/chatrooms`: the caller's chatrooms, or with `?visibility=public` all public ones.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::{ListFilter, ListPosition, MyChatroom};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::message::MessageBody;
use chit_chat_domain::page::Page;
use serde::Deserialize;

use crate::extract::{Paging, Principal, Search};
use crate::openapi::{Problems, QUERY, SIGNED_IN, values};
use crate::pages::{self, List, bounded_by};
use crate::problem::Problem;
use crate::state::State;
use crate::views::{ChatroomView, MyChatroomView};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Scope {
    #[param(schema_with = values::public)]
    visibility: Option<String>,
}

/// List chatrooms
///
/// Returns the chatrooms that you are a member of, the most recently active first. The order is that of the first page:
/// what happens while you read the further pages moves no chatroom. With `visibility=public`,
/// returns all public chatrooms, newest first, or with `q` those whose name contains the text: exact ones come first,
/// then those that begin with it, then those with a word that does. Such a page may be shorter than `limit`, or even
/// empty, although a `next_cursor` follows.
#[utoipa::path(
    get, path = "/api/chatrooms", operation_id = "list_chatrooms", tag = "chatrooms",
    params(Scope, Search, Paging),
    responses(
        (status = 200, description = "A page of chatrooms", body = List<MyChatroomView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(scope): web::Query<Scope>,
    web::Query(search): web::Query<Search>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    match scope.visibility.as_deref() {
        None => mine(caller, &request, &state, &search, &paging).await,
        Some("public") => {
            caller.reaches_all()?;
            public(caller, &request, &state, &search, &paging).await
        }
        Some(_) => Err(Problem::parameter("visibility", "must be public if present")),
    }
}

async fn mine(
    caller: Principal,
    request: &HttpRequest,
    state: &web::Data<State>,
    search: &Search,
    paging: &Paging,
) -> Result<HttpResponse, Problem> {
    let (query, limit) = (search.query()?, paging.limit()?);
    let after = paging.position(parse_position)?;
    let filter = ListFilter { query, reach: caller.reach(request)? };
    let rows = caller
        .run(state, move |state| state.stores.chatrooms.of_member(caller.user, filter, after, limit))
        .await?;
    let begun_at = after.map_or_else(|| MyChatroom::begun_at(&rows, state.clock.now()), |after| after.begun_at);
    let page = bounded_by(Page::cut(rows, limit), false, last_text);
    pages::answer(request, page, |mine| position_text(mine.list_position(begun_at)), MyChatroomView::from)
}

fn last_text(mine: &MyChatroom) -> Option<&MessageBody> {
    mine.last_message.as_ref().and_then(|message| message.body.as_ref())
}

fn position_text(ListPosition { active_at, chatroom_id, begun_at }: ListPosition) -> String {
    format!("{} {} {chatroom_id}", active_at.as_micros(), begun_at.as_micros())
}

/// Parses a position.
fn parse_position(text: &str) -> Option<ListPosition> {
    let (active_at, rest) = text.split_once(' ')?;
    let (begun_at, id) = rest.split_once(' ')?;
    let (active_at, begun_at) = (parse_time(active_at)?, parse_time(begun_at)?);
    Some(ListPosition { active_at, chatroom_id: id.parse().ok()?, begun_at })
}

/// Parses a time. Rejects negative ones, because no chatroom was active before 1970, and some stores do not support
/// them.
fn parse_time(micros: &str) -> Option<Timestamp> {
    micros.parse().ok().filter(|micros| *micros >= 0).map(Timestamp::from_micros)
}

async fn public(
    caller: Principal,
    request: &HttpRequest,
    state: &web::Data<State>,
    search: &Search,
    paging: &Paging,
) -> Result<HttpResponse, Problem> {
    let limit = paging.limit()?;
    if let Some(query) = search.query()? {
        let after = paging.position(|text| text.parse().ok())?;
        let found = caller.run(state, move |state| state.stores.search.public_chatrooms(query, after, limit));
        return pages::answer_found(request, found.await?, ChatroomView::from);
    }
    let after = paging.position(|text| text.parse().ok())?;
    let rows = caller.run(state, move |state| state.stores.chatrooms.public(after, limit)).await?;
    let page = Page::cut(rows, limit);
    pages::answer(request, page, |chatroom| chatroom.id, ChatroomView::from)
}
