//! `GET /api/users/me/blocks`: newest first.

use std::ops::Range;

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::block::Block;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::page::Page;

use crate::extract::{Paging, Principal};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List};
use crate::problem::Problem;
use crate::state::State;
use crate::views::BlockView;

/// The valid times, in microseconds: up to the year 9999, because no store holds later ones.
const MOMENTS: Range<i64> = 0..253_402_300_800_000_000;

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
    let written = |Block { user_id, created_at }: &Block| format!("{} {user_id}", created_at.as_micros());
    pages::answer(&request, page, written, BlockView::from)
}

fn position(text: &str) -> Option<Block> {
    let (micros, user_id) = text.split_once(' ')?;
    let micros = micros.parse().ok().filter(|micros| MOMENTS.contains(micros))?;
    Some(Block { user_id: user_id.parse().ok()?, created_at: Timestamp::from_micros(micros) })
}
