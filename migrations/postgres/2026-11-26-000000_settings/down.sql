DROP TABLE turns;
ALTER TABLE chatrooms
    DROP COLUMN speaking_role,
    DROP COLUMN read_only,
    DROP COLUMN slow_mode_seconds,
    DROP COLUMN add_role,
    DROP COLUMN rename_role,
    DROP COLUMN topic;
