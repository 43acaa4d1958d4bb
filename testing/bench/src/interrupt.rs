//! SIGINT and SIGTERM end a run between two measurements, so that its processes and files are cleaned up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use actix_web::rt::System;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use anyhow::{Result, ensure};

/// A flag that SIGINT and SIGTERM set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Starts to watch for the signals.
    pub(crate) fn watch() -> Self {
        let interrupt = Self::default();
        let flag = interrupt.0.clone();
        thread::spawn(move || {
            System::new().block_on(async {
                for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
                    if let Ok(signal) = signal(kind) {
                        actix_web::rt::spawn(note(signal, flag.clone()));
                    }
                }
                std::future::pending::<()>().await;
            });
        });
        interrupt
    }

    pub(crate) fn check(&self) -> Result<()> {
        ensure!(!self.0.load(Ordering::Relaxed), "interrupted");
        Ok(())
    }
}

async fn note(mut signal: Signal, flag: Arc<AtomicBool>) {
    signal.recv().await;
    flag.store(true, Ordering::Relaxed);
}
