-- Keys of users, of bots and of the application, whose user_id is null. A key has one secret, and after a rotation for
-- a while the replaced one too. Texts of keys are not stored, only their SHA-256. `chatrooms` are the ids of those that
-- the key reaches, 16 bytes each, in ascending order; all if it is null.
CREATE TABLE api_keys (
    id UUID PRIMARY KEY,
    kind SMALLINT NOT NULL,
    user_id UUID REFERENCES users,
    name TEXT NOT NULL,
    scopes BIGINT NOT NULL,
    chatrooms BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    secret_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    replaced_id UUID,
    replaced_hash BYTEA,
    replaced_until TIMESTAMPTZ
);
CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at);
CREATE UNIQUE INDEX api_keys_by_secret ON api_keys (secret_id);
CREATE UNIQUE INDEX api_keys_by_replaced ON api_keys (replaced_id) WHERE replaced_id IS NOT NULL;
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX api_keys_by_end_of_replaced ON api_keys (replaced_until) WHERE replaced_until IS NOT NULL;
