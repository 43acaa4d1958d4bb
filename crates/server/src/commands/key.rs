//! `chit-chat key ...`: server keys.

use std::error::Error;
use std::io::{Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::id::KeyId;
use chit_chat_domain::key::{ApiKey, CreateKey, Issued, KeyKind, KeyOwner, KeyService};
use chit_chat_domain::scope::{Scope, Scopes};
use chit_chat_system::{RandomIds, SystemClock, SystemSecrets};
use serde_json::json;

use super::{Outcome, print_line};
use crate::cli::{KeyAction, NewKey};
use crate::config::Config;
use crate::store;

const OWNER: KeyOwner = KeyOwner::Application;

pub(crate) fn run(config: &Config, action: &KeyAction) -> Outcome {
    let keys = KeyService {
        keys: store::open_existing(config)?.keys,
        secrets: Arc::new(SystemSecrets::default()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
    };
    match action {
        KeyAction::Create(new) => create(&keys, new),
        KeyAction::List { json } => list(&keys, *json),
        KeyAction::Rotate { id, overlap } => {
            let overlap = overlap.map(|overlap| i64::try_from(overlap.as_secs()).unwrap_or(i64::MAX));
            let rotated = keys.rotate(OWNER, parse(id)?, overlap, Scopes::OF_APPLICATION);
            print(&rotated.map_err(|failure| error_message(failure, id))?)
        }
        KeyAction::Revoke { id } => {
            keys.revoke(OWNER, parse(id)?).map_err(|failure| error_message(failure, id))?;
            print_line(&format!("{id} is revoked"))
        }
    }
}

fn create(keys: &KeyService, new: &NewKey) -> Outcome {
    let all = || Scopes::OF_APPLICATION.iter().map(|scope| scope.as_str().to_owned()).collect();
    let expires_at = new.expires_in.map(|lifetime| SystemClock.now().plus(lifetime).to_string());
    let entered = CreateKey {
        name: new.name.clone(),
        scopes: if new.scopes.is_empty() { all() } else { new.scopes.clone() },
        chatrooms: None,
        expires_at,
    };
    let created = keys.create(OWNER, KeyKind::Server, &entered, Scopes::OF_APPLICATION);
    print(&created.map_err(|failure| error_message(failure, &new.name))?)
}

/// Prints the text alone on standard output, so that scripts can store it.
fn print(Issued { key, text }: &Issued) -> Outcome {
    print_line(text.reveal())?;
    Ok(writeln!(stderr(), "{} has the id {}; its key is not shown again", key.name.as_str(), key.id)?)
}

fn list(keys: &KeyService, as_json: bool) -> Outcome {
    for key in keys.list(OWNER)? {
        print_line(&if as_json { as_object(&key) } else { as_line(&key) })?;
    }
    Ok(())
}

fn as_object(key: &ApiKey) -> String {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": key.id.to_string(),
        "name": key.name.as_str(),
        "scopes": scopes(key),
        "created_at": key.created_at.to_string(),
        "expires_at": time(key.expires_at),
        "last_used_at": time(key.last_used_at),
    })
    .to_string()
}

fn as_line(key: &ApiKey) -> String {
    let time = |what: &str, at: Option<Timestamp>| {
        at.map_or_else(|| format!("never {what}"), |at| format!("{what} {at}"))
    };
    let (expires, used) = (time("expires", key.expires_at), time("used", key.last_used_at));
    format!("{}  {}  {expires}  {used}  {}", key.id, key.name.as_str(), scopes(key).join(" "))
}

fn scopes(key: &ApiKey) -> Vec<&'static str> {
    key.scopes.iter().map(Scope::as_str).collect()
}

fn parse(id: &str) -> Result<KeyId, String> {
    id.parse().map_err(|_| format!("no such key: {id}"))
}

fn error_message(failure: Failure, id: &str) -> Box<dyn Error> {
    match failure {
        Failure::Denied(Denial::KeyNotFound) => format!("no such key: {id}").into(),
        Failure::Invalid(violations) => {
            let rules: Vec<String> =
                violations.iter().map(|it| format!("{}: {}", it.field, it.violation)).collect();
            rules.join("; ").into()
        }
        other => other.into(),
    }
}

/// Parses a duration in whole days, hours, minutes or seconds: `90d`, `12h`, `30m`, `45s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "must be a number with d, h, m or s, such as 90d";
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or(EXPECTED)?;
    let seconds = match unit {
        "d" => 24 * 3_600,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return Err(EXPECTED.to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| EXPECTED)?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("90d"), Ok(Duration::from_secs(90 * 24 * 3_600)));
        assert_eq!(["2h", "3m", "0s"].map(|text| duration(text).unwrap().as_secs()), [7_200, 180, 0]);
        for text in ["", "d", "90", "-1d", "1.5h", "1é", "99999999999999999999d", "999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
