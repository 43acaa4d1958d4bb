//! `chit-chat backup`

use std::path::Path;

use chit_chat_sqlite::Backup;

use super::{Outcome, print_line};
use crate::config::Config;
use crate::database::Database;
use crate::{signing_key, store};

pub(crate) fn run(config: &Config, file: &Path, force: bool) -> Outcome {
    let database = &config.database_url;
    let Database::Sqlite(path) = database else {
        return Err(format!(
            "only SQLite can be backed up by chit-chat; back up {database} with pg_dump, such as \
             `pg_dump --format=custom --file={} \"$DATABASE_URL\"`",
            file.display()
        )
        .into());
    };
    store::require_file(path)?;
    if signing_key::files(config).iter().any(|key| chit_chat_sqlite::same_file(key, file)) {
        return Err(format!("{} is the signing key file", file.display()).into());
    }
    match chit_chat_sqlite::backup(path, file, force)? {
        Backup::Written(bytes) => {
            print_line(&format!("{database}: backed up to {}, {bytes} bytes", file.display()))?;
            print_line(&format!("The backup does not contain the signing key: {}", key_hint(config)))
        }
        Backup::Exists => Err(format!("{} already exists; use --force to replace it", file.display()).into()),
        Backup::IsNoFile => {
            Err(format!("{} is a directory, a device or a symbolic link, and is not replaced", file.display())
                .into())
        }
        Backup::IsTheDatabase => {
            Err(format!("{} is the database itself or one of its files", file.display()).into())
        }
    }
}

fn key_hint(config: &Config) -> String {
    match signing_key::file(config).filter(|file| file.exists()) {
        Some(file) => format!("back up {} as well", file.display()),
        None => "back up the value of JWT_SECRET as well".to_owned(),
    }
}
