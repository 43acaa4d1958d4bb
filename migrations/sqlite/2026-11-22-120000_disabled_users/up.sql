-- By an operator; whoever is disabled signs in no more.
ALTER TABLE users ADD COLUMN disabled_at INTEGER;
