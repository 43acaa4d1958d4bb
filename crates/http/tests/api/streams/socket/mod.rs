//! `GET /api/ws`: streams over a WebSocket.

mod closing;
mod opening;
mod places;
mod sending;

use serde_json::json;

use crate::people::Person;
use crate::sockets::Listening;
use crate::streams::test_socket::TestSocket;

fn token(person: &Person) -> String {
    person.token.clone().unwrap()
}

fn call(server: &Listening, person: &Person) -> TestSocket {
    let mut test_socket = TestSocket::start(server, &token(person), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    test_socket
}
