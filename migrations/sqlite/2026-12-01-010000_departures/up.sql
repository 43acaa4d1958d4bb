-- Deleted accounts that have chatrooms to leave.
CREATE TABLE departures (
    user_id BLOB PRIMARY KEY REFERENCES users
) STRICT, WITHOUT ROWID;
-- Those whose deletion a crash interrupted.
INSERT INTO departures
SELECT id FROM users WHERE deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM memberships WHERE user_id = users.id);
