//! `GET /api/users/me/mentions`: where others mention me, newest first, in chatrooms where I am a member now.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::page::Page;

use crate::cursor::{self, List};
use crate::extract::{Caller, Paging};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::MessageView;

/// Where others mention me, newest first
///
/// In chatrooms where I am a member now; what mentions everybody, since I joined.
#[utoipa::path(
    get, path = "/api/users/me/mentions", operation_id = "list_mentions", tag = "users",
    params(Paging),
    responses(
        (status = 200, description = "A page of messages", body = List<MessageView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn my_mentions(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let rows = blocking(move || services.stores.mentions.of_user(caller.user_id, after, limit)).await?;
    let page = Page::cut(rows, limit);
    let next = page.items.last().filter(|_| page.more).map(|message| cursor::encode(&message.id));
    cursor::page(&request, page.items.into_iter().map(MessageView::from).collect(), next)
}
