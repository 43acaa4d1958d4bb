//! The first message of the README: a shell runs its commands verbatim against a server of the real program.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use chit_chat_contract::{Engine, both_engines};
use serde_json::Value;

use crate::database::FreshDatabase;
use crate::program::{Server, run, succeed};

const README: &str = include_str!("../../../../README.md");
/// The address of the README's server.
const ADDRESS: &str = "http://127.0.0.1:8080";

#[both_engines]
#[expect(clippy::explicit_write, reason = "`cargo test` hides what eprintln! writes when a test passes")]
fn readme_commands_work(engine: Engine) {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        writeln!(io::stderr(), "SKIPPED: the README's commands need curl").unwrap();
        return;
    }
    let place = FreshDatabase::new(engine);
    succeed(&place, &["db", "create"]);
    let server = Server::start_with(&place, &[("RATE_LIMITS", "on")]);
    let script = commands().replace(ADDRESS, &server.url);
    let (_, output) = run(Command::new("sh").args(["-uc", script.as_str()]).stdin(Stdio::null()));
    let answers: Vec<Value> = output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for answer in &answers {
        assert!(answer["code"].is_null(), "{answer}\n{script}");
    }
    let list = |field: &str| {
        let mut lists = answers.iter().filter_map(|answer| answer["items"].as_array());
        let found = lists.find(|items| items.iter().all(|item| !item[field].is_null()));
        found.unwrap_or_else(|| panic!("no list with {field}: {output}"))
    };
    let bodies: Vec<&Value> = list("body").iter().map(|message| &message["body"]).collect();
    assert_eq!(bodies, ["Is anybody compiling?", "Always."]);
    let seqs = list("type").iter().map(|event| event["seq"].as_u64());
    assert!(seqs.eq((1..).map(Some).take(list("type").len())), "{output}");
    assert_eq!(list("unread_count")[0]["unread_count"], 2, "{output}");
    let is_streamed = |line: &str| line.starts_with("data:") && line.contains("Are you still there?");
    assert!(output.lines().any(is_streamed), "{output}");
}

/// The shell commands of the README's section that sets `API`.
fn commands() -> String {
    let section = README.split("\n## ").find(|section| section.contains("\nAPI=http")).unwrap();
    let blocks = section.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}
