//! Prints the OpenAPI document, for `docs/openapi.json`: needs no server and no database.

use std::io::{Write, stdout};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    Ok(writeln!(stdout(), "{}", chit_chat_http::document::pretty()?)?)
}
