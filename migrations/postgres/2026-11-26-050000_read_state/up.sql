-- `read_seq` is how far a member has read; NULL means up to where they joined. `muted` is set by the member.
-- Read markers move often, so the fill factor leaves room for a new version of the row on the same page.
ALTER TABLE memberships
    ADD COLUMN read_seq BIGINT,
    ADD COLUMN muted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE memberships SET (fillfactor = 80);
