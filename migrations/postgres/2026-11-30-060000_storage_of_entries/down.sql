-- Only messages and their revisions count.
INSERT INTO storage_used (user_id, bytes)
SELECT actor_id, -sum(octet_length(detail) + 256) FROM events GROUP BY actor_id
ON CONFLICT (user_id) DO UPDATE SET bytes = storage_used.bytes + excluded.bytes;
