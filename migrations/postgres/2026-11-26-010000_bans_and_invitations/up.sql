CREATE TABLE bans (
    chatroom_id UUID NOT NULL REFERENCES chatrooms,
    user_id UUID NOT NULL REFERENCES users,
    banned_by UUID NOT NULL REFERENCES users,
    created_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (chatroom_id, user_id)
);
CREATE INDEX bans_by_seq ON bans (chatroom_id, seq);

CREATE TABLE invitations (
    chatroom_id UUID NOT NULL REFERENCES chatrooms,
    id UUID NOT NULL,
    secret BYTEA NOT NULL,
    created_by UUID NOT NULL REFERENCES users,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    max_uses BIGINT,
    uses BIGINT NOT NULL,
    revoked_at TIMESTAMPTZ,
    PRIMARY KEY (chatroom_id, id)
);
