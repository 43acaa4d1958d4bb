//! Hashes passwords with bcrypt on a few threads of low priority, so that many logins at once leave the processors
//! to other work.
//!
//! bcrypt reads 72 bytes at most and stops at U+0000, so the password is hashed first to make every byte count.
//! The key of that hash is not a secret, because losing a secret key would lock everyone out.

use std::sync::mpsc::sync_channel;
use std::time::Instant;

use aws_lc_rs::hmac::{HMAC_SHA384, Key, sign};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chit_chat_domain::user::{HasherBusy, PasswordHash, PasswordHasher};
use chit_chat_threads::{Pool, Priority, spare_processors};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

const PREHASH_KEY: &[u8] = b"chit-chat/v1";
/// The size of the queue, apart from room for two passwords of each thread. The API lets no more in.
const QUEUE: usize = 32;

/// Hashes passwords on its own threads.
#[derive(Debug)]
pub struct BcryptPool {
    cost: u32,
    threads: usize,
    pool: Pool,
    metrics: PoolMetrics,
}

#[derive(Clone, Debug)]
struct PoolMetrics {
    waiting: Gauge,
    work: Histogram,
    turned_away: Counter,
}

impl Default for PoolMetrics {
    fn default() -> Self {
        Self {
            waiting: gauge!("chit_chat_passwords_waiting"),
            work: histogram!("chit_chat_password_duration_seconds"),
            turned_away: counter!("chit_chat_passwords_turned_away_total"),
        }
    }
}

impl BcryptPool {
    /// The bcrypt cost for real passwords; only tests use a lower one.
    pub const COST: u32 = 12;

    /// Starts one thread fewer than there are processors, but at least one.
    pub fn start(cost: u32) -> std::io::Result<Self> {
        let threads = spare_processors();
        let pool = Pool::start("bcrypt", threads, Priority::Low, QUEUE + 2 * threads)?;
        Ok(Self { cost, threads, pool, metrics: PoolMetrics::default() })
    }

    /// The number of passwords that are hashed at once.
    pub fn threads(&self) -> usize {
        self.threads
    }

    fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HasherBusy> {
        let (answer, answered) = sync_channel(1);
        let metrics = self.metrics.clone();
        let job = move || {
            metrics.waiting.decrement(1);
            let started = Instant::now();
            let outcome = work();
            metrics.work.record(started.elapsed());
            drop(answer.send(outcome));
        };
        self.metrics.waiting.increment(1);
        self.pool.push(job).map_err(|_| self.reject())?;
        answered.recv().map_err(|_| HasherBusy)
    }

    fn reject(&self) -> HasherBusy {
        self.metrics.waiting.decrement(1);
        self.metrics.turned_away.increment(1);
        HasherBusy
    }

    /// A well-formed hash of the same cost that no password matches.
    fn dummy_hash(&self) -> String {
        format!("$2b${:02}${}", self.cost, ".".repeat(53))
    }
}

impl PasswordHasher for BcryptPool {
    fn hash(&self, password: &str) -> Result<PasswordHash, HasherBusy> {
        let (prehashed, cost) = (prehash(password), self.cost);
        let hashed = self.run(move || bcrypt::hash(prehashed, cost))?;
        hashed.map(PasswordHash::new).map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            HasherBusy
        })
    }

    fn verify(&self, password: &str, hash: Option<&PasswordHash>) -> Result<bool, HasherBusy> {
        let prehashed = prehash(password);
        let known = hash.is_some();
        let hash = hash.map_or_else(|| self.dummy_hash(), |hash| hash.as_str().to_owned());
        self.run(move || bcrypt::verify(prehashed, &hash).unwrap_or(false) && known)
    }
}

fn prehash(password: &str) -> String {
    let key = Key::new(HMAC_SHA384, PREHASH_KEY);
    BASE64_STANDARD.encode(sign(&key, password.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> BcryptPool {
        BcryptPool::start(4).unwrap()
    }

    #[test]
    fn every_byte_of_long_password_counts() {
        let pool = pool();
        for length in [8, 71, 72, 73, 200, 1_024] {
            let password = "x".repeat(length);
            let hash = pool.hash(&password).unwrap();
            let other = format!("{}y", "x".repeat(length - 1));
            assert_eq!(pool.verify(&password, Some(&hash)), Ok(true), "{length}");
            assert_eq!(pool.verify(&other, Some(&hash)), Ok(false), "{length}");
        }
    }

    #[test]
    fn missing_hash_costs_equal_work_and_never_matches() {
        let pool = pool();
        assert!(bcrypt::verify("x", &pool.dummy_hash()).is_ok());
        assert_eq!(pool.verify("x", None), Ok(false));
    }

    #[test]
    fn hashes_are_bcrypt_of_given_cost() {
        assert!(pool().hash("correct horse").unwrap().as_str().starts_with("$2b$04$"));
    }

    #[test]
    fn full_queue_rejects() {
        let pool = Pool::start("test", 1, Priority::Normal, 1).unwrap();
        let pool = BcryptPool { cost: 4, threads: 1, pool, metrics: PoolMetrics::default() };
        let ((begun, running), (open, gate)) = (sync_channel(1), sync_channel::<()>(1));
        let job = move || {
            begun.send(()).unwrap();
            gate.recv().unwrap_err();
        };
        pool.pool.push(job).unwrap();
        running.recv().unwrap();
        pool.pool.push(|| ()).unwrap();
        assert_eq!(pool.hash("anything"), Err(HasherBusy));
        assert_eq!(pool.verify("anything", None), Err(HasherBusy));
        drop(open);
    }
}
