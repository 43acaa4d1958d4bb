-- The lowest role that may delete a chatroom: owners, as before.
ALTER TABLE chatrooms ADD COLUMN delete_role INTEGER NOT NULL DEFAULT 20;
