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
use crate::work::{Full, Party, Places, Sizes};

/// The total size of the cached HTML, in bytes.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// The size of an entry apart from the HTML.
const OVERHEAD: usize = 128;
const USUAL_MESSAGE: u64 = 512;
/// One page of a user is rendered at a time, so that a user with slow pages delays others by no more than that.
const AT_ONCE: Sizes = Sizes { all: 32, account: 1, address: 4 };
const TIMEOUT: Duration = Duration::from_secs(5);

/// The HTML of a message.
#[derive(Clone, Debug)]
pub(crate) struct Html(Arc<str>);

/// Renders messages, those of each user in turn.
pub(crate) struct Renderer {
    known: Cache<(MessageId, Revision), Html, BySize>,
    places: Places,
    threads: Pool,
    from_memory: Counter,
    rendered: Counter,
}

#[derive(Clone)]
struct BySize;

impl Weighter<(MessageId, Revision), Html> for BySize {
    fn weight(&self, _: &(MessageId, Revision), html: &Html) -> u64 {
        (html.0.len() + OVERHEAD) as u64
    }
}

impl Renderer {
    /// Starts the threads.
    pub(crate) fn start() -> io::Result<Self> {
        let html = |source: &'static str| counter!("chit_chat_rendered_messages_total", "source" => source);
        Ok(Self {
            known: Cache::with_weighter((MAX_BYTES / USUAL_MESSAGE) as usize, MAX_BYTES, BySize),
            places: Places::new("rendering", AT_ONCE, TIMEOUT),
            threads: Pool::start("render", spare_processors(), Priority::Low, AT_ONCE.all)?,
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
        if !unknown.is_empty() {
            self.rendered.increment(unknown.len() as u64);
            let render = move || {
                let html =
                    |(version, body): (_, MessageBody)| (version, Html(markdown::html(body.as_str()).into()));
                unknown.into_iter().map(html).collect::<Vec<_>>()
            };
            for (version, html) in self.run(party, render).await? {
                self.known.insert(version, html.clone());
                by_id.insert(version.0.to_string(), html);
            }
        }
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
        self.run(party, move || Html(markdown::html(body.as_str()).into())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        party: Party,
        render: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        const BUSY: &str = "too many messages are waiting to be rendered";
        let place = self.places.take(party).await.map_err(|full| full.of_processors(BUSY))?;
        let (answer, answered) = oneshot::channel();
        // The place is returned when the work is done, even if the client has disconnected.
        let job = move || {
            drop(answer.send(render()));
            drop(place);
        };
        self.threads.push(job).map_err(|_| Full::Server.of_processors(BUSY))?;
        let rendered = timeout(TIMEOUT, answered).await.map_err(|_| Full::Server.of_processors(BUSY))?;
        rendered.map_err(|_| Problem::internal("a message could not be rendered"))
    }
}

impl Serialize for Html {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
