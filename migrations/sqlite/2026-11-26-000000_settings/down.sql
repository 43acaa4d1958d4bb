DROP TABLE turns;
ALTER TABLE chatrooms DROP COLUMN speaking_role;
ALTER TABLE chatrooms DROP COLUMN read_only;
ALTER TABLE chatrooms DROP COLUMN slow_mode_seconds;
ALTER TABLE chatrooms DROP COLUMN add_role;
ALTER TABLE chatrooms DROP COLUMN rename_role;
ALTER TABLE chatrooms DROP COLUMN topic;
