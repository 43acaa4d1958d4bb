//! Fills the alternatives and slots of a line.
//!
//! - `[one|two|]`: a random alternative, which may contain slots.
//! - `{city}`, `{city2}`: a word of the list `city`, the same throughout a dialogue.
//! - `{3-9}`: a number from this range.
//! - `{A}`, `{A~}`, `{@A}`, `{A.home}`: the role's call name, the first word of its display name, its `@username`,
//!   its home.

use std::collections::HashMap;

use fastrand::Rng;

use super::parse_error::ParseError;

const FILE: &str = include_str!("words.txt");

/// Lists of words by name.
#[derive(Default)]
pub(crate) struct Words(HashMap<&'static str, Vec<&'static str>>);

impl Words {
    /// The words that all rooms share.
    pub(crate) fn common() -> Result<Self, ParseError> {
        Self::parse("words.txt", FILE.lines().zip(1..).filter(|(line, _)| !line.is_empty()))
    }

    /// Parses lines like `drink = tea | coffee`.
    pub(crate) fn parse(
        file: &'static str,
        lines: impl Iterator<Item = (&'static str, usize)>,
    ) -> Result<Self, ParseError> {
        let entry = |(line, number): (&'static str, usize)| {
            let (name, words) = line.split_once(" = ").ok_or(ParseError {
                file,
                line: number,
                reason: "words are NAME = A | B",
            })?;
            Ok((name, words.split(" | ").map(str::trim).collect()))
        };
        lines.map(entry).collect::<Result<_, _>>().map(Self)
    }
}

/// Draws words so that each one of a list is used before any is used again.
pub(crate) struct Drawer<'a> {
    lists: [&'a Words; 2],
    rest: HashMap<&'static str, Vec<&'static str>>,
}

impl<'a> Drawer<'a> {
    /// A room's words take precedence over the common ones.
    pub(crate) fn new(room: &'a Words, common: &'a Words) -> Self {
        Self { lists: [room, common], rest: HashMap::new() }
    }

    /// Draws a word of the list; `None` if there is no such list.
    pub(crate) fn draw(&mut self, list: &str, rng: &mut Rng) -> Option<&'static str> {
        let (name, words) = self.lists.iter().find_map(|words| words.0.get_key_value(list))?;
        let rest = self.rest.entry(name).or_default();
        if rest.is_empty() {
            rest.clone_from(words);
            rng.shuffle(rest);
        }
        rest.pop()
    }
}

/// Fills all slots of a line; `None` if the line is invalid or a slot is unknown.
pub(crate) fn fill(
    line: &str,
    rng: &mut Rng,
    slot: &mut dyn FnMut(&str, &mut Rng) -> Option<String>,
) -> Option<String> {
    let mut filled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['[', '{']) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        if let Some(inner) = from.strip_prefix('[') {
            let (options, after) = inner.split_once(']')?;
            let options: Vec<&str> = options.split('|').collect();
            filled.push_str(&fill(rng.choice(options)?, rng, slot)?);
            rest = after;
        } else {
            let (name, after) = from.strip_prefix('{')?.split_once('}')?;
            filled.push_str(&slot(name, rng)?);
            rest = after;
        }
    }
    filled.push_str(rest);
    Some(filled)
}

/// Draws a number from a range like `3-9`.
pub(crate) fn number(range: &str, rng: &mut Rng) -> Option<String> {
    let (least, most) = range.split_once('-')?;
    let (least, most): (u32, u32) = (least.parse().ok()?, most.parse().ok()?);
    (least <= most).then(|| rng.u32(least..=most).to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn filled(line: &str, seed: u64) -> Option<String> {
        let slot = &mut |name: &str, rng: &mut Rng| match name {
            "x" => Some("X".to_owned()),
            range => number(range, rng),
        };
        fill(line, &mut Rng::with_seed(seed), slot)
    }

    #[test]
    fn alternatives_and_slots_are_filled() {
        let texts: HashSet<_> = (0..50).filter_map(|seed| filled("a [b|{x}|]c {x} {1-2}", seed)).collect();
        let expected = ["a bc X 1", "a bc X 2", "a Xc X 1", "a Xc X 2", "a c X 1", "a c X 2"];
        assert_eq!(texts, expected.map(str::to_owned).into());
    }

    #[test]
    fn unknown_slots_and_open_brackets_are_errors() {
        assert_eq!(
            [filled("{y}", 0), filled("[a|b", 0), filled("{x", 0), filled("{9-1}", 0)],
            [const { None }; 4]
        );
    }

    #[test]
    fn words_repeat_only_after_whole_list() {
        let room = Words::parse("", [("drink = tea | coffee | mate", 1)].into_iter()).unwrap();
        let (common, rng) = (Words::default(), &mut Rng::with_seed(1));
        let mut drawer = Drawer::new(&room, &common);
        for _ in 0..5 {
            let round: HashSet<_> = (0..3).map(|_| drawer.draw("drink", rng)).collect();
            assert_eq!(round.len(), 3);
        }
        assert_eq!(drawer.draw("food", rng), None);
    }

    #[test]
    fn common_words_are_parsed() {
        assert!(Words::common().is_ok());
    }
}
