//! Use cases of sessions.

use std::sync::Arc;

use super::{MAX_SESSIONS, NewSession, RefreshToken, Rotation, Session, SessionRepository, TokenStatus};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::guarded::Guarded;
use crate::id::{IdSource, SessionId, UserId};
use crate::retry::retry_until_written;
use crate::secrets::Secrets;
use crate::user::{PasswordHasher, User, UserRepository, Username};

const LONGEST_USER_AGENT: usize = 255;

/// The result of a sign-in or a refresh: the data for an access token, and the refresh token.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The signed-in user.
    pub user: User,
    /// The session of the grant.
    pub session_id: SessionId,
    /// The refresh token, which can be used once.
    pub refresh_token: RefreshToken,
}

/// Signs in, refreshes and signs out.
pub struct SessionService {
    pub users: Arc<dyn UserRepository>,
    pub sessions: Arc<dyn SessionRepository>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub secrets: Arc<dyn Secrets>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl SessionService {
    /// Opens a session. Neither the response nor its time distinguishes an unknown user from a wrong password;
    /// only callers who know the password learn that an account is disabled.
    ///
    /// Asks [`UserRepository::credentials`], [`PasswordHasher::verify`], [`Secrets::refresh_secret`] and
    /// [`Secrets::hash`] twice each, then [`SessionRepository::create`].
    pub fn sign_in(&self, username: &str, password: &str, user_agent: Option<&str>) -> Result<Grant, Failure> {
        // No username contains U+0000, and not every store accepts it in a query.
        let credentials = if username.contains('\0') {
            None
        } else {
            self.users.credentials(Username::fold_entered(username))?
        };
        let hash = credentials.as_ref().map(|credentials| &credentials.password_hash);
        let matches = self.hasher.verify(password, hash)?;
        let Some(credentials) = credentials.filter(|_| matches) else {
            return Err(Denial::InvalidCredentials.into());
        };
        if credentials.disabled_at.is_some() {
            return Err(Denial::AccountDisabled.into());
        }
        let user = credentials.user;
        let token = RefreshToken {
            user_id: user.id,
            session_id: SessionId::from(self.ids.next()),
            family: self.secrets.refresh_secret(),
            secret: self.secrets.refresh_secret(),
        };
        let session = NewSession {
            id: token.session_id,
            user_id: user.id,
            created_at: self.clock.now(),
            user_agent: user_agent.map(|text| text.chars().take(LONGEST_USER_AGENT).collect()),
            family: self.secrets.hash(&token.family),
            current: self.secrets.hash(&token.secret),
            checked: credentials.password_hash,
        };
        self.sessions.create(session, MAX_SESSIONS)?.ok_or(Denial::InvalidCredentials)?;
        Ok(Grant { user, session_id: token.session_id, refresh_token: token })
    }

    /// Exchanges a refresh token for the next one.
    ///
    /// A retry gets the same successor as the first use, so clients that share a token stay signed in together.
    ///
    /// Asks [`SessionRepository::find`], [`Secrets::hash`] twice, [`UserRepository::find`],
    /// [`Secrets::successor`], [`Secrets::hash`], then [`SessionRepository::rotate`]. After reuse of a spent token
    /// it asks [`SessionRepository::end`] instead.
    pub fn refresh(&self, shown: &RefreshToken) -> Result<Grant, Failure> {
        retry_until_written(|| {
            let session = self.sessions.find(shown.user_id, shown.session_id)?;
            let session = session.ok_or(Denial::InvalidRefreshToken)?;
            let (family, secret) = (self.secrets.hash(&shown.family), self.secrets.hash(&shown.secret));
            let now = self.clock.now();
            let spends = match session.check_token(&family, &secret, now) {
                TokenStatus::Current => Some((secret, now)),
                TokenStatus::Retry => None,
                TokenStatus::Reused => {
                    self.close(session.user_id, session.id)?;
                    return Err(Denial::InvalidRefreshToken.into());
                }
                TokenStatus::Invalid => return Err(Denial::InvalidRefreshToken.into()),
            };
            self.rotate(shown, session, spends)
        })
    }

    /// Ends the session of a refresh token, whether or not the token has been spent. A session that has already
    /// ended stays so.
    ///
    /// Asks [`SessionRepository::find`], [`Secrets::hash`], then [`SessionRepository::end`].
    pub fn revoke(&self, shown: &RefreshToken) -> Result<(), Failure> {
        let session = self.sessions.find(shown.user_id, shown.session_id)?;
        let session = session.ok_or(Denial::InvalidRefreshToken)?;
        if !session.has_family(&self.secrets.hash(&shown.family)) {
            return Err(Denial::InvalidRefreshToken.into());
        }
        self.close(session.user_id, session.id).map(drop)
    }

    /// Lists the user's open sessions.
    ///
    /// Asks [`SessionRepository::list`].
    pub fn list(&self, user: UserId) -> Result<Vec<Session>, Failure> {
        Ok(self.sessions.list(user, self.clock.now())?)
    }

    /// Ends one of the user's sessions.
    ///
    /// Asks [`SessionRepository::end`].
    pub fn sign_out(&self, user: UserId, session: SessionId) -> Result<(), Failure> {
        if self.close(user, session)? { Ok(()) } else { Err(Denial::SessionNotFound.into()) }
    }

    fn close(&self, user: UserId, session: SessionId) -> Result<bool, Failure> {
        Ok(self.sessions.end(user, session, self.clock.now())?.is_some())
    }

    fn rotate(
        &self,
        shown: &RefreshToken,
        session: Session,
        spends: Option<(super::SecretHash, crate::clock::Timestamp)>,
    ) -> Result<Guarded<Grant>, Failure> {
        let user = self.users.find(session.user_id)?.filter(|user| user.profile.is_some());
        let user = user.ok_or(Denial::InvalidRefreshToken)?;
        let next = self.secrets.successor(&shown.secret);
        let rotation = Rotation {
            user_id: session.user_id,
            session_id: session.id,
            read: session.current,
            next: self.secrets.hash(&next),
            spends,
            at: self.clock.now(),
        };
        let refresh_token = RefreshToken { secret: next, ..shown.clone() };
        let grant = Grant { user, session_id: session.id, refresh_token };
        Ok(self.sessions.rotate(rotation)?.map(|()| grant))
    }
}
