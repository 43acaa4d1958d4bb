-- How far a member has read, and whether they want to be left in peace. Without a marker it is where they joined.
ALTER TABLE memberships ADD COLUMN read_seq INTEGER;
ALTER TABLE memberships ADD COLUMN muted INTEGER NOT NULL DEFAULT FALSE;
