//! Runs the program.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use chit_chat_contract::until;
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;
use crate::database::FreshDatabase;

pub(crate) const SECRET: &str = "a signing key of 32 bytes or more";

/// All variables of the configuration.
pub(crate) const VARIABLES: [&str; 17] = [
    "CORS_ORIGINS",
    "DATABASE_URL",
    "JWT_SECRET",
    "JWT_SECRET_FILE",
    "LISTEN",
    "LOG",
    "LOGIN_FAILURES_PER_ADDRESS",
    "LOGIN_FAILURES_PER_NAME",
    "MAX_CONNECTIONS",
    "MESSAGE_MAX_CHARACTERS",
    "METRICS_LISTEN",
    "RATE_LIMITS",
    "SIGNUP",
    "SIGN_UPS_PER_ADDRESS",
    "STORAGE_PER_USER",
    "TRUSTED_PROXIES",
    "WRITES_PER_USER",
];

/// The program without variables from the tests' environment.
pub(crate) fn chit_chat(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chit-chat"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command to its end, and returns its output.
pub(crate) fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
    (output, text)
}

/// Runs a command on a database; it must succeed. Returns its output.
#[track_caller]
pub(crate) fn succeed(place: &FreshDatabase, arguments: &[&str]) -> String {
    let (output, text) = run(chit_chat(arguments).env("DATABASE_URL", &place.url));
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

/// Runs a command on a database; it must fail. Returns its output.
#[track_caller]
pub(crate) fn fail(place: &FreshDatabase, arguments: &[&str]) -> String {
    let (output, text) = run(chit_chat(arguments).env("DATABASE_URL", &place.url));
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {text}");
    text
}

/// A running server, killed on drop.
pub(crate) struct Server {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    follower: Option<JoinHandle<()>>,
    pub(crate) url: String,
}

impl Server {
    /// Starts a server. On PostgreSQL it gets a secret, on SQLite it creates one.
    pub(crate) fn start(place: &FreshDatabase) -> Self {
        Self::start_with(place, &[])
    }

    /// Starts a server with these variables; rate limits are off unless they are among them.
    pub(crate) fn start_with(place: &FreshDatabase, variables: &[(&str, &str)]) -> Self {
        let mut command = chit_chat(&["serve"]);
        command.env("DATABASE_URL", &place.url).env("LISTEN", "127.0.0.1:0").env("RATE_LIMITS", "off");
        if place.url.starts_with("postgres") {
            command.env("JWT_SECRET", SECRET);
        }
        command.envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let (log, follower) = follow(child.stderr.take().unwrap());
        let mut server = Self { child, log, follower: Some(follower), url: String::new() };
        until("the server listens", || {
            server.url = server.address().unwrap_or_default();
            !server.url.is_empty() || server.child.try_wait().unwrap().is_some()
        });
        assert!(!server.url.is_empty(), "{}", server.log());
        server
    }

    /// The address from the log.
    fn address(&self) -> Option<String> {
        let log = self.log();
        let (_, rest) = log.split_once("listening on http://")?;
        rest.split_once(',').map(|(address, _)| format!("http://{address}"))
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Kills the server without warning, as a power failure would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Terminates the server, and returns its exit status.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.end()
    }

    /// Terminates the server, which must succeed, and returns its whole log.
    pub(crate) fn whole_log(mut self) -> String {
        assert!(self.end().success());
        self.follower.take().unwrap().join().unwrap();
        self.log()
    }

    fn end(&mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut status = None;
        until("the server ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server may have exited already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Collects the log's lines, so that the server never blocks on writing them.
fn follow(stderr: ChildStderr) -> (Arc<Mutex<Vec<String>>>, JoinHandle<()>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = log.clone();
    let follower = thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            lines.lock().unwrap().push(line);
        }
    });
    (log, follower)
}
