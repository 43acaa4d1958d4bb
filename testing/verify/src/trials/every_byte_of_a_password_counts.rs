//! Passwords of 71, 72, 73 and 200 bytes: changing or removing the last byte makes a different password.

use anyhow::Result;
use serde_json::json;

use crate::rig::{Bench, MARK};

pub(super) fn run(bench: &Bench) -> Result<String> {
    let (mut rng, server) = (bench.rng(), bench.fresh_server()?);
    let nobody = server.nobody();
    let lengths = [71, 72, 73, 200];
    for length in lengths {
        let name = format!("length_{length}");
        let start: String = MARK.chars().chain((MARK.len()..length - 1).map(|_| rng.alphanumeric())).collect();
        let right = format!("{start}!");
        nobody.post("/api/users", &json!({"username": name, "password": right}))?.expect(201)?;
        for (password, status) in [(&right, 200), (&format!("{start}?"), 401), (&start, 401)] {
            nobody.post("/api/auth/session", &json!({"username": name, "password": password}))?.expect(status)?;
        }
    }
    Ok(format!("{lengths:?} bytes"))
}
