//! The policies for messages, from a file in TOML.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chit_chat_domain::services::Policies;
use chit_chat_domain::user::UserRepository;
use chit_chat_policies::{
    Action, InvalidPattern, InvalidWords, LinksOfNewAccounts, Patterns, Repeats, RepeatsLimit, Words,
};
use serde::Deserialize;
use thiserror::Error;

/// The content of the file; a table for each policy. They are asked in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyFile {
    words: Option<WordLists>,
    patterns: Option<PatternList>,
    links: Option<LinkRule>,
    repeats: Option<RepeatRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordLists {
    #[serde(default)]
    reject: Vec<String>,
    #[serde(default)]
    mask: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternList {
    reject: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkRule {
    account_age_hours: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RepeatRule {
    most: u32,
    seconds: u32,
}

/// The reason why a file is refused.
#[derive(Debug, Error)]
pub(crate) enum InvalidFile {
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("{0}")]
    Malformed(#[from] toml::de::Error),
    #[error("[words]: {0}")]
    Words(#[from] InvalidWords),
    #[error("[patterns]: {0}")]
    Pattern(#[from] InvalidPattern),
}

/// Adds the policies of this file to others.
pub(crate) fn load(path: &Path, policies: Policies, users: &Arc<dyn UserRepository>) -> Result<Policies, String> {
    let read = || PolicyFile::parse(&fs::read_to_string(path)?)?.add_to(policies, users);
    read().map_err(|error: InvalidFile| format!("MESSAGE_POLICIES_FILE={}: {error}", path.display()))
}

impl PolicyFile {
    fn parse(text: &str) -> Result<Self, InvalidFile> {
        Ok(toml::from_str(text)?)
    }

    fn add_to(self, mut policies: Policies, users: &Arc<dyn UserRepository>) -> Result<Policies, InvalidFile> {
        if let Some(WordLists { reject, mask }) = self.words {
            for (words, action) in [(reject, Action::Reject), (mask, Action::Mask)] {
                if !words.is_empty() {
                    policies = policies.with_message_policy(Words::new(&words, action)?);
                }
            }
        }
        if let Some(PatternList { reject }) = self.patterns {
            policies = policies.with_message_policy(Patterns::new(&reject)?);
        }
        if let Some(LinkRule { account_age_hours }) = self.links {
            let age = Duration::from_secs(u64::from(account_age_hours) * 3_600);
            policies = policies.with_message_policy(LinksOfNewAccounts { users: Arc::clone(users), age });
        }
        if let Some(RepeatRule { most, seconds }) = self.repeats {
            let within = Duration::from_secs(u64::from(seconds));
            policies = policies.with_message_policy(Repeats::new(RepeatsLimit { most, within }));
        }
        Ok(policies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let built = PolicyFile::parse(text).and_then(|file| {
            let WordLists { reject, .. } = file.words.unwrap_or(WordLists { reject: vec![], mask: vec![] });
            Words::new(&reject, Action::Reject)?;
            Patterns::new(&file.patterns.map(|list| list.reject).unwrap_or_default())?;
            Ok(())
        });
        built.unwrap_err().to_string()
    }

    #[test]
    fn every_policy_has_a_table() {
        let file = "
            [words]
            reject = ['casino']
            mask = ['darn']
            [patterns]
            reject = ['\\d{16}']
            [links]
            account_age_hours = 24
            [repeats]
            most = 3
            seconds = 60
        ";
        let PolicyFile { words, patterns, links, repeats } = PolicyFile::parse(file).unwrap();
        assert!(words.is_some() && patterns.is_some() && links.is_some() && repeats.is_some());
        assert!(PolicyFile::parse("").unwrap().words.is_none());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(refusal("[word]\nreject = ['a']").contains("unknown field `word`"));
        assert!(refusal("[words]\nrejects = ['a']").contains("unknown field `rejects`"));
        assert!(refusal("[words]\nreject = ['']").contains("a word is empty"));
        assert!(refusal("[patterns]\nreject = ['(']").contains("unclosed group"));
        assert!(refusal("[repeats]\nmost = 3").contains("missing field `seconds`"));
    }
}
