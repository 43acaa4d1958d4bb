-- Creates rooms with members and messages. Their logs are as the server would have written them: creation (seq 1),
-- joins (seq 2 to 21), then messages.
CREATE FUNCTION pg_temp.id(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('{prefix}' || lpad(number::text, 8, '0'))::uuid $$;
CREATE FUNCTION pg_temp.member(room bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT pg_temp.id({first} + (room - {first} + {stride} * n) % {count}) $$;
CREATE FUNCTION pg_temp.at(seq bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
    AS $$ SELECT timestamptz '2026-01-01 00:00:00Z' + seq * interval '1 second' $$;

CREATE TEMP TABLE filled AS
    SELECT {first} + n AS room, {messages}::bigint AS messages FROM generate_series(0, {count} - 1) n
    UNION ALL VALUES ({long}, {history}::bigint), ({hot}, {messages}::bigint);

-- Only columns that older builds have too, so that these can be compared. The server indexes the names itself.
INSERT INTO users
    (id, username_reservation, username, username_folded, search_text, password_hash, created_at)
    SELECT pg_temp.id(n), 'bench' || n, 'bench' || n, 'bench' || n, 'bench' || n || E'\n', '{password_hash}', pg_temp.at(0)
    FROM generate_series({first}, {first} + {count} - 1) n;

INSERT INTO chatrooms
    (id, name, name_folded, visibility, created_at, last_seq, last_message_seq, access_version)
    SELECT pg_temp.id(room), 'Room ' || room, 'room ' || room, 0, pg_temp.at(1),
        1 + {members} + messages, 1 + {members} + messages, 0
    FROM filled;

INSERT INTO memberships (chatroom_id, user_id, role, joined_at, joined_seq)
    SELECT pg_temp.id(room), pg_temp.member(room, n), CASE n WHEN 0 THEN 20 ELSE 0 END, pg_temp.at(1), 2 + n
    FROM filled, generate_series(0, {members} - 1) n;

INSERT INTO user_heads (user_id, version)
    SELECT user_id, count(*) FROM memberships GROUP BY user_id;

INSERT INTO events (chatroom_id, seq, at, actor_id, kind, user_id, detail)
    SELECT pg_temp.id(room), 1, pg_temp.at(1), pg_temp.member(room, 0), 'chatroom.created', NULL,
        '{"name":"Room ' || room || '","visibility":"private"}'
    FROM filled
    UNION ALL
    SELECT pg_temp.id(room), 2 + n, pg_temp.at(1), pg_temp.member(room, 0), 'membership.created',
        pg_temp.member(room, n), CASE n WHEN 0 THEN '{"role":"owner"}' ELSE '{"role":"member"}' END
    FROM filled, generate_series(0, {members} - 1) n;

-- The ids are UUIDs of version 7 in ascending order, like the server's.
INSERT INTO messages (chatroom_id, seq, id, author_id, body, created_at, revision)
    SELECT pg_temp.id(room), 1 + {members} + n,
        (lpad(to_hex(1767225600000 + n * 1000), 12, '0') || '70008' || lpad(to_hex(room), 3, '0')
            || lpad(to_hex(n), 12, '0'))::uuid,
        pg_temp.member(room, n % {members}), '{body}', pg_temp.at(n), 1
    FROM filled, generate_series(1, messages) n;
