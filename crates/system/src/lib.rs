//! The domain's ports that need the operating system or cryptography: clock, ids, secrets, passwords and access
//! tokens.

mod access_tokens;
mod clock;
mod ids;
mod known_tokens;
mod passwords;
mod secrets;
mod signing_keys;
mod validity;

pub use access_tokens::JwtAccessTokens;
pub use clock::SystemClock;
pub use ids::RandomIds;
pub use passwords::BcryptPool;
pub use secrets::{SystemSecrets, random_key, random_password};
pub use signing_keys::{SigningKeys, WeakKey};
