//! Use cases of blocks.

use std::sync::Arc;

use super::{BlockRepository, Blocking, MAX_BLOCKS};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::direct::Pair;

/// Blocks and unblocks users.
pub struct BlockService {
    pub blocks: Arc<dyn BlockRepository>,
    pub clock: Arc<dyn Clock>,
}

impl BlockService {
    /// Blocks a user; blocking them again changes nothing.
    ///
    /// Asks [`BlockRepository::block`].
    pub fn block(&self, pair: Pair) -> Result<(), Failure> {
        match self.blocks.block(pair, MAX_BLOCKS, self.clock.now())? {
            Blocking::Blocked => Ok(()),
            Blocking::NoSuchUser => Err(Denial::UserNotFound.into()),
            Blocking::TooMany => Err(Denial::TooManyBlocks.into()),
        }
    }

    /// Unblocks a user; does nothing if they are not blocked.
    ///
    /// Asks [`BlockRepository::unblock`].
    pub fn unblock(&self, pair: Pair) -> Result<(), Failure> {
        Ok(self.blocks.unblock(pair, self.clock.now())?.ok_or(Denial::UserNotFound)?)
    }
}
