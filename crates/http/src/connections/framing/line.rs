//! The header lines that decide where a request ends, and those of upgrades.

use std::ops::Range;

/// The name and the colon of each line that matters.
const CONNECTION: &[u8] = b"connection:";
const CONTENT_LENGTH: &[u8] = b"content-length:";
const TRANSFER_ENCODING: &[u8] = b"transfer-encoding:";
const UPGRADE: &[u8] = b"upgrade:";
const ALL: [&[u8]; 4] = [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE];

/// A word that means nothing, as long as `upgrade`.
const IGNORED: &[u8] = b"ignored";

/// A header line, classified by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Connection,
    /// The length, unless actix refuses it.
    ContentLength(Option<u64>),
    TransferEncoding,
    Upgrade {
        to_websocket: bool,
    },
    Other,
}

/// Returns whether an incomplete line is, or may become, one that matters.
pub(super) fn may_matter(start: &[u8]) -> bool {
    let matches = |name: &&[u8]| start.iter().zip(*name).all(|(byte, of_name)| byte.eq_ignore_ascii_case(of_name));
    ALL.iter().any(matches)
}

impl Line {
    pub(super) fn of(line: &[u8]) -> Self {
        match line.first().map(u8::to_ascii_lowercase) {
            Some(b'c' | b't' | b'u') => {}
            _ => return Self::Other,
        }
        if value(line, CONNECTION).is_some() {
            Self::Connection
        } else if let Some(length) = value(line, CONTENT_LENGTH) {
            Self::ContentLength(std::str::from_utf8(length).ok().and_then(|length| length.parse().ok()))
        } else if value(line, TRANSFER_ENCODING).is_some() {
            Self::TransferEncoding
        } else if let Some(protocol) = value(line, UPGRADE) {
            Self::Upgrade { to_websocket: protocol.eq_ignore_ascii_case(b"websocket") }
        } else {
            Self::Other
        }
    }
}

/// The value of a line with this name.
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

/// Makes the name of a line invalid, so that actix refuses the request.
pub(super) fn spoil(line: &mut [u8]) {
    if let Some(first) = line.first_mut() {
        *first = b'\0';
    }
}

/// Renames the header `Upgrade`, so that actix ignores it.
pub(super) fn hide_upgrade(line: &mut [u8]) {
    overwrite(line, 0..IGNORED.len());
}

/// Replaces the option `upgrade` of a `Connection` line.
pub(super) fn hide_upgrade_option(line: &mut [u8]) {
    let mut start = CONNECTION.len();
    while let Some(rest) = line.get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().position(|&byte| byte == b',').unwrap_or(rest.len());
        let option = rest.get(..length).unwrap_or_default();
        if option.trim_ascii().eq_ignore_ascii_case(b"upgrade") {
            let start = start + (option.len() - option.trim_ascii_start().len());
            overwrite(line, start..start + IGNORED.len());
        }
        start += length + 1;
    }
}

fn overwrite(line: &mut [u8], place: Range<usize>) {
    if let Some(place) = line.get_mut(place) {
        place.copy_from_slice(IGNORED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_classified_by_name() {
        for (line, expected) in [
            ("Content-Length: 12\r\n", Line::ContentLength(Some(12))),
            ("content-length:\t12 \n", Line::ContentLength(Some(12))),
            ("Content-Length: 1x\r\n", Line::ContentLength(None)),
            ("TRANSFER-ENCODING: chunked\r\n", Line::TransferEncoding),
            ("Upgrade: WebSocket\r\n", Line::Upgrade { to_websocket: true }),
            ("upgrade: h2c\r\n", Line::Upgrade { to_websocket: false }),
            ("Upgrade-Insecure-Requests: 1\r\n", Line::Other),
            ("Connection: close\r\n", Line::Connection),
            ("Content-Type: application/json\r\n", Line::Other),
            ("\r\n", Line::Other),
        ] {
            assert_eq!(Line::of(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn only_starts_of_lines_that_matter_are_withheld() {
        for start in ["", "c", "Conn", "content-", "Upgrade:", "transfer-encoding: chun"] {
            assert!(may_matter(start.as_bytes()), "{start:?}");
        }
        for start in ["a", "cookie", "content-t", "upgrade-", "\x16\x03"] {
            assert!(!may_matter(start.as_bytes()), "{start:?}");
        }
    }

    #[test]
    fn upgrades_are_hidden() {
        for (line, hidden) in [
            ("Connection: Upgrade\r\n", "Connection: ignored\r\n"),
            ("Connection: keep-alive, upgrade , close\r\n", "Connection: keep-alive, ignored , close\r\n"),
            ("Connection:upgrade,Upgrade\n", "Connection:ignored,ignored\n"),
            ("Connection: upgraded, close\r\n", "Connection: upgraded, close\r\n"),
        ] {
            let mut line = line.as_bytes().to_vec();
            hide_upgrade_option(&mut line);
            assert_eq!(String::from_utf8(line).unwrap(), hidden);
        }
        let mut line = b"Upgrade: h2c\r\n".to_vec();
        hide_upgrade(&mut line);
        assert_eq!(line, b"ignored: h2c\r\n");
    }
}
