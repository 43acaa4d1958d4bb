//! After a removal from a chatroom, the end of a session, a new password or a deleted account, the user's
//! streams receive nothing more within a second, on every instance, while others keep writing. Events after a
//! removal never arrive.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::rig::{Bench, Client, EventReader, MARK, StreamItem, Listen, Person, StreamEvent, Server, dense, password};

const SOON: Duration = Duration::from_secs(1);
/// The time that writers continue before and after the act.
const BEFORE: Duration = Duration::from_millis(400);
const AFTER: Duration = Duration::from_millis(1_500);
const SILENCE: Duration = Duration::from_millis(20);
const BETWEEN_MESSAGES: Duration = Duration::from_millis(5);

/// Two chatrooms of ann, with bob as a member of both.
struct Scene<'t> {
    servers: &'t [Server],
    ann: &'t Person,
    bob: Person,
    /// The chatroom where everybody writes, and where bob is removed.
    room: String,
    other: String,
}

/// The events of one of bob's streams, and their times.
struct Account {
    events: Vec<(Instant, StreamEvent)>,
    ended: Option<Instant>,
    of_all: bool,
}

type Act = fn(&Scene, &Client, &mut Rng) -> Result<()>;

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, database) = (bench.rng(), bench.database()?);
    let servers = [bench.server(&database)?, bench.server(&database)?];
    let nobody = servers.first().context("a server")?.nobody();
    let ann = Person::new(&nobody, "ann", &mut rng)?;
    let acts: [(&str, Act, bool); 6] = [
        ("removed", remove, true),
        ("left", leave, true),
        ("signed out", sign_out, false),
        ("signed out elsewhere", sign_out_elsewhere, false),
        ("new password", new_password, false),
        ("account deleted", delete_account, false),
    ];
    let (mut slowest, mut figures) = (Duration::ZERO, Vec::new());
    for (number, (name, act, is_membership)) in acts.into_iter().enumerate() {
        let bob = Person::new(&nobody, &format!("bob{number}"), &mut rng)?;
        let scene = Scene::new(&servers, &ann, bob)?;
        let (accounts, acted) = scene.play(act, &mut rng).context(name)?;
        let took = scene.check(&accounts, acted, is_membership).context(name)?;
        slowest = slowest.max(took);
        figures.push(format!("{name} {} ms", took.as_millis()));
    }
    ensure!(slowest <= SOON, "a stream continued for {slowest:?}: {}", figures.join(", "));
    Ok(format!("on two instances, time until the last event: {}", figures.join(", ")))
}

fn remove(scene: &Scene, through: &Client, _: &mut Rng) -> Result<()> {
    through.delete(format!("{}/memberships/{}", scene.room, scene.bob.id))?.expect(204)?;
    Ok(())
}

fn leave(scene: &Scene, through: &Client, _: &mut Rng) -> Result<()> {
    let bob = through.with_token(scene.bob.client.token());
    bob.delete(format!("{}/memberships/me", scene.room))?.expect(204)?;
    Ok(())
}

fn sign_out(scene: &Scene, through: &Client, _: &mut Rng) -> Result<()> {
    through.with_token(scene.bob.client.token()).delete("/api/auth/session")?.expect(204)?;
    Ok(())
}

fn sign_out_elsewhere(scene: &Scene, through: &Client, _: &mut Rng) -> Result<()> {
    let sessions = scene.bob.client.get("/api/auth/sessions")?.expect(200)?;
    let current = sessions.items()?.iter().find(|session| session["current"] == true).context("no session")?;
    let id = current["id"].as_str().context("no id")?;
    let elsewhere = through.with_token(scene.bob.again()?.client.token());
    elsewhere.delete(format!("/api/auth/sessions/{id}"))?.expect(204)?;
    Ok(())
}

fn new_password(scene: &Scene, through: &Client, rng: &mut Rng) -> Result<()> {
    let elsewhere = through.with_token(scene.bob.again()?.client.token());
    let change = json!({"password": password(rng), "current_password": scene.bob.password});
    elsewhere.patch("/api/users/me", &change)?.expect(200)?;
    Ok(())
}

fn delete_account(scene: &Scene, through: &Client, _: &mut Rng) -> Result<()> {
    let bob = through.with_token(scene.bob.client.token());
    bob.request("DELETE", "/api/users/me").json(&json!({"password": scene.bob.password})).send()?.expect(204)?;
    Ok(())
}

impl<'t> Scene<'t> {
    fn new(servers: &'t [Server], ann: &'t Person, bob: Person) -> Result<Self> {
        let (room, other) = (ann.make_room(&[&bob])?, ann.make_room(&[&bob])?);
        Ok(Self { servers, ann, bob, room, other })
    }

    /// Writes and listens while the act happens to bob, and returns when it was done.
    fn play(&self, act: Act, rng: &mut Rng) -> Result<(Vec<Account>, Instant)> {
        let over = &AtomicBool::new(false);
        let streams = self.streams()?;
        thread::scope(|scope| {
            let listening: Vec<_> =
                streams.into_iter().map(|(reader, of_all)| scope.spawn(move || receive(reader, of_all, over))).collect();
            let writing = self.servers.iter().map(|server| scope.spawn(|| self.write(server, over)));
            let writing: Vec<_> = writing.collect();
            thread::sleep(BEFORE);
            let through = self.ann.client.at(rng.choice(self.servers).context("a server")?.url());
            let acted = act(self, &through, rng);
            let at = Instant::now();
            thread::sleep(AFTER);
            over.store(true, Ordering::SeqCst);
            for thread in writing {
                thread.join().map_err(|_| anyhow!("a writer panicked"))??;
            }
            let accounts = listening.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a listener panicked"))?);
            let accounts = accounts.collect::<Result<Vec<_>>>()?;
            acted.map(|()| (accounts, at))
        })
    }

    /// Opens bob's streams of both kinds on each instance.
    fn streams(&self) -> Result<Vec<(EventReader, bool)>> {
        let mut streams = Vec::new();
        for server in self.servers {
            let bob = self.bob.client.at(server.url());
            for (listen, of_all) in [(Listen::to(format!("{}/events", self.room)), false), (Listen::to_all(), true)] {
                streams.push((EventReader::open(&bob, &listen)?.expect_stream()?, of_all));
            }
        }
        Ok(streams)
    }

    fn write(&self, server: &Server, over: &AtomicBool) -> Result<()> {
        let ann = self.ann.client.at(server.url());
        while !over.load(Ordering::SeqCst) {
            for room in [&self.room, &self.other] {
                ann.post(format!("{room}/messages"), &json!({"body": MARK}))?.expect(201)?;
            }
            thread::sleep(BETWEEN_MESSAGES);
        }
        Ok(())
    }

    /// Checks that each stream sent the right events and nothing more. Returns the delay of the last event that
    /// bob received after the act.
    fn check(&self, accounts: &[Account], acted: Instant, is_membership: bool) -> Result<Duration> {
        let log = dense(&self.ann.client, &self.room)?;
        let removal = log.iter().find(|event| event["type"] == "membership.deleted");
        let removal = removal.and_then(|event| event["seq"].as_u64());
        let mut slowest = Duration::ZERO;
        for account in accounts {
            let in_room = |event: &Value| event["chatroom_id"].as_str().is_some_and(|id| self.room.ends_with(id));
            let received = account.events.iter().filter(|(_, event)| in_room(&event.body));
            let received: Vec<_> = received.filter_map(|(at, event)| Some((*at, event.body["seq"].as_u64()?))).collect();
            ensure!(received.len() > 1, "nothing was received in time");
            let (last_at, last) = *received.last().context("nothing")?;
            if let Some(removal) = removal {
                ensure!(last <= removal, "received {last}, after the removal at {removal}");
            }
            if is_membership {
                ensure!(Some(last) == removal, "the removal at {removal:?} is not the last, but {last}");
                account.check_after_removal(acted)?;
                self.check_resume_is_refused(last)?;
            } else {
                account.check_after_session_end()?;
            }
            let ends = account.ended.filter(|_| !(is_membership && account.of_all)).unwrap_or(last_at);
            slowest = slowest.max(ends.max(last_at).saturating_duration_since(acted));
        }
        Ok(slowest)
    }
}

impl Scene<'_> {
    /// Checks that resuming from an old position yields nothing of the chatroom either.
    fn check_resume_is_refused(&self, last: u64) -> Result<()> {
        let id = self.room.rsplit_once('/').context("no id")?.1;
        for server in self.servers {
            let bob = self.bob.client.at(server.url());
            let one = EventReader::open(&bob, &Listen::to(format!("{}/events?after={last}", self.room)))?;
            ensure!(one.status == 403, "{} for the stream of the chatroom", one.status);
            let mut all = EventReader::open(&bob, &Listen::to_all_after(&json!({id: last - 1})))?.expect_stream()?;
            let ready = all.expect("ready")?;
            ensure!(ready.body["data"]["heads"].get(id).is_none(), "{ready:?}");
            all.expect("caught_up")?;
        }
        Ok(())
    }
}

impl Account {
    /// Checks that a stream of the chatroom ends, and a stream of all chatrooms continues with the others.
    fn check_after_removal(&self, acted: Instant) -> Result<()> {
        ensure!(self.ended.is_none() == self.of_all, "of all: {}, ended: {:?}", self.of_all, self.ended);
        let later = self.events.iter().filter(|(at, _)| *at > acted + SOON).count();
        ensure!(!self.of_all || later > 0, "no later events of other chatrooms were received");
        Ok(())
    }

    fn check_after_session_end(&self) -> Result<()> {
        ensure!(self.ended.is_some(), "the stream continues");
        let last = self.events.last().map(|(_, event)| event.kind.as_str());
        // The stream of one chatroom may have received the removal first.
        let right = ["unauthenticated", "membership.deleted"];
        ensure!(last.is_some_and(|last| right.contains(&last)), "the last event received is {last:?}");
        Ok(())
    }
}

fn receive(mut reader: EventReader, of_all: bool, over: &AtomicBool) -> Result<Account> {
    let mut account = Account { events: Vec::new(), ended: None, of_all };
    loop {
        match reader.next(SILENCE)? {
            StreamItem::Event(event) => account.events.push((Instant::now(), event)),
            StreamItem::Retry(_) | StreamItem::Nothing => {}
            StreamItem::End { complete } => {
                ensure!(complete, "the stream was cut off");
                account.ended = Some(Instant::now());
                return Ok(account);
            }
        }
        if over.load(Ordering::SeqCst) {
            return Ok(account);
        }
    }
}
