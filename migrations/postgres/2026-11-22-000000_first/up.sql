CREATE TABLE users (
    id UUID PRIMARY KEY,
    -- Taken for good, also by deleted accounts, whose name itself is wiped.
    username_reservation TEXT NOT NULL UNIQUE,
    username TEXT,
    username_folded TEXT COLLATE "C",
    display_name TEXT,
    search_text TEXT,
    email TEXT,
    password_hash TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    deleted_at TIMESTAMPTZ
);
CREATE INDEX users_by_name ON users (username_folded) WHERE deleted_at IS NULL;

-- Counts what changes for one user alone: memberships, sessions, the account.
CREATE TABLE user_heads (
    user_id UUID PRIMARY KEY REFERENCES users,
    version BIGINT NOT NULL
);

CREATE TABLE sessions (
    user_id UUID NOT NULL REFERENCES users,
    id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    user_agent TEXT,
    family_hash BYTEA NOT NULL,
    current_hash BYTEA NOT NULL,
    spent_hash BYTEA,
    spent_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX sessions_by_use ON sessions (last_used_at);

-- What the instances poll, so that an ended session stops everywhere.
CREATE TABLE ended_sessions (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id UUID NOT NULL,
    tokens_expire_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE chatrooms (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    visibility SMALLINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_seq BIGINT NOT NULL,
    last_message_seq BIGINT,
    -- Grows with whatever shrinks somebody's access; a waiting send compares it.
    access_version BIGINT NOT NULL,
    deleted_at TIMESTAMPTZ,
    purged BOOLEAN NOT NULL DEFAULT FALSE
) WITH (fillfactor = 70);
CREATE INDEX chatrooms_public ON chatrooms (id) WHERE visibility = 1 AND deleted_at IS NULL;
CREATE INDEX chatrooms_to_purge ON chatrooms (id) WHERE deleted_at IS NOT NULL AND NOT purged;

CREATE TABLE chatroom_creations (
    user_id UUID NOT NULL REFERENCES users,
    idempotency_key TEXT NOT NULL,
    digest UUID NOT NULL,
    chatroom_id UUID NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
);

CREATE TABLE memberships (
    chatroom_id UUID NOT NULL REFERENCES chatrooms,
    user_id UUID NOT NULL REFERENCES users,
    role SMALLINT NOT NULL,
    joined_at TIMESTAMPTZ NOT NULL,
    joined_seq BIGINT NOT NULL,
    PRIMARY KEY (chatroom_id, user_id)
);
CREATE INDEX memberships_by_seq ON memberships (chatroom_id, joined_seq);
CREATE INDEX memberships_by_user ON memberships (user_id, chatroom_id);

-- No foreign keys: the statement that inserts has locked the chatroom and read the membership.
CREATE TABLE messages (
    chatroom_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    id UUID NOT NULL,
    author_id UUID NOT NULL,
    body TEXT,
    idempotency_key TEXT,
    digest UUID,
    created_at TIMESTAMPTZ NOT NULL,
    edited_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    revision INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, seq),
    UNIQUE (chatroom_id, id)
);
CREATE UNIQUE INDEX messages_by_key ON messages (chatroom_id, author_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX messages_by_author ON messages (author_id, id);

-- Every change but the sending of a message, whose row is its own entry.
CREATE TABLE events (
    chatroom_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor_id UUID NOT NULL,
    kind TEXT NOT NULL,
    user_id UUID,
    message_id UUID,
    detail TEXT NOT NULL,
    PRIMARY KEY (chatroom_id, seq)
);
