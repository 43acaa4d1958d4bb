//! Instances on one database that start and stop, and clients that use any of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use chit_chat_client::Client;
use chit_chat_rig::Database;
use fastrand::Rng;

use super::bench::Bench;
use super::server::Server;

/// Several instances. A restarted one has another address.
#[derive(Debug)]
pub(crate) struct Fleet<'bench> {
    bench: &'bench Bench<'bench>,
    database: Database,
    servers: Mutex<Vec<Option<Server>>>,
    /// The URLs of all instances, including stopped ones.
    urls: Mutex<Vec<String>>,
}

/// A user who uses another instance for each request.
#[derive(Debug)]
pub(crate) struct RoamingClient<'fleet> {
    fleet: &'fleet Fleet<'fleet>,
    base_client: Client,
    known: HashMap<String, Client>,
}

impl<'bench> Fleet<'bench> {
    pub(crate) fn start(bench: &'bench Bench<'bench>, database: Database, size: usize) -> Result<Self> {
        let servers = (0..size).map(|_| bench.server(&database)).collect::<Result<Vec<_>>>()?;
        let urls = servers.iter().map(|server| server.url().to_owned()).collect();
        let servers = servers.into_iter().map(Some).collect();
        Ok(Self { bench, database, servers: Mutex::new(servers), urls: Mutex::new(urls) })
    }

    pub(crate) fn size(&self) -> usize {
        lock(&self.urls).len()
    }

    pub(crate) fn nobody(&self) -> Result<Client> {
        let servers = lock(&self.servers);
        Ok(servers.iter().flatten().next().context("no instance runs")?.nobody())
    }

    /// Removes an instance from the fleet, so that it can be stopped.
    pub(crate) fn take(&self, number: usize) -> Result<Server> {
        lock(&self.servers).get_mut(number).and_then(Option::take).context("no such instance")
    }

    /// Puts an instance in the place of a removed one.
    pub(crate) fn put(&self, number: usize, server: Server) {
        if let Some(url) = lock(&self.urls).get_mut(number) {
            server.url().clone_into(url);
        }
        if let Some(place) = lock(&self.servers).get_mut(number) {
            *place = Some(server);
        }
    }

    /// Starts an instance in the place of a removed one.
    pub(crate) fn restart(&self, number: usize) -> Result<()> {
        self.put(number, self.bench.server(&self.database)?);
        Ok(())
    }

    /// The URL of a random instance, which may be stopped.
    fn any(&self, rng: &mut Rng) -> Result<String> {
        rng.choice(lock(&self.urls).iter()).cloned().context("no instances")
    }
}

impl<'fleet> RoamingClient<'fleet> {
    pub(crate) fn new(fleet: &'fleet Fleet<'fleet>, client: &Client) -> Self {
        Self { fleet, base_client: client.clone(), known: HashMap::new() }
    }

    /// A client of this user at a random instance, which may be stopped.
    pub(crate) fn anywhere(&mut self, rng: &mut Rng) -> Result<Client> {
        let url = self.fleet.any(rng)?;
        let client = self.known.entry(url).or_insert_with_key(|url| self.base_client.at(url));
        Ok(client.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
