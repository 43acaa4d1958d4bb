-- How far a member has read, and whether they want to be left in peace. Without a marker it is where they joined. Markers move
-- often, so there is room for a new version of the row beside the old one.
ALTER TABLE memberships
    ADD COLUMN read_seq BIGINT,
    ADD COLUMN muted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE memberships SET (fillfactor = 80);
