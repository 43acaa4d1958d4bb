//! The listening process: opens its streams, then executes commands line by line.

use std::cell::Cell;
use std::fs;
use std::io::{Write, stdin, stdout};
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt;
use actix_web::rt::time::{sleep, sleep_until, timeout};
use anyhow::{Context, Result, bail};

use super::measurement::Measurement;
use super::readers::Readers;
use super::sender::Sender;
use crate::options::Listen;

/// Ten messages a second.
const PACE: Duration = Duration::from_millis(100);
/// Concurrent senders when sending flat out.
const SENDERS: usize = 8;
/// Streams that are opened concurrently.
const OPENING: usize = 32;
const TIMEOUT: Duration = Duration::from_secs(30);

struct Load {
    readers: Rc<Readers>,
    address: String,
    /// The path, sender and body of messages.
    sends: Vec<[String; 3]>,
    listeners: u32,
}

pub(crate) fn run(options: &Listen) -> Result<()> {
    rt::System::new().block_on(async {
        let load = Load::open(options).await?;
        print_line("listening")?;
        for line in stdin().lines() {
            let line = line?;
            let (command, seconds) = line.split_once(' ').context("a command and its seconds")?;
            let duration = Duration::from_secs(seconds.parse()?);
            let measurement = match command {
                "paced" => load.paced(duration).await?,
                "flat-out" => load.flat_out(duration).await?,
                "idle" => load.idle(duration).await,
                _ => bail!("what is {command}?"),
            };
            print_line(&measurement.to_string())?;
        }
        Ok(())
    })
}

impl Load {
    async fn open(options: &Listen) -> Result<Self> {
        let address = options.url.trim_start_matches("http://").to_owned();
        let sends = requests(&fs::read_to_string(&options.tokens)?)?;
        let load = Self { readers: Rc::default(), address, sends, listeners: options.listeners };
        let mut opened = 0;
        while opened < load.listeners {
            let batch = usize::try_from(load.listeners - opened)?.min(OPENING);
            let opening: Vec<_> = (0..batch)
                .map(|n| {
                    let (readers, address, path) =
                        (Rc::clone(&load.readers), load.address.clone(), options.path.clone());
                    let [_, token, _] = load.request(usize::try_from(opened).unwrap_or_default() + n);
                    rt::spawn(async move { readers.open(&address, &path, &token).await })
                })
                .collect();
            for stream in opening {
                stream.await??;
            }
            opened += u32::try_from(batch)?;
        }
        Ok(load)
    }

    fn request(&self, number: usize) -> [String; 3] {
        self.sends.get(number % self.sends.len().max(1)).cloned().unwrap_or_default()
    }

    async fn sender(&self, number: usize) -> Result<Sender> {
        let [path, token, body] = self.request(number);
        Sender::connect(&self.address, &path, &token, &body).await
    }

    /// Sends at a fixed pace, and measures the time from each acknowledgement until every listener has the
    /// message.
    async fn paced(&self, duration: Duration) -> Result<Measurement> {
        let sender = self.sender(0).await?;
        let first = sender.send().await?;
        self.caught_up(first).await?;
        self.readers.record_after(first);
        let (start, mut acknowledged) = (rt::time::Instant::now(), Vec::new());
        while start.elapsed() < duration {
            sleep_until(start + PACE * u32::try_from(acknowledged.len())?).await;
            let seq = sender.send().await?;
            acknowledged.push((seq, Instant::now()));
        }
        let took = start.elapsed();
        self.caught_up(first + i64::try_from(acknowledged.len())?).await?;
        let delays: Option<Vec<Duration>> = acknowledged
            .iter()
            .map(|(seq, at)| Some(self.readers.arrived(*seq, self.listeners)?.saturating_duration_since(*at)))
            .collect();
        let messages = u64::try_from(acknowledged.len())?;
        Ok(Measurement::of(
            took,
            messages,
            messages * u64::from(self.listeners),
            delays.context("some listeners did not receive the message")?,
        ))
    }

    /// Sends as fast as the server accepts, and counts deliveries.
    async fn flat_out(&self, duration: Duration) -> Result<Measurement> {
        self.readers.record_after(i64::MAX - 1);
        let (over, sent) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
        let mut senders = Vec::new();
        for number in 0..SENDERS {
            let sender = self.sender(number).await?;
            senders.push(rt::spawn(sender.send_until(Rc::clone(&over), Rc::clone(&sent))));
        }
        sleep(duration / 4).await;
        let (start, before, sent_before) = (Instant::now(), self.readers.sum(), sent.get());
        sleep(duration).await;
        let (took, delivered, messages) = (start.elapsed(), self.readers.sum() - before, sent.get() - sent_before);
        over.set(true);
        for sender in senders {
            sender.await??;
        }
        let last = self.sender(0).await?.send().await?;
        self.caught_up(last).await?;
        Ok(Measurement::of(took, messages, u64::try_from(delivered)?, Vec::new()))
    }

    async fn idle(&self, duration: Duration) -> Measurement {
        sleep(duration).await;
        Measurement::of(duration, 0, 0, Vec::new())
    }

    async fn caught_up(&self, seq: i64) -> Result<()> {
        let waiting = async {
            while self.readers.least() < seq {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(TIMEOUT, waiting).await.context("a listener missed messages")
    }
}

/// The path, token and body of each line in wrk's format.
fn requests(text: &str) -> Result<Vec<[String; 3]>> {
    let parse = |line: &str| {
        let mut parts = line.split('\t').skip(1).map(str::to_owned);
        let (path, token, body) = (parts.next()?, parts.next()?, parts.next()?);
        Some([path, format!("Bearer {token}"), body])
    };
    text.lines().map(parse).collect::<Option<_>>().context("no requests")
}

fn print_line(line: &str) -> Result<()> {
    writeln!(stdout(), "{line}")?;
    Ok(stdout().flush()?)
}
