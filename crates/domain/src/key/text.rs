//! The text of keys: `cck_`, a letter for the kind, the id of the secret, 256 random bits and a checksum.
//!
//! The numbers are in base 62 with a fixed length, so that secret scanners can recognise a key by a regular expression,
//! and the checksum lets the server refuse misspelt and invented keys without a look-up.

use std::fmt;

use uuid::Uuid;

use super::KeyKind;
use crate::id::SecretId;

const PREFIX: &str = "cck_";
/// The lengths of the parts after the letter.
const ID: usize = 22;
const SECRET: usize = 43;
const CHECKSUM: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The random part of a key. `Debug` redacts it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeySecret([u8; 32]);

impl KeySecret {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(..)")
    }
}

/// The complete text of a key, with a right checksum. `Debug` redacts it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    text: String,
    kind: KeyKind,
    secret_id: SecretId,
}

impl KeyText {
    /// The length of every key.
    pub const LENGTH: usize = PREFIX.len() + 1 + ID + SECRET + CHECKSUM;
    /// A regular expression that matches every key, for secret scanners.
    pub const PATTERN: &str = "cck_[pbs][0-9A-Za-z]{71}";

    /// Writes a new key.
    pub fn new(kind: KeyKind, secret_id: SecretId, secret: &KeySecret) -> Self {
        let mut text = String::with_capacity(Self::LENGTH);
        text.push_str(PREFIX);
        text.push(char::from(kind.letter()));
        write_number(&mut text, Uuid::from(secret_id).as_bytes(), ID);
        write_number(&mut text, &secret.0, SECRET);
        let checksum = crc32(text.as_bytes());
        write_number(&mut text, &checksum.to_be_bytes(), CHECKSUM);
        Self { text, kind, secret_id }
    }

    /// Parses a text; `None` if it is not a key, or the checksum is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != Self::LENGTH {
            return None;
        }
        let (checked, checksum) = text.split_at_checked(Self::LENGTH - CHECKSUM)?;
        if read_number::<4>(checksum)? != crc32(checked.as_bytes()).to_be_bytes() {
            return None;
        }
        let (letter, rest) = checked.strip_prefix(PREFIX)?.split_at_checked(1)?;
        let kind = KeyKind::ALL.into_iter().find(|kind| letter.as_bytes() == [kind.letter()])?;
        let (id, secret) = rest.split_at_checked(ID)?;
        read_number::<32>(secret)?;
        let secret_id = SecretId::from(Uuid::from_bytes(read_number(id)?));
        Some(Self { text: text.to_owned(), kind, secret_id })
    }

    /// Returns whether a bearer token is meant as a key.
    pub fn is_meant_by(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// The text, for its owner and for the hash.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    pub fn secret_id(&self) -> SecretId {
        self.secret_id
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(..)")
    }
}

/// Writes a big-endian number in base 62, with leading zeros.
fn write_number(text: &mut String, number: &[u8], length: usize) {
    let mut number = number.to_vec();
    let mut digits = vec![0; length];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0;
        for byte in &mut number {
            let value = remainder * 256 + usize::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            remainder = value % 62;
        }
        *digit = DIGITS.get(remainder).copied().unwrap_or_default();
    }
    text.extend(digits.into_iter().map(char::from));
}

/// Reads a number in base 62 that fits into so many bytes.
fn read_number<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut number = [0; N];
    for letter in text.bytes() {
        let mut carry = DIGITS.iter().position(|digit| *digit == letter)?;
        for byte in number.iter_mut().rev() {
            let value = usize::from(*byte) * 62 + carry;
            *byte = u8::try_from(value % 256).unwrap_or_default();
            carry = value / 256;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(number)
}

/// The checksum CRC-32 of ISO 3309, as in gzip.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ 0xedb8_8320 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(kind: KeyKind, id: u128, secret: [u8; 32]) -> KeyText {
        KeyText::new(kind, SecretId::from_u128(id), &KeySecret::new(secret))
    }

    #[test]
    fn checksum_is_that_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn text_is_known_and_redacted() {
        let key = key(KeyKind::Personal, u128::MAX, [u8::MAX; 32]);
        assert_eq!(key.reveal().len(), KeyText::LENGTH);
        assert!(key.reveal().starts_with("cck_p"));
        assert_eq!(format!("{key:?} {:?}", KeySecret::new([7; 32])), "KeyText(..) KeySecret(..)");
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert_eq!(read_number::<1>("47"), Some([255]));
        assert_eq!(read_number::<1>("48"), None);
        assert_eq!(read_number::<1>("4-"), None);
    }

    proptest! {
        #[test]
        fn key_is_parsed_as_written(id: u128, secret: [u8; 32], place in 0..3_usize) {
            let kind = KeyKind::ALL[place];
            let key = key(kind, id, secret);
            let parsed = KeyText::parse(key.reveal());
            prop_assert_eq!(parsed.as_ref(), Some(&key));
            prop_assert_eq!((key.kind(), key.secret_id()), (kind, SecretId::from_u128(id)));
        }

        #[test]
        fn misspelt_key_is_refused(secret: [u8; 32], at in 0..KeyText::LENGTH, letter in "[0-9A-Za-z_é]") {
            let key = key(KeyKind::Bot, 7, secret);
            let mut wrong: Vec<char> = key.reveal().chars().collect();
            wrong[at] = letter.chars().next().unwrap();
            let wrong: String = wrong.into_iter().collect();
            if wrong != key.reveal() {
                prop_assert_eq!(KeyText::parse(&wrong), None);
            }
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "\\PC{0,80}") {
            prop_assert_eq!(KeyText::parse(&text), None);
        }
    }
}
