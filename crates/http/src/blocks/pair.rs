//! The caller and the user in the path.

use actix_web::HttpRequest;
use chit_chat_domain::denial::Denial;
use chit_chat_domain::direct::Pair;

use crate::extract::{Principal, path_id};
use crate::problem::Problem;

pub(super) fn pair(caller: Principal, request: &HttpRequest) -> Result<Pair, Problem> {
    Ok(Pair::new(caller.user, path_id(request, "user_id", Denial::UserNotFound)?)?)
}
