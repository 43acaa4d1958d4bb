//! The output of seeding: whole lines, for terminals and files.

use std::io::{Result, Write};

use super::people::{PASSWORD, People};
use super::plan::Plan;

/// The people whose logins are printed in full.
const FOREMOST: [&str; 3] = ["Matt", "Beth", "Rohan"];
const WIDTH: usize = 72;

pub(crate) fn people(out: &mut dyn Write, count: usize, of: usize) -> Result<()> {
    writeln!(out, "people: {count} of {of}")?;
    out.flush()
}

pub(crate) fn room(out: &mut dyn Write, number: usize, of: usize, plan: &Plan) -> Result<()> {
    let messages = if plan.messages == 1 { "message" } else { "messages" };
    writeln!(out, "room {number} of {of}: {}, {} {messages}", plan.name, plan.messages)?;
    out.flush()
}

pub(crate) fn messages(out: &mut dyn Write, count: usize, of: usize) -> Result<()> {
    writeln!(out, "  {count} of {of} messages")?;
    out.flush()
}

pub(crate) fn already_seeded(out: &mut dyn Write) -> Result<()> {
    writeln!(out, "the demonstration data already exists; nothing was changed")?;
    writeln!(out, "the logins, unless changed:")?;
    logins(out)
}

pub(crate) fn done(out: &mut dyn Write, people: &People, plans: &[Plan]) -> Result<()> {
    let messages: usize = plans.iter().map(|plan| plan.messages).sum();
    let count = people.all().len();
    writeln!(out, "done: {count} people, {} chatrooms, {messages} messages", plans.len())?;
    writeln!(out, "the logins:")?;
    logins(out)?;
    writeln!(out, "and with the same password")?;
    let mut line = String::from(" ");
    for person in people.all().iter().filter(|person| !FOREMOST.contains(&person.username)) {
        if line.len() + person.username.len() >= WIDTH {
            writeln!(out, "{line}")?;
            line = String::from(" ");
        }
        line.push(' ');
        line.push_str(person.username);
    }
    writeln!(out, "{line}")?;
    out.flush()
}

/// The first few names, with a note if there are more.
pub(crate) fn some_of(names: &[&str]) -> String {
    match names {
        [one, two, three, _, ..] => format!("{one}, {two}, {three} and more"),
        few => few.join(", "),
    }
}

fn logins(out: &mut dyn Write) -> Result<()> {
    writeln!(out)?;
    writeln!(out, "  username  password")?;
    for username in FOREMOST {
        writeln!(out, "  {username:<8}  {PASSWORD}")?;
    }
    writeln!(out)?;
    out.flush()
}
