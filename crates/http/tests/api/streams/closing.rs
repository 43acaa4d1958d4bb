//! The close code of a WebSocket whose client breaks RFC 6455, or is gone.

use std::io::{ErrorKind, Write};
use std::net::Shutdown;

use chit_chat_contract::Engine;
use serde_json::json;
use tungstenite::Message;
use tungstenite::error::{Error, ProtocolError};

use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::people::Person;
use crate::sockets::Listening;

const LAST: u8 = 0x80;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A frame with a mask of zeros, so that its content is readable.
fn frame(first: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [&[first, LAST | length, 0, 0, 0, 0], content].concat()
}

/// A frame with a length of 64 bits, without its content.
fn head(first: u8, length: u64) -> Vec<u8> {
    [&[first, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat()
}

fn malformed_frames() -> Vec<(&'static str, Vec<u8>)> {
    let close = |code: u16, reason: &[u8]| frame(LAST | CLOSE, &[&code.to_be_bytes(), reason].concat());
    let control = |opcode: u8| [&[LAST | opcode, 0xfe, 0, 126][..], &[0; 4], &[b'x'; 126]].concat();
    let mut frames = vec![
        ("not masked", vec![LAST | TEXT, 2, b'{', b'}']),
        ("a long one that is not masked", vec![LAST | TEXT, 127]),
        ("a fragmented ping", frame(PING, b"x")),
        ("a fragmented pong", frame(10, b"")),
        ("a fragmented close", frame(CLOSE, &1000_u16.to_be_bytes())),
        ("a long ping", control(PING)),
        ("a long close", control(CLOSE)),
        ("half a close code", frame(LAST | CLOSE, &[3])),
        ("a close reason that is not UTF-8", close(1000, b"\xff")),
        ("a length above 63 bits", head(LAST | TEXT, 1 << 63)),
        ("a continuation of nothing", frame(LAST, b"x")),
        ("a text inside another", [frame(TEXT, b"{"), frame(LAST | TEXT, b"}")].concat()),
    ];
    for bits in [0x40, 0x20, 0x10, 0x70] {
        frames.push(("reserved bits", frame(LAST | bits | TEXT, b"{}")));
        frames.push(("reserved bits of a ping", frame(LAST | bits | PING, b"")));
    }
    frames.extend([3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(|code| ("an unknown opcode", frame(LAST | code, b""))));
    frames.extend(
        [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(|code| ("a bad code", close(code, b""))),
    );
    frames
}

struct World {
    _app: TestApp,
    server: Listening,
    ann: Person,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new(Engine::Sqlite).await;
        let (ann, server) = (app.sign_up("ann").await, Listening::start(&app));
        Self { _app: app, server, ann }
    }

    /// A socket whose stream has started.
    fn started(&self) -> TestSocket {
        let mut test_socket = TestSocket::start(&self.server, self.ann.token.as_ref().unwrap(), &json!({}));
        test_socket.expect_each(&["ready", "caught_up"]);
        test_socket
    }

    /// A socket before its first frame, and one after it.
    fn sockets(&self) -> [TestSocket; 2] {
        [TestSocket::connect(&self.server, &[]).expect("a handshake"), self.started()]
    }
}

fn write(test_socket: &mut TestSocket, bytes: &[u8]) {
    test_socket.0.get_mut().write_all(bytes).unwrap();
}

#[actix_web::test]
async fn malformed_frame_is_a_protocol_error() {
    let world = World::new().await;
    for (what, frame) in malformed_frames() {
        for mut test_socket in world.sockets() {
            write(&mut test_socket, &frame);
            let code = test_socket.close_code();
            let is_fragmented = what == "a text inside another";
            // Before the first message, fragments are refused at once.
            let expected = if is_fragmented && code == Some(1008) { 1008 } else { 1002 };
            assert_eq!(code, Some(expected), "{what}: {frame:?}");
        }
    }
}

#[actix_web::test]
async fn frames_before_a_malformed_one_are_handled() {
    let world = World::new().await;
    let mut test_socket = world.started();
    write(&mut test_socket, &[frame(LAST | TEXT, b"{}"), frame(LAST | PING, b"there?"), vec![0xff]].concat());
    test_socket.expect("refused");
    assert_eq!(test_socket.close_code(), Some(1002));
}

#[actix_web::test]
async fn text_that_is_not_utf_8_is_invalid() {
    let world = World::new().await;
    for text in [&b"\xff"[..], b"{\"type\": \"\xed\xa0\x80\"}", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe2\x82"] {
        for mut test_socket in world.sockets() {
            write(&mut test_socket, &frame(LAST | TEXT, text));
            assert_eq!(test_socket.close_code(), Some(1007), "{text:?}");
        }
        let mut test_socket = world.started();
        let (start, end) = text.split_at(1);
        write(&mut test_socket, &[frame(TEXT, start), frame(LAST, end)].concat());
        assert_eq!(test_socket.close_code(), Some(1007), "{text:?} in fragments");
    }
}

#[actix_web::test]
async fn large_frame_is_refused_by_its_head() {
    let world = World::new().await;
    for length in [128 * 1024 + 1, 1 << 32, u64::MAX >> 1] {
        for mut test_socket in world.sockets() {
            write(&mut test_socket, &head(LAST | TEXT, length));
            assert_eq!(test_socket.close_code(), Some(1009), "{length}");
        }
    }
}

#[actix_web::test]
async fn close_frame_is_answered() {
    let world = World::new().await;
    for code in [1000_u16, 1001, 1003, 1007, 3000, 4999] {
        let mut test_socket = world.started();
        write(&mut test_socket, &frame(LAST | CLOSE, &[&code.to_be_bytes(), &b"bye"[..]].concat()));
        assert_eq!(test_socket.close_code(), Some(code));
    }
    for mut test_socket in world.sockets() {
        write(&mut test_socket, &frame(LAST | CLOSE, b""));
        assert_eq!(test_socket.close_code(), None);
    }
}

/// A client that is gone has done nothing wrong.
#[actix_web::test]
async fn end_of_the_connection_has_no_close_code() {
    let world = World::new().await;
    for unfinished in [&b""[..], &[LAST | TEXT], &frame(LAST | TEXT, b"{}")[..7], &head(LAST | TEXT, 100_000)] {
        for mut test_socket in world.sockets() {
            write(&mut test_socket, unfinished);
            test_socket.0.get_ref().shutdown(Shutdown::Write).unwrap();
            assert_eq!(test_socket.close_code(), None, "{unfinished:?}");
        }
    }
}

impl TestSocket {
    /// Reads up to the end; the code of the close frame, if there is one with a code.
    fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.0.read() {
                Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Ok(_) => {}
                Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => return None,
                Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error} instead of the end"),
            }
        }
    }
}
