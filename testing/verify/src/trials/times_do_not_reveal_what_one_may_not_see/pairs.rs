//! The pairs of requests to compare, from the API's description: every operation that takes an id of something that
//! can be hidden.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::scene::{Ids, Scene};
use crate::rig::MARK;

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "PATCH", "DELETE"];

pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) body: Option<Value>,
}

/// The same request for something hidden and for something that does not exist.
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) hidden: Request,
    pub(super) absent: Request,
}

/// One operation of the description.
struct Operation<'d> {
    method: &'static str,
    path: &'d str,
    parameters: Vec<&'d str>,
    body: Option<&'d Value>,
    /// The properties of the body that are ids, or lists of ids.
    ids_in_body: Vec<&'d str>,
}

/// All pairs. Fails for a parameter that it does not know, because that may be the id of something hidden.
pub(super) fn pairs(document: &Value, scene: &Scene) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for operation in operations(document)? {
        for parameter in &operation.parameters {
            match *parameter {
                "chatroom_id" => {
                    let pair = |(name, ids): &(&str, Ids)| operation.pair(name, ids, &scene.absent_ids(ids));
                    pairs.extend(scene.hidden.iter().map(pair));
                }
                // In a chatroom of the caller, the id is that of another chatroom.
                "message_id" => pairs.extend(operation.elsewhere("message_id", scene)),
                "invitation_id" => pairs.extend(operation.elsewhere("invitation_id", scene)),
                "session_id" => {
                    let of = |id| Ids::from([("session_id", id)]);
                    let absent = of(scene.absent(&scene.session));
                    pairs.push(operation.pair("of another", &of(scene.session.clone()), &absent));
                }
                // Everybody may see all users and use all emoji. Codes are secrets themselves.
                "user_id" | "ids" | "emoji" | "code" => {}
                other => bail!("{} {} takes {other}: may it be hidden?", operation.method, operation.path),
            }
        }
        for property in &operation.ids_in_body {
            match *property {
                "chatroom_ids" => pairs.extend(operation.bodies("chatroom_id", scene, |id| json!({"chatroom_ids": [id]}))),
                "reply_to" => {
                    pairs.extend(operation.bodies("message_id", scene, |id| json!({"body": MARK, "reply_to": id})));
                }
                // Everybody may see all users.
                "member_ids" => {}
                other => bail!("{} {} takes {other}: may it be hidden?", operation.method, operation.path),
            }
        }
    }
    Ok(pairs)
}

fn operations(document: &Value) -> Result<Vec<Operation<'_>>> {
    let paths = document["paths"].as_object().context("no paths")?;
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            let operation = &item[method.to_ascii_lowercase()];
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let may_be_id = |parameter: &&Value| parameter["in"] == "path" || is_id(&parameter["schema"]);
            let ids = parameters.filter(may_be_id);
            let body = &operation["requestBody"]["content"]["application/json"];
            operations.push(Operation {
                method,
                path,
                parameters: ids.filter_map(|parameter| parameter["name"].as_str()).collect(),
                body: body.get("example"),
                ids_in_body: ids_in(document, &body["schema"]),
            });
        }
    }
    Ok(operations)
}

fn is_id(schema: &Value) -> bool {
    schema["format"] == "uuid" || schema["items"]["format"] == "uuid"
}

/// The properties that are ids, or lists of ids.
fn ids_in<'d>(document: &'d Value, schema: &'d Value) -> Vec<&'d str> {
    let named = schema["$ref"].as_str().and_then(|name| document.pointer(name.trim_start_matches('#')));
    let properties = named.unwrap_or(schema)["properties"].as_object().into_iter().flatten();
    properties.filter(|(_, schema)| is_id(schema)).map(|(name, _)| name.as_str()).collect()
}

impl Operation<'_> {
    fn pair(&self, name: &str, hidden: &Ids, absent: &Ids) -> Pair {
        let name = format!("{} {} ({name})", self.method, self.path);
        Pair { name, hidden: self.request(hidden), absent: self.request(absent) }
    }

    fn elsewhere(&self, name: &'static str, scene: &Scene) -> Vec<Pair> {
        let pair = |(kind, ids): &(&str, Ids)| {
            let of = |id: String| -> Ids { scene.own.clone().into_iter().chain([(name, id)]).collect() };
            let hidden = ids.get(name)?;
            Some(self.pair(&format!("{name} of {kind}"), &of(hidden.clone()), &of(scene.absent(hidden))))
        };
        scene.hidden.iter().filter_map(pair).collect()
    }

    /// Requests in a chatroom of the caller, with ids of other chatrooms in their bodies.
    fn bodies(&self, name: &str, scene: &Scene, body: impl Fn(&str) -> Value) -> Vec<Pair> {
        let pair = |(kind, ids): &(&str, Ids)| {
            let of = |id: &str| Request { body: Some(body(id)), ..self.request(&scene.own) };
            let hidden = ids.get(name)?;
            let name = format!("{} {} ({name} of {kind} in the body)", self.method, self.path);
            Some(Pair { name, hidden: of(hidden), absent: of(&scene.absent(hidden)) })
        };
        scene.hidden.iter().filter_map(pair).collect()
    }

    fn request(&self, ids: &Ids) -> Request {
        let fill = |target: String, (name, id): (&&str, &String)| target.replace(&format!("{{{name}}}"), id);
        let target = ids.iter().fold(self.path.to_owned(), fill).replace("{emoji}", "%F0%9F%91%8D");
        Request { method: self.method, target, body: self.body.cloned() }
    }
}
