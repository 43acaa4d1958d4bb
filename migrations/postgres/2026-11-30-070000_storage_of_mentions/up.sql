-- Mentions count too, 256 bytes each, and idempotency keys, which an index has once more.
INSERT INTO storage_used (user_id, bytes)
SELECT author_id, sum(bytes) FROM (
    SELECT m.author_id, 256 AS bytes FROM mentions n
    JOIN messages m ON m.chatroom_id = n.chatroom_id AND m.seq = n.seq
    UNION ALL
    SELECT author_id, 2 * octet_length(idempotency_key) FROM messages WHERE idempotency_key IS NOT NULL
) AS stored
GROUP BY author_id
ON CONFLICT (user_id) DO UPDATE SET bytes = storage_used.bytes + excluded.bytes;
