//! Pagination parameters.

use actix_web::web;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::NameQuery;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::openapi::values::{self, LONGEST_SEARCH};
use crate::pages::cursor;
use crate::problem::{Code, Problem};

/// `limit` and `cursor`, common to all lists.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    #[param(schema_with = values::limit)]
    limit: Option<String>,
    #[param(schema_with = values::cursor)]
    cursor: Option<String>,
}

impl Paging {
    pub(crate) fn limit(&self) -> Result<Limit, Problem> {
        let limit = whole_number("limit", self.limit.as_deref())?;
        limit.map_or_else(|| Ok(Limit::default()), Limit::parse).map_err(|violation| ("limit", violation).into())
    }

    /// The position after which the page starts.
    pub(crate) fn position<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        cursor::decode(self.cursor.as_deref(), parse)
    }
}

/// `q`: text that a match contains, in any case, with or without accents.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    #[param(schema_with = values::search)]
    q: Option<String>,
}

impl Search {
    /// The text to search for; `None` if it is empty, which matches everything.
    pub(crate) fn query(&self) -> Result<Option<NameQuery>, Problem> {
        let Some(text) = self.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if text.contains('\0') {
            return Err(Problem::parameter("q", "must not contain the character U+0000"));
        }
        if text.chars().count() > LONGEST_SEARCH {
            return Err(Problem::parameter("q", format!("must have at most {LONGEST_SEARCH} characters")));
        }
        Ok(NameQuery::parse(text))
    }
}

pub(crate) fn query_config() -> web::QueryConfig {
    web::QueryConfig::default().error_handler(|error, _| Problem::of_parser(Code::InvalidValue, error).into())
}

/// A position in a log, from a query parameter.
pub(crate) fn seq(parameter: &'static str, text: Option<&str>) -> Result<Option<Seq>, Problem> {
    let number = whole_number(parameter, text)?.map(Seq::try_from).transpose();
    number.map_err(|_| Problem::parameter(parameter, "is too large"))
}

fn whole_number(parameter: &'static str, text: Option<&str>) -> Result<Option<u64>, Problem> {
    text.map(str::parse).transpose().map_err(|_| Problem::parameter(parameter, "must be a non-negative integer"))
}
