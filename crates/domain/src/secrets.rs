//! The port that makes and hashes secrets.

use crate::invitation::InvitationSecret;
use crate::session::{RefreshSecret, SecretHash};
use crate::user::Username;

/// Makes and hashes secrets. What it hashes are random bytes, so a fast hash is enough.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Secrets: Send + Sync {
    /// What keeps a username taken without keeping the name: a keyed hash of its folded form.
    fn username_reservation(&self, username: &Username) -> String;

    /// A secret that nobody can guess.
    fn refresh_secret(&self) -> RefreshSecret;

    /// Another, for an invitation.
    fn invitation_secret(&self) -> InvitationSecret;

    /// What is kept of a secret.
    fn hash(&self, secret: &RefreshSecret) -> SecretHash;
}
