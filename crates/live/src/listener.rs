//! A listener: a user's position in each of their chatrooms.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use chit_chat_domain::changes_since::{Joined, Standing, UserVersion};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::reading::ReadState;

use crate::entry::{Entry, Written};
use crate::mailbox::{Mail, Mailbox, Parcel};
use crate::news::{End, News, Own, Start, Who};
use crate::places::{Place, Places};
use crate::replay::{Job, Question};
use crate::shared::{Shared, Work};

/// The approximate number of bytes taken from a chatroom at once.
const BYTES: usize = 16 * 1024;

/// Delivers every entry after its positions once and in order, as long as the user is a member.
pub struct Listener {
    shared: Arc<Shared>,
    follows_user: bool,
    mailbox: Arc<Mailbox>,
    rooms: Places,
    /// The seq at which each membership ended, because an older query's result must not start it again.
    left: BTreeMap<ChatroomId, Seq>,
    agenda: Option<Box<Agenda>>,
    /// The number of chatrooms that have not caught up; `None` once [`News::CaughtUp`] is queued.
    behind: Option<u32>,
    asked: Asked,
    user_moved: bool,
    /// A private state changed in a chatroom whose membership event has not been taken yet.
    owes: bool,
}

/// Pending work, allocated only when needed, because most of the thousands of listeners are idle.
#[derive(Default)]
struct Agenda {
    /// Taken, but not delivered yet.
    news: VecDeque<(Option<ChatroomId>, News)>,
    /// Chatrooms that may have more entries to take.
    unread: Vec<ChatroomId>,
    /// Chatrooms whose log has to be read, one page at a time in turn.
    waiting: VecDeque<ChatroomId>,
}

impl Agenda {
    fn is_empty(&self) -> bool {
        self.news.is_empty() && self.unread.is_empty() && self.waiting.is_empty()
    }
}

/// Pending requests.
#[derive(Default)]
struct Asked {
    page: bool,
    standing: bool,
}

impl Listener {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        who: Who,
        follows: Option<UserVersion>,
        starts: impl IntoIterator<Item = Start>,
    ) -> Option<Self> {
        let mailbox = Arc::new(Mailbox::of(who));
        if !shared.registry.open(&mailbox) {
            return None;
        }
        shared.sources.metrics.listeners.increment(1);
        let mut listener = Self {
            shared: Arc::clone(shared),
            follows_user: follows.is_some(),
            mailbox,
            rooms: Places::default(),
            left: BTreeMap::new(),
            agenda: None,
            behind: Some(0),
            asked: Asked::default(),
            user_moved: false,
            owes: false,
        };
        if let Some(version) = follows {
            shared.registry.follow_user(who.user, version, &listener.mailbox);
        }
        // Commits between the read of these heads and the first subscription had no observer.
        let unobserved: Vec<_> = starts.into_iter().filter_map(|start| listener.sit(start, true)).collect();
        shared.look_up(follows.map(|_| who.user), unobserved);
        listener.say_when_caught_up();
        Some(listener)
    }

    /// Returns the next item, or registers the task to be woken when there is one.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<News> {
        loop {
            if let Some((chatroom, news)) = self.next_news() {
                self.note_heard(chatroom, &news);
                return Poll::Ready(news);
            }
            if self.is_over() {
                return Poll::Ready(News::End(End::NotAMember));
            }
            let mail = self.mailbox.take(context.waker());
            if mail.is_closed() {
                return Poll::Ready(News::End(End::Stopping));
            }
            self.open(mail);
            self.agenda.take_if(|agenda| agenda.is_empty());
            if self.has_nothing_to_do() {
                return Poll::Pending;
            }
        }
    }

    /// The session of the listener.
    pub fn session(&self) -> SessionId {
        self.mailbox.who.session
    }

    /// Returns whether the instance is stopping, which [`poll`](Self::poll) reports after what is queued.
    pub fn is_stopping(&self) -> bool {
        self.mailbox.is_closed()
    }

    /// The seq delivered last in each chatroom.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = (ChatroomId, Seq)> {
        self.rooms.iter().map(|(id, place)| (id, place.heard))
    }

    /// The known head of each chatroom.
    pub fn heads(&self) -> impl Iterator<Item = (ChatroomId, Seq)> {
        self.rooms.iter().map(|(id, place)| (id, place.room.head()))
    }

    fn has_nothing_to_do(&self) -> bool {
        let waits = |agenda: &Agenda| agenda.news.is_empty() && agenda.unread.is_empty();
        let can_only_wait = self.agenda.as_ref().is_none_or(|agenda| self.asked.page && waits(agenda));
        can_only_wait && !self.is_over()
    }

    fn agenda(&mut self) -> &mut Agenda {
        self.agenda.get_or_insert_default()
    }

    fn next_news(&mut self) -> Option<(Option<ChatroomId>, News)> {
        self.agenda.as_mut()?.news.pop_front()
    }

    fn is_over(&self) -> bool {
        !self.follows_user && self.rooms.is_empty()
    }

    fn note_heard(&mut self, chatroom: Option<ChatroomId>, news: &News) {
        if let (Some(chatroom), News::Event(entry)) = (chatroom, news)
            && let Some(place) = self.rooms.get_mut(chatroom)
        {
            place.heard = place.heard.max(entry.seq);
        }
    }

    fn open(&mut self, mut mail: Mail) {
        let Parcel { pages, asides, standing, failed } = mail.take_parcel();
        if failed.page {
            self.ask_for_pages_again();
        }
        if failed.standing {
            self.asked.standing = false;
            self.user_moved = true;
        }
        if pages.is_empty() {
            self.ask_for_next_page();
        }
        // First, while everything taken has been delivered: a user who rejoined starts at a new position.
        if let Some(standing) = standing {
            self.asked.standing = false;
            self.compare(&standing);
        }
        let unread = self.agenda.as_mut().map(|agenda| mem::take(&mut agenda.unread)).unwrap_or_default();
        for chatroom in unread.into_iter().chain(mail.chatrooms) {
            self.take_new(chatroom);
        }
        // After the unread chatrooms, so that the next page is requested only once this one has been delivered.
        for (chatroom, page) in pages {
            self.take_page(chatroom, page);
        }
        for (chatroom, written) in asides {
            self.take_aside(chatroom, written);
        }
        self.user_moved |= mail.user_moved;
        if self.follows_user && self.user_moved && !self.asked.standing {
            self.user_moved = false;
            self.asked.standing = true;
            let job = self.job(Question::Standing(self.user()));
            // On the live queue, so that it does not wait for pages, which may be many.
            self.shared.live.push(Work::Standing(job));
        }
    }

    /// Subscribes to a chatroom; returns it if this is its first subscription.
    fn sit(&mut self, Start { chatroom, position, head, read }: Start, at_start: bool) -> Option<ChatroomId> {
        let (room, seat, is_first) = self.shared.registry.sit(chatroom, head, &self.mailbox);
        room.note_head(head);
        if room.needs_serving() {
            self.shared.live.push(Work::Room(Arc::clone(&room)));
        }
        let catches_up_at = (at_start && position < head).then_some(head);
        if let (Some(_), Some(behind)) = (catches_up_at, &mut self.behind) {
            *behind += 1;
        }
        let place = Place {
            room,
            seat,
            taken: position,
            heard: position,
            member_at: head,
            read,
            catches_up_at,
            reading: false,
        };
        self.rooms.insert(chatroom, place);
        self.agenda().unread.push(chatroom);
        is_first.then_some(chatroom)
    }

    /// Takes entries from the room's ring, or requests a page of the log if they have been evicted.
    fn take_new(&mut self, chatroom: ChatroomId) {
        let Some(place) = self.rooms.get_mut(chatroom) else {
            return;
        };
        place.seat.looks();
        if place.reading {
            return;
        }
        let gone = place.room.is_gone();
        match place.room.after(place.taken, BYTES, self.mailbox.who.user) {
            Some(entries) if entries.is_empty() => {
                if gone {
                    self.leave(chatroom, Seq::MAX);
                }
            }
            Some(entries) => {
                self.take(chatroom, entries);
                self.agenda().unread.push(chatroom);
            }
            None => {
                place.reading = true;
                self.agenda().waiting.push_back(chatroom);
            }
        }
    }

    /// Requests one page at a time, and only when everything taken has been delivered, so that a slow client costs
    /// at most one page regardless of its number of chatrooms.
    fn ask_for_next_page(&mut self) {
        while !self.asked.page
            && let Some(chatroom) = self.agenda.as_mut().and_then(|agenda| agenda.waiting.pop_front())
        {
            // A chatroom left and rejoined may be queued twice; an empty page would be taken for a deleted log.
            if let Some(place) = self.rooms.get(chatroom).filter(|place| place.reading) {
                self.asked.page = true;
                let job = self.job(Question::Page(chatroom, self.user(), place.taken, place.room.head()));
                self.shared.replay.push(job);
            }
        }
    }

    fn take_page(&mut self, chatroom: ChatroomId, page: Option<Vec<Arc<Entry>>>) {
        self.asked.page = false;
        let Some(place) = self.rooms.get_mut(chatroom) else {
            return;
        };
        place.reading = false;
        match page {
            Some(entries) => {
                self.take(chatroom, entries);
                self.agenda().unread.push(chatroom);
            }
            None => self.leave(chatroom, Seq::MAX),
        }
    }

    fn take(&mut self, chatroom: ChatroomId, entries: Vec<Arc<Entry>>) {
        let user = self.user();
        for entry in entries {
            let Some(place) = self.rooms.get_mut(chatroom) else {
                return;
            };
            if entry.seq != place.taken + 1 {
                continue;
            }
            let seq = entry.seq;
            place.taken = seq;
            if seq == place.member_at {
                self.user_moved |= mem::take(&mut self.owes);
            }
            let is_last = seq > place.member_at && entry.is_last_for(user);
            let has_caught_up = place.catches_up_at.take_if(|at| *at <= seq).is_some();
            self.agenda().news.push_back((Some(chatroom), News::Event(entry)));
            if is_last {
                self.leave(chatroom, seq);
            }
            if has_caught_up {
                self.one_has_caught_up();
            }
        }
    }

    /// Drops the aside if the listener is behind: the user's removal may be among the entries not taken yet.
    fn take_aside(&mut self, chatroom: ChatroomId, written: Written) {
        if self.rooms.get(chatroom).is_some_and(|place| place.taken >= place.room.head()) {
            self.agenda().news.push_back((Some(chatroom), News::Aside(Box::new(written))));
        }
    }

    /// Removes a chatroom. Looks up the memberships, because the user may have joined again since.
    fn leave(&mut self, chatroom: ChatroomId, at: Seq) {
        if let Some(place) = self.rooms.remove(chatroom) {
            self.left.insert(chatroom, at);
            self.shared.registry.rise(&place.room, &place.seat);
            self.user_moved = true;
            if place.catches_up_at.is_some() {
                self.one_has_caught_up();
            }
        }
    }

    fn one_has_caught_up(&mut self) {
        if let Some(behind) = &mut self.behind {
            *behind = behind.saturating_sub(1);
        }
        self.say_when_caught_up();
    }

    fn say_when_caught_up(&mut self) {
        if self.behind.take_if(|behind| *behind == 0).is_some() {
            self.agenda().news.push_back((None, News::CaughtUp));
        }
    }

    /// Starts at the join event of each new chatroom. The end of a membership is read from the chatroom's log.
    fn compare(&mut self, standing: &Standing) {
        for joined in &standing.chatrooms {
            let has_ended = self.left.get(&joined.chatroom_id).is_some_and(|at| joined.joined_seq < *at);
            if !has_ended && self.rooms.get(joined.chatroom_id).is_none() {
                let (position, head) = (joined.joined_seq - 1, joined.joined_seq);
                let read = ReadState::at_joining(joined.joined_seq);
                self.sit(Start { chatroom: joined.chatroom_id, position, head, read }, false);
                self.shared.look(joined.chatroom_id);
            }
            self.tell_own(joined);
        }
        let listed =
            |id: &ChatroomId| standing.chatrooms.binary_search_by_key(id, |joined| joined.chatroom_id).is_ok();
        self.rooms.iter().filter(|(id, _)| !listed(id)).for_each(|(id, _)| self.shared.look(id));
    }

    /// Reports changes of the private state, but only after the join event: until that has been taken, the change
    /// is owed, and then looked up again. The state of a later membership waits for the end of this one.
    fn tell_own(&mut self, joined: &Joined) {
        let differs = |place: &&mut Place| place.read != joined.read && joined.joined_seq <= place.member_at;
        let Some(place) = self.rooms.get_mut(joined.chatroom_id).filter(differs) else {
            return;
        };
        if place.taken < place.member_at {
            self.owes = true;
            return;
        }
        let before = mem::replace(&mut place.read, joined.read);
        let marker = Some(joined.read.read_seq).filter(|seq| *seq != before.read_seq).map(Own::ReadMarker);
        let muted = Some(joined.read.muted).filter(|muted| *muted != before.muted).map(Own::Muted);
        let hidden = Some(joined.read.hidden_seq).filter(|seq| *seq != before.hidden_seq).map(Own::Hidden);
        let news = [marker, muted, hidden].into_iter().flatten();
        self.agenda().news.extend(news.map(|own| (None, News::Own(joined.chatroom_id, own))));
    }

    fn ask_for_pages_again(&mut self) {
        self.asked.page = false;
        let agenda = self.agenda.get_or_insert_default();
        agenda.waiting.clear();
        for (id, place) in self.rooms.iter_mut() {
            if mem::take(&mut place.reading) {
                agenda.unread.push(id);
            }
        }
    }

    fn user(&self) -> UserId {
        self.mailbox.who.user
    }

    fn job(&self, question: Question) -> Job {
        Job { question, mailbox: Arc::clone(&self.mailbox) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for (_, place) in self.rooms.iter() {
            self.shared.registry.rise(&place.room, &place.seat);
        }
        if self.follows_user {
            self.shared.registry.leave_user(self.user(), &self.mailbox);
        }
        self.shared.registry.close(&self.mailbox);
        self.shared.sources.metrics.listeners.decrement(1);
    }
}
