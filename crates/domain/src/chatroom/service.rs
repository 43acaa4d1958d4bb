//! Use cases of chatrooms.

use std::sync::Arc;

use super::{
    Chatroom, ChatroomChange, ChatroomName, ChatroomRepository, Creation, Guard, MAX_INITIAL_MEMBERS, NewChatroom,
    Right, Seq, Visibility,
};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::event::{Event, EventRepository, Kind};
use crate::form::Form;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, IdSource, UserId};
use crate::message::{Idempotency, IdempotencyKey};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;
use crate::storage::StorageMeter;
use crate::violation::Violation;

/// The input for creating a chatroom.
#[derive(Clone, Debug)]
pub struct CreateChatroom {
    pub name: String,
    /// `public` or `private`; private if absent.
    pub visibility: Option<String>,
    /// The members to add, not counting the creator.
    pub member_ids: Vec<String>,
    /// Identifies a repeated request.
    pub key: Option<IdempotencyKey>,
}

/// A chatroom, and whether this request or an earlier one with the same key created it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedChatroom {
    /// The chatroom in its current state.
    pub chatroom: Chatroom,
    /// True if an earlier request created it.
    pub replayed: bool,
}

/// Creates, shows, changes and deletes chatrooms.
pub struct ChatroomService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub events: Arc<dyn EventRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl ChatroomService {
    /// Creates a chatroom; its creator becomes its owner. Users whom the creator may not add are invited.
    ///
    /// Asks [`ChatroomRepository::create_with_members`], or [`ChatroomRepository::created_before`] if the creator's
    /// quota is used up; for a repeated request then
    /// [`ChatroomRepository::access`].
    pub fn create(&self, creator: UserId, entered: &CreateChatroom) -> Result<CreatedChatroom, Failure> {
        let (name, visibility, members) = parse_creation(creator, entered)?;
        let idempotency = entered.key.clone().map(|key| {
            let members: Vec<String> = members.iter().map(ToString::to_string).collect();
            Idempotency::new(key, &[name.as_str(), visibility.as_str(), &members.join(",")])
        });
        let chatroom = NewChatroom {
            id: ChatroomId::from(self.ids.next()),
            name,
            visibility,
            creator,
            members,
            created_at: self.clock.now(),
            idempotency: idempotency.clone(),
        };
        let creation = match self.storage.check(creator, Kind::ChatroomCreated) {
            Ok(()) => self.chatrooms.create_with_members(chatroom)?,
            Err(full) => self.chatrooms.created_before(&chatroom)?.ok_or(full)?,
        };
        match creation {
            Creation::Created(chatroom) => Ok(CreatedChatroom { chatroom, replayed: false }),
            Creation::Duplicate(id, earlier) if idempotency.as_ref() == Some(&earlier) => {
                Ok(CreatedChatroom { chatroom: self.show(id, creator)?, replayed: true })
            }
            Creation::Duplicate(..) => Err(Denial::IdempotencyKeyReused.into()),
            Creation::NoSuchUsers(ids) => Err(Failure::invalid("member_ids", Violation::NoSuchUsers(ids))),
            Creation::BlockedBy(ids) => Err(Failure::invalid("member_ids", Violation::BlockedBy(ids))),
            Creation::InvitedTooOften(ids) => Err(Failure::invalid("member_ids", Violation::InvitedTooOften(ids))),
        }
    }

    /// Returns the chatroom, to users who may see it.
    ///
    /// Asks [`ChatroomRepository::access`].
    pub fn show(&self, id: ChatroomId, viewer: UserId) -> Result<Chatroom, Failure> {
        Ok(self.chatrooms.require_access(id, viewer)?.may_see()?.clone())
    }

    /// Renames a chatroom, or changes its settings.
    ///
    /// Asks [`ChatroomRepository::access`], then [`ChatroomRepository::update`] if anything changes.
    pub fn change(&self, id: ChatroomId, actor: UserId, entered: &ChatroomChange) -> Result<Chatroom, Failure> {
        let entered = entered.parse()?;
        retry_until_written(|| {
            let access = self.chatrooms.require_access(id, actor)?;
            access.as_member()?;
            let changes = entered.clone().differing_from(&access.chatroom);
            for right in changes.rights() {
                access.may(right)?;
            }
            let Some(most) = changes.rights().next() else {
                return Ok(Guarded::Done(access.chatroom));
            };
            self.storage.check(actor, Kind::ChatroomUpdated)?;
            Ok(self.chatrooms.update(id, changes, Guard::may(actor, most), self.clock.now())?)
        })
    }

    /// Deletes a chatroom for all members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`ChatroomRepository::delete`].
    pub fn delete(&self, id: ChatroomId, actor: UserId) -> Result<(), Failure> {
        retry_until_written(|| {
            self.chatrooms.require_access(id, actor)?.may(Right::Delete)?;
            self.storage.check(actor, Kind::ChatroomDeleted)?;
            let guard = Guard::may(actor, Right::Delete);
            Ok(self.chatrooms.delete(id, guard, self.clock.now())?)
        })
    }

    /// Returns the chatroom's log after `after`, to members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`EventRepository::read`].
    pub fn log(&self, id: ChatroomId, reader: UserId, after: i64, limit: Limit) -> Result<Page<Event>, Failure> {
        let access = self.chatrooms.require_access(id, reader)?;
        access.as_member()?;
        // Everything up to the head is committed, so nothing can appear before it later.
        let head = access.chatroom.last_seq;
        let items = self.events.read(id, after, head, limit)?;
        let last = items.last().map_or(after, |event| event.seq);
        Ok(Page { more: last < head && !items.is_empty(), items })
    }

    /// Returns the head of the chatroom's log, to members.
    ///
    /// Asks [`ChatroomRepository::access`].
    pub fn head(&self, id: ChatroomId, reader: UserId) -> Result<Seq, Failure> {
        let access = self.chatrooms.require_access(id, reader)?;
        access.as_member()?;
        Ok(access.chatroom.last_seq)
    }

    /// Checks whether a user may currently write in the chatroom.
    ///
    /// Asks [`ChatroomRepository::access`].
    pub fn may_speak(&self, id: ChatroomId, user: UserId) -> Result<(), Failure> {
        self.chatrooms.require_access(id, user)?.may(Right::Speak)?;
        Ok(())
    }
}

type ParsedCreation = (ChatroomName, Visibility, Vec<UserId>);

fn parse_creation(creator: UserId, entered: &CreateChatroom) -> Result<ParsedCreation, Failure> {
    let mut form = Form::default();
    let name = form.check("name", ChatroomName::parse(&entered.name));
    let visibility = entered.visibility.as_deref().map_or(Ok(Visibility::Private), Visibility::parse);
    let visibility = form.check("visibility", visibility);
    let members = form.check("member_ids", parse_members(creator, &entered.member_ids));
    match (name, visibility, members) {
        (Some(name), Some(visibility), Some(members)) => Ok((name, visibility, members)),
        _ => Err(form.into_failure()),
    }
}

/// Parses the ids, in order, without duplicates and without the creator.
fn parse_members(creator: UserId, entered: &[String]) -> Result<Vec<UserId>, Violation> {
    if entered.len() > MAX_INITIAL_MEMBERS {
        return Err(Violation::TooManyEntries(MAX_INITIAL_MEMBERS));
    }
    let mut members = Vec::with_capacity(entered.len());
    for (index, id) in entered.iter().enumerate() {
        members.push(id.parse().map_err(|_| Violation::EntryNotAnId(index))?);
    }
    members.sort_unstable();
    members.dedup();
    members.retain(|member| *member != creator);
    Ok(members)
}
