//! The index of names, and searches in it: each page reads a range of the index.

use std::collections::HashMap;

use chit_chat_domain::page::Limit;
use chit_chat_domain::search::{Found, NameParts, NameQuery, Rank, SearchPosition};
use chit_chat_relational::schema::name_parts;
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::fragments;
use crate::Conn;

/// The number of ranges of at most a page that one page reads. Names that contain the text in several places are
/// found once, so a page may be shorter than its limit.
const READS_PER_PAGE: usize = 4;

/// The things that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    PublicChatroom,
}

impl Kind {
    fn code(self) -> i16 {
        match self {
            Self::User => 0,
            Self::PublicChatroom => 1,
        }
    }
}

/// The results among some keys, with the parts of their names.
pub(crate) type Loaded<T> = HashMap<Key, (NameParts, T)>;

/// An entry of the index.
type Position = SearchPosition<Key>;

/// Replaces what the index holds of these names.
pub(crate) fn replace(conn: &mut Conn, kind: Kind, id: Key, parts: &NameParts) -> Sql<()> {
    remove(conn, id)?;
    insert(conn, kind, id, parts)
}

/// Inserts names that the index does not hold.
pub(crate) fn insert(conn: &mut Conn, kind: Kind, id: Key, parts: &NameParts) -> Sql<()> {
    let row = |(rank, part): (Rank, _)| {
        let place = (name_parts::kind.eq(kind.code()), name_parts::rank.eq(rank.number()));
        (place, name_parts::part.eq(part), name_parts::id.eq(id))
    };
    let entries = parts.entries();
    let rows: Vec<_> = entries.into_iter().map(row).collect();
    diesel::insert_into(name_parts::table).values(rows).execute(conn)?;
    Ok(())
}

/// Removes the names of a user or a chatroom. The id alone leads to them: with the kind, PostgreSQL may choose the
/// primary key as long as it has no statistics, and read all of it.
pub(crate) fn remove(conn: &mut Conn, id: Key) -> Sql<()> {
    diesel::delete(name_parts::table.filter(name_parts::id.eq(id))).execute(conn)?;
    Ok(())
}

/// Reads a page of results. An entry counts only if it is the first under which the names are found now, so names
/// are found once, and no longer by what they were.
pub(crate) fn search<T, I: From<Key>>(
    conn: &mut Conn,
    kind: Kind,
    query: &NameQuery,
    mut after: Option<Position>,
    limit: Limit,
    load: impl Fn(&mut Conn, &[Key]) -> Sql<Loaded<T>>,
) -> Sql<Found<T, I>> {
    let mut items = Vec::new();
    for _ in 0..READS_PER_PAGE {
        let entries = scan(conn, kind, query, after.as_ref(), fragments::limit_plus_one(limit))?;
        let is_last = entries.len() <= limit.get();
        let keys: Vec<Key> = entries.iter().map(|entry| entry.id).collect();
        let mut loaded = load(conn, &keys)?;
        for entry in entries {
            let counts =
                |(parts, _): &(NameParts, T)| parts.first_match(query) == Some((entry.rank, entry.part.as_str()));
            if loaded.get(&entry.id).is_some_and(counts) {
                if items.len() == limit.get() {
                    return Ok(Found { items, next: after.map(exported) });
                }
                items.extend(loaded.remove(&entry.id).map(|(_, item)| item));
            }
            after = Some(entry);
        }
        if is_last {
            return Ok(Found { items, next: None });
        }
    }
    Ok(Found { items, next: after.map(exported) })
}

fn exported<I: From<Key>>(Position { rank, part, id }: Position) -> SearchPosition<I> {
    SearchPosition { rank, part, id: id.into() }
}

/// Reads the next entries that begin with the text, at most `most`.
fn scan(
    conn: &mut Conn,
    kind: Kind,
    query: &NameQuery,
    after: Option<&Position>,
    most: i64,
) -> Sql<Vec<Position>> {
    let mut entries = Vec::new();
    for rank in Rank::ALL {
        let from = match after {
            Some(after) if rank < after.rank => continue,
            Some(after) if rank == after.rank => {
                let left = most - i64::try_from(entries.len()).unwrap_or(most);
                entries.extend(range(conn, kind, rank, query, Start::Within(&after.part, after.id), left)?);
                Start::After(&after.part)
            }
            _ => Start::At(query.start()),
        };
        let left = most - i64::try_from(entries.len()).unwrap_or(most);
        entries.extend(range(conn, kind, rank, query, from, left)?);
    }
    Ok(entries)
}

/// The start of a range of entries.
#[derive(Clone, Copy)]
enum Start<'a> {
    At(&'a str),
    After(&'a str),
    /// The entries with this part, after an id.
    Within(&'a str, Key),
}

fn range(
    conn: &mut Conn,
    kind: Kind,
    rank: Rank,
    query: &NameQuery,
    start: Start<'_>,
    most: i64,
) -> Sql<Vec<Position>> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let entries = name_parts::table
        .filter(name_parts::kind.eq(kind.code()))
        .filter(name_parts::rank.eq(rank.number()))
        .order((name_parts::part, name_parts::id))
        .limit(most)
        .select((name_parts::part, name_parts::id))
        .into_boxed();
    let entries = match start {
        Start::At(part) => entries.filter(name_parts::part.ge(part)),
        Start::After(part) => entries.filter(name_parts::part.gt(part)),
        Start::Within(part, id) => entries.filter(name_parts::part.eq(part)).filter(name_parts::id.gt(id)),
    };
    let entries = match query.end() {
        Some(end) => entries.filter(name_parts::part.lt(end)),
        None => entries,
    };
    let entries: Vec<(String, Key)> = entries.load(conn)?;
    Ok(entries.into_iter().map(|(part, id)| Position { rank, part, id }).collect())
}
