-- The settings of a chatroom. The speaking role is the lowest role that may send without further checks. It is
-- derived from the other settings, so that a send compares one number.
ALTER TABLE chatrooms
    ADD COLUMN topic TEXT,
    ADD COLUMN rename_role SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN add_role SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN slow_mode_seconds INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN read_only BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN speaking_role SMALLINT NOT NULL DEFAULT 0;

-- When somebody sent last in a chatroom with slow mode. Leaving and joining again forgets nothing.
CREATE TABLE turns (
    chatroom_id UUID NOT NULL,
    user_id UUID NOT NULL,
    taken_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (chatroom_id, user_id)
);
