//! The clients behind trusted proxies: each has the share of the requests and streams at once that it would have of
//! the connections without a proxy.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::holders::CountedClient;
use super::{Connection, Connections};
use crate::limits::Source;
use crate::problem::Problem;
use crate::streams;

/// A request of a client that a trusted proxy names. It counts for the client until it is dropped.
pub(super) struct Client {
    source: Source,
    all: Arc<Connections>,
    /// False if the client has its share already, so that the request is refused.
    fits: bool,
    _counted: CountedClient,
}

impl Client {
    fn new(all: &Arc<Connections>, source: Source) -> Self {
        Self { source, fits: all.enter(source), all: Arc::clone(all), _counted: CountedClient::new(source) }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if self.fits {
            self.all.leave(self.source);
        }
    }
}

impl Connection {
    /// Counts a request that came through a trusted proxy for its client. Fails if that has its share of requests
    /// and streams already.
    pub(super) fn count_client(&self, request: &HttpRequest) -> Result<(), Problem> {
        if self.source.is_some() {
            return Ok(());
        }
        self.client.take();
        let client = self.client_of(request).map(|source| Client::new(&self.all, source));
        let fits = client.as_ref().is_none_or(|client| client.fits);
        self.client.replace(client);
        if fits {
            Ok(())
        } else if streams::opens_stream(request) {
            Err(Problem::too_many_streams())
        } else {
            Err(Problem::too_many_requests())
        }
    }

    /// The client of the current request, if a trusted proxy names it.
    pub(super) fn proxied_client(&self) -> Option<Source> {
        self.client.borrow().as_ref().map(|client| client.source)
    }

    /// The current request is over.
    pub(super) fn client_leaves(&self) {
        self.client.take();
    }
}
