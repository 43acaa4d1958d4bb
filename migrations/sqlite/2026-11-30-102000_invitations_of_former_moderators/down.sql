-- What was revoked stays revoked.
SELECT 1;
