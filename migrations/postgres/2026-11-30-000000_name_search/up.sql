-- The ends of folded names, for searches: of living users (kind 0) and of public chatrooms (kind 1). Each is at most
-- 64 characters long.
CREATE TABLE name_parts (
    kind SMALLINT NOT NULL,
    rank SMALLINT NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (kind, rank, part, id)
);
CREATE INDEX name_parts_by_id ON name_parts (id);

-- The version of the rules by which the name was folded and taken apart; a background task does it for older rows.
ALTER TABLE users ADD COLUMN folding SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE chatrooms ADD COLUMN folding SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX users_to_index ON users (id) WHERE folding < 1 AND deleted_at IS NULL;
CREATE INDEX chatrooms_to_index ON chatrooms (id) WHERE folding < 1 AND deleted_at IS NULL;
