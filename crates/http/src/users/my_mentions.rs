//! `GET /api/users/me/mentions`: where others mention me, newest first, in chatrooms where I am a member now.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::page::Page;
use chit_chat_domain::store_error::StoreError;

use crate::cursor::{self, WrittenPage};
use crate::extract::{Caller, Paging, Rendering};
use crate::messages::html_by_id;
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::{MessageList, MessageView};

/// Where others mention me, newest first
///
/// In chatrooms where I am a member now; what mentions everybody, since I joined.
#[utoipa::path(
    get, path = "/api/users/me/mentions", operation_id = "list_mentions", tag = "users",
    params(Paging, Rendering),
    responses(
        (status = 200, description = "A page of messages", body = MessageList, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn my_mentions(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let with_html = rendering.wants_html()?;
    let read = blocking(move || {
        let page = Page::cut(services.stores.mentions.of_user(caller.user_id, after, limit)?, limit);
        let html = with_html.then(|| html_by_id(&page.items));
        Ok::<_, StoreError>((page, html))
    });
    let (page, html) = read.await?;
    let next = page.items.last().filter(|_| page.more).map(|message| cursor::encode(&message.id));
    let page = WrittenPage::new(page.items.into_iter().map(MessageView::from).collect(), next)?;
    Ok(page.beside("html", html.as_ref())?.answer(&request))
}
