//! Rebuilds the crate when a migration changes, because the macro that embeds migrations cannot track them.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
