-- The instances that share the database, and when each was last seen.
CREATE TABLE instances (
    id BLOB NOT NULL PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The chatrooms and users that an instance has changed: their ids, 16 bytes each. Kept for a minute.
CREATE TABLE announcements (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    instance_id BLOB NOT NULL,
    announced_at INTEGER NOT NULL,
    chatrooms BLOB NOT NULL,
    users BLOB NOT NULL
) STRICT;
