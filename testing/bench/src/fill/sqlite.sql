-- Creates the same rooms as on PostgreSQL, with expressions in place of its functions.
CREATE TEMP TABLE numbers (n INTEGER PRIMARY KEY);
WITH RECURSIVE up (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n < max({history}, {messages}, {hot} - {first}))
    INSERT INTO numbers SELECT n FROM up;

CREATE TEMP TABLE ids (number INTEGER PRIMARY KEY, id BLOB NOT NULL);
INSERT INTO ids
    SELECT {first} + n, unhex(replace('{prefix}', '-', '') || printf('%08d', {first} + n))
    FROM numbers WHERE n <= {hot} - {first};

CREATE TEMP TABLE filled (room INTEGER PRIMARY KEY, id BLOB NOT NULL, messages INTEGER NOT NULL);
INSERT INTO filled
    SELECT number, id, iif(number = {long}, {history}, {messages}) FROM ids
    WHERE number < {first} + {count} OR number IN ({long}, {hot});

CREATE TEMP TABLE members (room INTEGER, n INTEGER, user_id BLOB NOT NULL, PRIMARY KEY (room, n)) WITHOUT ROWID;
INSERT INTO members
    SELECT room, n, ids.id
    FROM filled JOIN numbers ON n < {members} JOIN ids ON number = {first} + (room - {first} + {stride} * n) % {count};

-- Only columns that older builds have too. The server indexes the names itself.
INSERT INTO users
    (id, username_reservation, username, username_folded, search_text, password_hash, created_at)
    SELECT id, 'bench' || number, 'bench' || number, 'bench' || number, 'bench' || number || char(10),
        '{password_hash}', {epoch}
    FROM ids WHERE number < {first} + {count};

INSERT INTO chatrooms
    (id, name, name_folded, visibility, created_at, last_seq, last_message_seq, access_version)
    SELECT id, 'Room ' || room, 'room ' || room, 0, {epoch} + 1000000,
        1 + {members} + messages, 1 + {members} + messages, 0
    FROM filled;

INSERT INTO memberships (chatroom_id, user_id, role, joined_at, joined_seq)
    SELECT id, user_id, iif(n = 0, 20, 0), {epoch} + 1000000, 2 + n FROM filled JOIN members USING (room);

INSERT INTO user_heads (user_id, version)
    SELECT user_id, count(*) FROM memberships GROUP BY user_id;

INSERT INTO events (chatroom_id, seq, at, actor_id, kind, user_id, detail)
    SELECT id, 1, {epoch} + 1000000, user_id, 'chatroom.created', NULL,
        '{"name":"Room ' || room || '","visibility":"private"}'
    FROM filled JOIN members USING (room) WHERE n = 0
    UNION ALL
    SELECT id, 2 + n, {epoch} + 1000000, owner.user_id, 'membership.created', members.user_id,
        iif(n = 0, '{"role":"owner"}', '{"role":"member"}')
    FROM filled JOIN members USING (room)
        JOIN (SELECT room, user_id FROM members WHERE n = 0) AS owner USING (room);

-- CROSS JOIN keeps the order of the tables, so rows are in the order of their keys.
INSERT INTO messages (chatroom_id, seq, id, author_id, body, created_at, revision)
    SELECT filled.id, 1 + {members} + numbers.n,
        unhex(printf('%012x70008%03x%012x', 1767225600000 + numbers.n * 1000, room, numbers.n)),
        user_id, '{body}', {epoch} + numbers.n * 1000000, 1
    FROM filled CROSS JOIN numbers CROSS JOIN members USING (room)
    WHERE numbers.n BETWEEN 1 AND messages AND members.n = numbers.n % {members};
