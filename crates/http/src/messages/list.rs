//! `GET /api/chatrooms/{chatroom_id}/messages`: a page of the history, always in ascending order.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::message::{History, Message, PageRange};
use chit_chat_domain::page::Page;
use serde::Deserialize;
use serde_json::Value;

use super::own_reactions::with_own_reactions;
use crate::extract::{InChatroom, Paging, Principal, Rendering, seq};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, values};
use crate::pages::{SharedPage, bounded, cursor};
use crate::problem::Problem;
use crate::state::State;
use crate::views::MessageHistory;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Position {
    #[param(schema_with = values::before)]
    before: Option<String>,
    #[param(schema_with = values::after)]
    after: Option<String>,
    #[param(schema_with = values::around)]
    around: Option<String>,
}

/// List messages
///
/// Returns a page of messages in ascending order: the newest ones, unless one of `before`, `after` and `around`
/// is given. `next_cursor` continues in the same direction: to newer messages with `after`, otherwise to older ones.
/// A page around a position has two cursors: `next_cursor` leads to newer messages, `previous_cursor` to older ones.
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/messages", operation_id = "list_messages", tag = "messages",
    params(InChatroom, Position, Paging, Rendering),
    responses(
        (status = 200, description = "A page of messages", body = MessageHistory, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(position): web::Query<Position>,
    web::Query(paging): web::Query<Paging>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let (range, limit, with_html) = (range(&position, &paging)?, paging.limit()?, rendering.wants_html()?);
    if range == PageRange::Latest
        && !with_html
        && let Some(page) = state.pages.current(&*state.stores.heads, (id, limit), caller.user).await
    {
        return Ok(with_own_reactions(page, caller, id, &state).await?.answer(&request));
    }
    let read = caller.run(&state, move |state| state.services.messages.page(id, caller.user, range, limit));
    let History { page, earlier, head } = bounded(read.await?, range, with_html);
    let html = state.renderer.by_id_if(with_html, caller.party(), &page.items).await?;
    let previous = previous(range, &page, earlier);
    let page = written(range, page)?;
    if let (PageRange::Latest, Some(head)) = (range, head) {
        state.pages.insert((id, limit), head, &page);
    }
    let page = with_own_reactions(page, caller, id, &state).await?;
    let page = page.with_member("previous_cursor", previous.as_ref())?;
    Ok(page.with_member("html", html.as_ref())?.answer(&request))
}

fn written(range: PageRange, page: Page<Message>) -> Result<SharedPage, Problem> {
    let next = next(range, &page);
    SharedPage::new(page.items, next)
}

/// The requested range; a cursor continues the range of the first page.
fn range(position: &Position, paging: &Paging) -> Result<PageRange, Problem> {
    let before = seq("before", position.before.as_deref())?.map(PageRange::Before);
    let after = seq("after", position.after.as_deref())?.map(PageRange::After);
    let around = seq("around", position.around.as_deref())?.map(PageRange::Around);
    if let Some(range) = paging.position(read)? {
        return Ok(range);
    }
    match (before, after, around) {
        (None, None, None) => Ok(PageRange::Latest),
        (Some(range), None, None) | (None, Some(range), None) | (None, None, Some(range)) => Ok(range),
        _ => Err(Problem::parameter("before", "only one of before, after and around is allowed")),
    }
}

/// The next position in the direction of reading: newer messages with `after` and `around`, otherwise older ones.
fn next(range: PageRange, page: &Page<Message>) -> Option<String> {
    if !page.more {
        return None;
    }
    if range.reads_backwards() {
        older(page)
    } else {
        page.items.last().map(|message| cursor::encode(&format!("after {}", message.seq)))
    }
}

/// The cursor from a page around a position to older messages; null if there are none, and absent on other pages.
fn previous(range: PageRange, page: &Page<Message>, earlier: bool) -> Option<Value> {
    matches!(range, PageRange::Around(_)).then(|| older(page).filter(|_| earlier).into())
}

fn older(page: &Page<Message>) -> Option<String> {
    page.items.first().map(|message| cursor::encode(&format!("before {}", message.seq)))
}

fn read(cursor: &str) -> Option<PageRange> {
    match cursor.split_once(' ')? {
        ("before", seq) => seq.parse().ok().map(PageRange::Before),
        ("after", seq) => seq.parse().ok().map(PageRange::After),
        _ => None,
    }
}
