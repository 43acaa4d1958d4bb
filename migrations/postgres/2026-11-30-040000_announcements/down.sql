DROP TABLE announcements;
DROP TABLE instances;
