-- The users whose profile an instance has changed, 16 bytes each. Older instances announce none.
ALTER TABLE announcements ADD COLUMN profiles BLOB NOT NULL DEFAULT x'';
