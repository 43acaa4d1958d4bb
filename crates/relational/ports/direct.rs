//! Direct chatrooms in SQL.

use chit_chat_domain::chatroom::{Chatroom, ChatroomChanges, Seq, Settings, Visibility};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::direct::{DirectKey, DirectRepository, Opening, Pair};
use chit_chat_domain::event::Change;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::{Leaving, Role};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::ChatroomRow;
use chit_chat_relational::schema::{chatrooms, memberships, server_keys};
use chit_chat_relational::{Key, Sql, SqlError, codes};
use diesel::prelude::*;

use super::ledger::Ledger;
use super::{chatrooms as rooms, fragments};
use crate::{Conn, Store, Tx, dialect};

/// The `hidden_seq` of the user who did not open the chatroom, until its first message: see
/// [`fragments::is_known`].
const UNKNOWN: Option<Seq> = Some(0);

impl DirectRepository for Store {
    fn exists(&self, pair: Pair) -> Result<bool, StoreError> {
        self.read(|conn| Ok(find(conn, pair)?.is_some()))
    }

    fn open(&self, pair: Pair, at: Timestamp) -> Result<Opening, StoreError> {
        // Most direct chatrooms exist and are not hidden, so nothing is written.
        match self.read(|conn| shown(conn, pair))? {
            Some(chatroom) => Ok(Opening::Found(chatroom)),
            None => self.write(|tx| open(tx, pair, at)),
        }
    }
}

fn shown(conn: &mut Conn, pair: Pair) -> Sql<Option<Chatroom>> {
    let (me, other) = (Key::from(pair.me()), Key::from(pair.other()));
    let row: Option<ChatroomRow> = memberships::table
        .inner_join(chatrooms::table)
        .filter(memberships::user_id.eq(me))
        .filter(memberships::other_id.eq(other))
        .filter(fragments::is_shown())
        .filter(fragments::is_alive(me))
        .filter(fragments::is_alive(other))
        .select(ChatroomRow::as_select())
        .first(conn)
        .optional()?;
    row.map(ChatroomRow::try_into).transpose()
}

fn open(tx: &mut Tx<'_>, pair: Pair, at: Timestamp) -> Sql<Opening> {
    let ledger = open_ledger(tx, pair, at)?;
    // These locks are held until the end, so that no account is deleted and no block is added in between.
    if dialect::share_living_users(tx, vec![pair.me(), pair.other()])?.len() < 2 {
        return Ok(Opening::NoSuchUser);
    }
    match ledger {
        Some(ledger) => show(tx, ledger, pair.me()).map(Opening::Found),
        None => create(tx, pair, at),
    }
}

/// Locks the direct chatroom of two users, if there is one.
pub(crate) fn open_ledger(conn: &mut Conn, pair: Pair, at: Timestamp) -> Sql<Option<Ledger>> {
    match find(conn, pair)? {
        Some(id) => Ledger::open(conn, id.into(), pair.me(), at),
        None => Ok(None),
    }
}

fn find(conn: &mut Conn, pair: Pair) -> Sql<Option<Key>> {
    let found = memberships::table
        .filter(memberships::user_id.eq(Key::from(pair.me())))
        .filter(memberships::other_id.eq(Key::from(pair.other())))
        .select(memberships::chatroom_id)
        .first(conn)
        .optional()?;
    Ok(found)
}

fn show(tx: &mut Tx<'_>, mut ledger: Ledger, user: UserId) -> Sql<Chatroom> {
    let mine = memberships::table.find((Key::from(ledger.chatroom.id), Key::from(user)));
    diesel::update(mine).set(memberships::hidden_seq.eq(None::<i64>)).execute(tx.conn)?;
    ledger.affects([user]);
    ledger.close(tx)
}

fn create(tx: &mut Tx<'_>, pair: Pair, at: Timestamp) -> Sql<Opening> {
    if fragments::are_blocking(tx, pair)? {
        return Ok(Opening::Blocked);
    }
    let chatroom = Chatroom {
        id: pair.new_chatroom_id(&key(tx)?),
        name: None,
        visibility: Visibility::Direct,
        settings: Settings::default(),
        created_at: at,
        last_seq: 0,
    };
    if !rooms::insert_row(tx, &chatroom)? {
        // The other user opened it at the same moment, and has committed by now.
        let made: ChatroomRow =
            chatrooms::table.find(Key::from(chatroom.id)).select(ChatroomRow::as_select()).first(tx.conn)?;
        return Ok(Opening::Found(made.try_into()?));
    }
    let mut ledger = Ledger::begin(chatroom, pair.me(), at);
    ledger.record(Change::ChatroomCreated { name: None, visibility: Visibility::Direct })?;
    for (user, other, hidden_seq) in [(pair.me(), pair.other(), None), (pair.other(), pair.me(), UNKNOWN)] {
        let row = rooms::member(&mut ledger, user, Role::Member)?;
        // Who opens it takes part from the start; the other user may not know them.
        let read_seq = Some(row.joined_seq).filter(|_| user == pair.me());
        let of_user = (memberships::read_seq.eq(read_seq), memberships::hidden_seq.eq(hidden_seq));
        let row = (row, memberships::other_id.eq(Key::from(other)), of_user);
        diesel::insert_into(memberships::table).values(row).execute(tx.conn)?;
    }
    await_first_message(tx, ledger.chatroom.id)?;
    ledger.affects([pair.me()]);
    ledger.close(tx).map(Opening::Made)
}

/// Lets nobody send by the fast statement as long as there is no message: the first one has to reveal the chatroom.
fn await_first_message(conn: &mut Conn, id: ChatroomId) -> Sql<()> {
    diesel::update(chatrooms::table.find(Key::from(id)).filter(chatrooms::last_message_seq.is_null()))
        .set(chatrooms::speaking_role.eq(codes::of_least_role(None)))
        .execute(conn)?;
    Ok(())
}

/// Reveals a direct chatroom to the user who did not open it, in the transaction that writes its first message, and
/// lets further ones be sent by the fast statement.
pub(crate) fn reveal(conn: &mut Conn, ledger: &mut Ledger) -> Sql<()> {
    let id = Key::from(ledger.chatroom.id);
    let speaking_role = codes::of_least_role(ledger.chatroom.settings.speaking_role());
    diesel::update(chatrooms::table.find(id)).set(chatrooms::speaking_role.eq(speaking_role)).execute(conn)?;
    let unknown =
        memberships::table.filter(memberships::chatroom_id.eq(id)).filter(memberships::hidden_seq.eq(UNKNOWN));
    let users: Vec<Key> = unknown.select(memberships::user_id).load(conn)?;
    diesel::update(unknown).set(memberships::hidden_seq.eq(None::<Seq>)).execute(conn)?;
    ledger.affects(users.into_iter().map(Into::into));
    Ok(())
}

/// The key for the ids of new direct chatrooms.
fn key(conn: &mut Conn) -> Sql<DirectKey> {
    let secret: Vec<u8> =
        server_keys::table.find("direct").select(server_keys::secret).first(conn).optional()?.unwrap_or_default();
    let wrong = |_| SqlError::Corrupt("the key of direct chatrooms is missing".into());
    Ok(DirectKey::new(secret.try_into().map_err(wrong)?))
}

/// Hides a direct chatroom from a member until the next message.
pub(crate) fn hide(tx: &mut Tx<'_>, mut ledger: Ledger, user: UserId) -> Sql<Leaving> {
    let head = ledger.chatroom.last_seq;
    let mine = memberships::table
        .find((Key::from(ledger.chatroom.id), Key::from(user)))
        .filter(memberships::hidden_seq.is_null().or(memberships::hidden_seq.lt(head)))
        .filter(fragments::is_known());
    if diesel::update(mine).set(memberships::hidden_seq.eq(head)).execute(tx.conn)? == 1 {
        ledger.affects([user]);
        ledger.close(tx)?;
    }
    Ok(Leaving::Hidden)
}

/// Archives a direct chatroom unless both users are alive and neither blocks the other; reopens it if they are.
pub(crate) fn archive_while_blocked(conn: &mut Conn, ledger: &mut Ledger, pair: Pair) -> Sql<()> {
    let alive = fragments::is_alive(pair.me().into()).and(fragments::is_alive(pair.other().into()));
    let alive: bool = diesel::select(alive).get_result(conn)?;
    let archived = !alive || fragments::are_blocking(conn, pair)?;
    set_archived(conn, ledger, archived)
}

/// Archives the direct chatrooms of a deleted account, in the transaction that deletes it.
pub(crate) fn close_all(tx: &mut Tx<'_>, user: UserId, at: Timestamp) -> Sql<()> {
    let theirs: Vec<Key> = memberships::table
        .filter(memberships::user_id.eq(Key::from(user)))
        .filter(memberships::other_id.is_not_null())
        .order(memberships::chatroom_id)
        .select(memberships::chatroom_id)
        .load(tx.conn)?;
    for id in theirs {
        if let Some(mut ledger) = Ledger::open(tx, id.into(), user, at)? {
            set_archived(tx, &mut ledger, true)?;
            ledger.close(tx)?;
        }
    }
    Ok(())
}

pub(crate) fn set_archived(conn: &mut Conn, ledger: &mut Ledger, archived: bool) -> Sql<()> {
    if ledger.chatroom.settings.archived == archived {
        return Ok(());
    }
    let changes = ChatroomChanges { archived: Some(archived), ..ChatroomChanges::default() };
    rooms::apply(conn, ledger, &changes)?;
    await_first_message(conn, ledger.chatroom.id)
}
