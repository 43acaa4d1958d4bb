//! Writers and listeners use three instances. Listeners connect, disconnect and resume on another instance,
//! read slowly or pause. Instances are killed, stopped and frozen meanwhile, and PostgreSQL is killed and
//! stopped. In the end every listener has received every event of its chatrooms in order, and repeats only
//! after its position.

mod course;
mod listener;
mod outages;
mod writer;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use fastrand::Rng;

use self::course::{Course, id_of};
use self::listener::{Listener, Way};
use self::writer::{Writer, wander};
use crate::rig::{Bench, Client, Cluster, Fleet, Person, Roamer, dense};
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
const PATIENCE: Duration = Duration::from_secs(45);

/// The participants.
struct Cast {
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
    let cast = Cast::new(fleet, &mut rng)?;
    let mut listeners = listeners(fleet, &cast, &mut rng)?;
    let outages = play(fleet, cluster.as_ref(), &cast, &mut listeners, &mut rng)?;
    audit(fleet, &cast, &listeners, &outages, &mut rng)
}

impl Cast {
    fn new(fleet: &Fleet, rng: &mut Rng) -> Result<Self> {
        let nobody = fleet.nobody()?;
        let mut person = |name: &str, number| Person::new(&nobody, &format!("{name}{number}"), rng);
        let steady = (0..STEADY).map(|number| person("steady", number)).collect::<Result<Vec<_>>>()?;
        let wanderers = (0..WANDERERS).map(|number| person("wanderer", number)).collect::<Result<Vec<_>>>()?;
        let (owner, others) = steady.split_first().context("nobody is there")?;
        let members: Vec<&Person> = others.iter().chain(&wanderers).collect();
        let rooms = (0..ROOMS).map(|_| owner.make_room(&members)).collect::<Result<_>>()?;
        Ok(Self { rooms, steady, wanderers })
    }

    fn reader(&self, fleet: &Fleet, rng: &mut Rng) -> Result<Client> {
        Roamer::new(fleet, &self.steady.first().context("nobody is there")?.client).anywhere(rng)
    }
}

fn listeners<'f>(fleet: &'f Fleet<'f>, cast: &Cast, rng: &mut Rng) -> Result<Vec<Listener<'f>>> {
    let mut listeners = Vec::new();
    for _ in 0..LISTENERS {
        let room = rng.choice(&cast.rooms).context("no chatrooms")?;
        let ways = [Way::Room(room.clone()), Way::Cursor, Way::Positions];
        for way in ways {
            let person = rng.choice(&cast.steady).context("nobody is there")?;
            let listener = Listener::new(fleet, person, way, rng.fork());
            listeners.push(if rng.bool() { listener.starting_from_the_beginning(&cast.rooms) } else { listener });
        }
    }
    for person in cast.wanderers.iter().cycle().take(LISTENERS) {
        listeners.push(Listener::new(fleet, person, Way::Positions, rng.fork()));
    }
    Ok(listeners)
}

/// Runs all participants until every listener has everything, and returns the outages.
fn play(
    fleet: &Fleet,
    cluster: Option<&Cluster>,
    cast: &Cast,
    listeners: &mut [Listener],
    rng: &mut Rng,
) -> Result<String> {
    let course = &Course::default();
    thread::scope(|scope| {
        let listening: Vec<_> =
            listeners.iter_mut().map(|listener| scope.spawn(move || course.note(listener.listen(course)))).collect();
        let mut writing = Vec::new();
        for person in cast.steady.iter().cycle().take(WRITERS) {
            let mut writer = Writer::new(fleet, person, &cast.rooms, rng.fork());
            writing.push(scope.spawn(move || course.note(writer.write(course))));
        }
        for person in &cast.wanderers {
            let (mut roamer, mut rng) = (Roamer::new(fleet, &person.client), rng.fork());
            writing.push(scope.spawn(move || course.note(wander(&mut roamer, &cast.rooms, &mut rng, course))));
        }
        let happened = course.note(outages::happen(fleet, cluster, course, rng));
        let start = Instant::now();
        course.written.store(true, Ordering::SeqCst);
        let mut outcomes: Vec<Result<()>> = writing.into_iter().map(joined).collect();
        outcomes.push(course.note(course.announce_heads(fleet, cast, rng)));
        outcomes.extend(listening.into_iter().map(joined));
        outcomes.into_iter().collect::<Result<()>>()?;
        Ok(format!("{}; the last was heard {:.1} s behind all that", happened?, start.elapsed().as_secs_f32()))
    })
}

fn joined(thread: thread::ScopedJoinHandle<'_, Result<()>>) -> Result<()> {
    thread.join().map_err(|_| anyhow!("somebody panicked")).flatten()
}

/// Compares the events of each listener with the logs.
fn audit(fleet: &Fleet, cast: &Cast, listeners: &[Listener], outages: &str, rng: &mut Rng) -> Result<String> {
    let reader = cast.reader(fleet, rng)?;
    let (mut events, mut heard) = (0, 0);
    for room in &cast.rooms {
        let log = dense(&reader, room)?;
        events += log.len();
        for listener in listeners.iter().filter(|listener| listener.listens_to(room)) {
            heard += listener.ledger.compare(id_of(room), &log).with_context(|| listener.described())?;
        }
    }
    let connections: usize = listeners.iter().map(|listener| listener.connections).sum();
    let refusals: usize = listeners.iter().map(|listener| listener.refusals).sum();
    let repeats: usize = listeners.iter().map(|listener| listener.ledger.repeats).sum();
    let count = listeners.len();
    Ok(format!(
        "{events} events, {outages}. {count} listeners on {connections} connections ({refusals} refused) heard \
         {heard} events, {repeats} of them repeated, none missing"
    ))
}

impl Course {
    fn announce_heads(&self, fleet: &Fleet, cast: &Cast, rng: &mut Rng) -> Result<()> {
        // Unacknowledged requests may still be written.
        thread::sleep(LATE);
        let reader = cast.reader(fleet, rng)?;
        let mut heads = BTreeMap::new();
        for room in &cast.rooms {
            heads.insert(id_of(room).to_owned(), reader.get(room)?.expect(200)?.number_of("last_seq")?);
        }
        // Later calls have no effect.
        drop(self.heads.set((heads, Instant::now() + PATIENCE)));
        Ok(())
    }
}
