//! The key that signs access tokens: configured, or generated once and stored in a file, for SQLite next to the
//! database.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use chit_chat_system::{SigningKeys, random_key};
use secrecy::ExposeSecret;
use thiserror::Error;

use crate::config::Config;
use crate::database::Database;

#[derive(Debug, Error)]
pub(crate) enum KeyError {
    #[error(
        "JWT_SECRET is missing: on PostgreSQL, set it to 32 bytes or more, such as the output of \
         `openssl rand -base64 32`, or set JWT_SECRET_FILE to a path where a key is created and kept"
    )]
    Missing,
    #[error(
        "each key in JWT_SECRET, a comma-separated list, must have 32 bytes or more and be random: it must not repeat a \
         pattern or only a few characters, and words alone must have 64 letters or more. Use the output of \
         `openssl rand -base64 32`"
    )]
    Weak,
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error(
        "{} must contain a random key of 32 bytes or more, which does not repeat a pattern or only a few characters and \
         is not a text of fewer than 64 letters, such as the output of `openssl rand -base64 32`", .0.display()
    )]
    WeakFile(PathBuf),
    #[error("{path} can be read by others; run `chmod 600 {path}`", path = .0.display())]
    OpenFile(PathBuf),
}

pub(crate) fn load(config: &Config) -> Result<SigningKeys, KeyError> {
    if let Some(secret) = configured(config) {
        return SigningKeys::parse(secret).map_err(|_| KeyError::Weak);
    }
    let path = file(config).ok_or(KeyError::Missing)?;
    let key = read_or_create(&path).map_err(|error| KeyError::File { path: path.clone(), error })?;
    if is_open(&path) {
        return Err(KeyError::OpenFile(path));
    }
    SigningKeys::parse(key.trim()).map_err(|_| KeyError::WeakFile(path))
}

/// The path of the key's file; `None` if the key is configured or missing.
pub(crate) fn file(config: &Config) -> Option<PathBuf> {
    if configured(config).is_some() {
        return None;
    }
    let named = config.jwt_secret_file.clone();
    match &config.database_url {
        Database::Sqlite(database) => named.or_else(|| Some(key_path(database))),
        Database::Postgres(_) => named,
    }
}

/// The paths of all files that may contain a key, including one that is currently not used.
pub(crate) fn files(config: &Config) -> Vec<PathBuf> {
    let default_file = match &config.database_url {
        Database::Sqlite(database) => Some(key_path(database)),
        Database::Postgres(_) => None,
    };
    config.jwt_secret_file.iter().cloned().chain(default_file).collect()
}

fn configured(config: &Config) -> Option<&str> {
    config.jwt_secret.as_ref().map(ExposeSecret::expose_secret)
}

/// Deletes the key that was generated for a database, so that its tokens do not outlive the database.
pub(crate) fn delete(database: &Database) -> Result<(), KeyError> {
    let Database::Sqlite(database) = database else {
        return Ok(());
    };
    let path = key_path(database);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(KeyError::File { path, error }),
        _ => Ok(()),
    }
}

fn key_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

/// Reads the key, or generates it. The file appears atomically, so that instances that start together all read
/// the same key.
fn read_or_create(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if !path.exists() {
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}", std::process::id()));
        let mut file = for_owner_only().open(&draft)?;
        file.write_all(random_key().as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    fs::read_to_string(path)
}

/// Returns whether users other than the owner can read or write the file.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

fn for_owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_key_is_created_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = key_path(&folder.path().join("chat.db"));
        let made = read_or_create(&path).unwrap();
        assert_eq!(read_or_create(&path).unwrap(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert!(!is_open(&path));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(is_open(&path));
        }
    }
}
