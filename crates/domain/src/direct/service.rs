//! Use cases that only direct chatrooms have.

use std::sync::Arc;

use super::{DirectRepository, Opening, Pair};
use crate::chatroom::Chatroom;
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::storage::StorageMeter;

/// A direct chatroom, and whether this request created it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedDirect {
    pub chatroom: Chatroom,
    /// False if it existed before.
    pub new: bool,
}

/// Opens direct chatrooms.
pub struct DirectService {
    pub direct: Arc<dyn DirectRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
}

impl DirectService {
    /// Returns the one chatroom that two users share; the first call creates it.
    ///
    /// Asks [`DirectRepository::open`]; before that [`DirectRepository::exists`] if the user's quota is used up.
    pub fn open(&self, pair: Pair) -> Result<OpenedDirect, Failure> {
        if let Err(full) = self.storage.check(pair.me(), Kind::ChatroomCreated)
            && !self.direct.exists(pair)?
        {
            return Err(full.into());
        }
        match self.direct.open(pair, self.clock.now())? {
            Opening::Made(chatroom) => Ok(OpenedDirect { chatroom, new: true }),
            Opening::Found(chatroom) => Ok(OpenedDirect { chatroom, new: false }),
            Opening::NoSuchUser => Err(Denial::UserNotFound.into()),
            Opening::Blocked => Err(Denial::Blocked.into()),
        }
    }
}
