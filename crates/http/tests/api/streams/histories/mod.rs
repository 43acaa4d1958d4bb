//! A client that maintains its state from `ready` and the following events has the same state as one that reads
//! everything anew, after any actions and on any instance.

mod actions;
mod client_state;

use chit_chat_contract::{Engine, both_engines};

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::sockets::Listening;
use actions::{People, TestRng};
use client_state::ClientState;

const STEPS: usize = 100;

#[both_engines]
async fn random_history_reproduces_state(engine: Engine) {
    for seed in 1..=4 {
        random_history(engine, seed).await;
    }
}

async fn random_history(engine: Engine, seed: u64) {
    let here = TestApp::new(engine).await;
    let there = here.another_instance().await;
    let people = People::sign_up(&here).await;
    let elsewhere = people.through_instance(&there);
    let server = Listening::start(&here);
    let mut client_state = ClientState::fetch(&people.ann).await;
    let mut stream = EventStream::resume(&server, &people.ann, &client_state.positions());
    stream.expect_each(&["ready", "caught_up"]);
    let mut rng = TestRng::new(seed);
    for step in 0..STEPS {
        let through = if rng.below(4) == 0 { &elsewhere } else { &people };
        let what = through.act(&mut rng).await;
        here.follow();
        println!("seed {seed}, step {step}: {what}");
        if rng.below(8) == 0 {
            // The connection is lost; the client resumes from its own positions.
            stream = EventStream::resume(&server, &people.ann, &client_state.positions());
            client_state.resync(&people.ann, &stream.expect("ready")["data"]["heads"]).await;
        }
        let now = ClientState::fetch(&people.ann).await;
        while client_state.shown() != now.shown() {
            println!("still {} and not {}", client_state.shown(), now.shown());
            let event = stream.next().expect("an event");
            client_state.apply(&people.ann, &event.kind, &event.body).await;
        }
    }
}
