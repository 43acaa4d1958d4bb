-- Finds owners and moderators without reading all members.
CREATE INDEX memberships_by_role ON memberships (chatroom_id, role, joined_seq) WHERE role > 0;
