//! What people do about those whom they do not want to hear from.

use std::sync::Arc;

use super::{BlockRepository, Blocking, MOST_BLOCKS};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::direct::Pair;

/// Blocking and unblocking people.
pub struct BlockService {
    pub blocks: Arc<dyn BlockRepository>,
    pub clock: Arc<dyn Clock>,
}

impl BlockService {
    /// Blocks somebody; blocking them again changes nothing.
    ///
    /// Asks [`BlockRepository::block`].
    pub fn block(&self, pair: Pair) -> Result<(), Failure> {
        match self.blocks.block(pair, MOST_BLOCKS, self.clock.now())? {
            Blocking::Blocked => Ok(()),
            Blocking::NoSuchUser => Err(Denial::UserNotFound.into()),
            Blocking::TooMany => Err(Denial::TooManyBlocks.into()),
        }
    }

    /// Blocks somebody no more; whoever is not blocked stays so.
    ///
    /// Asks [`BlockRepository::unblock`].
    pub fn unblock(&self, pair: Pair) -> Result<(), Failure> {
        Ok(self.blocks.unblock(pair, self.clock.now())?.ok_or(Denial::UserNotFound)?)
    }
}
