ALTER TABLE messages ADD UNIQUE (chatroom_id, id);
DROP INDEX messages_by_id;
