DROP TABLE blocks;

-- Direct chatrooms become private ones, for nothing else is known without this migration.
UPDATE events
    SET detail = replace(detail, '"visibility":"direct"', '"name":"Direct chatroom","visibility":"private"')
    WHERE chatroom_id IN (SELECT id FROM chatrooms WHERE visibility = 2);
UPDATE chatrooms SET visibility = 0, name = 'Direct chatroom', name_folded = 'direct chatroom'
    WHERE visibility = 2 AND deleted_at IS NULL;
UPDATE chatrooms SET visibility = 0 WHERE visibility = 2;

ALTER TABLE memberships
    DROP COLUMN hidden_seq,
    DROP COLUMN other_id;
