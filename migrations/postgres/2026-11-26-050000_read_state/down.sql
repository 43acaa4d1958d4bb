ALTER TABLE memberships RESET (fillfactor);
ALTER TABLE memberships
    DROP COLUMN read_seq,
    DROP COLUMN muted;
