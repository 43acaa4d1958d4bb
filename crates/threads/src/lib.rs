//! Named threads that are stopped and joined together.
//!
//! [`Threads`] owns the threads of a pool. Dropping it signals them to stop, in the pool's own way, and waits
//! until they have ended.

mod pool;

use std::fmt::{self, Display};
use std::io;
use std::thread::{self, JoinHandle};

pub use pool::{Full, Pool, spare_processors};

/// The scheduling priority of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// The priority of every other thread of the process.
    Normal,
    /// A priority below every other thread of the process. Linux only; elsewhere the same as `Normal`.
    Low,
}

/// The threads of one pool, stopped and joined on drop.
#[derive(Default)]
pub struct Threads {
    stop: Vec<Box<dyn FnOnce() + Send + Sync>>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// Adds a function that signals threads to stop. Dropping the pool calls each once before it joins a thread.
    pub fn on_stop(&mut self, stop: impl FnOnce() + Send + Sync + 'static) {
        self.stop.push(Box::new(stop));
    }

    /// Starts a thread.
    pub fn start(
        &mut self,
        name: impl Into<String>,
        priority: Priority,
        run: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let run = move || {
            if priority == Priority::Low {
                lower_priority();
            }
            run();
        };
        self.handles.push(thread::Builder::new().name(name.into()).spawn(run)?);
        Ok(())
    }

    /// Starts several threads that run the same function. Each is named after the pool and its number: `name-0`.
    pub fn start_each(
        &mut self,
        name: &str,
        mut numbers: impl Iterator<Item: Display>,
        priority: Priority,
        run: impl Fn() + Clone + Send + 'static,
    ) -> io::Result<()> {
        numbers.try_for_each(|n| self.start(format!("{name}-{n}"), priority, run.clone()))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        for stop in self.stop.drain(..) {
            stop();
        }
        for handle in self.handles.drain(..) {
            // One of the threads may drop the last owner of the pool; it cannot wait for itself.
            if handle.thread().id() != thread::current().id() {
                // The panic hook has already reported any panic.
                drop(handle.join());
            }
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.handles.iter().map(|handle| handle.thread().name().unwrap_or_default());
        f.debug_list().entries(names).finish()
    }
}

#[cfg(target_os = "linux")]
fn lower_priority() {
    // Linux keeps one niceness per thread.
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "cannot lower the thread's priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn lower_priority() {}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    use super::*;

    /// Starts threads that send their name, and send it again once they are signalled to stop.
    fn reporting_threads(names: &Sender<String>) -> Threads {
        let mut threads = Threads::default();
        for n in 0..2 {
            let (stop, stopped) = channel::<()>();
            threads.on_stop(move || drop(stop));
            let names = names.clone();
            let run = move || {
                let name = thread::current().name().unwrap().to_owned();
                names.send(name.clone()).unwrap();
                stopped.recv().unwrap_err();
                names.send(name).unwrap();
            };
            threads.start(format!("reporter-{n}"), Priority::Normal, run).unwrap();
        }
        threads
    }

    #[test]
    fn drop_stops_and_joins_every_thread() {
        let (sender, names) = channel();
        let threads = reporting_threads(&sender);
        drop(sender);
        let mut started: Vec<_> = names.iter().take(2).collect();
        started.sort();
        assert_eq!(started, ["reporter-0", "reporter-1"]);
        assert!(names.try_recv().is_err(), "a thread has stopped too early");
        drop(threads);
        // Both threads have ended, because their senders are dropped.
        assert_eq!(names.try_iter().count(), 2);
        assert!(names.recv().is_err());
    }

    #[test]
    fn threads_have_distinct_names() {
        let mut threads = Threads::default();
        threads.start_each("worker", 0..2, Priority::Normal, || {}).unwrap();
        assert_eq!(format!("{threads:?}"), r#"["worker-0", "worker-1"]"#);
    }

    #[test]
    fn panic_does_not_prevent_join() {
        let (sender, names) = channel();
        let mut threads = reporting_threads(&sender);
        threads.start("unlucky", Priority::Normal, || panic!("on purpose")).unwrap();
        drop((threads, sender));
        assert_eq!(names.iter().count(), 4);
    }

    #[test]
    fn drop_by_own_thread_does_not_wait() {
        let (give, taken) = channel::<Threads>();
        let (sender, ended) = channel();
        let mut threads = Threads::default();
        let run = move || {
            drop(taken.recv());
            sender.send(()).unwrap();
        };
        threads.start("owner", Priority::Normal, run).unwrap();
        give.send(threads).unwrap();
        assert_eq!(ended.recv_timeout(Duration::from_secs(20)), Ok(()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn low_priority_is_lower_than_normal() {
        fn niceness() -> i64 {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            // The niceness is field 19; field 2, in brackets, may contain spaces.
            stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().parse().unwrap()
        }
        let (sender, found) = channel();
        let mut threads = Threads::default();
        for priority in [Priority::Normal, Priority::Low] {
            let sender = sender.clone();
            threads.start("nice", priority, move || sender.send((priority, niceness())).unwrap()).unwrap();
        }
        drop((threads, sender));
        let found: Vec<_> = found.iter().collect();
        let of = |wanted| found.iter().find(|(priority, _)| *priority == wanted).map(|(_, nice)| *nice);
        assert!(of(Priority::Low) > of(Priority::Normal), "{found:?}");
    }
}
