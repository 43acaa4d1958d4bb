DROP INDEX chatrooms_to_index;
DROP INDEX users_to_index;
ALTER TABLE chatrooms DROP COLUMN folding;
ALTER TABLE users DROP COLUMN folding;
DROP TABLE name_parts;
