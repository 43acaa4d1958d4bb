//! The participants that cause events: they send, edit, delete and rename, or leave and rejoin.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use fastrand::Rng;
use serde_json::json;

use super::progress::TrialProgress;
use crate::rig::{Answer, Client, Fleet, MARK, Person, RoamingClient};

/// The pause between attempts of a request that must succeed.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST: usize = 2_000;

/// A writer in every chatroom, through every instance.
pub(super) struct Writer<'f> {
    roaming: RoamingClient<'f>,
    rooms: &'f [String],
    rng: Rng,
    /// The paths of messages that are not deleted.
    written: Vec<String>,
}

impl<'f> Writer<'f> {
    pub(super) fn new(fleet: &'f Fleet<'f>, person: &Person, rooms: &'f [String], rng: Rng) -> Self {
        Self { roaming: RoamingClient::new(fleet, &person.client), rooms, rng, written: Vec::new() }
    }

    /// Writes until the trial is over. The outcome of an unanswered request does not matter here, because the
    /// log has it.
    pub(super) fn write(&mut self, progress: &TrialProgress) -> Result<()> {
        let mut burst = 0;
        while !progress.is_written() {
            let client = self.roaming.anywhere(&mut self.rng)?;
            let room = self.rng.choice(self.rooms).context("no chatrooms")?;
            if let Ok(answer) = self.attempt(&client, room) {
                answer.expect_one_of(&[200, 201, 204, 429, 503])?;
            }
            burst = if burst == 0 && self.rng.u8(..20) == 0 { self.rng.u32(..60) } else { burst };
            if burst == 0 {
                thread::sleep(Duration::from_millis(self.rng.u64(..40)));
            }
            burst = u32::saturating_sub(burst, 1);
        }
        Ok(())
    }

    fn attempt(&mut self, client: &Client, room: &str) -> Result<Answer> {
        let words = format!("{MARK} {:08x} ", self.rng.u32(..));
        let index = (!self.written.is_empty()).then(|| self.rng.usize(..self.written.len()));
        match (self.rng.u8(..20), index) {
            (0..=3, Some(index)) => client.patch(self.message(index), &json!({"body": words})),
            (4, Some(index)) => client.delete(self.written.swap_remove(index)),
            (5, _) => client.patch(room, &json!({"name": words})),
            _ => {
                let body = words.repeat(1 + self.rng.usize(..LONGEST) / words.len());
                let answer = client.post(format!("{room}/messages"), &json!({"body": body}))?;
                if let Ok(id) = answer.text_of("id") {
                    self.written.push(format!("{room}/messages/{id}"));
                }
                Ok(answer)
            }
        }
    }

    fn message(&self, index: usize) -> String {
        self.written.get(index).cloned().unwrap_or_default()
    }
}

/// Leaves and rejoins chatrooms, and ends as a member of each.
pub(super) fn leave_and_rejoin(roaming: &mut RoamingClient, rooms: &[String], rng: &mut Rng, progress: &TrialProgress) -> Result<()> {
    while !progress.is_written() {
        thread::sleep(Duration::from_millis(rng.u64(..300)));
        let membership = format!("{}/memberships/me", rng.choice(rooms).context("no chatrooms")?);
        let client = roaming.anywhere(rng)?;
        let answer = if rng.u8(..3) == 0 { client.delete(membership) } else { client.put(membership) };
        if let Ok(answer) = answer {
            answer.expect_one_of(&[200, 201, 204, 429, 503])?;
        }
    }
    for room in rooms {
        while !progress.has_failed() {
            let answer = roaming.anywhere(rng)?.put(format!("{room}/memberships/me"));
            let answer = answer.ok().map(|answer| answer.expect_one_of(&[200, 201, 429, 503])).transpose()?;
            if answer.is_some_and(|answer| ![429, 503].contains(&answer.status)) {
                break;
            }
            thread::sleep(PAUSE);
        }
    }
    Ok(())
}
