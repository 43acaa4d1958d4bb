//! `GET /api/users`: searches with `?q=`, or looks up `?ids=`.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::id::UserId;
use chit_chat_domain::page::{Limit, Page};
use chit_chat_domain::user::User;
use serde::Deserialize;

use crate::extract::{Paging, Principal, Search};
use crate::openapi::{Problems, QUERY, SIGNED_IN, values};
use crate::pages::{self, List, WrittenPage, cursor};
use crate::problem::Problem;
use crate::state::State;
use crate::views::UserView;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ByIds {
    /// Separated by commas.
    #[param(schema_with = values::ids)]
    ids: Option<String>,
}

/// Find users
///
/// With `q`, searches usernames and display names: exact ones come first, then those that begin with the text, then
/// those with a word that does. A page may be shorter than `limit`, or even empty, although a `next_cursor` follows.
/// Without `q`, lists everybody by username. With `ids`, returns those users that exist, including deleted
/// ones, in one page.
#[utoipa::path(
    get, path = "/api/users", operation_id = "find_users", tag = "users",
    params(ByIds, Search, Paging),
    responses(
        (status = 200, description = "A page of users", body = List<UserView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(asked): web::Query<ByIds>,
    web::Query(search): web::Query<Search>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (query, limit) = (search.query()?, paging.limit()?);
    if let Some(ids) = asked.ids {
        return resolve(caller, &request, &state, &ids).await;
    }
    if let Some(query) = query {
        let after = paging.position(|text| text.parse().ok())?;
        let found = caller.run(&state, move |state| state.stores.search.users(query, after, limit)).await?;
        return pages::answer_found(&request, found, UserView::from);
    }
    let after = paging.position(|text| (!text.contains('\0')).then(|| text.to_owned()))?;
    let rows = caller.run(&state, move |state| state.stores.users.list(after, limit)).await?;
    let page = Page::cut(rows, limit);
    let next = page.items.last().filter(|_| page.more).and_then(folded_username).map(|name| cursor::encode(&name));
    Ok(WrittenPage::new(page.items.into_iter().map(UserView::from).collect(), next)?.answer(&request))
}

/// Responds with the users that exist among these ids, including deleted ones.
async fn resolve(
    caller: Principal,
    request: &HttpRequest,
    state: &web::Data<State>,
    ids: &str,
) -> Result<HttpResponse, Problem> {
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.len() > Limit::MAX.get() {
        return Err(Problem::parameter("ids", format!("must have at most {} ids", Limit::MAX.get())));
    }
    let parsed: Result<Vec<UserId>, _> = ids.into_iter().map(str::parse).collect();
    let ids = parsed.map_err(|_| Problem::parameter("ids", "must be ids separated by commas"))?;
    let users = caller.run(state, move |state| state.stores.users.find_many(ids)).await?;
    Ok(WrittenPage::new(users.into_iter().map(UserView::from).collect(), None)?.answer(request))
}

fn folded_username(user: &User) -> Option<String> {
    user.profile.as_ref().map(|profile| profile.username.folded())
}
