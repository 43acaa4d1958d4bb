//! Describes the machine and the programs of a run.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::stand::Stand;
use crate::tools::Wrk;

/// The number of synced writes that measure the latency of the disk.
const SYNCS: usize = 200;
const BLOCK: [u8; 8_192] = [0; 8_192];

/// Describes the machine, as names and values.
pub(crate) fn describe(stand: &Stand) -> Result<Vec<(&'static str, String)>> {
    let folder = stand.folder.path();
    let sync = median_sync(folder)?;
    Ok(vec![
        ("processor", format!("{}, {} cores", processor(), available_parallelism().map_or(1, usize::from))),
        ("memory", memory()),
        ("system", format!("Linux {}", read("/proc/sys/kernel/osrelease"))),
        (
            "file system",
            format!(
                "{}{}; writing and syncing 8 KiB takes {} µs",
                file_system(folder),
                if is_in_memory(folder) { " (**in memory: no disk was measured**)" } else { "" },
                sync.as_micros()
            ),
        ),
        ("PostgreSQL", stand.postgres.version()?),
        ("SQLite", rusqlite::version().to_owned()),
        ("load", format!("{}; {}", Wrk::version()?, stand.pgbench.version()?)),
        ("commit", commit()),
    ])
}

fn processor() -> String {
    value_of(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn memory() -> String {
    let kibibytes = value_of(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let gibibytes = kibibytes.split(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
    format!("{} GiB", gibibytes.div_ceil(1024 * 1024))
}

/// Finds the first value of a name in a list of /proc.
fn value_of(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// Returns whether the folder is on a file system in memory.
pub(crate) fn is_in_memory(folder: &Path) -> bool {
    matches!(file_system(folder).as_str(), "tmpfs" | "ramfs")
}

/// The type of the file system of a folder: the last one mounted at the nearest mount point above it.
fn file_system(folder: &Path) -> String {
    let mounts = read("/proc/self/mounts");
    let above = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (point, kind) = (fields.next()?, fields.next()?);
        folder.starts_with(point).then_some((point.len(), kind))
    });
    above.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

fn median_sync(folder: &Path) -> Result<Duration> {
    let mut file = File::create(folder.join("sync"))?;
    file.write_all(&BLOCK)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.seek(SeekFrom::Start(0))?;
        let start = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(SYNCS / 2).copied().unwrap_or_default())
}

/// The commit of the source, if git knows it.
fn commit() -> String {
    let git = Command::new("git").args(["describe", "--always", "--dirty", "--exclude", "*"]).output();
    let text =
        git.ok().filter(|output| output.status.success()).and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let text = "processor\t: 0\nmodel name\t: A Processor @ 2 GHz\nmodel name\t: Another\n";
        assert_eq!(value_of(text, "model name").as_deref(), Some("A Processor @ 2 GHz"));
        assert_eq!(value_of(text, "model"), None);
    }
}
