//! A page of messages that is the same for all readers, to which each reader's own reactions are added.

use std::collections::BTreeMap;
use std::sync::Arc;

use chit_chat_domain::id::MessageId;
use chit_chat_domain::message::Message;
use chit_chat_domain::reaction::Emoji;

use super::written::{PackedPage, WrittenPage};
use crate::problem::Problem;
use crate::views::MessageView;

/// The reader's own emoji by message id.
type Mine = BTreeMap<String, Vec<String>>;

/// A page of messages. It is complete if no message has reactions; otherwise each reader's `mine` is added.
pub(crate) struct SharedPage {
    written: WrittenPage,
    reacted: Arc<[MessageId]>,
}

impl SharedPage {
    pub(crate) fn new(messages: Vec<Message>, next_cursor: Option<String>) -> Result<Self, Problem> {
        let reacted: Arc<[MessageId]> =
            messages.iter().filter(|message| !message.reactions.is_empty()).map(|message| message.id).collect();
        let written = WrittenPage::new(messages.into_iter().map(MessageView::from).collect(), next_cursor)?;
        let mine = reacted.is_empty().then(Mine::new);
        Ok(Self { written: written.with_member("mine", mine.as_ref())?, reacted })
    }

    /// The messages with reactions, whose own ones are missing.
    pub(crate) fn reacted(&self) -> &[MessageId] {
        &self.reacted
    }

    /// The complete page for a reader with these reactions, which are none if no message has any.
    pub(crate) fn with_own(self, own: Vec<(MessageId, Emoji)>) -> Result<WrittenPage, Problem> {
        if self.reacted.is_empty() {
            return Ok(self.written);
        }
        let mut mine = Mine::new();
        for (message, emoji) in own {
            mine.entry(message.to_string()).or_default().push(emoji.as_str().to_owned());
        }
        self.written.with_member("mine", Some(&mine))
    }

    /// Compresses the page for the cache.
    pub(super) fn pack(&self) -> PackedSharedPage {
        PackedSharedPage { written: self.written.pack(), reacted: self.reacted.clone() }
    }
}

/// A compressed page.
pub(super) struct PackedSharedPage {
    written: PackedPage,
    reacted: Arc<[MessageId]>,
}

impl PackedSharedPage {
    /// The compressed size, in bytes.
    pub(super) fn size(&self) -> usize {
        self.written.size() + size_of_val(&*self.reacted)
    }

    /// Decompresses the page; `None` if the data is damaged.
    pub(super) fn unpack(&self) -> Option<SharedPage> {
        Some(SharedPage { written: self.written.unpack()?, reacted: self.reacted.clone() })
    }
}
