DROP TABLE invitees;
ALTER TABLE users DROP COLUMN who_can_add_me;
