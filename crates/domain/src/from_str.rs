//! Implements `FromStr` for values, so that `"Ada".parse()` works wherever the type is known.

use std::str::FromStr;

use crate::chatroom::{ChatroomName, Topic, Visibility};
use crate::membership::Role;
use crate::message::{IdempotencyKey, MessageBody};
use crate::reaction::Emoji;
use crate::user::{DisplayName, Email, Username};
use crate::violation::Violation;

macro_rules! from_str {
    ($($value:ty),+ $(,)?) => {
        $(
            impl FromStr for $value {
                type Err = Violation;

                fn from_str(entered: &str) -> Result<Self, Violation> {
                    Self::parse(entered)
                }
            }
        )+
    };
}

from_str!(ChatroomName, DisplayName, Email, Emoji, IdempotencyKey, MessageBody, Role, Topic, Username, Visibility,);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_str_applies_rules_of_parse() {
        assert_eq!(" Tea ".parse(), ChatroomName::parse("Tea"));
        assert_eq!("".parse::<MessageBody>(), Err(Violation::Empty));
        assert_eq!("everyone".parse::<Username>(), Err(Violation::Reserved));
        assert_eq!("owner".parse(), Ok(Role::Owner));
    }
}
