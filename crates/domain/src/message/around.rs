//! The page around a position in the log.

use super::Message;
use crate::chatroom::Seq;
use crate::page::{Limit, Page};

/// Makes a page of the messages on both sides of a seq, and returns whether older ones precede it. If one side has
/// fewer messages than half of the limit, the other one fills the page.
pub(super) fn cut(mut rows: Vec<Message>, seq: Seq, limit: Limit) -> (Page<Message>, bool) {
    let limit = limit.get();
    let older = rows.partition_point(|message| message.seq <= seq);
    let newer = rows.len() - older;
    let kept_older = older.min((limit - limit / 2).max(limit.saturating_sub(newer)));
    let kept_newer = newer.min(limit - kept_older);
    let more = kept_newer < newer;
    rows.truncate(older + kept_newer);
    rows.drain(..older - kept_older);
    (Page { items: rows, more }, kept_older < older)
}
