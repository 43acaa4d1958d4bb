//! Live streams: the cost of listeners, their latency and their throughput.
//!
//! wrk cannot read streams, so the load is a process of this program: it holds the streams, sends, and records
//! when events arrive.

mod load;
mod measurement;
mod readers;
mod sender;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chit_chat_rig::Server;
pub(crate) use load::run;
pub(crate) use measurement::Measurement;

use crate::crowd::{Crowd, HOT, LONG, id};
use crate::options::Listen;
use crate::point::Engine;
use crate::stand::Stand;
use crate::usage::{Meter, Parties, Usage};

/// The number of streams of one room.
pub(crate) const LISTENERS: u32 = 1_000;
/// The first streams of another room, whose memory does not count.
pub(crate) const NEXT: u32 = 100;
/// Streams of all rooms, without events.
const IDLE: u32 = 10_000;
/// Longer than the interval of heartbeats.
const IDLE_FOR: Duration = Duration::from_secs(22);

/// The durations of the measurements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    pub(crate) paced: Duration,
    pub(crate) flat_out: Duration,
}

/// The result of one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoundResult {
    /// The time from the acknowledgement of a message until the last listener has it.
    pub(crate) paced: Measurement,
    pub(crate) paced_usage: Usage,
    pub(crate) flat_out: Measurement,
    pub(crate) flat_out_usage: Usage,
}

/// The cost of idle streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Idle {
    pub(crate) streams: u32,
    pub(crate) memory_each: f64,
    pub(crate) usage: Usage,
}

impl Stand {
    pub(crate) fn listen(&self, engine: Engine, lengths: Lengths) -> Result<RoundResult> {
        let mut load = Load::start(&self.room(self.server(engine), HOT)?)?;
        load.wait_for("listening")?;
        let (paced, paced_usage) =
            self.metered(engine, &mut load, &format!("paced {}", lengths.paced.as_secs()))?;
        let (flat_out, flat_out_usage) =
            self.metered(engine, &mut load, &format!("flat-out {}", lengths.flat_out.as_secs()))?;
        Ok(RoundResult { paced, paced_usage, flat_out, flat_out_usage })
    }

    pub(crate) fn idle(&self, engine: Engine) -> Result<Idle> {
        let streams = IDLE.min(max_streams());
        let before = self.server(engine).process().own_memory()?;
        let everywhere = self.pages(Crowd::everywhere())?;
        let mut load = Load::start(&Listen {
            url: self.server(engine).url().to_owned(),
            path: "/api/events".to_owned(),
            tokens: everywhere,
            listeners: streams,
        })?;
        load.wait_for("listening")?;
        let (_, usage) = self.metered(engine, &mut load, &format!("idle {}", IDLE_FOR.as_secs()))?;
        let after = self.server(engine).process().own_memory()?;
        Ok(Idle { streams, memory_each: each(before, after, streams), usage })
    }

    /// The memory per stream, in KiB. The server has just started, so it has no freed memory to reuse. The
    /// first streams also pay for shared memory, such as the database pages of their room, so only the later
    /// ones count, in a room that already has listeners.
    pub(crate) fn memory_per_listener(&self, engine: Engine) -> Result<f64> {
        let server = self.another_server(engine)?;
        let listen = |room, listeners| {
            let mut load = Load::start(&Listen { listeners, ..self.room(&server, room)? })?;
            load.wait_for("listening")?;
            load.ask("paced 1")?;
            anyhow::Ok(load)
        };
        let _first = listen(HOT, LISTENERS)?;
        let _next = listen(LONG, NEXT)?;
        let before = server.process().own_memory()?;
        let _last = listen(LONG, LISTENERS - NEXT)?;
        Ok(each(before, server.process().own_memory()?, LISTENERS - NEXT))
    }

    fn room(&self, server: &Server, room: u32) -> Result<Listen> {
        Ok(Listen {
            url: server.url().to_owned(),
            path: format!("/api/chatrooms/{}/events", id(room)),
            tokens: self.sends(Crowd::room(room))?,
            listeners: LISTENERS,
        })
    }

    fn metered(&self, engine: Engine, load: &mut Load, command: &str) -> Result<(Measurement, Usage)> {
        let postmaster = (engine == Engine::Postgres).then_some(self.postmaster);
        let meter = Meter::start(Parties { server: Some(self.server(engine).process()), postmaster })?;
        let before = load.process().cpu_time()?;
        let measurement = Measurement::parse(&load.ask(command)?)?;
        let busy = load.process().cpu_time()?.saturating_sub(before);
        let usage = meter.stop()?;
        Ok((measurement, Usage { load: busy.as_secs_f64() / measurement.duration.as_secs_f64() * 100.0, ..usage }))
    }
}

/// Half of the server's file descriptors, because each connection uses two.
fn max_streams() -> u32 {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(u64::MAX);
    u32::try_from(most.saturating_sub(1_000) / 2).unwrap_or(u32::MAX)
}

fn each(before: u64, after: u64, count: u32) -> f64 {
    let more = u32::try_from(after.saturating_sub(before)).unwrap_or(u32::MAX);
    f64::from(more) / f64::from(count)
}

/// The listening process, killed on drop.
struct Load {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Load {
    fn start(listen: &Listen) -> Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["listen", "--url", &listen.url, "--path", &listen.path])
            .args(["--listeners", &listen.listeners.to_string(), "--tokens"])
            .arg(&listen.tokens)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().context("no input")?;
        let output = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Self { child, input, output })
    }

    fn process(&self) -> chit_chat_rig::Process {
        chit_chat_rig::Process::of(&self.child)
    }

    fn ask(&mut self, command: &str) -> Result<String> {
        writeln!(self.input, "{command}")?;
        self.line()
    }

    fn wait_for(&mut self, word: &str) -> Result<()> {
        let line = self.line()?;
        if line == word { Ok(()) } else { bail!("{line} instead of {word}") }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() {
            bail!("the listeners ended: {}", self.child.wait()?);
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // The process may have exited already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
