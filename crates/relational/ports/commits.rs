//! Registers the observers of commits.

use std::sync::Weak;

use chit_chat_domain::commits::{CommitObserver, Commits};

use crate::Store;

impl Commits for Store {
    fn observe(&self, observer: Weak<dyn CommitObserver>) {
        self.observers.add(observer);
    }
}
