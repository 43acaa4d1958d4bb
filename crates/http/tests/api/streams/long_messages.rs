//! Messages of the highest limit over a WebSocket.

use chit_chat_contract::Engine;
use serde_json::json;
use tungstenite::Message;

use super::test_socket::TestSocket;
use crate::app::TestApp;
use crate::body_limit::limited_to;
use crate::sockets::Listening;

#[actix_web::test]
async fn longest_message_fits_into_a_frame_however_it_is_written() {
    let app = TestApp::with_config(Engine::Sqlite, limited_to(40_000)).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut test_socket = TestSocket::start(&server, ann.token.as_ref().unwrap(), &json!({}));
    test_socket.expect_each(&["ready", "caught_up"]);
    for written in ["🦀", "\\ud83e\\udd80"] {
        let body = written.repeat(40_000);
        let frame = format!(r#"{{"type": "send", "chatroom_id": "{}", "body": "{body}"}}"#, room.id);
        test_socket.0.send(Message::text(frame)).unwrap();
        for _ in 0..2 {
            let frame = test_socket.receive();
            let message = if frame["type"] == "sent" { &frame["message"] } else { &frame["data"] };
            assert_eq!(message["body"], "🦀".repeat(40_000));
        }
    }
    let longer = json!({"type": "send", "chatroom_id": room.id, "body": "x".repeat(40_001)});
    test_socket.say(&longer);
    let problem = &test_socket.expect("refused")["problem"];
    assert_eq!(problem["errors"][0]["reason"], "must have at most 40000 characters");
    test_socket.0.send(Message::text(" ".repeat(12 * 40_000 + 8 * 1024 + 1))).unwrap();
    test_socket.expect_close(1009);
}
