-- The keys of creations expire a day after their chatroom was deleted; NULL while it exists.
ALTER TABLE chatroom_creations ADD COLUMN expires_at INTEGER;
CREATE INDEX chatroom_creations_by_chatroom ON chatroom_creations (chatroom_id);
CREATE INDEX chatroom_creations_by_expiry ON chatroom_creations (expires_at) WHERE expires_at IS NOT NULL;
UPDATE chatroom_creations SET expires_at = r.deleted_at + 86400000000 FROM chatrooms r
    WHERE r.id = chatroom_creations.chatroom_id AND r.purged;

-- Times of sending that are older than the longest slow mode are deleted.
CREATE INDEX turns_by_time ON turns (taken_at);

-- Deleted accounts cannot return, so their bans are deleted with them.
CREATE INDEX bans_by_user ON bans (user_id);
DELETE FROM bans WHERE user_id IN (SELECT id FROM users WHERE deleted_at IS NOT NULL);
