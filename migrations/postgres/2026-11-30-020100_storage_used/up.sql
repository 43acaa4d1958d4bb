-- The bytes that each account stores: the texts of its messages and of their kept revisions, and 256 more for each of
-- them. No foreign key, as for messages.
CREATE TABLE storage_used (
    user_id UUID PRIMARY KEY,
    bytes BIGINT NOT NULL
);
CREATE INDEX storage_used_by_bytes ON storage_used (bytes);

INSERT INTO storage_used (user_id, bytes)
SELECT author_id, sum(bytes) FROM (
    SELECT author_id, coalesce(octet_length(body), 0) + 256 AS bytes FROM messages
    UNION ALL
    SELECT m.author_id, octet_length(r.body) + 256 FROM message_revisions r
    JOIN messages m ON m.chatroom_id = r.chatroom_id AND m.id = r.message_id
) AS stored
GROUP BY author_id;
