//! The outcome of a write that depends on data read before it.

/// The outcome of a guarded write.
///
/// A refusal never reaches the user: the data has changed since it was read, so the use case reads and decides
/// again, and then either writes or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarded<T = ()> {
    /// The guard held, and the write is done.
    Done(T),
    /// The guard did not hold, or the data behind the decision had changed. Nothing is written.
    Refused,
}

impl<T> Guarded<T> {
    /// Maps the result of the write.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Guarded<U> {
        match self {
            Self::Done(done) => Guarded::Done(change(done)),
            Self::Refused => Guarded::Refused,
        }
    }
}
