//! Tests of Markdown: ordinary, hostile and expensive texts.

mod bounds;
mod browser;
mod hostile;
mod ordinary;
