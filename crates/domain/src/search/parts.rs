//! The parts of names that an index holds.

use super::NameQuery;
use crate::folding::fold;

/// The number of characters of a part that are indexed. The rest of a longer part is compared when it is read.
const INDEXED: usize = 64;

/// The place of a part in its name. Results are ordered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// The name begins with the part.
    Name,
    /// One of its later words does.
    Word,
    /// The part begins within a word.
    Inside,
}

/// The ends of some names, at least one for each text that they contain, and one entry for each in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameParts(Vec<Part>);

/// The end of a folded name.
type Part = (String, Rank);

impl Rank {
    pub const ALL: [Self; 3] = [Self::Name, Self::Word, Self::Inside];

    /// The number by which stores order ranks.
    pub const fn number(self) -> i16 {
        match self {
            Self::Name => 0,
            Self::Word => 1,
            Self::Inside => 2,
        }
    }

    /// The rank of a number.
    pub fn of_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.number() == number)
    }
}

impl NameParts {
    /// Takes names apart.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts: Vec<Part> = names.into_iter().flat_map(|name| ends(&fold(name))).collect();
        parts.sort_unstable_by(|(part, rank), (other, its)| part.cmp(other).then(its.cmp(rank)));
        parts.dedup();
        let needed: Vec<bool> = (0..parts.len()).map(|place| is_needed(parts.get(place..))).collect();
        let mut needed = needed.into_iter();
        parts.retain(|_| needed.next() == Some(true));
        Self(parts)
    }

    /// The entries of the index: the rank and the beginning of each part, each once.
    pub fn entries(&self) -> Vec<(Rank, &str)> {
        let mut entries: Vec<_> = self.0.iter().map(|(part, rank)| (*rank, indexed(part))).collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// The first entry under which these names are found, in the order of the results.
    pub fn first_match(&self, query: &NameQuery) -> Option<(Rank, &str)> {
        let matching = self.0.iter().filter(|(part, _)| part.starts_with(query.as_str()));
        matching.map(|(part, rank)| (*rank, indexed(part))).min()
    }
}

/// The ends of a name, but those that begin with space, which no query does.
fn ends(name: &str) -> Vec<Part> {
    let mut before = None;
    let mut ends = Vec::new();
    for (place, character) in name.char_indices() {
        let rank = match before {
            None => Rank::Name,
            Some(before) if is_of_word(character) && !is_of_word(before) => Rank::Word,
            Some(_) => Rank::Inside,
        };
        if let Some(end) = name.get(place..).filter(|_| !character.is_whitespace()) {
            ends.push((end.to_owned(), rank));
        }
        before = Some(character);
    }
    ends
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric()
}

/// Returns whether the first of these sorted parts finds anything that no other does. It does not if another part
/// begins with it and has no lower rank; but a whole name is kept, so that the exact one is found first.
fn is_needed(parts: Option<&[Part]>) -> bool {
    let Some(((part, rank), later)) = parts.and_then(<[Part]>::split_first) else {
        return false;
    };
    let mut longer = later.iter().take_while(|(other, _)| other.starts_with(part));
    !longer.any(|(_, other)| other < rank || (other == rank && *rank != Rank::Name))
}

/// The beginning of a part, as it is indexed.
pub(super) fn indexed(part: &str) -> &str {
    part.char_indices().nth(INDEXED).and_then(|(end, _)| part.get(..end)).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(text: &str) -> NameQuery {
        NameQuery::parse(text).unwrap()
    }

    #[test]
    fn name_is_found_by_its_words_and_within_them() {
        let parts = NameParts::of(["msm", "Matt Smith"]);
        for (text, entry) in [
            ("MATT", Some((Rank::Name, "matt smith"))),
            ("m", Some((Rank::Name, "matt smith"))),
            ("msm", Some((Rank::Name, "msm"))),
            ("smi", Some((Rank::Word, "smith"))),
            ("t s", Some((Rank::Inside, "t smith"))),
            ("mith", Some((Rank::Inside, "mith"))),
            ("smithe", None),
        ] {
            assert_eq!(parts.first_match(&query(text)), entry, "{text}");
        }
    }

    #[test]
    fn parts_that_find_nothing_more_are_left_out() {
        assert_eq!(NameParts::of(["aaaaaaaa"]).entries(), [(Rank::Name, "aaaaaaaa")]);
        assert_eq!(NameParts::of(["ann", "Ann"]).entries().len(), 2, "{:?}", NameParts::of(["ann", "Ann"]));
        let entries = NameParts::of(["ann", "Ann Anns"]);
        assert!(entries.entries().contains(&(Rank::Name, "ann")), "the exact name");
    }

    #[test]
    fn long_parts_are_indexed_by_their_beginning() {
        let name = format!("{}b", "a".repeat(80));
        let parts = NameParts::of([name.as_str()]);
        assert!(parts.entries().iter().all(|(_, part)| part.chars().count() <= INDEXED));
        assert_eq!(parts.first_match(&query(&name)), Some((Rank::Name, indexed(&name))));
        assert_eq!(parts.first_match(&query(&"a".repeat(81))), None);
    }

    proptest! {
        #[test]
        fn every_contained_text_is_found(names in ["[ab -]{1,9}", "[aAbé ]{1,9}"], from in 0_usize..9, most in 1_usize..9) {
            let folded = names.each_ref().map(|name| fold(name));
            let parts = NameParts::of(names.iter().map(String::as_str));
            let part: String = folded[0].chars().skip(from).take(most).collect();
            if let Some(query) = NameQuery::parse(&part) {
                let found = parts.first_match(&query);
                prop_assert!(found.is_some());
                let begins = folded.iter().any(|name| name.starts_with(query.as_str()));
                prop_assert_eq!(found.map(|(rank, _)| rank == Rank::Name), Some(begins));
                prop_assert!(parts.entries().contains(&found.unwrap()));
            }
        }

        #[test]
        fn nothing_else_is_found(name in "[ab ]{1,9}", text in "[ab ]{1,4}") {
            if let Some(query) = NameQuery::parse(&text) {
                let found = NameParts::of([name.as_str()]).first_match(&query).is_some();
                prop_assert_eq!(found, fold(&name).contains(query.as_str()));
            }
        }
    }
}
