-- Secrets that the server generates once and keeps. The ids of direct chatrooms depend on one, so that nobody else
-- can derive them.
CREATE TABLE server_keys (
    name TEXT PRIMARY KEY,
    secret BYTEA NOT NULL
);
INSERT INTO server_keys (name, secret)
VALUES ('direct', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- Finds the direct chatroom of two users, whatever its id; there is at most one.
CREATE UNIQUE INDEX memberships_by_other ON memberships (user_id, other_id) WHERE other_id IS NOT NULL;
