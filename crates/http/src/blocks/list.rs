//! `GET /api/users/me/blocks`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::block::Block;
use chit_chat_domain::page::Page;

use crate::extract::{Paging, Principal};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List, time_and_id};
use crate::problem::Problem;
use crate::state::State;
use crate::views::BlockView;

/// List blocked users
///
/// Most recently blocked first.
#[utoipa::path(
    get, path = "/api/users/me/blocks", operation_id = "list_blocks", tag = "blocks",
    params(Paging),
    responses(
        (status = 200, description = "A page of blocks", body = List<BlockView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(position)?, paging.limit()?);
    let rows = caller.run(&state, move |state| state.stores.blocks.list(caller.user, after, limit)).await?;
    let page = Page::cut(rows, limit);
    let written = |Block { user_id, created_at }: &Block| time_and_id::written(*created_at, user_id);
    pages::answer(&request, page, written, BlockView::from)
}

fn position(text: &str) -> Option<Block> {
    time_and_id::parse(text).map(|(created_at, user_id)| Block { user_id, created_at })
}
