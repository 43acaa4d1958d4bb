-- The settings of a chatroom. The speaking role is the lowest role that may send without further checks. It is
-- derived from the other settings, so that a send compares one number.
ALTER TABLE chatrooms ADD COLUMN topic TEXT;
ALTER TABLE chatrooms ADD COLUMN rename_role INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chatrooms ADD COLUMN add_role INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chatrooms ADD COLUMN slow_mode_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chatrooms ADD COLUMN read_only INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE chatrooms ADD COLUMN speaking_role INTEGER NOT NULL DEFAULT 0;

-- When somebody sent last in a chatroom with slow mode. Leaving and joining again forgets nothing.
CREATE TABLE turns (
    chatroom_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, user_id)
) STRICT, WITHOUT ROWID;
