//! Changed profiles of users who share a chatroom with the listener's user.

use std::sync::Arc;

use super::Listener;
use crate::mailbox::MAX_PROFILES;
use crate::profiles::{self, Profile};
use crate::update::Update;

/// The relation of a listener to a user whose profile has changed.
enum Sees {
    /// They share a chatroom.
    Now,
    /// They may share a chatroom: the listener is behind, and the end of the membership may be among the entries.
    Later,
    Not,
}

impl Listener {
    /// Takes the profiles of users who share a chatroom with the listener's user. Unlike other ephemeral events, they
    /// are kept while the listener is behind.
    pub(super) fn take_profiles(&mut self, new: Vec<Arc<Profile>>) {
        let Some(backlog) = self.backlog.as_mut().filter(|backlog| !backlog.profiles.is_empty()) else {
            return self.sort_profiles(new);
        };
        let mut kept = std::mem::take(&mut backlog.profiles);
        for profile in new {
            profiles::add(&mut kept, profile, MAX_PROFILES);
        }
        self.sort_profiles(kept);
    }

    fn sort_profiles(&mut self, profiles: Vec<Arc<Profile>>) {
        for profile in profiles {
            match self.sees(&profile) {
                Sees::Now => {
                    let update = Update::Ephemeral(Box::new(profile.encoded.clone()));
                    self.backlog().updates.push_back((None, update));
                }
                Sees::Later => self.backlog().profiles.push(profile),
                Sees::Not => {}
            }
        }
    }

    fn sees(&self, profile: &Profile) -> Sees {
        if profile.user == self.user() {
            return Sees::Now;
        }
        let mut sees = Sees::Not;
        let shared = self.rooms.iter().filter_map(|(id, cursor)| Some((cursor.taken, profile.head(id)?)));
        for (taken, head) in shared {
            if taken >= head {
                return Sees::Now;
            }
            sees = Sees::Later;
        }
        sees
    }
}
