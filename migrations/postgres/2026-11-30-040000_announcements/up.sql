-- The instances that share the database, and when each was last seen.
CREATE TABLE instances (
    id UUID PRIMARY KEY,
    seen_at TIMESTAMPTZ NOT NULL
);

-- The chatrooms and users that an instance has changed: their ids, 16 bytes each. Kept for a minute.
CREATE TABLE announcements (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance_id UUID NOT NULL,
    announced_at TIMESTAMPTZ NOT NULL,
    chatrooms BYTEA NOT NULL,
    users BYTEA NOT NULL
);
