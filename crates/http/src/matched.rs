//! The route of a request, recorded during routing: later the request may have been dropped because its client
//! disconnected, and looking the route up again would cost as much as routing.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::guard::{Guard, fn_guard};

/// The pattern of the route, once it is known.
#[derive(Clone, Default)]
pub(crate) struct Matched(Rc<Cell<Option<&'static str>>>);

impl Matched {
    /// Attaches an unknown route to a request that has not been routed yet.
    pub(crate) fn of(request: &ServiceRequest) -> Self {
        let matched = Self::default();
        request.extensions_mut().insert(matched.clone());
        matched
    }

    pub(crate) fn pattern(&self) -> Option<&'static str> {
        self.0.get()
    }
}

/// A guard that accepts every request and records the pattern.
pub(crate) fn record(pattern: &'static str) -> impl Guard {
    fn_guard(move |context| {
        if let Some(Matched(noted)) = context.req_data().get() {
            noted.set(Some(pattern));
        }
        true
    })
}
