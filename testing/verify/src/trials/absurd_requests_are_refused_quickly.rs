//! Absurd numbers, huge queries, hundreds of headers, expensive searches, and framing that proxies interpret
//! differently get a 4xx at once.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::rig::{Answer, Bench, Findings, Person, Times, Wire};

const SOON: Duration = Duration::from_secs(3);
const MESSAGES: usize = 200;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let room = ann.make_room(&[])?;
    for _ in 0..MESSAGES {
        ann.client.post(format!("{room}/messages"), &json!({"body": "hush ".repeat(100)}))?.expect(201)?;
    }
    let (mut findings, mut times) = (Findings::default(), Times::default());
    for list in ["/api/users", "/api/chatrooms", &format!("{room}/messages"), &format!("{room}/events")] {
        for limit in ["1000000000", "-1", "0", "1e9", "0x10", "99999999999999999999999999", "201", "NaN"] {
            let path = format!("{list}?limit={limit}");
            findings.check(&path, || times.of(|| ann.client.get(path.as_str()))?.expect_refusal());
        }
    }
    for (what, path) in long_queries() {
        findings.check(&what, || times.of(|| raw_get(&ann, &path, &[]))?.expect_refusal());
    }
    for (what, lines) in heads() {
        findings.check(&what, || times.of(|| raw_get(&ann, "/api/users/me", &lines))?.expect_refusal());
    }
    for search in search_bombs() {
        for list in ["/api/users", "/api/chatrooms", "/api/chatrooms?visibility=public"] {
            let separator = if list.contains('?') { '&' } else { '?' };
            let path = format!("{list}{separator}q={search}");
            findings.check(&path, || times.of(|| ann.client.get(path.as_str()))?.expect_one_of(&[200, 400, 422]));
        }
    }
    for method in ["TRACE", "CONNECT", "PROPFIND", "BREW"] {
        findings.check(method, || times.of(|| raw(&ann, method, "/api/users/me", &[], b""))?.expect_refusal());
    }
    for (what, lines, body) in framings() {
        findings.check(what, || times.of(|| raw(&ann, "POST", &format!("{room}/messages"), &lines, body))?.expect(400));
    }
    for encoding in ["br", "zstd", "compress", "nonsense", "gzip, gzip"] {
        let lines = json_lines(&[&format!("Content-Encoding: {encoding}"), "Content-Length: 15"]);
        let send = || raw(&ann, "POST", &format!("{room}/messages"), &lines, br#"{"body":"hush"}"#);
        findings.check(&format!("Content-Encoding: {encoding}"), || times.of(send)?.expect(415));
    }
    server.nobody().get("/healthz")?.expect(200)?;
    let tried = findings.none()?;
    ensure!(times.longest() <= SOON, "{times}, longest {:?}", times.longest());
    Ok(format!("{tried} requests, {times}"))
}

fn long_queries() -> Vec<(String, String)> {
    let ids = "0190a5d4-2f00-7000-8000-000000000001,".repeat(10_000);
    let parameters = "parameter=x&".repeat(20_000);
    [
        ("a search of 100,000 characters", format!("/api/users?q={}", "x".repeat(100_000))),
        ("a search of 1,000,000 characters", format!("/api/users?q={}", "x".repeat(1_000_000))),
        ("10,000 ids", format!("/api/users?ids={ids}")),
        ("20,000 parameters", format!("/api/users?{parameters}")),
        ("a path of 100,000 parts", format!("/api{}", "/x".repeat(100_000))),
    ]
    .map(|(what, path)| (what.to_owned(), path))
    .to_vec()
}

fn heads() -> Vec<(String, Vec<String>)> {
    let many = |count: usize| (0..count).map(|number| format!("X-{number}: x")).collect();
    vec![
        ("200 headers".to_owned(), many(200)),
        ("10,000 headers".to_owned(), many(10_000)),
        ("a header of 200,000 bytes".to_owned(), vec![format!("X-Long: {}", "x".repeat(200_000))]),
        ("a header with a NUL".to_owned(), vec!["X-Nul: a\0b".to_owned()]),
    ]
}

/// Searches with percent signs and underscores, which are expensive in LIKE.
fn search_bombs() -> Vec<String> {
    vec!["%25".repeat(100), "_".repeat(100), "%25_".repeat(50), "a%25".repeat(50), "%5C".repeat(100), "%5C%25".repeat(50)]
}

/// Requests with ambiguous framing (RFC 9112, section 6.3), which enables request smuggling.
fn framings() -> Vec<(&'static str, Vec<String>, &'static [u8])> {
    vec![
        ("two lengths", json_lines(&["Content-Length: 15", "Content-Length: 3"]), br#"{"body":"hush"}"#),
        ("a length with a sign", json_lines(&["Content-Length: +15"]), br#"{"body":"hush"}"#),
        (
            "length and chunks",
            json_lines(&["Content-Length: 15", "Transfer-Encoding: chunked"]),
            b"f\r\n{\"body\":\"hush\"}\r\n0\r\n\r\n",
        ),
        ("a broken chunk", json_lines(&["Transfer-Encoding: chunked"]), b"zz\r\n{}\r\n0\r\n\r\n"),
        ("an unknown coding", json_lines(&["Transfer-Encoding: identity, nonsense"]), br#"{"body":"hush"}"#),
    ]
}

fn json_lines(lines: &[&str]) -> Vec<String> {
    ["Content-Type: application/json"].iter().chain(lines).map(ToString::to_string).collect()
}

fn raw_get(ann: &Person, target: &str, lines: &[String]) -> Result<Answer> {
    raw(ann, "GET", target, lines, b"")
}

fn raw(ann: &Person, method: &str, target: &str, lines: &[String], body: &[u8]) -> Result<Answer> {
    let mut all = vec![format!("Authorization: Bearer {}", ann.client.token())];
    all.extend_from_slice(lines);
    let mut wire = Wire::connect(ann.client.address())?;
    // The response may arrive before the whole request is sent.
    let sent = wire.head(method, target, &all).is_ok() && wire.write(b"\r\n").is_ok() && wire.write(body).is_ok();
    let answer = wire.answer()?;
    ensure!(answer.is_some() || !sent, "closed without an answer");
    answer.map_or_else(|| anyhow::bail!("the connection broke while the request was sent"), Ok)
}
