//! The port that generates and hashes secrets.

use crate::invitation::InvitationSecret;
use crate::key::KeySecret;
use crate::session::{RefreshSecret, SecretHash};
use crate::user::Username;

/// Generates and hashes secrets. Secrets are random bytes, so a fast hash is enough.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Secrets: Send + Sync {
    /// Returns a keyed hash of the folded username, which keeps the name taken without storing it.
    fn username_reservation(&self, username: &Username) -> String;

    /// Generates a secret of refresh tokens.
    fn refresh_secret(&self) -> RefreshSecret;

    /// Derives the successor of a spent secret with a key of the server. Equal secrets have equal successors; nobody
    /// without the key can compute one.
    fn successor(&self, spent: &RefreshSecret) -> RefreshSecret;

    /// Generates a secret of invitations.
    fn invitation_secret(&self) -> InvitationSecret;

    /// Hashes a secret for the store.
    fn hash(&self, secret: &RefreshSecret) -> SecretHash;

    /// Generates the random part of a key.
    fn key_secret(&self) -> KeySecret;

    /// Hashes the text of a key for the store.
    fn hash_key(&self, text: &str) -> SecretHash;
}
