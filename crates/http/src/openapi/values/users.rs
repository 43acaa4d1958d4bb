//! Users, sessions and credentials.

use chit_chat_domain::chatroom::Visibility;
use chit_chat_domain::session::ACCESS_TOKEN_LIFETIME;
use chit_chat_domain::user::{DisplayName, Email, NewPassword, OwnMessages, Username, WhoCanAddMe};
use serde_json::json;
use utoipa::openapi::schema::Object;
use utoipa::openapi::{KnownFormat, SchemaFormat};

use super::builders::{line, one_of, or_null, text, whole, word};

pub(crate) fn username() -> Object {
    text("Unique, regardless of case. The names all, deleted, everyone, here, me and system are reserved.")
        .min_length(Some(1))
        .max_length(Some(Username::LONGEST))
        .pattern(Some("^[A-Za-z0-9_.-]*[A-Za-z0-9_]$"))
        .examples([USERNAME])
        .build()
}
pub(crate) const USERNAME: &str = "ada";

/// A username for signing in. It is looked up, not validated.
pub(crate) fn known_username() -> Object {
    text("The username, in any case. Space around it is ignored.").examples([USERNAME]).build()
}

/// A refresh token in a request.
pub(crate) fn shown_token() -> Object {
    text("The latest `refresh_token` of the session.").examples([REFRESH_TOKEN]).build()
}
pub(crate) const REFRESH_TOKEN: &str = "AZqw4mo_fBGdDjtPbx0sVQ_eW1mZ4Kq0T8uYcR2xLhNvBpJ7dGsA3iQ9fEtC6wXa";

pub(crate) fn password() -> Object {
    text("Must not be a common password. All characters are significant.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .min_length(Some(NewPassword::SHORTEST))
        .max_length(Some(NewPassword::LONGEST))
        .pattern(Some(r"^[^\u0000]*$"))
        .examples(["analytical engine"])
        .build()
}

/// An existing password. It is compared, not validated.
pub(crate) fn known_password() -> Object {
    text("").format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).examples(["analytical engine"]).build()
}

pub(crate) fn email_or_null() -> Object {
    let email = text("Visible only to the account's owner.").max_length(Some(Email::LONGEST));
    let email = email.format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)));
    or_null(email.examples(["ada@example.com"]).build())
}

pub(crate) fn display_name_or_null() -> Object {
    or_null(
        line(
            "A single line. Leading and trailing white space is removed. The names deleted, deleted user and system \
             are reserved, in any spelling.",
            DisplayName::LONGEST,
        )
            .examples(["Ada Lovelace"])
            .build(),
    )
}

const WHO_CAN_ADD_ME: &str = "Who can add you to chatrooms without asking. Others can only invite you.";

const SETTINGS: [WhoCanAddMe; 3] = [WhoCanAddMe::Everyone, WhoCanAddMe::PeopleInMyChatrooms, WhoCanAddMe::Nobody];

pub(crate) fn who_can_add_me() -> Object {
    word(WHO_CAN_ADD_ME, SETTINGS.map(WhoCanAddMe::as_str))
}

pub(crate) fn new_who_can_add_me() -> Object {
    one_of(WHO_CAN_ADD_ME, SETTINGS.map(WhoCanAddMe::as_str)).build()
}

/// The fate of the messages of a deleted account.
pub(crate) fn own_messages() -> Object {
    let choices = [OwnMessages::Keep, OwnMessages::Delete].map(OwnMessages::as_str);
    one_of("`delete` deletes your messages too. `keep` is the default.", choices)
        .default(Some(json!("keep")))
        .build()
}

pub(crate) fn token() -> Object {
    text("").min_length(Some(1)).build()
}

pub(crate) fn expires_in() -> Object {
    whole("Seconds until the access token expires.").examples([ACCESS_TOKEN_LIFETIME.as_secs()]).build()
}

pub(crate) fn bearer() -> Object {
    one_of("", ["Bearer"]).build()
}

pub(crate) fn public() -> Object {
    one_of("Return all public chatrooms instead of your own.", [Visibility::Public.as_str()]).build()
}
