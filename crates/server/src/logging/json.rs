//! Events as lines of JSON, like those of `tracing_subscriber::fmt::format::Json`, which takes several times
//! as long for them: every request has such a line, and a span.

use std::fmt;
use std::io::Write;

use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::fields::{JsonFields, write_fields};

const TIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
/// Most lines are shorter.
const LINE: usize = 512;

/// When, how grave, the fields, where from; and the spans around it, innermost and all.
pub(super) struct JsonLines;

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Vec::with_capacity(LINE);
        write_line(&mut line, context, event).ok_or(fmt::Error)?;
        writer.write_str(str::from_utf8(&line).map_err(|_| fmt::Error)?)
    }
}

fn write_line<S>(line: &mut Vec<u8>, context: &FmtContext<'_, S, JsonFields>, event: &Event<'_>) -> Option<()>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    line.extend_from_slice(b"{\"timestamp\":\"");
    OffsetDateTime::now_utc().format_into(line, TIME).ok()?;
    write!(line, "\",\"level\":\"{}\",", event.metadata().level()).ok()?;
    write_fields(line, event)?;
    line.extend_from_slice(b"\"target\":");
    serde_json::to_writer(&mut *line, event.metadata().target()).ok()?;
    if let Some(innermost) = context.lookup_current() {
        line.extend_from_slice(b",\"span\":");
        write_span(line, &innermost)?;
        line.extend_from_slice(b",\"spans\":[");
        for (index, span) in innermost.scope().from_root().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            write_span(line, &span)?;
        }
        line.push(b']');
    }
    line.extend_from_slice(b"}\n");
    Some(())
}

fn write_span<S>(line: &mut Vec<u8>, span: &SpanRef<'_, S>) -> Option<()>
where
    S: for<'lookup> LookupSpan<'lookup>,
{
    line.push(b'{');
    if let Some(fields) = span.extensions().get::<FormattedFields<JsonFields>>() {
        line.extend_from_slice(fields.fields.as_bytes());
    }
    line.extend_from_slice(b"\"name\":");
    serde_json::to_writer(&mut *line, span.name()).ok()?;
    line.push(b'}');
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::Result as IoResult;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use tracing_subscriber::prelude::*;
    use tracing_subscriber::{fmt, registry};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> IoResult<()> {
            Ok(())
        }
    }

    impl Log {
        /// Without what differs each time.
        fn lines(&self) -> Vec<Value> {
            let log = self.0.lock().unwrap();
            let lines = str::from_utf8(&log).unwrap().lines().map(|line| {
                let mut line: Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["timestamp"].take().as_str().unwrap().len(), "2026-01-02T03:04:05.678901Z".len());
                line
            });
            lines.collect()
        }
    }

    #[test]
    fn lines_say_what_those_of_the_library_say() {
        let (ours, theirs) = (Log::default(), Log::default());
        let (to_ours, to_theirs) = (ours.clone(), theirs.clone());
        let our_layer = fmt::layer().with_writer(move || to_ours.clone());
        let their_layer = fmt::layer().with_writer(move || to_theirs.clone());
        let both = registry()
            .with(our_layer.fmt_fields(JsonFields).event_format(JsonLines))
            .with(their_layer.json().flatten_event(true));
        tracing::subscriber::with_default(both, say_all_kinds_of_things);
        assert_eq!(ours.lines(), theirs.lines());
        assert_eq!(ours.lines().len(), 7);
    }

    fn say_all_kinds_of_things() {
        let error: &dyn std::error::Error = &std::fmt::Error;
        tracing::info!("nothing but words");
        tracing::warn!(
            text = "\"quoted\"\n\u{1f44b}\u{0}",
            number = -1,
            large = u64::MAX,
            ratio = 0.5,
            yes = true,
            "all kinds"
        );
        tracing::error!(error, shown = %"a\tb", debugged = ?Some("x"), odd = f64::NAN);
        tracing::debug!(target: "a \"target\"", huge = u128::MAX, none = Option::<u8>::None, "numbers: {}", 7);
        let outer = tracing::error_span!("request", request_id = "abc\"");
        outer.in_scope(|| {
            tracing::info!(request_id = "of the line itself", "in one");
            tracing::info_span!("in\"ner", later = tracing::field::Empty, n = 1).in_scope(|| {
                tracing::Span::current().record("later", "now");
                tracing::info!("in both");
            });
            tracing::info!(parent: None, "in none");
        });
    }
}
