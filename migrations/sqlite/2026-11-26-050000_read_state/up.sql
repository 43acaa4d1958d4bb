-- `read_seq` is how far a member has read; NULL means up to where they joined. `muted` is set by the member.
ALTER TABLE memberships ADD COLUMN read_seq INTEGER;
ALTER TABLE memberships ADD COLUMN muted INTEGER NOT NULL DEFAULT FALSE;
