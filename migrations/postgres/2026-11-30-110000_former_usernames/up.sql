-- The names that users gave up, hashed like those in use. Until one expires, only its former holder can take it.
CREATE TABLE former_usernames (
    reservation TEXT PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX former_usernames_by_user ON former_usernames (user_id, expires_at);
CREATE INDEX former_usernames_by_time ON former_usernames (expires_at);
