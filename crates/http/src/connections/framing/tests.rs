//! The framing, compared with that of actix.

use actix_codec::Decoder;
use actix_http::h1::{Codec, Message};
use actix_web::rt;
use actix_web::web::BytesMut;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Requests, and what passes of them.
const REQUESTS: &[(&str, &str)] = &[
    same("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n"),
    same("\r\n\nGET /healthz HTTP/1.1\nHost: test\nAccept: */*\n\n"),
    same("POST /api/users HTTP/1.1\r\nHost: test\r\ncontent-length: 3\r\n\r\nG\n\n"),
    same("POST /api/users HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n"),
    same("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    same(
        "PUT / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: Chunked\r\n\r\n\
         2;x=\"y\"\r\n\r\n\r\n00C\r\n0\r\n\r\nGET / H\r\n0\r\nA: b\r\nC: d\r\n\r\n",
    ),
    same("GET / HTTP/1.1\r\nHost: test\r\nUpgrade-Insecure-Requests: 1\r\nConnection: keep-alive\r\n\r\n"),
    (
        "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nConnection: ignored, HTTP2-Settings\r\nignored: h2c\r\n\r\n",
    ),
    (
        "POST /api/ws HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 1\r\n\r\nx",
        "POST /api/ws HTTP/1.1\r\nHost: test\r\nignored: websocket\r\nConnection: ignored\r\nContent-Length: 1\r\n\r\nx",
    ),
    (
        "GET /api/wsx HTTP/1.1\r\nHost: test\r\nUPGRADE: websocket\r\n\r\n",
        "GET /api/wsx HTTP/1.1\r\nHost: test\r\nignored: websocket\r\n\r\n",
    ),
];

const SOCKET: &str = "GET /api/ws?x HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\nGET / HTTP/1.1\r\n\r\n";

const fn same(request: &'static str) -> (&'static str, &'static str) {
    (request, request)
}

/// A connection that receives the input in pieces; returns what passes of each request.
fn passed(input: &[u8], pieces: &[usize]) -> Vec<Vec<u8>> {
    let (mut framing, mut withheld, mut rest) = (Framing::new(), Vec::new(), input);
    let (mut pieces, mut requests) = (pieces.iter().cycle(), vec![Vec::new()]);
    loop {
        let count = framing.pass(&mut withheld);
        requests.last_mut().unwrap().extend(withheld.drain(..count));
        if framing.is_complete() {
            framing.next();
            requests.push(Vec::new());
        } else if count == 0 {
            if rest.is_empty() {
                break;
            }
            let (piece, next) = rest.split_at(rest.len().min(*pieces.next().unwrap()));
            withheld.extend_from_slice(piece);
            rest = next;
        }
    }
    requests.pop_if(|request| request.is_empty());
    requests
}

/// The parser of actix, whose clock needs a runtime.
pub(super) fn codec() -> Codec {
    rt::System::new().block_on(async { Codec::default() })
}

/// The number of heads that actix finds.
fn heads(codec: &mut Codec, input: &mut BytesMut) -> Result<usize, ()> {
    let mut heads = 0;
    loop {
        match codec.decode(input) {
            Ok(Some(Message::Item(_))) => heads += 1,
            Ok(Some(Message::Chunk(_))) => {}
            Ok(None) => return Ok(heads),
            Err(_) => return Err(()),
        }
    }
}

proptest! {
    #[test]
    fn requests_pass_one_at_a_time(
        requests in vec(select(REQUESTS), 1..6),
        pieces in vec(1_usize..80, 1..20),
    ) {
        let input: String = requests.iter().map(|(sent, _)| *sent).collect();
        let passed = passed(input.as_bytes(), &pieces);
        let expected: Vec<_> = requests.iter().map(|(_, passed)| passed.as_bytes().to_vec()).collect();
        prop_assert_eq!(&passed, &expected);
        let mut codec = codec();
        for request in passed {
            let mut request = BytesMut::from(&request[..]);
            prop_assert_eq!(heads(&mut codec, &mut request), Ok(1));
            prop_assert!(request.is_empty());
        }
    }

    #[test]
    fn websocket_passes_whole(pieces in vec(1_usize..80, 1..20)) {
        prop_assert_eq!(passed(SOCKET.as_bytes(), &pieces), [SOCKET.as_bytes()]);
    }

    /// Whatever arrives, actix never finds two heads in what passes as one request.
    #[test]
    fn actix_finds_one_head_in_each_request(
        requests in vec((select(STARTS), vec(select(HEADERS), 0..3), select(BODIES)), 1..6),
        pieces in vec(1_usize..200, 1..20),
    ) {
        let input: String = requests
            .into_iter()
            .flat_map(|(start, headers, body)| [start.to_owned(), headers.concat(), "\r\n".to_owned(), body.to_owned()])
            .collect();
        let mut codec = codec();
        for request in passed(input.as_bytes(), &pieces) {
            match heads(&mut codec, &mut BytesMut::from(&request[..])) {
                Ok(count) => prop_assert!(count <= 1, "{count} heads in {:?}", String::from_utf8_lossy(&request)),
                Err(()) => break,
            }
        }
    }
}

const STARTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: test\r\n",
    "GET /api/ws HTTP/1.1\r\nHost: test\r\n",
    "POST / HTTP/1.1\nHost: test\n",
    "POST / HTTP/1.0\n",
    "CONNECT test:1 HTTP/1.1\r\nHost: test\r\n",
    "\r\n\nPUT / HTTP/1.1\r\nHost: test\r\n",
];

const HEADERS: &[&str] = &[
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: +5\r\n",
    "Content-Length :5\r\n",
    " Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n",
    "Upgrade: websocket\r\n",
    "Upgrade: h2c\r\n",
    "Connection: upgrade\r\n",
    "X: y\n",
];

const BODIES: &[&str] = &[
    "",
    "hello",
    "0\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: y\n\r\n\r\n",
    "5;\r\nhello\r\n0\r\n\n",
    "00000000000000000\n\r\n\r\n",
    "FFFFFFFFFFFFFFFFFF\r\n",
];

#[test]
fn long_lines_that_decide_the_end_are_refused_however_they_arrive() {
    let mut codec = codec();
    for (length, expected) in [(1_024, Ok(1)), (1_025, Err(())), (1_117, Err(())), (9_000, Err(()))] {
        let start = "Content-Length: ";
        let line = format!("{start}{:0>1$}\r\n", 1, length - start.len() - 2);
        let request = format!("POST / HTTP/1.1\r\nHost: test\r\n{line}\r\nx");
        for pieces in [[10_000], [700], [1_024], [1]] {
            let passed = passed(request.as_bytes(), &pieces).concat();
            assert_eq!(heads(&mut codec, &mut BytesMut::from(&passed[..])), expected, "{length} in {pieces:?}");
            codec = self::codec();
        }
    }
}

#[test]
fn long_line_that_never_ends_passes() {
    let mut framing = Framing::new();
    let mut head = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: ".to_vec();
    head.resize(10_000, b'x');
    assert_eq!(framing.pass(&mut head), head.len());
    let mut length = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: ".to_vec();
    length.resize(10_000, b'0');
    assert_eq!(Framing::new().pass(&mut length), length.len());
    assert_eq!(heads(&mut codec(), &mut BytesMut::from(&length[..])), Err(()));
    let mut garbage = b"\x16\x03\x01".to_vec();
    assert_eq!(Framing::new().pass(&mut garbage), 3);
}
