//! Invitation codes in URLs.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::invitation::InvitationCode;

pub(crate) fn written_invitation_code(code: &InvitationCode) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(code.to_bytes())
}

pub(crate) fn parse_invitation_code(text: &str) -> Option<InvitationCode> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| InvitationCode::from_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_has_64_characters_and_round_trips() {
        let code = InvitationCode::from_bytes(&[0xfb; 48]).unwrap();
        let word = written_invitation_code(&code);
        assert_eq!(word, "-_v7".repeat(16));
        assert_eq!(parse_invitation_code(&word), Some(code));
        for other in ["", "x", &word[1..], &word.replace('-', "+"), &format!("{word}="), &word.repeat(2)] {
            assert_eq!(parse_invitation_code(other), None, "{other}");
        }
    }
}
