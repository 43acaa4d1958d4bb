//! Running the program.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use chit_chat_contract::until;
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;
use crate::database::FreshDatabase;

pub(crate) const SECRET: &str = "a secret that has thirty-two bytes or more";

/// All that configure it.
pub(crate) const VARIABLES: [&str; 15] = [
    "CORS_ORIGINS",
    "DATABASE_URL",
    "JWT_SECRET",
    "JWT_SECRET_FILE",
    "LISTEN",
    "LOG",
    "LOGIN_FAILURES_PER_ADDRESS",
    "LOGIN_FAILURES_PER_NAME",
    "MAX_CONNECTIONS",
    "METRICS_LISTEN",
    "RATE_LIMITS",
    "SIGNUP",
    "SIGN_UPS_PER_ADDRESS",
    "TRUSTED_PROXIES",
    "WRITES_PER_USER",
];

/// The program with nothing from the tests' own environment.
pub(crate) fn chit_chat(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chit-chat"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// What a command that ends by itself says.
pub(crate) fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
    (output, text)
}

/// A command on a database, which succeeds.
#[track_caller]
pub(crate) fn succeed(place: &FreshDatabase, arguments: &[&str]) -> String {
    let (output, text) = run(chit_chat(arguments).env("DATABASE_URL", &place.url));
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

/// A command on a database, which fails; what it says.
#[track_caller]
pub(crate) fn fail(place: &FreshDatabase, arguments: &[&str]) -> String {
    let (output, text) = run(chit_chat(arguments).env("DATABASE_URL", &place.url));
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {text}");
    text
}

/// A server that runs until the test ends it, or itself ends.
pub(crate) struct Server {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    follower: Option<JoinHandle<()>>,
    pub(crate) url: String,
}

impl Server {
    /// On PostgreSQL the secret is given, on SQLite it is made.
    pub(crate) fn start(place: &FreshDatabase) -> Self {
        Self::start_with(place, &[])
    }

    /// With these variables; limits are off unless they say otherwise.
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

    /// As the log says it.
    fn address(&self) -> Option<String> {
        let log = self.log();
        let (_, rest) = log.split_once("listening on http://")?;
        rest.split_once(',').map(|(address, _)| format!("http://{address}"))
    }

    /// What has been written of it so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Ends it without warning, as a power failure would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end; answers how it did.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.end()
    }

    /// Asks it to end; answers all that it has logged.
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
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Collects the lines, so that the server never waits for a reader.
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
