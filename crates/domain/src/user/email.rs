//! Email addresses: an optional contact, never used to sign in.

use email_address::{EmailAddress, Options};

use crate::violation::Violation;

/// A syntactically valid address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The maximum length, in bytes (RFC 5321).
    pub const LONGEST: usize = 254;

    /// Accepts a plain address with a dotted domain, at most 254 bytes (RFC 5321).
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if text.len() > Self::LONGEST {
            return Err(Violation::TooManyBytes(Self::LONGEST));
        }
        let text = text.trim();
        if text.contains('\0') {
            return Err(Violation::Nul);
        }
        let plain = Options::default().with_required_tld().without_display_text().without_domain_literal();
        EmailAddress::parse_with_options(text, plain)
            .map(|address| Self(address.to_string()))
            .map_err(|_| Violation::NotAnEmailAddress)
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    /// The address as entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_address_is_accepted() {
        for address in ["matt@example.com", "a.b+c@mail.example.org"] {
            assert_eq!(Email::parse(address).unwrap().as_str(), address);
        }
    }

    #[test]
    fn invalid_address_is_refused() {
        for address in
            ["", "matt", "matt@", "@example.com", "Matt <matt@example.com>", "a@localhost", "a b@example.com"]
        {
            assert!(Email::parse(address).is_err(), "{address}");
        }
    }
}
