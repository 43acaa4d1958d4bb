//! Completes a page that is the same for all readers with the reader's own reactions.

use actix_web::web;
use chit_chat_domain::id::ChatroomId;

use crate::extract::Principal;
use crate::pages::{SharedPage, WrittenPage};
use crate::problem::Problem;
use crate::state::State;

/// Adds the reader's reactions, with one query for the messages that have any.
pub(super) async fn with_own_reactions(
    page: SharedPage,
    reader: Principal,
    chatroom: ChatroomId,
    state: &web::Data<State>,
) -> Result<WrittenPage, Problem> {
    if page.reacted().is_empty() {
        return page.with_own(Vec::new());
    }
    let reacted = page.reacted().to_vec();
    let own = reader.run(state, move |state| state.stores.reactions.of_user(chatroom, reader.user, reacted));
    page.with_own(own.await?)
}
