DROP INDEX memberships_by_other;
DROP TABLE server_keys;
