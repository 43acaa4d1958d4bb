//! What people do with direct chatrooms, besides what they do with all.

use std::sync::Arc;

use super::{DirectRepository, Opening, Pair};
use crate::chatroom::Chatroom;
use crate::clock::Clock;
use crate::denial::{Denial, Failure};

/// A direct chatroom, and whether this request made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedDirect {
    pub chatroom: Chatroom,
    /// False if there was one before.
    pub new: bool,
}

/// Opening direct chatrooms.
pub struct DirectService {
    pub direct: Arc<dyn DirectRepository>,
    pub clock: Arc<dyn Clock>,
}

impl DirectService {
    /// The one chatroom that two people share; the first who asks for it makes it.
    ///
    /// Asks [`DirectRepository::open`].
    pub fn open(&self, pair: Pair) -> Result<OpenedDirect, Failure> {
        match self.direct.open(pair, self.clock.now())? {
            Opening::Made(chatroom) => Ok(OpenedDirect { chatroom, new: true }),
            Opening::Found(chatroom) => Ok(OpenedDirect { chatroom, new: false }),
            Opening::NoSuchUser => Err(Denial::UserNotFound.into()),
            Opening::Blocked => Err(Denial::Blocked.into()),
        }
    }
}
