//! The vocabulary that handlers and views describe themselves with in the OpenAPI document: problems,
//! headers, and the schemas of single values. The module `document` assembles the document.

pub(crate) mod headers;
pub(crate) mod problems;
pub(crate) mod values;

pub(crate) use headers::{IdempotencyKeyHeader, IfMatchHeader, IfNoneMatchHeader};
pub(crate) use problems::{
    ANY, APPLICATION, BODY, FORM, MEMBERS, MODERATORS, OWNERS, Problems, QUERY, SIGNED_IN, SPEAKERS, of,
};
