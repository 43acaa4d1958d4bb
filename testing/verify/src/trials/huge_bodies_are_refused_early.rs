//! A hundred megabytes, announced or in chunks, and half a gigabyte in a small gzip get an early 413 and use
//! little memory.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flate2::{Compress, Compression, FlushCompress};

use crate::rig::{Answer, Bench, Person, Process, Server, Times, Wire};

const HUGE: usize = 100 * 1024 * 1024;
const PIECE: usize = 64 * 1024;
/// The bytes that may be in transit before the response: the buffers of two sockets, and the allowed mebibyte.
const EARLY: usize = 16 * 1024 * 1024;
const INFLATED: usize = 512 * 1024 * 1024;
const TIMES: usize = 8;
/// The allowed growth of memory, in KiB.
const LITTLE_MEMORY: u64 = 16 * 1024;
const SOON: Duration = Duration::from_secs(5);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let ann = Person::new(&server.nobody(), "ann", &mut rng)?;
    let target = format!("{}/messages", ann.make_room(&[])?);
    // A first request makes the server's threads allocate their memory.
    announced(&ann, &target)?;
    let before = server.process().memory()?;
    server.process().reset_peak()?;
    let (mut times, mut most) = (Times::default(), 0);
    for _ in 0..TIMES {
        most = most.max(times.of(|| announced(&ann, &target))?);
        most = most.max(times.of(|| chunked(&ann, &target))?);
        times.of(|| gzip_bomb(&ann, &target))?;
        ensure!(most <= EARLY, "{most} bytes went before the answer");
    }
    let grown = grown(&server, before)?;
    ensure!(times.longest() <= SOON, "{times}, longest {:?}", times.longest());
    Ok(format!("at most {} KiB sent before the 413, {grown} KiB more memory at the peak, {times}", most / 1024))
}

fn grown(server: &Server, before: u64) -> Result<u64> {
    let process: Process = server.process();
    let grown = process.peak_memory()?.saturating_sub(before);
    ensure!(grown <= LITTLE_MEMORY, "memory grew from {before} by {grown} KiB");
    server.nobody().get("/healthz")?.expect(200)?;
    Ok(grown)
}

fn announced(ann: &Person, target: &str) -> Result<usize> {
    let mut wire = begin(ann, target, &[format!("Content-Length: {HUGE}")])?;
    let sent_bytes = wire.write_until_answered(&vec![b' '; PIECE], HUGE / PIECE)?;
    too_large(wire.expect_answer()?)?;
    Ok(sent_bytes)
}

fn chunked(ann: &Person, target: &str) -> Result<usize> {
    let mut wire = begin(ann, target, &["Transfer-Encoding: chunked".to_owned()])?;
    let chunk = [format!("{PIECE:x}\r\n").into_bytes(), vec![b' '; PIECE], b"\r\n".to_vec()].concat();
    let sent_bytes = wire.write_until_answered(&chunk, HUGE / PIECE)?;
    too_large(wire.expect_answer()?)?;
    Ok(sent_bytes)
}

fn gzip_bomb(ann: &Person, target: &str) -> Result<()> {
    let bomb = bomb()?;
    let mut wire =
        begin(ann, target, &["Content-Encoding: gzip".to_owned(), format!("Content-Length: {}", bomb.len())])?;
    wire.write_until_answered(&bomb, 1)?;
    too_large(wire.expect_answer()?)
}

fn begin(ann: &Person, target: &str, lines: &[String]) -> Result<Wire> {
    let mut wire = Wire::connect(ann.client.address())?;
    let mut all = vec!["Content-Type: application/json".to_owned()];
    all.push(format!("Authorization: Bearer {}", ann.client.token()));
    all.extend_from_slice(lines);
    wire.head("POST", target, &all)?;
    wire.write(b"\r\n")?;
    Ok(wire)
}

fn too_large(answer: Answer) -> Result<()> {
    answer.expect(413).map(drop)
}

/// Spaces, compressed by a factor of a thousand. A piece that ends with a full flush does not depend on earlier
/// ones, so it can be repeated without compressing it again.
fn bomb() -> Result<Vec<u8>> {
    let spaces = vec![b' '; 1024 * 1024];
    let mut piece = Vec::with_capacity(64 * 1024);
    Compress::new(Compression::best(), false).compress_vec(&spaces, &mut piece, FlushCompress::Full)?;
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let bomb = [header.to_vec(), piece.repeat(INFLATED / spaces.len())].concat();
    // A larger body would be refused without being decompressed.
    (bomb.len() < 1024 * 1024).then_some(bomb).context("the bomb is too large")
}
