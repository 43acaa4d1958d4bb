DROP TABLE invitations;
DROP TABLE bans;
