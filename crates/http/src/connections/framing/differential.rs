//! Random and damaged requests: the framing and actix agree on where each one that actix accepts ends.

use actix_codec::Decoder;
use actix_http::h1::{Codec, Message, MessageType};
use actix_web::web::BytesMut;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::Framing;
use super::tests::codec;

/// The state of actix after the input so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It waits for a head, or for the rest of one.
    Head,
    /// It waits for the rest of a body.
    Body,
    /// Everything that follows is a payload.
    Stream,
    Refused,
}

struct Actix {
    codec: Codec,
    unread: BytesMut,
    state: State,
    /// The number of heads that it has found.
    heads: usize,
}

impl Actix {
    fn new() -> Self {
        Self { codec: codec(), unread: BytesMut::new(), state: State::Head, heads: 0 }
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        while self.state != State::Refused {
            self.state = match self.codec.decode(&mut self.unread) {
                Ok(Some(Message::Item(_))) => {
                    self.heads += 1;
                    match self.codec.message_type() {
                        MessageType::None => State::Head,
                        MessageType::Payload => State::Body,
                        MessageType::Stream => State::Stream,
                    }
                }
                Ok(Some(Message::Chunk(Some(_)))) => self.state,
                Ok(Some(Message::Chunk(None))) => State::Head,
                Ok(None) => return,
                Err(_) => State::Refused,
            };
        }
    }
}

/// Delivers the input in pieces, as a connection does, and compares after each. Returns the number of requests.
fn compare(input: &[u8], pieces: &[usize]) -> Result<usize, TestCaseError> {
    let (mut framing, mut actix, mut withheld, mut requests) = (Framing::new(), Actix::new(), Vec::new(), 0);
    let (mut rest, mut pieces) = (input, pieces.iter().cycle());
    loop {
        let passed = framing.pass(&mut withheld);
        actix.receive(&withheld[..passed]);
        withheld.drain(..passed);
        if matches!(actix.state, State::Refused | State::Stream) {
            // The connection ends, or is a WebSocket.
            prop_assert!(actix.heads <= requests + 1);
            return Ok(requests);
        }
        if framing.is_complete() {
            requests += 1;
            prop_assert_eq!((actix.state, actix.heads), (State::Head, requests));
            prop_assert!(actix.unread.is_empty(), "left: {:?}", actix.unread);
            framing.next();
            continue;
        }
        let expected = if framing.is_in_payload() { (State::Body, requests + 1) } else { (State::Head, requests) };
        prop_assert_eq!((actix.state, actix.heads), expected);
        if passed == 0 {
            if rest.is_empty() {
                return Ok(requests);
            }
            let (piece, next) = rest.split_at(rest.len().min(*pieces.next().unwrap()));
            withheld.extend_from_slice(piece);
            rest = next;
        }
    }
}

const STARTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: test\r\n",
    "POST /api/users HTTP/1.1\nhOST:test\n",
    "POST /api/users HTTP/1.0\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n",
    "GET http://test/api/ws HTTP/1.1\r\nHost: test\r\n",
    "GET /api/ws HTTP/1.1\r\nHost: test\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: test\r\n",
    "CONNECT test:1 HTTP/1.1\r\nHost: test\r\n",
    "\r\n\nHEAD / HTTP/1.1\r\nHost: test\r\n",
    "\rGET / HTTP/1.1\r\nHost: test\r\n",
    "GET  / HTTP/1.1\r\nHost: test\r\n",
    "GET /\r\n",
];

const HEADERS: &[&str] = &[
    "content-LENGTH: 5\r\n",
    "Content-Length:5\n",
    "Content-Length:\t 005 \t\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: -5\r\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length: 0x5\r\n",
    "Content-Length: \r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 18446744073709551616\r\n",
    "Content-Length : 5\r\n",
    "Content-Length\r\n",
    "Content-Length: 5\r\n 5\r\n",
    "Content-Length: 1\r5\r\n",
    "Content-Length: 5\0\r\n",
    "Content-Length: 5\x0b\r\n",
    "Content-Length: \u{a0}5\r\n",
    " Content-Length: 5\r\n",
    "\tContent-Length: 5\r\n",
    "X: y\rContent-Length: 5\r\n",
    "X: y\r\r\nContent-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "TRANSFER-encoding:cHunked\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: \x0bchunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding:\r\n chunked\r\n",
    "Transfer_Encoding: chunked\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: websocket\r\nConnection: upgrade\r\n",
    "Upgrade: websocket, h2c\r\n",
    "Upgrade : websocket\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive, Upgrade\r\n",
    ": 5\r\n",
    "\r",
    "\n",
];

/// Lines that are longer than what is withheld, with this in the middle.
const LONG: &[(&str, char, &str)] = &[
    ("Content-Length: ", '0', "5\r\n"),
    ("Content-Length: ", ' ', "5\r\n"),
    ("Content-Length: 5", ' ', "\r\n"),
    ("Content-Length: 5", ' ', "5\r\n"),
    ("Transfer-Encoding: ", ' ', "chunked\r\n"),
    ("Transfer-Encoding: chunked", '\t', "\n"),
    ("Connection: ", 'x', ", upgrade\r\n"),
    ("Upgrade: ", ' ', "websocket\r\n"),
    ("Upgrade: websocket", ' ', "\r\n"),
    ("X: ", 'y', "\r\n"),
];

const BODIES: &[&str] = &[
    "",
    "hello",
    "0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
    "005 ;a\r\nhello\r\n000;b\r\nX: y\r\nContent-Length: 9\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "0\r\nX: y\rz\r\n\r\n",
    "0\r\n\rx",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "FFFFFFFFFFFFFFFF\r\nx",
    "10000000000000000\r\nx",
];

fn header() -> impl Strategy<Value = String> {
    let long = (select(LONG), 0_usize..2_100).prop_map(|((start, middle, end), length)| {
        let middle: String = std::iter::repeat_n(middle, length).collect();
        format!("{start}{middle}{end}")
    });
    prop_oneof![8 => select(HEADERS).prop_map(str::to_owned), 1 => long]
}

fn request() -> impl Strategy<Value = String> {
    (select(STARTS), vec(header(), 0..4), select(BODIES))
        .prop_map(|(start, headers, body)| format!("{start}{}\r\n{body}", headers.concat()))
}

/// Places in the input, and the bytes to put there: instead of one byte, or before it.
fn damage() -> impl Strategy<Value = Vec<(Index, &'static str, bool)>> {
    let bytes = select(&["", "\r", "\n", "\r\n", " ", "\t", ":", "\0", ",", ";", "0", "5", "a", "\x7f"][..]);
    vec((any::<Index>(), bytes, any::<bool>()), 0..4)
}

fn damaged(input: String, damage: Vec<(Index, &str, bool)>) -> Vec<u8> {
    let mut input = input.into_bytes();
    for (place, bytes, replaces) in damage {
        let at = place.index(input.len());
        input.splice(at..at + usize::from(replaces), bytes.bytes());
    }
    input
}

proptest! {
    #[test]
    fn framing_agrees_with_actix(
        requests in vec(request(), 1..5),
        damage in damage(),
        pieces in vec(prop_oneof![1_usize..4, 1_usize..3_000], 1..20),
    ) {
        compare(&damaged(requests.concat(), damage), &pieces)?;
    }
}

/// Each long line of its own, because random ones are rarely accepted.
#[test]
fn framing_agrees_about_long_lines() {
    for (start, middle, end) in LONG {
        for length in [1_000, 1_024, 1_500] {
            for body in ["hello", "0\r\n\r\n"] {
                let middle: String = std::iter::repeat_n(*middle, length).collect();
                let head = format!("POST / HTTP/1.1\r\nHost: test\r\n{start}{middle}{end}\r\n");
                let input = format!("{head}{body}GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                for piece in [13, 700, 1_024, 8_192] {
                    compare(input.as_bytes(), &[piece])
                        .unwrap_or_else(|error| panic!("{start}, {length}, {piece}: {error}"));
                }
            }
        }
    }
}

/// actix refuses a head of 128 KiB that is not complete; up to there, both wait for it.
#[test]
fn framing_agrees_about_the_longest_heads() {
    for length in [130_000, 131_000, 131_072, 140_000] {
        for last in ["Content-Length: 5\r\n\r\nhello", "X: y\r\n\r\n"] {
            let mut input = "POST / HTTP/1.1\r\nHost: test\r\n".to_owned();
            while input.len() + 4_000 < length {
                input.extend(["X: ", &"y".repeat(4_000), "\r\n"]);
            }
            input.push_str(last);
            compare(input.as_bytes(), &[8_192]).unwrap();
        }
    }
}
