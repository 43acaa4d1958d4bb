-- Messages and mentions of a user are read for each chatroom of which they are a member, so those in other chatrooms
-- cost nothing.
CREATE INDEX messages_of_author ON messages (author_id, chatroom_id, id) WHERE deleted_at IS NULL;
DROP INDEX messages_by_author;
CREATE INDEX mentions_of_user ON mentions (user_id, chatroom_id, message_id);
DROP INDEX mentions_by_user;
