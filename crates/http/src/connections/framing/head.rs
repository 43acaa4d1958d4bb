//! The head of a request: the request line and the header lines, up to an empty line.

use super::line::{self, Line};
use crate::routes;

/// The length of the longest line, with its end, that may decide where the request ends. A longer one passes in
/// pieces, or at once if it arrives whole, and actix refuses it.
const LONGEST_LINE: usize = 1024;
const METHOD_OF_SOCKETS: &str = "GET ";

/// The part of a head that has passed.
pub(in super::super) struct Head {
    place: Place,
    target: Target,
    /// True if the request asks for a WebSocket where there is one.
    is_upgrade: bool,
    is_chunked: bool,
    length: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the request line, where empty lines are ignored (RFC 9112, section 2.2).
    Start,
    RequestLine,
    LineStart,
    /// Inside a header line that does not matter.
    OtherLine,
}

/// The method and the path, as far as they tell whether the request may be upgraded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// So many bytes are those of a request for a WebSocket.
    Matching(u8),
    Socket,
    Other,
}

/// The bytes that follow a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    None,
    Sized(u64),
    Chunked,
    /// Everything that follows.
    Socket,
}

impl Head {
    pub(super) fn new() -> Self {
        let target = Target::Matching(0);
        Self { place: Place::Start, target, is_upgrade: false, is_chunked: false, length: 0 }
    }

    /// Returns how many bytes may pass, and what follows if the head ends after them. Withholds an incomplete line
    /// that may matter.
    pub(super) fn pass(&mut self, bytes: &mut [u8]) -> (usize, Option<Payload>) {
        let mut passed = 0;
        while let Some(rest) = bytes.get_mut(passed..).filter(|rest| !rest.is_empty()) {
            let end = rest.iter().position(|&byte| byte == b'\n');
            let is_whole = end.is_some();
            let Some(line) = rest.get_mut(..end.map_or(rest.len(), |end| end + 1)) else {
                break;
            };
            let is_empty = line == b"\n" || line == b"\r\n";
            match self.place {
                Place::LineStart if is_empty => return (passed + line.len(), Some(self.payload())),
                Place::Start if is_empty => {}
                Place::Start | Place::LineStart if !is_whole && self.withholds(line) => break,
                Place::Start | Place::RequestLine => {
                    self.target = self.target.after(line);
                    self.place = if is_whole { Place::LineStart } else { Place::RequestLine };
                }
                Place::LineStart | Place::OtherLine => {
                    if self.place == Place::LineStart {
                        self.read(line, is_whole);
                    }
                    self.place = if is_whole { Place::LineStart } else { Place::OtherLine };
                }
            }
            passed += line.len();
        }
        (passed, None)
    }

    fn withholds(&self, start: &[u8]) -> bool {
        let may_matter = self.place == Place::LineStart && line::may_matter(start);
        start == b"\r" || (may_matter && start.len() < LONGEST_LINE)
    }

    fn read(&mut self, line: &mut [u8], is_whole: bool) {
        let is_too_long = !is_whole || line.len() > LONGEST_LINE;
        match (Line::of(line), self.target) {
            // Its end may not be known yet, and decides what actix reads.
            (Line::ContentLength(_) | Line::TransferEncoding, _) if is_too_long => line::spoil(line),
            (Line::ContentLength(length), _) => self.length = length.unwrap_or_default(),
            (Line::TransferEncoding, _) => self.is_chunked = true,
            (Line::Upgrade { to_websocket: true }, Target::Socket) if is_whole => self.is_upgrade = true,
            (Line::Upgrade { .. }, _) => line::hide_upgrade(line),
            (Line::Connection, Target::Matching(_) | Target::Other) => line::hide_upgrade_option(line),
            (Line::Connection, Target::Socket) | (Line::Other, _) => {}
        }
    }

    fn payload(&self) -> Payload {
        match self {
            Self { is_chunked: true, .. } => Payload::Chunked,
            Self { is_upgrade: true, .. } => Payload::Socket,
            Self { length: 0, .. } => Payload::None,
            Self { length, .. } => Payload::Sized(*length),
        }
    }
}

impl Target {
    /// Compares one more piece of the request line.
    fn after(self, piece: &[u8]) -> Self {
        piece.iter().fold(self, |target, &byte| {
            let Self::Matching(count) = target else {
                return target;
            };
            match METHOD_OF_SOCKETS.bytes().chain(routes::SOCKET.bytes()).nth(usize::from(count)) {
                Some(expected) if expected == byte => Self::Matching(count + 1),
                None if matches!(byte, b' ' | b'?') => Self::Socket,
                _ => Self::Other,
            }
        })
    }
}
