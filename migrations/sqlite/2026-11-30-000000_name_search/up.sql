-- The ends of folded names, for searches: of living users (kind 0) and of public chatrooms (kind 1). Each is at most
-- 64 characters long.
CREATE TABLE name_parts (
    kind INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    part TEXT NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (kind, rank, part, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_parts_by_id ON name_parts (id);

-- The version of the rules by which the name was folded and taken apart; a background task does it for older rows.
ALTER TABLE users ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chatrooms ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
CREATE INDEX users_to_index ON users (id) WHERE folding < 1 AND deleted_at IS NULL;
CREATE INDEX chatrooms_to_index ON chatrooms (id) WHERE folding < 1 AND deleted_at IS NULL;
