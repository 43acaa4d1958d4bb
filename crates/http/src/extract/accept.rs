//! Content negotiation (RFC 9110, section 12.5.1).

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;

/// The weight that a client gives a media type, by the most specific range in `Accept` that matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Preference {
    precision: Precision,
    /// From 0, not at all, to 1,000.
    weight: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    /// `*/*`
    Any,
    /// `text/*`
    Type,
    /// `text/plain`
    Exact,
}

/// Returns whether the client prefers one media type to another, which is the default. Of two that it wants equally,
/// it gets the first if it names it.
pub(crate) fn prefers(request: &HttpRequest, media_type: &str, default: &str) -> bool {
    let lines = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    let elements: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let preference = |media_type| elements.iter().filter_map(|range| Preference::read(range, media_type)).max();
    let (wanted, default) = (preference(media_type), preference(default));
    let weight = |preference: Option<Preference>| preference.map_or(0, |preference| preference.weight);
    let is_named = wanted.is_some_and(|wanted| wanted.precision == Precision::Exact && wanted.weight > 0);
    weight(wanted) > weight(default) || (is_named && weight(wanted) == weight(default))
}

impl Preference {
    /// Reads a range such as `text/*;q=0.5`; `None` unless it matches the media type.
    fn read(range: &str, media_type: &str) -> Option<Self> {
        let mut parts = range.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let (own_kind, own_subtype) = media_type.split_once('/')?;
        let precision = match (kind, subtype) {
            ("*", "*") => Precision::Any,
            (kind, _) if !kind.eq_ignore_ascii_case(own_kind) => return None,
            (_, "*") => Precision::Type,
            (_, subtype) if subtype.eq_ignore_ascii_case(own_subtype) => Precision::Exact,
            _ => return None,
        };
        Some(Self { precision, weight: parts.find_map(weight).unwrap_or(1_000) })
    }
}

/// The value of a parameter `q`, in thousandths; `None` for other parameters, and for a `q` that is no weight.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_weight = name.eq_ignore_ascii_case("q")
        && ["0", "1"].contains(&whole)
        && fraction.len() <= 3
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u16 = format!("{whole}{fraction:0<3}").parse().ok().filter(|_| is_weight)?;
    (thousandths <= 1_000).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wants_stream(accept: &[&str]) -> bool {
        let request =
            accept.iter().fold(TestRequest::default(), |request, line| request.append_header((ACCEPT, *line)));
        prefers(&request.to_http_request(), "text/event-stream", "application/json")
    }

    #[test]
    fn weights_are_compared() {
        for accept in [
            "text/event-stream",
            "Text/Event-Stream; charset=utf-8",
            "text/event-stream;q=0.001",
            "text/event-stream, application/json",
            "application/json, text/event-stream",
            "application/json;q=0.5, text/event-stream",
            "application/json; q=0.5, text/event-stream; Q=0.501",
            "text/event-stream, */*",
            "text/event-stream;q=0.5, */*;q=0.1",
            "application/json;q=0, */*",
            "application/json;q=0, text/event-stream;q=0.1",
            "application/*;q=0.2, text/*;q=0.3",
            "text/event-stream;q=much",
            "text/event-stream;q=1.5",
        ] {
            assert!(wants_stream(&[accept]), "{accept}");
        }
        for accept in [
            "",
            "application/json",
            "application/json;q=0",
            "*/*",
            "*/*;q=0.1",
            "text/html, */*;q=0.8",
            "application/json, text/plain, */*",
            "text/event-stream;q=0",
            "text/event-stream;q=0.000, */*",
            "text/event-stream;q=0.5, application/json",
            "text/event-stream;q=0.5, */*",
            "text/*;q=0.9, application/json",
            "text/event-stream;q=0, text/*",
            "event-stream",
            "text/event-streams",
            "text/event-stream;q=0, application/json;q=0",
        ] {
            assert!(!wants_stream(&[accept]), "{accept}");
        }
        assert!(wants_stream(&["application/json;q=0.5", "text/event-stream"]));
        assert!(!wants_stream(&["text/event-stream;q=0.5", "application/json"]));
        assert!(!wants_stream(&[]));
    }
}
