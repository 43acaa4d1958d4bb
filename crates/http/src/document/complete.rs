//! Adds the parts common to all operations: security, shared problems, headers and links.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, ParameterStyle, PathItem};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, Content, Ref, RefOr, Required, Response};

use super::{examples, links};
use crate::openapi::{headers, problems, values};
use crate::problem::Code;
use crate::route::Needs;

/// The name of the security scheme.
pub(super) const ACCESS_TOKEN: &str = "access_token";

/// The name of the security scheme of keys.
pub(super) const KEY: &str = "key";

/// The headers of every response of a rate-limited operation.
const LIMIT: [&str; 2] = [headers::RATE_LIMIT, headers::RATE_LIMIT_POLICY];

/// utoipa's names of list schemas, and the published ones.
pub(super) type Renamed = BTreeMap<String, String>;

pub(super) fn operations(path: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut path.get),
        (Method::PUT, &mut path.put),
        (Method::POST, &mut path.post),
        (Method::DELETE, &mut path.delete),
        (Method::PATCH, &mut path.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Adds the credentials that an operation requires: an access token, or a key with a scope. A WebSocket may show its
/// credential later.
pub(super) fn secure(operation: &mut Operation, needs: Option<Needs>) {
    let mut responses = operation.responses.responses.values();
    if !responses.any(|response| problems::codes_of(response).contains(&Code::Unauthenticated)) {
        return;
    }
    let access_token = SecurityRequirement::new::<_, [&str; 0], &str>(ACCESS_TOKEN, []);
    operation.security = match needs {
        Some(Needs::Scope(scope)) if scope.is_of_application() => {
            Some(vec![SecurityRequirement::new(KEY, [scope.as_str()])])
        }
        Some(Needs::Session) => Some(vec![access_token]),
        Some(Needs::Scope(scope) | Needs::Everywhere(scope)) => {
            Some(vec![access_token, SecurityRequirement::new(KEY, [scope.as_str()])])
        }
        Some(Needs::Nothing) | None => None,
    };
}

/// `List_Message` becomes `MessageList`, with references to its entries instead of copies.
pub(super) fn name_lists(components: &mut Components) -> Renamed {
    let mut renamed = Renamed::new();
    for (name, mut schema) in std::mem::take(&mut components.schemas) {
        let Some(entry) = name.strip_prefix("List_") else {
            components.schemas.insert(name, schema);
            continue;
        };
        if let RefOr::T(Schema::Object(list)) = &mut schema
            && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
        {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(entry).into()));
        }
        let nicer = format!("{entry}List");
        components.schemas.insert(nicer.clone(), schema);
        let location = |name: &str| Ref::from_schema_name(name).ref_location;
        renamed.insert(location(&name), location(&nicer));
    }
    renamed
}

/// Adds that a new password requires the current one, which utoipa cannot express.
pub(super) fn require_current_password(components: &mut Components) {
    if let Some(RefOr::T(Schema::Object(patch))) = components.schemas.get_mut("AccountPatch") {
        let needs = json!({"password": ["current_password"]});
        patch.extensions = Some(Extensions::from_iter([("dependentRequired", needs)]));
    }
}

pub(super) fn operation(operation: &mut Operation, components: &mut Components, lists: &Renamed) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let is_limited =
        operation.responses.responses.values().any(|it| problems::codes_of(it).contains(&Code::RateLimited));
    for (status, response) in &mut operation.responses.responses {
        let codes = problems::codes_of(response);
        match response {
            RefOr::T(response) => {
                refer(response, lists);
                if is_limited {
                    name_headers(response, &LIMIT);
                }
                add_headers(response);
                response.links = links::from(&id, status).map(|(name, link)| (name.to_owned(), link)).collect();
            }
            RefOr::Ref(_) => {
                let (name, mut response) = problems::component(&codes);
                // One component serves all operations that refer to it, so it has the headers of the limited ones.
                if is_limited || !components.responses.contains_key(&name) {
                    if is_limited {
                        name_headers(&mut response, &LIMIT);
                    }
                    add_headers(&mut response);
                    components.responses.insert(name, response.into());
                }
            }
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.values_mut().for_each(give_example);
    }
    for given in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(given) = given {
            parameter(given);
        }
    }
}

fn refer(response: &mut Response, lists: &Renamed) {
    for content in response.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::Ref(schema)) = &mut content.schema
            && let Some(location) = lists.get(&schema.ref_location)
        {
            schema.ref_location.clone_from(location);
        }
    }
}

fn give_example(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content
        && let Some(RefOr::Ref(schema)) = &content.schema
    {
        content.example = schema.ref_location.rsplit('/').next().and_then(examples::of_body);
    }
}

fn name_headers(response: &mut Response, names: &[&str]) {
    let references = names.iter().map(|name| ((*name).to_owned(), RefOr::Ref(headers::reference(name))));
    response.headers.extend(references);
}

/// Replaces the headers of a response, of which annotations contain only names, with references to components.
fn add_headers(response: &mut Response) {
    let names = response.headers.keys().cloned().chain([headers::REQUEST_ID.to_owned()]);
    response.headers = names.map(|name| (name.clone(), RefOr::Ref(headers::reference(&name)))).collect();
}

/// Sets properties of a parameter that utoipa does not support together with `schema_with`.
fn parameter(parameter: &mut Parameter) {
    if let (ParameterIn::Path, Some(RefOr::T(Schema::Object(id)))) =
        (&parameter.parameter_in, &mut parameter.schema)
    {
        parameter.required = Required::True;
        if id.examples.is_empty() {
            id.examples = vec![json!(values::ID)];
        }
        if let Some(kind) = parameter.name.strip_suffix("_id") {
            parameter.description.get_or_insert_with(|| format!("The id of the {kind}."));
        }
    }
    match &mut parameter.schema {
        Some(RefOr::T(Schema::Object(schema))) if schema.description.is_some() => {
            parameter.description = schema.description.take();
        }
        Some(RefOr::T(Schema::Array(schema))) => {
            parameter.description = schema.description.take();
            parameter.style = Some(ParameterStyle::Form);
            parameter.explode = Some(false);
        }
        _ => {}
    }
}
