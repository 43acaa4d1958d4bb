//! Checks that `docs/RULES.md` shows code that is compiled and tested, and names files that exist.

use std::path::Path;

const DOCUMENT: &str = include_str!("../../../docs/RULES.md");
const CODE: [&str; 2] = [include_str!("newcomers.rs"), include_str!("quiet_nights.rs")];

/// The document's complete code blocks. Edits to existing files are marked `rust,ignore` instead.
fn blocks() -> Vec<&'static str> {
    let after_fences = DOCUMENT.split("```rust\n").skip(1);
    after_fences.filter_map(|rest| rest.split("```").next()).collect()
}

/// The paths in the document, relative to the root of the repository.
fn files() -> Vec<&'static str> {
    let roots = ["crates/", "testing/", "docs/"];
    let paths = DOCUMENT.split('`').filter(|word| roots.iter().any(|root| word.starts_with(root)));
    paths.filter(|word| !word.contains(['\n', '<'])).collect()
}

#[test]
fn document_code_matches_examples() {
    assert!(blocks().len() >= 4, "{:?}", blocks());
    for block in blocks() {
        assert!(CODE.iter().any(|code| code.contains(block)), "not in the examples:\n{block}");
    }
}

#[test]
fn named_files_exist() {
    assert!(files().len() >= 8, "{:?}", files());
    for file in files() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
        assert!(path.exists(), "{file} does not exist");
    }
}
