//! A WebSocket client.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use tungstenite::client::IntoClientRequest;
use tungstenite::error::Error;
use tungstenite::handshake::HandshakeError;
use tungstenite::http::Response;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket, client};

use crate::sockets::Listening;

pub(super) struct TestSocket(pub(super) WebSocket<TcpStream>);

impl TestSocket {
    /// Performs the handshake with these headers.
    pub(super) fn connect(
        server: &Listening,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Box<Response<Option<Vec<u8>>>>> {
        let mut request = "ws://test/api/ws".into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match client(request, server.connect().into_stream()) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(Error::Http(response))) => Err(response),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    /// Connects and sends the start frame.
    pub(super) fn start(server: &Listening, token: &str, after: &Value) -> Self {
        let protocol = [("Sec-WebSocket-Protocol", "chit-chat.v1")];
        let mut test_socket = Self::connect(server, &protocol).expect("a handshake");
        test_socket.say(&serde_json::json!({"type": "start", "token": token, "after": after}));
        test_socket
    }

    pub(super) fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).unwrap();
    }

    pub(super) fn receive(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?} instead of text"),
            }
        }
    }

    /// Reads the next frame; `None` if the server closed with this code.
    pub(super) fn receive_until_closed(&mut self, code: u16) -> Option<Value> {
        match self.0.read().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            Message::Close(Some(frame)) => {
                assert_eq!(frame.code, CloseCode::from(code), "{}", frame.reason);
                None
            }
            other => panic!("{other:?} instead of text or the end"),
        }
    }

    pub(super) fn expect(&mut self, kind: &str) -> Value {
        let frame = self.receive();
        assert_eq!(frame["type"], kind, "{frame}");
        frame
    }

    pub(super) fn expect_each(&mut self, kinds: &[&str]) {
        for kind in kinds {
            self.expect(kind);
        }
    }

    /// Returns whether the server closes with this code, and not only once the first frame is late.
    pub(super) fn is_closed(&mut self, code: u16) -> bool {
        self.0.get_ref().set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        match self.0.read() {
            Ok(Message::Close(Some(frame))) => frame.code == CloseCode::from(code),
            Err(Error::Io(error)) => {
                assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
                false
            }
            other => panic!("{other:?} instead of the end or nothing"),
        }
    }

    pub(super) fn expect_close(&mut self, code: u16) {
        match self.0.read().unwrap() {
            Message::Close(Some(frame)) => assert_eq!(frame.code, CloseCode::from(code), "{}", frame.reason),
            other => panic!("{other:?} instead of the end"),
        }
    }
}
