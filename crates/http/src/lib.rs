//! The HTTP API: extractors, handlers and JSON views. Each resource has a folder, each operation a file; `routes`
//! is the table of all routes.

mod bans;
mod blocks;
mod chatrooms;
mod connections;
mod cors;
mod direct;
pub mod document;
mod ended_sessions;
mod extract;
mod health;
mod invitations;
mod limits;
mod markdown;
mod matched;
mod memberships;
mod messages;
mod middleware;
mod openapi;
mod pages;
mod pins;
pub mod problem;
mod reactions;
mod reading;
mod replay;
mod request_id;
mod route;
mod routes;
mod run;
mod sessions;
mod state;
mod streams;
mod telemetry;
mod users;
mod views;

pub use connections::Connections;
pub use cors::{AllowedOrigins, NoOrigins, cors};
pub use extract::BodyTimeout;
pub use limits::{Limits, NoRate, Proxies, Rate, Rates, limited};
pub use middleware::answer;
pub use route::{Methods, Route};
pub use routes::{configure, routes};
pub use state::{Access, State};
pub use telemetry::{Exposition, configure_metrics};
