DROP INDEX bans_by_user;
DROP INDEX turns_by_time;
DROP INDEX chatroom_creations_by_expiry;
DROP INDEX chatroom_creations_by_chatroom;
ALTER TABLE chatroom_creations DROP COLUMN expires_at;
