//! `GET /api/users/me/messages`: what I wrote, newest first, in chatrooms where I am a member now.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::page::Page;

use crate::cursor;
use crate::extract::{Caller, Paging};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::MessageView;

pub(crate) async fn my_messages(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let rows = blocking(move || services.stores.messages.by_author(caller.user_id, after, limit)).await?;
    let page = Page::cut(rows, limit);
    let next = page.items.last().filter(|_| page.more).map(|message| cursor::encode(&message.id));
    Ok(cursor::page(&request, page.items.into_iter().map(MessageView::from).collect(), next))
}
