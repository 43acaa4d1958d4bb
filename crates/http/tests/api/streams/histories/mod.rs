//! A client that maintains its state from `ready` and the following events has the same state as one that reads
//! everything anew, after any actions and on any instance.

mod happenings;
mod picture;

use chit_chat_contract::{Engine, both_engines};

use super::event_stream::EventStream;
use crate::app::TestApp;
use crate::sockets::Listening;
use happenings::{Dice, People};
use picture::Picture;

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
    let people = People::meet(&here).await;
    let elsewhere = people.through(&there);
    let server = Listening::start(&here);
    let mut picture = Picture::look(&people.ann).await;
    let mut stream = EventStream::resume(&server, &people.ann, &picture.positions());
    stream.expect_each(&["ready", "caught_up"]);
    let mut dice = Dice::new(seed);
    for step in 0..STEPS {
        let through = if dice.roll(4) == 0 { &elsewhere } else { &people };
        let what = through.happen(&mut dice).await;
        here.follow();
        println!("seed {seed}, step {step}: {what}");
        if dice.roll(8) == 0 {
            // The connection is lost; the client resumes from its own positions.
            stream = EventStream::resume(&server, &people.ann, &picture.positions());
            picture.begin_anew(&people.ann, &stream.expect("ready")["data"]["heads"]).await;
        }
        let now = Picture::look(&people.ann).await;
        while picture.shown() != now.shown() {
            println!("still {} and not {}", picture.shown(), now.shown());
            let heard = stream.next().expect("an event");
            picture.apply(&people.ann, &heard.kind, &heard.body).await;
        }
    }
}
