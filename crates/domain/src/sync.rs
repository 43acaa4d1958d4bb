//! The locks of [`pending`](crate::pending): the standard library's, or loom's where `make loom` explores every
//! order of threads.

#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard};

#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
