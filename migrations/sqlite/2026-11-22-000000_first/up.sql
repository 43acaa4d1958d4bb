CREATE TABLE users (
    id BLOB PRIMARY KEY,
    -- Taken for good, also by deleted accounts, whose name itself is wiped.
    username_reservation TEXT NOT NULL UNIQUE,
    username TEXT,
    username_folded TEXT,
    display_name TEXT,
    search_text TEXT,
    email TEXT,
    password_hash TEXT,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE INDEX users_by_name ON users (username_folded) WHERE deleted_at IS NULL;

-- Counts what changes for one user alone: memberships, sessions, the account.
CREATE TABLE user_heads (
    user_id BLOB PRIMARY KEY REFERENCES users,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    user_id BLOB NOT NULL REFERENCES users,
    id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    user_agent TEXT,
    family_hash BLOB NOT NULL,
    current_hash BLOB NOT NULL,
    spent_hash BLOB,
    spent_at INTEGER,
    ended_at INTEGER,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_use ON sessions (last_used_at);

-- What the instances poll, so that an ended session stops everywhere.
CREATE TABLE ended_sessions (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BLOB NOT NULL,
    tokens_expire_at INTEGER NOT NULL
) STRICT;

CREATE TABLE chatrooms (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    visibility INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_message_seq INTEGER,
    -- Grows with whatever shrinks somebody's access; a waiting send compares it.
    access_version INTEGER NOT NULL,
    deleted_at INTEGER,
    purged INTEGER NOT NULL DEFAULT FALSE
) STRICT;
CREATE INDEX chatrooms_public ON chatrooms (id) WHERE visibility = 1 AND deleted_at IS NULL;
CREATE INDEX chatrooms_to_purge ON chatrooms (id) WHERE deleted_at IS NOT NULL AND NOT purged;

CREATE TABLE chatroom_creations (
    user_id BLOB NOT NULL REFERENCES users,
    idempotency_key TEXT NOT NULL,
    digest BLOB NOT NULL,
    chatroom_id BLOB NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    chatroom_id BLOB NOT NULL REFERENCES chatrooms,
    user_id BLOB NOT NULL REFERENCES users,
    role INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    joined_seq INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_seq ON memberships (chatroom_id, joined_seq);
CREATE INDEX memberships_by_user ON memberships (user_id, chatroom_id);

-- No foreign keys: the statement that inserts has locked the chatroom and read the membership.
CREATE TABLE messages (
    chatroom_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    author_id BLOB NOT NULL,
    body TEXT,
    idempotency_key TEXT,
    digest BLOB,
    created_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    revision INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, seq),
    UNIQUE (chatroom_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_key ON messages (chatroom_id, author_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX messages_by_author ON messages (author_id, id);

-- Every change but the sending of a message, whose row is its own entry.
CREATE TABLE events (
    chatroom_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    user_id BLOB,
    message_id BLOB,
    detail TEXT NOT NULL,
    PRIMARY KEY (chatroom_id, seq)
) STRICT, WITHOUT ROWID;
