//! Markdown as it is meant, as it is abused, and as no machine should have to read it.

mod bounds;
mod browser;
mod hostile;
mod ordinary;
