//! `chit-chat user list`: prints page by page, as a table for people or as JSON for programs.

use std::error::Error;
use std::io::{self, BufWriter, Write, stdout};

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::folding::fold;
use chit_chat_domain::page::{Limit, Page};
use chit_chat_domain::stores::Stores;
use chit_chat_domain::user::{Account, AccountFilter, DisplayName, Email, Profile};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

use crate::cli::Listing;
use crate::commands::Outcome;

const EXACT: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
const SHORT: StaticFormatDescription = format_description!("[year]-[month]-[day] [hour]:[minute]");

/// The headings. Display names vary in width, so they are in the last column.
const HEADINGS: [&str; 6] = ["USERNAME", "ID", "CREATED (UTC)", "DISABLED (UTC)", "EMAIL", "DISPLAY NAME"];

type Row = [String; HEADINGS.len()];

pub(super) fn run(stores: &Stores, listing: &Listing) -> Outcome {
    let filter = AccountFilter { text: listing.search.as_deref().map(fold), disabled: listing.disabled };
    let mut out = BufWriter::new(stdout().lock());
    let mut table = Table::default();
    let mut after = None;
    loop {
        let accounts = stores.administration.list(filter.clone(), after.take(), Limit::MAX)?;
        let page = Page::cut(accounts, Limit::MAX);
        let known: Vec<(&Account, &Profile)> =
            page.items.iter().filter_map(|account| Some((account, account.user.profile.as_ref()?))).collect();
        if listing.json {
            print_json(&mut out, &known)?;
        } else {
            table.print(&mut out, &known)?;
        }
        after = known.last().filter(|_| page.more).map(|(_, profile)| profile.username.folded());
        if after.is_none() {
            return Ok(out.flush()?);
        }
    }
}

fn print_json(out: &mut impl Write, accounts: &[(&Account, &Profile)]) -> Outcome {
    for (account, profile) in accounts {
        let disabled_at = account.disabled_at.map(|at| format_time(at, EXACT)).transpose()?;
        let object = json!({
            "id": account.user.id.to_string(),
            "username": profile.username.as_str(),
            "display_name": profile.display_name.as_ref().map(DisplayName::as_str),
            "email": profile.email.as_ref().map(Email::as_str),
            "created_at": format_time(account.user.created_at, EXACT)?,
            "disabled_at": disabled_at,
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}

/// A table whose columns grow with their contents.
#[derive(Default)]
struct Table {
    widths: [usize; HEADINGS.len()],
    begun: bool,
}

impl Table {
    fn print(&mut self, out: &mut impl Write, accounts: &[(&Account, &Profile)]) -> Outcome {
        let mut rows = Vec::with_capacity(accounts.len() + 1);
        if !self.begun {
            rows.push(HEADINGS.map(str::to_owned));
            self.begun = true;
        }
        for (account, profile) in accounts {
            rows.push(row(account, profile)?);
        }
        for row in &rows {
            for (widest, cell) in self.widths.iter_mut().zip(row) {
                *widest = (*widest).max(cell.chars().count());
            }
        }
        Ok(rows.iter().try_for_each(|row| self.print_row(out, row))?)
    }

    fn print_row(&self, out: &mut impl Write, row: &Row) -> io::Result<()> {
        let cells = row.iter().zip(self.widths).map(|(cell, width)| format!("{cell:width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())
    }
}

fn row(account: &Account, profile: &Profile) -> Result<Row, Box<dyn Error>> {
    let disabled = account.disabled_at.map(|at| format_time(at, SHORT)).transpose()?;
    Ok([
        profile.username.as_str().to_owned(),
        account.user.id.to_string(),
        format_time(account.user.created_at, SHORT)?,
        disabled.unwrap_or_else(|| "-".to_owned()),
        profile.email.as_ref().map_or_else(|| "-".to_owned(), |email| sanitize(email.as_str())),
        profile.display_name.as_ref().map_or_else(|| "-".to_owned(), |name| sanitize(name.as_str())),
    ])
}

/// Removes characters that move the cursor or change the direction of text.
fn sanitize(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

fn format_time(at: Timestamp, format: StaticFormatDescription) -> Result<String, Box<dyn Error>> {
    let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.as_micros()) * 1_000)?;
    Ok(instant.format(format)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_in_names_are_escaped() {
        assert_eq!(sanitize("a\u{202e}b\u{1b}[31mc"), "a\u{fffd}b\u{fffd}[31mc");
        assert_eq!(sanitize("Zoë 👋🏽"), "Zoë 👋🏽");
    }

    #[test]
    fn times_are_written_in_utc() {
        let at = Timestamp::from_micros(1_700_000_000_123_456);
        assert_eq!(format_time(at, EXACT).unwrap(), "2023-11-14T22:13:20.123456Z");
        assert_eq!(format_time(at, SHORT).unwrap(), "2023-11-14 22:13");
    }
}
