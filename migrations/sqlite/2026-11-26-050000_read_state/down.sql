ALTER TABLE memberships DROP COLUMN muted;
ALTER TABLE memberships DROP COLUMN read_seq;
