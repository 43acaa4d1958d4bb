-- A marker at the own membership means the same as none.
SELECT 1;
