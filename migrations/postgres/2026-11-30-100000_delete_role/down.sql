ALTER TABLE chatrooms DROP COLUMN delete_role;
