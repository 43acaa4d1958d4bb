//! Parses `If-Match` and `If-None-Match` (RFC 9110, section 13.1). actix's own parser ignores malformed values
//! and splits tags at commas inside them.

use actix_web::http::header::EntityTag;

#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    Any,
    Tags(Vec<EntityTag>),
}

impl Condition {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim_matches(WHITE);
        if rest == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        loop {
            // Empty elements count as absent (RFC 9110, section 5.6.1.2): proxies that join lines make them.
            rest = rest.trim_start_matches([',', ' ', '\t']);
            if rest.is_empty() {
                return (!tags.is_empty()).then_some(Self::Tags(tags));
            }
            let (tag, behind) = read_tag(rest)?;
            tags.push(tag);
            rest = behind.trim_start_matches(WHITE);
            if !rest.is_empty() && !rest.starts_with(',') {
                return None;
            }
        }
    }
}

const WHITE: [char; 2] = [' ', '\t'];

/// The entity tag at the start of the text, and the rest.
fn read_tag(text: &str) -> Option<(EntityTag, &str)> {
    let (weak, text) = text.strip_prefix("W/").map_or((false, text), |text| (true, text));
    let (tag, behind) = text.strip_prefix('"')?.split_once('"')?;
    let is_tag = tag.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'~'));
    is_tag.then(|| (EntityTag::new(weak, tag.to_owned()), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Option<Vec<String>> {
        match Condition::parse(text)? {
            Condition::Any => Some(vec!["*".to_owned()]),
            Condition::Tags(tags) => Some(tags.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn entity_tags_are_parsed_verbatim() {
        assert_eq!(tags(" * "), Some(vec!["*".to_owned()]));
        assert_eq!(tags("\"1\""), Some(vec!["\"1\"".to_owned()]));
        assert_eq!(tags("W/\"1\" ,\t\"a,b\""), Some(vec!["W/\"1\"".to_owned(), "\"a,b\"".to_owned()]));
        assert_eq!(tags("\"\""), Some(vec!["\"\"".to_owned()]));
    }

    #[test]
    fn empty_elements_are_ignored() {
        let both = Some(vec!["\"1\"".to_owned(), "\"2\"".to_owned()]);
        for text in ["\"1\",,\"2\"", ",\"1\" , ,\t\"2\"", "\"1\",\"2\",", " , \"1\" ,\"2\" , "] {
            assert_eq!(tags(text), both, "{text}");
        }
    }

    #[test]
    fn invalid_entity_tags_are_ignored() {
        for text in [
            "",
            " ",
            ",",
            ", ,",
            "1",
            "\"1",
            "1\"",
            "\"1\",2",
            "\"1\" \"2\"",
            "w/\"1\"",
            "\"a b\"",
            "*, \"1\"",
            "**",
        ] {
            assert_eq!(tags(text), None, "{text}");
        }
    }
}
