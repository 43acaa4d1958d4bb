//! One route: a path, and the handlers of its methods.

use std::fmt;

use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, web};
use chit_chat_domain::scope::Scope;

use crate::matched;
use crate::problem::Problem;

/// The handlers of one path, from which `Allow`, the answer to other methods, and `HEAD` are derived.
pub struct Route {
    path: &'static str,
    methods: Methods,
    resource: Resource,
}

/// The credential that an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody may call it.
    Nothing,
    /// A session of the user; no key may call it.
    Session,
    /// A scope. A key that is limited to some chatrooms reaches only these.
    Scope(Scope),
    /// A scope of a key without a list of chatrooms, since the operation is about others, or about new ones.
    Everywhere(Scope),
}

impl From<Scope> for Needs {
    fn from(scope: Scope) -> Self {
        Self::Scope(scope)
    }
}

/// The methods that a route answers with what each needs, displayed as the value of `Allow`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Methods(Vec<(Method, Needs)>);

/// The order within `Allow`.
const IN_ORDER: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

impl Route {
    pub(crate) fn new(path: &'static str) -> Self {
        let resource = web::resource(path).guard(matched::record(path));
        Self { path, methods: Methods::default(), resource }
    }

    /// Adds a handler of GET, which also answers HEAD (RFC 9110, section 9.1).
    pub(crate) fn get<F, Args>(self, needs: impl Into<Needs>, handler: F) -> Self
    where
        F: Handler<Args> + Copy,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let needs = needs.into();
        self.on(Method::GET, needs, handler).on(Method::HEAD, needs, handler)
    }

    pub(crate) fn post<F, Args>(self, needs: impl Into<Needs>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(Method::POST, needs.into(), handler)
    }

    pub(crate) fn put<F, Args>(self, needs: impl Into<Needs>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(Method::PUT, needs.into(), handler)
    }

    pub(crate) fn patch<F, Args>(self, needs: impl Into<Needs>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(Method::PATCH, needs.into(), handler)
    }

    pub(crate) fn delete<F, Args>(self, needs: impl Into<Needs>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(Method::DELETE, needs.into(), handler)
    }

    fn on<F, Args>(mut self, method: Method, needs: Needs, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.methods.0.push((method.clone(), needs));
        Self { resource: self.resource.route(web::method(method).to(handler)), ..self }
    }

    /// The pattern of the path.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The methods that have a handler.
    pub fn methods(&self) -> &Methods {
        &self.methods
    }

    /// Adds the route to an app. Methods without a handler answer 405.
    pub(crate) fn register(self, app: &mut ServiceConfig) {
        let allow = self.methods.to_string();
        let refuse = move || {
            let problem = Problem::method_not_allowed(&allow);
            async move { Err::<HttpResponse, _>(problem) }
        };
        app.service(self.resource.default_service(web::to(refuse)));
    }
}

impl Methods {
    /// The methods in the order of `Allow`.
    pub fn iter(&self) -> impl Iterator<Item = Method> {
        IN_ORDER.into_iter().filter(|method| self.needs(method).is_some())
    }

    /// The credential that a method needs; `None` if it has no handler.
    pub fn needs(&self, method: &Method) -> Option<Needs> {
        self.0.iter().find(|(other, _)| other == method).map(|(_, needs)| *needs)
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, method) in self.iter().enumerate() {
            write!(f, "{}{method}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn handler() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[test]
    fn methods_have_fixed_order_and_get_implies_head() {
        let route = Route::new("/");
        let route = route.delete(Needs::Session, handler).post(Needs::Nothing, handler);
        let route = route.get(Scope::UsersRead, handler);
        assert_eq!(route.methods().to_string(), "GET, HEAD, POST, DELETE");
        assert_eq!(route.methods().needs(&Method::HEAD), Some(Needs::Scope(Scope::UsersRead)));
        assert_eq!(route.methods().needs(&Method::PUT), None);
    }
}
