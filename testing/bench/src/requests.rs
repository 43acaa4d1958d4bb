//! The requests that wrk sends, as lines of a file; `load.lua` defines their format.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use chit_chat_domain::clock::Clock;
use chit_chat_domain::session::AccessTokens;
use chit_chat_system::{JwtAccessTokens, SigningKeys, SystemClock};
use uuid::Uuid;

use crate::crowd::{BODY, COUNT, Crowd, FIRST, id};

/// The key with which the servers sign access tokens.
pub(crate) const SECRET: &str = "signing key 1 of measurements and of nothing else";
/// The password of every user.
pub(crate) const PASSWORD: &str = "measured by the hour";

/// An access token for every user.
#[derive(Debug)]
pub(crate) struct Tokens(Vec<String>);

impl Tokens {
    /// Signs a token for each user. They need no session in the database, only the server's key, and expire
    /// after an hour.
    pub(crate) fn issue() -> Result<Self> {
        let keys = SigningKeys::parse(SECRET).map_err(|_| anyhow!("the signing key is too short"))?;
        let tokens = JwtAccessTokens::new(&keys);
        let now = SystemClock.now();
        let users = FIRST..FIRST + COUNT;
        Ok(Self(users.map(|user| tokens.issue(id(user).into(), Uuid::now_v7().into(), now)).collect()))
    }

    pub(crate) fn of(&self, user: u32) -> Result<&str> {
        let token = user.checked_sub(FIRST).and_then(|number| self.0.get(usize::try_from(number).ok()?));
        token.map(String::as_str).context("a user without a token")
    }
}

/// A message to each room from each of its senders.
pub(crate) fn sends(crowd: Crowd, tokens: &Tokens) -> impl Iterator<Item = Result<String>> {
    crowd.pairs().map(|(room, user)| {
        Ok(format!("POST\t/api/chatrooms/{}/messages\t{}\t{{\"body\":\"{BODY}\"}}", id(room), tokens.of(user)?))
    })
}

/// The newest page of each room, for each of its members.
pub(crate) fn pages(crowd: Crowd, tokens: &Tokens) -> impl Iterator<Item = Result<String>> {
    crowd
        .pairs()
        .map(|(room, user)| Ok(format!("GET\t/api/chatrooms/{}/messages\t{}\t", id(room), tokens.of(user)?)))
}

/// A login of each user.
pub(crate) fn logins() -> impl Iterator<Item = Result<String>> {
    (FIRST..FIRST + COUNT).map(|user| {
        Ok(format!("POST\t/api/auth/session\t\t{{\"username\":\"bench{user}\",\"password\":\"{PASSWORD}\"}}"))
    })
}

/// A request that needs no token.
pub(crate) fn get(path: &str) -> impl Iterator<Item = Result<String>> {
    [Ok(format!("GET\t{path}\t\t"))].into_iter()
}

/// Writes the requests into a file in this folder.
pub(crate) fn write(folder: &Path, name: &str, requests: impl Iterator<Item = Result<String>>) -> Result<PathBuf> {
    let path = folder.join(name);
    let mut file = BufWriter::new(File::create(&path)?);
    for request in requests {
        writeln!(file, "{}", request?)?;
    }
    file.flush()?;
    Ok(path)
}
