-- The names of public chatrooms count too, 256 bytes for each character: the index of names has a row for each.
INSERT INTO storage_used (user_id, bytes)
SELECT actor_id, sum(256 * length(detail::json ->> 'name')) FROM events
WHERE kind IN ('chatroom.created', 'chatroom.updated') AND detail::json ->> 'visibility' = 'public'
GROUP BY actor_id
ON CONFLICT (user_id) DO UPDATE SET bytes = storage_used.bytes + excluded.bytes;
