//! Web origins (RFC 6454), compared as browsers do: without regard to case, and the default port may be left out.

use actix_web::http::Uri;
use actix_web::http::uri::Authority;

/// A scheme, a host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    /// `None` for the unknown default port of a scheme such as `tauri`.
    port: Option<u16>,
}

impl Origin {
    /// Parses an origin without a path; `None` for any other text, such as `null`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let uri: Uri = text.parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        // A path, a query or a fragment.
        if text != format!("{scheme}://{authority}") {
            return None;
        }
        let (host, port) = host_and_port(authority)?;
        Some(Self { scheme: scheme.to_owned(), host, port: port.or(default_port(scheme)) })
    }

    /// Returns whether a request to this `Host` goes to the origin. The server does not know which scheme the
    /// client has used.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        let authority: Option<Authority> = host.to_ascii_lowercase().parse().ok();
        let parts = authority.as_ref().and_then(host_and_port);
        parts.is_some_and(|(host, port)| host == self.host && port.or(default_port(&self.scheme)) == self.port)
    }
}

/// The host, and the port unless it is absent or empty.
fn host_and_port(authority: &Authority) -> Option<(String, Option<u16>)> {
    let host = authority.host();
    let port = match authority.as_str().strip_prefix(host)? {
        "" | ":" => None,
        port => Some(port.strip_prefix(':')?.parse().ok()?),
    };
    (!host.is_empty() && !host.contains('*')).then(|| (host.to_owned(), port))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_ports_and_case_make_no_difference() {
        for (one, other) in [
            ("https://app.example", "https://app.example:443"),
            ("https://app.example", "HTTPS://App.Example:443"),
            ("http://x", "http://x:80"),
            ("http://x", "http://x:"),
            ("http://x:8080", "HTTP://X:8080"),
            ("http://[::1]", "http://[::1]:80"),
            ("tauri://localhost", "tauri://LOCALHOST"),
        ] {
            assert!(Origin::parse(one).is_some(), "{one}");
            assert_eq!(Origin::parse(one), Origin::parse(other), "{other}");
        }
        for (one, other) in [
            ("http://x", "https://x"),
            ("http://x", "http://x:443"),
            ("https://x", "https://x:80"),
            ("http://x", "http://x.y"),
            ("http://x", "http://x."),
            ("tauri://localhost", "tauri://localhost:80"),
        ] {
            assert!(Origin::parse(other).is_some(), "{other}");
            assert_ne!(Origin::parse(one), Origin::parse(other), "{other}");
        }
    }

    #[test]
    fn host_is_compared_with_the_port_of_the_scheme() {
        let is_at = |origin: &str, host: &str| Origin::parse(origin).unwrap().is_at(host);
        for (origin, host) in [
            ("https://app.example", "app.example"),
            ("https://app.example", "App.Example:443"),
            ("https://app.example:443", "app.example"),
            ("http://x", "x:80"),
            ("http://x:80", "x"),
            ("http://x:8080", "x:8080"),
            ("http://[::1]:80", "[::1]"),
        ] {
            assert!(is_at(origin, host), "{origin} at {host}");
        }
        for (origin, host) in [
            ("https://app.example", "app.example:80"),
            ("http://app.example", "app.example:443"),
            ("https://app.example:8443", "app.example"),
            ("https://app.example", "app.example:8443"),
            ("https://app.example", "app.example.evil.example"),
            ("https://evil.example", "app.example"),
            ("https://app.example", "user@app.example"),
            ("https://app.example", ""),
            ("https://app.example", ":443"),
            ("https://app.example", "app.example:99999"),
        ] {
            assert!(!is_at(origin, host), "{origin} at {host}");
        }
    }

    #[test]
    fn text_that_is_no_origin_is_refused() {
        for text in [
            "",
            "null",
            "x",
            "x:80",
            "//x",
            "http://",
            "http://x/",
            "http://x/y",
            "http://x?y",
            "http://u@x",
            "http://*",
            "http://x:99999",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }
}
