-- The names of public chatrooms count only as details of their entries.
INSERT INTO storage_used (user_id, bytes)
SELECT actor_id, -sum(256 * length(detail::json ->> 'name')) FROM events
WHERE kind IN ('chatroom.created', 'chatroom.updated') AND detail::json ->> 'visibility' = 'public'
GROUP BY actor_id
ON CONFLICT (user_id) DO UPDATE SET bytes = storage_used.bytes + excluded.bytes;
