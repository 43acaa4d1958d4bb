//! An instance is frozen while sessions end through another one: when it resumes, it refuses pending requests with
//! tokens of those sessions. It may not know the ended sessions yet, but knows that its data is old.

use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};

use crate::rig::{Bench, Person, race, until};

const TIMES: usize = 3;
const WAITING: usize = 20;
/// Longer than any instance tolerates without polling.
const SLEEP: Duration = Duration::from_secs(3);
const RECOVERY: Duration = Duration::from_secs(5);

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let (sleeper, other) = (bench.server(&database)?, bench.server(&database)?);
    let ann = Person::new(&other.nobody(), "ann", &mut rng)?;
    let mut refused = 0;
    for _ in 0..TIMES {
        let leaving = ann.again()?;
        let asleep = leaving.client.at(sleeper.url());
        asleep.get("/api/users/me")?.expect(200)?;
        let frozen = sleeper.freeze()?;
        leaving.client.delete("/api/auth/session")?.expect(204)?;
        let answers = thread::scope(|scope| {
            let waiting = scope.spawn(|| race(WAITING, |_| asleep.get("/api/users/me")));
            thread::sleep(SLEEP);
            drop(frozen);
            waiting.join().map_err(|_| anyhow!("a client panicked"))?
        })?;
        for answer in answers {
            answer.expect_one_of(&[401, 503])?;
            refused += 1;
        }
        let awake = ann.client.at(sleeper.url());
        until(RECOVERY, "the instance serves again", || {
            Ok((awake.get("/api/users/me")?.expect_one_of(&[200, 503])?.status == 200).then_some(()))
        })?;
        let late = asleep.get("/api/users/me")?;
        ensure!(late.status == 401, "{}", late.evidence());
    }
    Ok(format!("{refused} requests with dead tokens were waiting, none got through"))
}
