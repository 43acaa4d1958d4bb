//! A cache of the newest pages of chatrooms, serialized and compressed: most of a page consists of field names
//! and ids that repeat.
//!
//! A cached page is used only while the chatroom's head is where it was when the page was read. The head is read
//! after the request has arrived, together with the reader's membership, so a cached page is as fresh as one that
//! is read, whichever instance wrote.

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

/// The total size of compressed pages, in bytes.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// The size of an entry apart from the page's body.
const OVERHEAD: usize = 256;
const USUAL_PAGE: u64 = 4 * 1024;
/// The time limit for reading the head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(1);

/// The key of a page: the chatroom and the page length.
pub(super) type PageKey = (ChatroomId, Limit);

/// A bounded cache that evicts the least requested entries.
pub(crate) struct NewestPages {
    pages: Cache<PageKey, CachedPage, BySize>,
    from_memory: Counter,
    from_store: Counter,
}

#[derive(Clone)]
struct CachedPage {
    head: Seq,
    page: Arc<PackedSharedPage>,
}

#[derive(Clone)]
struct BySize;

impl Weighter<PageKey, CachedPage> for BySize {
    fn weight(&self, _: &PageKey, cached: &CachedPage) -> u64 {
        (cached.page.size() + OVERHEAD) as u64
    }
}

impl Default for NewestPages {
    fn default() -> Self {
        let pages = |source: &'static str| counter!("chit_chat_newest_pages_total", "source" => source);
        Self {
            pages: Cache::with_weighter((MAX_BYTES / USUAL_PAGE) as usize, MAX_BYTES, BySize),
            from_memory: pages("memory"),
            from_store: pages("store"),
        }
    }
}

impl NewestPages {
    /// Returns the page if it is cached, still the newest, and visible to the reader.
    pub(crate) async fn current(
        &self,
        heads: &dyn ChatroomHeads,
        key: PageKey,
        reader: UserId,
    ) -> Option<SharedPage> {
        let CachedPage { head, page } = self.pages.get(&key)?;
        // Without an answer in time, the caller reads the page, over another path to the store.
        let now = timeout(HEAD_TIMEOUT, heads.head(key.0, reader)).await;
        if now != Ok(Ok(Some(head))) {
            return None;
        }
        let page = page.unpack()?;
        self.from_memory.increment(1);
        Some(page)
    }

    /// Caches a page that was read at this head of the chatroom.
    pub(crate) fn insert(&self, key: PageKey, head: Seq, page: &SharedPage) {
        self.from_store.increment(1);
        self.pages.insert(key, CachedPage { head, page: Arc::new(page.pack()) });
    }
}
