//! The tools of trials: servers, PostgreSQL clusters, clients, and users who record what they did.

mod bench;
mod figures;
mod findings;
mod fleet;
mod ledger;
mod log;
mod odd_text;
mod person;
mod race;
mod secrets;
mod server;
mod socket;
mod wire;
mod writer;
mod writers;

pub(crate) use bench::{Bench, Common};
pub(crate) use chit_chat_client::{Answer, Client, EventReader, Listen, StreamEvent, StreamItem};
pub(crate) use chit_chat_rig::{Cluster, Database, Process, until};
pub(crate) use figures::Times;
pub(crate) use findings::Findings;
pub(crate) use fleet::{Fleet, RoamingClient};
pub(crate) use ledger::Ledger;
pub(crate) use log::dense;
pub(crate) use odd_text::{OddText, odd_texts};
pub(crate) use person::{Person, password};
pub(crate) use race::race;
pub(crate) use secrets::{MARK, Secrets, check_logs};
pub(crate) use server::{SECRET, Server};
pub(crate) use socket::Socket;
pub(crate) use wire::Wire;
pub(crate) use writers::{Progress, Writers};
