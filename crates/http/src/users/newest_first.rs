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

/// A page of messages, still without a response.
pub(super) struct NewestFirst {
    page: Page<Message>,
    with_html: bool,
}

/// Cuts a page of the messages that `read` returns, which reads one row beyond the limit.
pub(super) async fn read_page(
    caller: Principal,
    state: &web::Data<State>,
    paging: &Paging,
    rendering: &Rendering,
    read: impl FnOnce(&State, Option<MessageId>, Limit) -> Result<Vec<Message>, StoreError> + Send + 'static,
) -> Result<NewestFirst, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let with_html = rendering.wants_html()?;
    let rows = caller.run(state, move |state| read(state, after, limit)).await?;
    Ok(NewestFirst { page: bounded_list(Page::cut(rows, limit), with_html), with_html })
}

impl NewestFirst {
    pub(super) fn ids(&self) -> Vec<MessageId> {
        self.page.items.iter().map(|message| message.id).collect()
    }

    /// Responds with the page. `unread` are those of its messages that the caller has not read, if the list shows it.
    pub(super) async fn answer(
        self,
        caller: Principal,
        request: &HttpRequest,
        state: &web::Data<State>,
        unread: Option<Vec<MessageId>>,
    ) -> Result<HttpResponse, Problem> {
        let Self { page, with_html } = self;
        let html = state.renderer.by_id_if(with_html, caller.party(), &page.items).await?;
        let next = cursor::next(&page, |message| message.id);
        let unread = unread.map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        let page = WrittenPage::new(page.items.into_iter().map(MessageView::from).collect(), next)?;
        Ok(page.with_member("unread", unread.as_ref())?.with_member("html", html.as_ref())?.answer(request))
    }
}
