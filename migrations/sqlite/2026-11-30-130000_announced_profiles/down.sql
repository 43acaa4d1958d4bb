ALTER TABLE announcements DROP COLUMN profiles;
