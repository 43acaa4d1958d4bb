//! Listeners that fall behind: they lose nothing and do not delay others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use chit_chat_contract::{Engine, both_engines};
use chit_chat_domain::message::SendMessage;

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::people::{Person, Room};
use crate::sockets::Listening;

const MANY: i64 = 1_500;

#[both_engines]
async fn slow_reader_receives_everything_later(engine: Engine) {
    let app = TestApp::new(engine).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let mut slow = EventStream::open(&server, &ann, "/api/events", &[]);
    let mut quick = EventStream::open(&server, &ann, &room.path("events"), &[]);
    slow.expect_each(&["ready", "caught_up"]);
    quick.expect("caught_up");
    for number in 0..MANY {
        send_without_api(&app, &ann, &room, &format!("{number} {}", "x".repeat(900)));
    }
    let _following = Following::start(&app);
    for stream in [&mut quick, &mut slow] {
        for seq in 3..3 + MANY {
            assert_eq!(stream.event().0, seq);
        }
    }
    let mut late = EventStream::open(&server, &ann, &room.path("events?after=0"), &[]);
    for seq in 1..3 + MANY {
        assert_eq!(late.event().0, seq);
    }
    late.expect("caught_up");
}

#[actix_web::test]
async fn disconnected_reader_is_noticed_at_once() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ann = app.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    let server = Listening::start(&app);
    let paths = ["/api/events".to_owned(), room.path("events")];
    let open = || paths.iter().cycle().map(|path| EventStream::open(&server, &ann, path, &[]));
    let mut streams: Vec<_> = open().take(50).collect();
    for (stream, first) in streams.iter_mut().zip(["ready", "caught_up"].iter().cycle()) {
        stream.expect(first);
    }
    assert_eq!(ann.request(Method::HEAD, "/api/events").send().await.status, 429);
    drop(streams);
    let start = Instant::now();
    while ann.request(Method::HEAD, "/api/events").send().await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "their streams are still open");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Sends a message through the use case, without a request.
pub(super) fn send_without_api(app: &TestApp, author: &Person, room: &Room, text: &str) {
    let (chatroom_id, author_id) = (room.id.parse().unwrap(), author.id.parse().unwrap());
    app.state.services.messages.send(&SendMessage::new(chatroom_id, author_id, text)).unwrap();
}

/// Polls the heads repeatedly, as the server does, until it is dropped.
struct Following(Arc<AtomicBool>);

impl Following {
    fn start(app: &TestApp) -> Self {
        let (state, over) = (app.state.clone(), Arc::new(AtomicBool::new(false)));
        let until = over.clone();
        thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                state.follow().unwrap();
                thread::sleep(Duration::from_millis(100));
            }
        });
        Self(over)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
