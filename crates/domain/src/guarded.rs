//! The outcome of a write that depends on what was read before it.

/// The outcome of a guarded write.
///
/// A refusal is no answer for a user: what was read has changed meanwhile, so the use case reads and decides
/// again, and then either writes or finds the denial.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarded<T = ()> {
    /// The guard held, and the write is done.
    Done(T),
    /// The guard did not hold, or what the write was decided upon had changed. Nothing is written.
    Refused,
}

impl<T> Guarded<T> {
    /// The outcome with another result.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Guarded<U> {
        match self {
            Self::Done(done) => Guarded::Done(change(done)),
            Self::Refused => Guarded::Refused,
        }
    }
}
