-- The lowest role that may delete a chatroom: owners, as before.
ALTER TABLE chatrooms ADD COLUMN delete_role SMALLINT NOT NULL DEFAULT 20;
