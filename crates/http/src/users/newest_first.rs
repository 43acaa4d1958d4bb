//! Pages of messages from several chatrooms, newest first. The cursor is the id of the last message.

use actix_web::{HttpRequest, HttpResponse};
use chit_chat_domain::id::MessageId;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::{Limit, Page};
use chit_chat_domain::store_error::StoreError;

use crate::extract::{Paging, Rendering};
use crate::messages::html_by_id;
use crate::pages::{WrittenPage, cursor};
use crate::problem::Problem;
use crate::run::blocking;
use crate::views::MessageView;

/// Responds with the messages that `read` returns, which reads one row beyond the limit.
pub(super) async fn newest_first(
    request: &HttpRequest,
    paging: &Paging,
    rendering: &Rendering,
    read: impl FnOnce(Option<MessageId>, Limit) -> Result<Vec<Message>, StoreError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let with_html = rendering.wants_html()?;
    let read = blocking(move || {
        let page = Page::cut(read(after, limit)?, limit);
        let html = with_html.then(|| html_by_id(&page.items));
        Ok::<_, StoreError>((page, html))
    });
    let (page, html) = read.await?;
    let next = cursor::next(&page, |message| message.id);
    let page = WrittenPage::new(page.items.into_iter().map(MessageView::from).collect(), next)?;
    Ok(page.with_member("html", html.as_ref())?.answer(request))
}
