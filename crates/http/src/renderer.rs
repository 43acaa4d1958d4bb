//! Renders messages as HTML on threads of their own, and caches the HTML: rendering takes far longer than reading.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::time::timeout;
use chit_chat_domain::id::MessageId;
use chit_chat_domain::message::{Message, MessageBody, Revision};
use chit_chat_threads::{Pool, Priority, spare_processors};
use metrics::{Counter, counter};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Serialize, Serializer};
use tokio::sync::oneshot;

use crate::markdown;
use crate::problem::Problem;
use crate::work::{Claim, Full, Party, Places, Sizes, places_for};

/// The total size of the cached HTML, in bytes.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// The size of an entry apart from the HTML.
const OVERHEAD: usize = 128;
const USUAL_MESSAGE: u64 = 512;
/// One page of a user is rendered at a time, and four of an address, in batches that get the threads in turn. So
/// however many slow pages others have, each of their networks delays a batch by no more than one batch.
const PAGES_OF_ACCOUNT: usize = 1;
const PAGES_OF_ADDRESS: usize = 4;
const BATCH: usize = 4 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);
const BUSY: &str = "too many messages are waiting to be rendered";

type Version = (MessageId, Revision);
type Unrendered = (Version, MessageBody);

/// The HTML of a message.
#[derive(Clone, Debug)]
pub(crate) struct Html(Arc<str>);

/// Renders messages, those of each network in turn.
pub(crate) struct Renderer {
    known: Cache<Version, Html, BySize>,
    places: Places,
    threads: Pool,
    from_memory: Counter,
    rendered: Counter,
}

#[derive(Clone)]
struct BySize;

impl Weighter<Version, Html> for BySize {
    fn weight(&self, _: &Version, html: &Html) -> u64 {
        (html.0.len() + OVERHEAD) as u64
    }
}

impl Renderer {
    /// Starts the threads.
    pub(crate) fn start() -> io::Result<Self> {
        let threads = spare_processors();
        let batches = places_for(threads);
        let at_once = Sizes { all: batches, account: PAGES_OF_ACCOUNT, address: PAGES_OF_ADDRESS };
        let html = |source: &'static str| counter!("chit_chat_rendered_messages_total", "source" => source);
        Ok(Self {
            known: Cache::with_weighter((MAX_BYTES / USUAL_MESSAGE) as usize, MAX_BYTES, BySize),
            places: Places::new("rendering", at_once, TIMEOUT),
            threads: Pool::start("render", threads, Priority::Low, batches)?,
            from_memory: html("memory"),
            rendered: html("rendered"),
        })
    }

    /// The HTML by message id, without tombstones.
    async fn by_id(
        &self,
        party: Party,
        messages: impl IntoIterator<Item = &Message>,
    ) -> Result<BTreeMap<String, Html>, Problem> {
        let (mut by_id, mut unknown) = (BTreeMap::new(), Vec::new());
        for message in messages {
            let version = (message.id, message.revision);
            match (&message.body, self.known.get(&version)) {
                (None, _) => {}
                (Some(_), Some(html)) => drop(by_id.insert(message.id.to_string(), html)),
                (Some(body), None) => unknown.push((version, body.clone())),
            }
        }
        self.from_memory.increment(by_id.len() as u64);
        if unknown.is_empty() {
            return Ok(by_id);
        }
        let claim = self.claim(party).await?;
        let render_all = async {
            for batch in batches(unknown, |(_, body)| body.as_str().len()) {
                self.rendered.increment(batch.len() as u64);
                for (version, html) in
                    self.run(party, &claim, move || batch.into_iter().map(rendered).collect::<Vec<_>>()).await?
                {
                    self.known.insert(version, html.clone());
                    by_id.insert(version.0.to_string(), html);
                }
            }
            Ok(())
        };
        in_time(render_all).await?;
        Ok(by_id)
    }

    /// The HTML by message id, if it is wanted.
    pub(crate) async fn by_id_if(
        &self,
        wanted: bool,
        party: Party,
        messages: impl IntoIterator<Item = &Message>,
    ) -> Result<Option<BTreeMap<String, Html>>, Problem> {
        if wanted { self.by_id(party, messages).await.map(Some) } else { Ok(None) }
    }

    /// The HTML of one message; `None` for a tombstone.
    pub(crate) async fn one(&self, party: Party, message: &Message) -> Result<Option<Html>, Problem> {
        Ok(self.by_id(party, [message]).await?.into_values().next())
    }

    /// The HTML of a text that is not stored.
    pub(crate) async fn draft(&self, party: Party, body: MessageBody) -> Result<Html, Problem> {
        let claim = self.claim(party).await?;
        in_time(self.run(party, &claim, move || Html(markdown::html(body.as_str()).into()))).await
    }

    /// Decompresses a body, which takes as long as rendering, in turn with it.
    pub(crate) async fn inflate<T: Send + 'static>(
        &self,
        party: Party,
        inflate: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let claim = self.claim(party).await?;
        in_time(self.run(party, &claim, inflate)).await
    }

    async fn claim(&self, party: Party) -> Result<Arc<Claim>, Problem> {
        self.places.claim(party).await.map(Arc::new).map_err(|full| full.of_processors(BUSY))
    }

    async fn run<T: Send + 'static>(
        &self,
        party: Party,
        claim: &Arc<Claim>,
        render: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.places.turn(party).await.map_err(|full| full.of_processors(BUSY))?;
        let (answer, answered) = oneshot::channel();
        // The place and the claim are returned when the work is done, even if the client has disconnected.
        let held = (turn, Arc::clone(claim));
        let job = move || {
            drop(answer.send(render()));
            drop(held);
        };
        self.threads.push(job).map_err(|_| Full::Server.of_processors(BUSY))?;
        answered.await.map_err(|_| Problem::internal("a message could not be rendered"))
    }
}

async fn in_time<T>(rendering: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    timeout(TIMEOUT, rendering).await.unwrap_or_else(|_| Err(Full::Server.of_processors(BUSY)))
}

fn rendered((version, body): Unrendered) -> (Version, Html) {
    (version, Html(markdown::html(body.as_str()).into()))
}

/// Divides messages into batches of at most [`BATCH`] bytes, or of one message that is larger.
fn batches<T>(messages: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut batches, mut filled): (Vec<Vec<T>>, _) = (Vec::new(), 0);
    for message in messages {
        let bytes = size(&message);
        match batches.last_mut() {
            Some(batch) if filled + bytes <= BATCH => {
                batch.push(message);
                filled += bytes;
            }
            _ => {
                batches.push(vec![message]);
                filled = bytes;
            }
        }
    }
    batches
}

impl Serialize for Html {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::net::Ipv4Addr;
    use std::rc::Rc;

    use actix_web::rt;
    use chit_chat_domain::id::UserId;
    use chit_chat_domain::message::BodyLimit;
    use chit_chat_domain::testing::message;
    use uuid::Uuid;

    use super::*;
    use crate::limits::Source;

    fn party(address: Ipv4Addr) -> Party {
        Party { account: Some(UserId::from(Uuid::now_v7()).into()), source: Source::of(address.into()) }
    }

    /// A page of many batches.
    fn large_page() -> Vec<Message> {
        let body = "word ".repeat(BodyLimit::default().get() / 5);
        let one = |_| message().with_id(Uuid::now_v7().into()).with_body(&body).build();
        (0..12).map(one).collect()
    }

    #[actix_web::test]
    async fn newcomer_does_not_wait_for_large_pages() {
        let (renderer, finished) = (Rc::new(Renderer::start().unwrap()), Rc::new(Cell::new(0)));
        for number in 0..32 {
            let (renderer, finished, page) = (Rc::clone(&renderer), Rc::clone(&finished), large_page());
            rt::spawn(async move {
                let _: Result<_, Problem> =
                    renderer.by_id(party(Ipv4Addr::new(192, 0, number % 8, 1)), &page).await;
                finished.set(finished.get() + 1);
            });
        }
        rt::task::yield_now().await;
        let draft = MessageBody::parse("hello").unwrap();
        let html = renderer.draft(party(Ipv4Addr::new(198, 51, 100, 1)), draft).await;
        assert_eq!(&*html.unwrap_or_else(|_| panic!("not rendered")).0, "<p>hello</p>\n");
        assert_eq!(finished.get(), 0, "it waited for large pages");
    }

    #[test]
    fn batches_are_small_and_hold_everything() {
        let lengths = |sizes: &[usize]| -> Vec<usize> {
            batches(sizes.to_vec(), |size| *size).iter().map(Vec::len).collect()
        };
        assert_eq!(lengths(&[]), Vec::<usize>::new());
        assert_eq!(lengths(&[16_000]), [1]);
        assert_eq!(lengths(&[100; 41]), [40, 1]);
        assert_eq!(lengths(&[4_000, 96, 1, 4_000, 4_000]), [2, 2, 1]);
    }
}
