//! The outages during the trial.

use std::fmt::Write;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;

use super::progress::TrialProgress;
use crate::rig::{Cluster, Fleet};

/// The number of server outages, in addition to two of PostgreSQL.
const OUTAGES: usize = 6;
const BETWEEN: std::ops::Range<u64> = 300..1_800;
const COMING: std::ops::Range<u64> = 50..200;
const LONGEST: u64 = 1_500;

#[derive(Clone, Copy, Debug)]
enum Outage {
    KilledServer,
    StoppedServer,
    FrozenServer,
    KilledPostgres,
    StoppedPostgres,
}

/// Causes the outages one after another, and returns their description.
pub(super) fn run_outages(fleet: &Fleet, cluster: Option<&Cluster>, progress: &TrialProgress, rng: &mut Rng) -> Result<String> {
    let mut outages = vec![Outage::KilledServer, Outage::KilledServer, Outage::StoppedServer];
    while outages.len() < OUTAGES {
        outages.extend(rng.choice([Outage::KilledServer, Outage::StoppedServer, Outage::FrozenServer]));
    }
    if cluster.is_some() {
        outages.push(Outage::StoppedPostgres);
    }
    rng.shuffle(&mut outages);
    if cluster.is_some() {
        // Streams that are open now stay open to the end, and have to recover by themselves.
        outages.push(Outage::KilledPostgres);
    }
    let mut list = String::new();
    for outage in outages {
        thread::sleep(Duration::from_millis(rng.u64(BETWEEN)));
        if progress.has_failed() {
            break;
        }
        let length = Duration::from_millis(rng.u64(..LONGEST));
        cause(outage, length, fleet, cluster, rng)?;
        write!(list, "{}{outage:?}", if list.is_empty() { "" } else { ", " })?;
    }
    thread::sleep(Duration::from_millis(rng.u64(BETWEEN)));
    Ok(list)
}

fn cause(outage: Outage, length: Duration, fleet: &Fleet, cluster: Option<&Cluster>, rng: &mut Rng) -> Result<()> {
    let number = rng.usize(..fleet.size());
    match outage {
        Outage::KilledServer => {
            fleet.take(number)?.kill()?;
            thread::sleep(length);
            fleet.restart(number)
        }
        Outage::StoppedServer => {
            let (status, took) = fleet.take(number)?.terminate()?;
            ensure!(status.success(), "it ended with {status} after {took:?}");
            thread::sleep(length);
            fleet.restart(number)
        }
        Outage::FrozenServer => {
            let server = fleet.take(number)?;
            let frozen = server.freeze()?;
            // Longer than any instance tolerates without polling.
            thread::sleep(length * 2);
            drop(frozen);
            fleet.put(number, server);
            Ok(())
        }
        Outage::KilledPostgres => interrupt(fleet, number, cluster, Cluster::kill, length, rng),
        Outage::StoppedPostgres => interrupt(fleet, number, cluster, Cluster::stop, length, rng),
    }
}

/// Interrupts just when listeners of another instance have connected and are catching up.
fn interrupt(
    fleet: &Fleet,
    number: usize,
    cluster: Option<&Cluster>,
    stop: fn(&Cluster) -> Result<()>,
    length: Duration,
    rng: &mut Rng,
) -> Result<()> {
    let Some(cluster) = cluster else { return Ok(()) };
    fleet.take(number)?.kill()?;
    thread::sleep(Duration::from_millis(rng.u64(COMING)));
    stop(cluster)?;
    thread::sleep(length);
    cluster.restart()?;
    fleet.restart(number)
}
