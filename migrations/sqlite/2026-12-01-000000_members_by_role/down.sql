DROP INDEX memberships_by_role;
