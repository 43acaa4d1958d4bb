//! actix-web alone: serves a hello and the bytes of a page from memory.

use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::available_parallelism;

use actix_web::http::header::ContentType;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::{Context, Result};
use chit_chat_rig::Process;

use crate::options::ActixAlone;

/// Serves until it is killed, with as many workers as the server. Prints its address first.
pub(crate) fn serve(options: &ActixAlone) -> Result<()> {
    let page = Data::new(Bytes::from(fs::read(&options.page)?));
    let app = move || {
        App::new()
            .app_data(page.clone())
            .service(web::resource("/hello").get(hello))
            .service(web::resource("/page").get(latest))
    };
    let workers = available_parallelism().map_or(1, usize::from);
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(app).workers(workers).bind(("127.0.0.1", 0))?;
        for address in server.addrs() {
            writeln!(stdout(), "http://{address}")?;
        }
        Ok(server.run().await?)
    })
}

async fn hello() -> &'static str {
    "hello"
}

async fn latest(page: Data<Bytes>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(Bytes::clone(&page))
}

/// This server as a subprocess, killed on drop.
#[derive(Debug)]
pub(crate) struct Actix {
    child: Child,
    pub(crate) url: String,
}

impl Actix {
    pub(crate) fn start(page: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["actix-alone", "--page"])
            .arg(page)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut actix = Self { child, url: String::new() };
        BufReader::new(output).read_line(&mut actix.url)?;
        actix.url.truncate(actix.url.trim_end().len());
        Ok(actix)
    }

    pub(crate) fn process(&self) -> Process {
        Process::of(&self.child)
    }
}

impl Drop for Actix {
    fn drop(&mut self) {
        // The process may have exited already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
