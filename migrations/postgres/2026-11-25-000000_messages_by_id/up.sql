-- Ids grow, so what is sent at once goes to one page of this index, whatever the rooms.
CREATE UNIQUE INDEX messages_by_id ON messages (id, chatroom_id);
ALTER TABLE messages DROP CONSTRAINT messages_chatroom_id_id_key;
