//! The attribute that runs one test on both engines.

use proc_macro::{TokenStream, TokenTree};

/// Turns a function `name(engine: Engine)` into two tests, `name::sqlite` and `name::postgres`.
///
/// An `async` function is boxed and passed to `crate::block_on`, which the test crate defines, so that the runtime
/// is compiled once instead of for each test. Other attributes stay on the function.
#[proc_macro_attribute]
pub fn both_engines(_: TokenStream, function: TokenStream) -> TokenStream {
    let words: Vec<String> = function.clone().into_iter().filter_map(ident).collect();
    let Some(at) = words.iter().position(|word| word == "fn") else {
        return error("both_engines belongs on a function");
    };
    let Some(name) = words.get(at + 1) else { return error("a test needs a name") };
    let is_async = words.iter().take(at).any(|word| word == "async");
    let tests = [("sqlite", "Sqlite"), ("postgres", "Postgres")].map(|(test, engine)| {
        let call = format!("super::{name}(::chit_chat_contract::Engine::{engine})");
        let call = if is_async { format!("crate::block_on(::std::boxed::Box::pin({call}))") } else { call };
        format!("#[test] fn {test}() {{ {call} }}")
    });
    let tests = format!("mod {name} {{ {} }}", tests.concat());
    function.into_iter().chain(tests.parse::<TokenStream>().into_iter().flatten()).collect()
}

fn ident(token: TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

fn error(message: &str) -> TokenStream {
    format!("compile_error!({message:?});").parse().unwrap_or_default()
}
