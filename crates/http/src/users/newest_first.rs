//! Pages of messages from several chatrooms, newest first. The cursor is the id of the last message.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::id::MessageId;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::{Limit, Page};
use chit_chat_domain::store_error::StoreError;

use crate::extract::{Paging, Principal, Rendering};
use crate::pages::{WrittenPage, bounded_list, cursor};
use crate::problem::Problem;
use crate::state::State;
use crate::views::MessageView;

/// Responds with the messages that `read` returns, which reads one row beyond the limit.
pub(super) async fn newest_first(
    caller: Principal,
    request: &HttpRequest,
    state: &web::Data<State>,
    paging: &Paging,
    rendering: &Rendering,
    read: impl FnOnce(&State, Option<MessageId>, Limit) -> Result<Vec<Message>, StoreError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let with_html = rendering.wants_html()?;
    let rows = caller.run(state, move |state| read(state, after, limit)).await?;
    let page = bounded_list(Page::cut(rows, limit), with_html);
    let html = state.renderer.by_id_if(with_html, caller.party(), &page.items).await?;
    let next = cursor::next(&page, |message| message.id);
    let page = WrittenPage::new(page.items.into_iter().map(MessageView::from).collect(), next)?;
    Ok(page.with_member("html", html.as_ref())?.answer(request))
}
