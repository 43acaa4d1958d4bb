-- Invitations end with their creator's right to invite, which moderators (10) and owners have.
UPDATE invitations SET revoked_at = now()
WHERE revoked_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM memberships
    WHERE memberships.chatroom_id = invitations.chatroom_id AND memberships.user_id = invitations.created_by
    AND memberships.role >= 10
);
