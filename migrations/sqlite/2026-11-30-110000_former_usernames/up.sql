-- The names that users gave up, hashed like those in use. Until one expires, only its former holder can take it.
CREATE TABLE former_usernames (
    reservation TEXT PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_usernames_by_user ON former_usernames (user_id, expires_at);
CREATE INDEX former_usernames_by_time ON former_usernames (expires_at);
