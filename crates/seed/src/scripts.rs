//! Parses the script of a room, a text file: its properties, `---`, and dialogues.
//!
//! ```text
//! name: The Lounge                 the first name; `> rename` changes it
//! visibility: public
//! owner: Beth
//! members: Matt Rohan              members from the start, the most talkative first
//! later: aiko joao                 users who join later, greeting with the words `hello`, `welcome`
//! silent: freya                    members who are never drawn at random
//! days: 30..0                      the first and the last day, in days before today
//! hours: 7..22                     the hours of dialogues (UTC)
//! messages: 400                    the approximate number; without it, each dialogue once and in order
//! word drink = tea | coffee        words of the room, in addition to words.txt
//! ---
//! = once                           plays once; `= at 40`: once, after 40 percent of the messages
//! A: Who wants [some|a cup of] {drink}?      roles are capital letters, people are usernames
//! | verbatim second line
//! ?B: Me!                          plays half of the time
//! A*: Who wants {drink}?           edits A's last message
//! B-:                              deletes B's last message
//! > join aiko                      also: add Beth aiko, leave aiko, remove Beth aiko, promote Beth aiko,
//! > rename Beth The Tea Lounge     delete Beth aiko (deletes aiko's last message)
//! ```
//!
//! [`words`](super::words) defines the syntax of a line.

use std::ops::Range;

use super::parse_error::ParseError;
use super::words::Words;

pub(crate) struct Script {
    pub(crate) file: &'static str,
    pub(crate) name: &'static str,
    pub(crate) visibility: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) members: Vec<&'static str>,
    pub(crate) later: Vec<&'static str>,
    pub(crate) silent: Vec<&'static str>,
    /// The first and last day, relative to today.
    pub(crate) days: (i64, i64),
    pub(crate) hours: Range<i64>,
    pub(crate) messages: Option<usize>,
    pub(crate) words: Words,
    pub(crate) dialogues: Vec<Dialogue>,
}

#[derive(Clone)]
pub(crate) struct Dialogue {
    pub(crate) timing: Timing,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// Anywhere, repeatedly.
    Any,
    /// Anywhere, once.
    Once,
    /// After this percentage of the messages, once.
    At(usize),
}

#[derive(Clone)]
pub(crate) struct Line {
    /// The line number, for error messages.
    pub(crate) number: usize,
    pub(crate) optional: bool,
    pub(crate) cue: Cue,
}

/// An action of a person or role.
#[derive(Clone)]
pub(crate) enum Cue {
    Say { who: &'static str, text: Text },
    Edit { who: &'static str, text: Text },
    Delete { by: &'static str, author: &'static str },
    Join { who: &'static str },
    Add { by: &'static str, who: &'static str },
    Leave { who: &'static str },
    Remove { by: &'static str, who: &'static str },
    Promote { by: &'static str, who: &'static str },
    Rename { by: &'static str, name: &'static str },
}

#[derive(Clone, Default)]
pub(crate) struct Text {
    pub(crate) first: &'static str,
    /// The further lines, verbatim.
    pub(crate) rest: Vec<&'static str>,
}

impl Cue {
    /// The people and roles in the action.
    pub(crate) fn people(&self) -> Vec<&'static str> {
        match self {
            Self::Say { who, .. } | Self::Edit { who, .. } | Self::Join { who } | Self::Leave { who } => vec![who],
            Self::Rename { by, .. } => vec![by],
            Self::Delete { by, author: who }
            | Self::Add { by, who }
            | Self::Remove { by, who }
            | Self::Promote { by, who } => vec![by, who],
        }
    }
}

impl Script {
    pub(crate) fn parse(file: &'static str, text: &'static str) -> Result<Self, ParseError> {
        let mut lines = text.lines().zip(1..);
        let head: Vec<_> = lines.by_ref().take_while(|(line, _)| *line != "---").collect();
        let head = Head { file, lines: head };
        Ok(Self {
            file,
            name: head.one("name")?,
            visibility: head.one("visibility")?,
            owner: head.one("owner")?,
            members: head.many("members"),
            later: head.many("later"),
            silent: head.many("silent"),
            days: head.range("days").map(|days| (-days.start, -days.end))?,
            hours: head.range("hours")?,
            messages: head.find("messages").map(|text| head.number(text)).transpose()?,
            words: head.words()?,
            dialogues: dialogues(file, lines)?,
        })
    }
}

struct Head {
    file: &'static str,
    lines: Vec<(&'static str, usize)>,
}

impl Head {
    fn find(&self, key: &str) -> Option<&'static str> {
        let value = |line: &'static str| line.strip_prefix(key)?.strip_prefix(':').map(str::trim);
        self.lines.iter().find_map(|(line, _)| value(line))
    }

    fn one(&self, key: &str) -> Result<&'static str, ParseError> {
        self.find(key).ok_or_else(|| self.parse_error("a property is missing"))
    }

    fn many(&self, key: &str) -> Vec<&'static str> {
        self.find(key).unwrap_or_default().split_whitespace().collect()
    }

    fn range(&self, key: &str) -> Result<Range<i64>, ParseError> {
        let (from, to) = self.one(key)?.split_once("..").ok_or_else(|| self.parse_error("a range is FROM..TO"))?;
        Ok(self.number(from)?..self.number(to)?)
    }

    fn number<T: std::str::FromStr>(&self, text: &str) -> Result<T, ParseError> {
        text.parse().map_err(|_| self.parse_error("not a number"))
    }

    fn words(&self) -> Result<Words, ParseError> {
        let words = self.lines.iter().filter_map(|(line, number)| Some((line.strip_prefix("word ")?, *number)));
        Words::parse(self.file, words)
    }

    fn parse_error(&self, reason: &'static str) -> ParseError {
        ParseError { file: self.file, line: self.lines.len(), reason }
    }
}

fn dialogues(
    file: &'static str,
    lines: impl Iterator<Item = (&'static str, usize)>,
) -> Result<Vec<Dialogue>, ParseError> {
    let mut dialogues: Vec<Dialogue> = Vec::new();
    let mut between = true;
    for (line, number) in lines.filter(|(line, _)| !line.starts_with('#')) {
        if line.is_empty() {
            between = true;
            continue;
        }
        if between {
            dialogues.push(Dialogue { timing: Timing::Any, lines: Vec::new() });
            between = false;
        }
        if let Some(dialogue) = dialogues.last_mut() {
            dialogue.read(line, number).ok_or(ParseError {
                file,
                line: number,
                reason: "not a line of a dialogue",
            })?;
        }
    }
    Ok(dialogues)
}

impl Dialogue {
    /// Reads a line; `None` if it is invalid.
    fn read(&mut self, line: &'static str, number: usize) -> Option<()> {
        if let Some(timing) = line.strip_prefix("= ") {
            self.timing = timing_of(timing)?;
        } else if let Some(more) = line.strip_prefix('|') {
            self.continue_text(more.strip_prefix(' ').unwrap_or(more))?;
        } else if let Some(command) = line.strip_prefix("> ") {
            self.lines.push(Line { number, optional: false, cue: command_of(command)? });
        } else {
            let (line, optional) = line.strip_prefix('?').map_or((line, false), |line| (line, true));
            self.lines.push(Line { number, optional, cue: speech_of(line)? });
        }
        Some(())
    }

    fn continue_text(&mut self, more: &'static str) -> Option<()> {
        match &mut self.lines.last_mut()?.cue {
            Cue::Say { text, .. } | Cue::Edit { text, .. } => text.rest.push(more),
            _ => return None,
        }
        Some(())
    }
}

fn timing_of(text: &str) -> Option<Timing> {
    match text.strip_prefix("at ") {
        Some(number) => number.parse().ok().map(Timing::At),
        None => (text == "once").then_some(Timing::Once),
    }
}

fn speech_of(line: &'static str) -> Option<Cue> {
    let (who, first) = line.split_once(':')?;
    let text = Text { first: first.trim_start(), rest: Vec::new() };
    if let Some(who) = who.strip_suffix('*') {
        return Some(Cue::Edit { who, text });
    }
    if let Some(who) = who.strip_suffix('-') {
        return Some(Cue::Delete { by: who, author: who });
    }
    (!who.is_empty() && !who.contains(' ')).then_some(Cue::Say { who, text })
}

fn command_of(command: &'static str) -> Option<Cue> {
    let (verb, rest) = command.split_once(' ')?;
    let two = || rest.split_once(' ');
    Some(match verb {
        "join" => Cue::Join { who: rest },
        "leave" => Cue::Leave { who: rest },
        "add" => two().map(|(by, who)| Cue::Add { by, who })?,
        "remove" => two().map(|(by, who)| Cue::Remove { by, who })?,
        "promote" => two().map(|(by, who)| Cue::Promote { by, who })?,
        "delete" => two().map(|(by, author)| Cue::Delete { by, author })?,
        "rename" => two().map(|(by, name)| Cue::Rename { by, name })?,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name: A\nvisibility: public\nowner: Beth\nmembers: Matt Rohan\ndays: 3..0\nhours: -2..9\n";

    fn parse(head: &str, body: &str) -> Result<Script, ParseError> {
        Script::parse("a.txt", format!("{head}---\n{body}").leak())
    }

    #[test]
    fn properties_are_parsed() {
        let script = parse(&format!("{HEAD}messages: 12\n"), "").unwrap();
        assert_eq!((script.name, script.owner, script.messages), ("A", "Beth", Some(12)));
        assert_eq!((script.days, script.hours), ((-3, 0), -2..9));
        assert_eq!(script.members, ["Matt", "Rohan"]);
        assert!(script.later.is_empty());
    }

    #[test]
    fn dialogues_are_parsed() {
        let script =
            parse(HEAD, "= at 40\nA: one: two\n| {three}\n?B: x\nA*: y\nB-:\n\n# no\n\n= once\nA: z\n").unwrap();
        let [first, second] = script.dialogues.as_slice() else { panic!("two dialogues") };
        assert_eq!((first.timing, second.timing), (Timing::At(40), Timing::Once));
        let [said, optional, edit, deletion] = first.lines.as_slice() else { panic!("four lines") };
        let Cue::Say { who: "A", text } = &said.cue else { panic!("A speaks") };
        assert_eq!((text.first, text.rest.as_slice()), ("one: two", ["{three}"].as_slice()));
        assert!(optional.optional && !said.optional);
        assert!(matches!(edit.cue, Cue::Edit { who: "A", .. }));
        assert!(matches!(deletion.cue, Cue::Delete { by: "B", author: "B" }));
    }

    #[test]
    fn errors_are_located() {
        assert_eq!(parse("name: A\n", "").err().unwrap().to_string(), "a.txt, line 1: a property is missing");
        for bad in ["no colon", "> sing A", "| nothing to continue", "= at noon", "two words: x"] {
            let parse_error = parse(HEAD, &format!("A: x\n\n{bad}\n")).err().unwrap();
            assert_eq!(parse_error.line, 10, "{bad}");
        }
    }
}
