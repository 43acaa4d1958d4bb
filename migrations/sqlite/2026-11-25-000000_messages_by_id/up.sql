-- Ids grow, so messages sent at the same time go to one page of this index, in any chatroom. SQLite drops a
-- constraint only with its table.
ALTER TABLE messages RENAME TO messages_before;
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
    PRIMARY KEY (chatroom_id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO messages (chatroom_id, seq, id, author_id, body, idempotency_key, digest, created_at, edited_at, deleted_at, revision)
    SELECT chatroom_id, seq, id, author_id, body, idempotency_key, digest, created_at, edited_at, deleted_at, revision
    FROM messages_before ORDER BY chatroom_id, seq;
DROP TABLE messages_before;
CREATE UNIQUE INDEX messages_by_id ON messages (id, chatroom_id);
CREATE UNIQUE INDEX messages_by_key ON messages (chatroom_id, author_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX messages_by_author ON messages (author_id, id);
