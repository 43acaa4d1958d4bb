//! The newest pages of chatrooms, kept as they were written out, and compressed: most of a page is names of fields and ids
//! that repeat.
//!
//! A page is given again only while the chatroom's head is where it was when the page was read. The
//! head is asked for after the request came in, together with whether the reader is a member, so a
//! remembered page is as fresh as one that is read, whichever instance wrote.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::time::timeout;
use chit_chat_domain::chatroom::{ChatroomHeads, Seq};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::page::Limit;
use metrics::{Counter, counter};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::shared::{PackedSharedPage, SharedPage};

/// In bytes of compressed pages, altogether.
const MOST: u64 = 8 * 1024 * 1024;
/// What a page weighs besides its body.
const OVERHEAD: usize = 256;
const USUAL_PAGE: u64 = 4 * 1024;
/// So long may the head take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Which page: the length is part of it.
pub(super) type Which = (ChatroomId, Limit);

/// Bounded; what is asked for least goes first.
pub(crate) struct NewestPages {
    pages: Cache<Which, Remembered, BySize>,
    from_memory: Counter,
    from_store: Counter,
}

#[derive(Clone)]
struct Remembered {
    head: Seq,
    page: Arc<PackedSharedPage>,
}

#[derive(Clone)]
struct BySize;

impl Weighter<Which, Remembered> for BySize {
    fn weight(&self, _: &Which, remembered: &Remembered) -> u64 {
        (remembered.page.size() + OVERHEAD) as u64
    }
}

impl Default for NewestPages {
    fn default() -> Self {
        let pages = |source: &'static str| counter!("chit_chat_newest_pages_total", "source" => source);
        Self {
            pages: Cache::with_weighter((MOST / USUAL_PAGE) as usize, MOST, BySize),
            from_memory: pages("memory"),
            from_store: pages("store"),
        }
    }
}

impl NewestPages {
    /// The page, if it is remembered, still the newest, and the reader's to see.
    pub(crate) async fn current(
        &self,
        heads: &dyn ChatroomHeads,
        which: Which,
        reader: UserId,
    ) -> Option<SharedPage> {
        let Remembered { head, page } = self.pages.get(&which)?;
        // Without an answer the page is read: that goes another way to the store.
        let now = timeout(PATIENCE, heads.head(which.0, reader)).await;
        if now != Ok(Ok(Some(head))) {
            return None;
        }
        let page = page.unpack()?;
        self.from_memory.increment(1);
        Some(page)
    }

    /// Keeps a page that was read when the chatroom's head was there.
    pub(crate) fn remember(&self, which: Which, head: Seq, page: &SharedPage) {
        self.from_store.increment(1);
        self.pages.insert(which, Remembered { head, page: Arc::new(page.pack()) });
    }
}
