//! The locks of [`pending`](crate::pending): the standard library's, or loom's when `make loom` explores the
//! interleavings of threads.

#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard};

#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
