//! Fields of events and spans as JSON: `"name":value,` for each, because something always follows.

use std::fmt;

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

/// As text that is made once for each span.
pub(super) struct JsonFields;

impl FormatFields<'_> for JsonFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'_>, fields: R) -> fmt::Result {
        let mut text = Vec::new();
        write_fields(&mut text, fields).ok_or(fmt::Error)?;
        writer.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

pub(super) fn write_fields(to: &mut Vec<u8>, fields: impl RecordFields) -> Option<()> {
    let mut visitor = Fields { to, written: Some(()) };
    fields.record(&mut visitor);
    visitor.written
}

/// Writes them up to the first that cannot be written.
struct Fields<'a> {
    to: &'a mut Vec<u8>,
    written: Option<()>,
}

impl Fields<'_> {
    fn write(&mut self, field: &Field, value: impl Serialize) {
        self.written = self.written.and_then(|()| {
            serde_json::to_writer(&mut *self.to, field.name()).ok()?;
            self.to.push(b':');
            serde_json::to_writer(&mut *self.to, &value).ok()?;
            self.to.push(b',');
            Some(())
        });
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.write(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.write(field, format_args!("{value:?}"));
    }
}
