//! The server that a test calls, in the same process or on a listening socket.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::test::TestRequest;
use actix_web::web::Data;
use chit_chat_contract::TestStore;
use chit_chat_domain::stores::Stores;
use chit_chat_http::{AllowedOrigins, Limits, State};

use crate::answer::Answer;
use crate::clock::ShiftedClock;
use crate::wire::Wire;

pub(crate) type Answered = Pin<Box<dyn Future<Output = Answer>>>;

/// A running server and its parts. `TestApp` and every `Client` share it.
pub(crate) struct Server {
    pub(crate) call: Box<dyn Fn(TestRequest) -> Answered>,
    pub(crate) clock: Arc<ShiftedClock>,
    pub(crate) state: Data<State>,
    pub(crate) limits: Option<Data<Limits>>,
    pub(crate) origins: AllowedOrigins,
    pub(crate) stores: Stores,
    pub(crate) wire: Option<Wire>,
    /// Dropped last, together with its database.
    pub(crate) database: Option<Rc<TestStore>>,
}

impl Server {
    pub(crate) async fn answer(&self, request: TestRequest) -> Answer {
        (self.call)(request).await
    }
}
