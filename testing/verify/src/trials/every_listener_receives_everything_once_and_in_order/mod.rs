//! Writers and listeners use three instances. Listeners connect, disconnect and resume on another instance,
//! read slowly or pause. Instances are killed, stopped and frozen meanwhile, and PostgreSQL is killed and
//! stopped. In the end every listener has received every event of its chatrooms in order, and repeats only
//! after its position.

mod progress;
mod listener;
mod outages;
mod writer;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use fastrand::Rng;

use self::progress::{TrialProgress, id_of};
use self::listener::{Listener, StreamKind};
use self::writer::{Writer, leave_and_rejoin};
use crate::rig::{Bench, Client, Cluster, Fleet, Person, RoamingClient, dense};
use crate::trial::Engine;

const INSTANCES: usize = 3;
const ROOMS: usize = 4;
const STEADY: usize = 3;
const WANDERERS: usize = 2;
const WRITERS: usize = 6;
/// The number of listeners for each kind of stream.
const LISTENERS: usize = 6;
const LATE: Duration = Duration::from_secs(1);
/// The time to catch up after the last write.
const TIMEOUT: Duration = Duration::from_secs(45);

/// The participants.
struct Participants {
    rooms: Vec<String>,
    /// Permanent members of every chatroom.
    steady: Vec<Person>,
    /// Members who leave and rejoin.
    wanderers: Vec<Person>,
}

pub(super) fn run(bench: &Bench) -> Result<String> {
    let mut rng = bench.rng();
    let cluster = (bench.engine == Engine::Postgres).then(|| bench.cluster()).transpose()?;
    let database = cluster.as_ref().map_or_else(|| bench.database(), Cluster::database)?;
    let instances = if cluster.is_some() { INSTANCES } else { 1 };
    let fleet = &Fleet::start(bench, database, instances)?;
    let participants = Participants::new(fleet, &mut rng)?;
    let mut listeners = listeners(fleet, &participants, &mut rng)?;
    let outages = play(fleet, cluster.as_ref(), &participants, &mut listeners, &mut rng)?;
    audit(fleet, &participants, &listeners, &outages, &mut rng)
}

impl Participants {
    fn new(fleet: &Fleet, rng: &mut Rng) -> Result<Self> {
        let nobody = fleet.nobody()?;
        let mut person = |name: &str, number| Person::new(&nobody, &format!("{name}{number}"), rng);
        let steady = (0..STEADY).map(|number| person("steady", number)).collect::<Result<Vec<_>>>()?;
        let wanderers = (0..WANDERERS).map(|number| person("wanderer", number)).collect::<Result<Vec<_>>>()?;
        let (owner, others) = steady.split_first().context("no participants")?;
        let members: Vec<&Person> = others.iter().chain(&wanderers).collect();
        let rooms = (0..ROOMS).map(|_| owner.make_room(&members)).collect::<Result<_>>()?;
        Ok(Self { rooms, steady, wanderers })
    }

    fn reader(&self, fleet: &Fleet, rng: &mut Rng) -> Result<Client> {
        RoamingClient::new(fleet, &self.steady.first().context("no participants")?.client).anywhere(rng)
    }
}

fn listeners<'f>(fleet: &'f Fleet<'f>, participants: &Participants, rng: &mut Rng) -> Result<Vec<Listener<'f>>> {
    let mut listeners = Vec::new();
    for _ in 0..LISTENERS {
        let room = rng.choice(&participants.rooms).context("no chatrooms")?;
        let stream_kinds = [StreamKind::Room(room.clone()), StreamKind::Cursor, StreamKind::Positions];
        for stream_kind in stream_kinds {
            let person = rng.choice(&participants.steady).context("no participants")?;
            let listener = Listener::new(fleet, person, stream_kind, rng.fork());
            listeners.push(if rng.bool() { listener.replay_all(&participants.rooms) } else { listener });
        }
    }
    for person in participants.wanderers.iter().cycle().take(LISTENERS) {
        listeners.push(Listener::new(fleet, person, StreamKind::Positions, rng.fork()));
    }
    Ok(listeners)
}

/// Runs all participants until every listener has everything, and returns the outages.
fn play(
    fleet: &Fleet,
    cluster: Option<&Cluster>,
    participants: &Participants,
    listeners: &mut [Listener],
    rng: &mut Rng,
) -> Result<String> {
    let progress = &TrialProgress::default();
    thread::scope(|scope| {
        let listening: Vec<_> =
            listeners.iter_mut().map(|listener| scope.spawn(move || progress.note(listener.listen(progress)))).collect();
        let mut writing = Vec::new();
        for person in participants.steady.iter().cycle().take(WRITERS) {
            let mut writer = Writer::new(fleet, person, &participants.rooms, rng.fork());
            writing.push(scope.spawn(move || progress.note(writer.write(progress))));
        }
        for person in &participants.wanderers {
            let (mut roaming, mut rng) = (RoamingClient::new(fleet, &person.client), rng.fork());
            writing.push(scope.spawn(move || progress.note(leave_and_rejoin(&mut roaming, &participants.rooms, &mut rng, progress))));
        }
        let happened = progress.note(outages::run_outages(fleet, cluster, progress, rng));
        let start = Instant::now();
        progress.written.store(true, Ordering::SeqCst);
        let mut outcomes: Vec<Result<()>> = writing.into_iter().map(joined).collect();
        outcomes.push(progress.note(progress.announce_heads(fleet, participants, rng)));
        outcomes.extend(listening.into_iter().map(joined));
        outcomes.into_iter().collect::<Result<()>>()?;
        Ok(format!("{}; the last event arrived {:.1} s after the outages", happened?, start.elapsed().as_secs_f32()))
    })
}

fn joined(thread: thread::ScopedJoinHandle<'_, Result<()>>) -> Result<()> {
    thread.join().map_err(|_| anyhow!("a thread panicked")).flatten()
}

/// Compares the events of each listener with the logs.
fn audit(fleet: &Fleet, participants: &Participants, listeners: &[Listener], outages: &str, rng: &mut Rng) -> Result<String> {
    let reader = participants.reader(fleet, rng)?;
    let (mut events, mut received) = (0, 0);
    for room in &participants.rooms {
        let log = dense(&reader, room)?;
        events += log.len();
        for listener in listeners.iter().filter(|listener| listener.listens_to(room)) {
            received += listener.ledger.compare(id_of(room), &log).with_context(|| listener.described())?;
        }
    }
    let connections: usize = listeners.iter().map(|listener| listener.connections).sum();
    let refusals: usize = listeners.iter().map(|listener| listener.refusals).sum();
    let repeats: usize = listeners.iter().map(|listener| listener.ledger.repeats).sum();
    let count = listeners.len();
    Ok(format!(
        "{events} events, {outages}. {count} listeners on {connections} connections ({refusals} refused) received \
         {received} events, {repeats} of them repeated, none missing"
    ))
}

impl TrialProgress {
    fn announce_heads(&self, fleet: &Fleet, participants: &Participants, rng: &mut Rng) -> Result<()> {
        // Unacknowledged requests may still be written.
        thread::sleep(LATE);
        let reader = participants.reader(fleet, rng)?;
        let mut heads = BTreeMap::new();
        for room in &participants.rooms {
            heads.insert(id_of(room).to_owned(), reader.get(room)?.expect(200)?.number_of("last_seq")?);
        }
        // Later calls have no effect.
        drop(self.heads.set((heads, Instant::now() + TIMEOUT)));
        Ok(())
    }
}
