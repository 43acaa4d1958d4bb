CREATE INDEX mentions_by_user ON mentions (user_id, message_id);
DROP INDEX mentions_of_user;
CREATE INDEX messages_by_author ON messages (author_id, id);
DROP INDEX messages_of_author;
