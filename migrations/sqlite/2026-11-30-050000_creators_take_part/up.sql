-- Creators have read up to their own membership, like users who enter by themselves. It is always the second event.
UPDATE memberships SET read_seq = joined_seq WHERE joined_seq = 2 AND other_id IS NULL AND read_seq IS NULL;
