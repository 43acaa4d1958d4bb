//! Which route a request takes. It is noted while the request is routed: later the request may be
//! gone with its client, and to look for the route once more would cost as much as routing.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::guard::{Guard, fn_guard};

/// The pattern of the route, as soon as there is one.
#[derive(Clone, Default)]
pub(crate) struct Matched(Rc<Cell<Option<&'static str>>>);

impl Matched {
    /// Of a request that has yet to be routed.
    pub(crate) fn of(request: &ServiceRequest) -> Self {
        let matched = Self::default();
        request.extensions_mut().insert(matched.clone());
        matched
    }

    pub(crate) fn pattern(&self) -> Option<&'static str> {
        self.0.get()
    }
}

/// Lets every request pass that matches the pattern, and notes it.
pub(crate) fn note(pattern: &'static str) -> impl Guard {
    fn_guard(move |context| {
        if let Some(Matched(noted)) = context.req_data().get() {
            noted.set(Some(pattern));
        }
        true
    })
}
