//! Links: operations that use values of a response.

use utoipa::openapi::RefOr;
use utoipa::openapi::link::{Link, LinkBuilder};

const ID: &str = "$response.body#/id";
const ROOM: (&str, &str) = ("chatroom_id", "$request.path.chatroom_id");
const NEW_ROOM: (&str, &str) = ("chatroom_id", ID);
const NEW_MESSAGE: (&str, &str) = ("message_id", ID);
const MESSAGE: (&str, &str) = ("message_id", "$request.path.message_id");
const MEMBER: (&str, &str) = ("user_id", "$response.body#/user_id");
const INVITATION: (&str, &str) = ("invitation_id", ID);
const NEXT: (&str, &str) = ("cursor", "$response.body#/next_cursor");

/// A link from an operation and status to another operation, with the values of its parameters.
type LinkRow = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
const LINKS: &[LinkRow] = &[
    ("sign_up", "201", "get_user", &[("user_id", ID)]),
    ("find_users", "200", "find_users", &[NEXT]),
    ("list_own_messages", "200", "list_own_messages", &[NEXT]),
    ("list_blocks", "200", "list_blocks", &[NEXT]),
    ("list_blocks", "200", "unblock_user", &[("user_id", "$response.body#/items/0/user_id")]),
    ("create_chatroom", "201", "get_chatroom", &[NEW_ROOM]),
    ("create_chatroom", "201", "change_chatroom", &[NEW_ROOM]),
    ("create_chatroom", "201", "delete_chatroom", &[NEW_ROOM]),
    ("create_chatroom", "201", "list_memberships", &[NEW_ROOM]),
    ("create_chatroom", "201", "leave_chatroom", &[NEW_ROOM]),
    ("create_chatroom", "201", "create_invitation", &[NEW_ROOM]),
    ("create_chatroom", "201", "send_message", &[NEW_ROOM]),
    ("create_chatroom", "201", "list_messages", &[NEW_ROOM]),
    ("create_chatroom", "201", "list_events", &[NEW_ROOM]),
    ("open_direct_chatroom", "201", "get_chatroom", &[NEW_ROOM]),
    ("open_direct_chatroom", "201", "leave_chatroom", &[NEW_ROOM]),
    ("open_direct_chatroom", "201", "send_message", &[NEW_ROOM]),
    ("open_direct_chatroom", "201", "list_messages", &[NEW_ROOM]),
    ("create_chatroom", "201", "move_read_marker", &[NEW_ROOM]),
    ("create_chatroom", "201", "mute_chatroom", &[NEW_ROOM]),
    ("list_chatrooms", "200", "list_chatrooms", &[NEXT]),
    ("list_chatrooms", "200", "join_chatroom", &[("chatroom_id", "$response.body#/items/0/id")]),
    ("add_member", "201", "change_role", &[ROOM, MEMBER]),
    ("add_member", "201", "remove_member", &[ROOM, MEMBER]),
    ("list_memberships", "200", "list_memberships", &[ROOM, NEXT]),
    ("ban_user", "201", "lift_ban", &[ROOM, MEMBER]),
    ("list_bans", "200", "list_bans", &[ROOM, NEXT]),
    ("create_invitation", "201", "revoke_invitation", &[ROOM, INVITATION]),
    ("create_invitation", "201", "accept_invitation", &[("code", "$response.body#/code")]),
    ("list_invitations", "200", "list_invitations", &[ROOM, NEXT]),
    ("send_message", "201", "get_message", &[ROOM, NEW_MESSAGE]),
    ("send_message", "201", "edit_message", &[ROOM, NEW_MESSAGE]),
    ("send_message", "201", "delete_message", &[ROOM, NEW_MESSAGE]),
    ("send_message", "201", "list_reactions", &[ROOM, NEW_MESSAGE]),
    ("send_message", "201", "pin_message", &[ROOM, NEW_MESSAGE]),
    ("edit_message", "200", "list_revisions", &[ROOM, NEW_MESSAGE]),
    ("list_messages", "200", "list_messages", &[ROOM, NEXT]),
    ("list_reactions", "200", "list_reactions", &[ROOM, MESSAGE, NEXT]),
    ("list_revisions", "200", "list_revisions", &[ROOM, MESSAGE, NEXT]),
    ("list_pins", "200", "list_pins", &[ROOM, NEXT]),
    ("list_pins", "200", "unpin_message", &[ROOM, ("message_id", "$response.body#/items/0/message/id")]),
    ("list_events", "200", "list_events", &[ROOM, NEXT]),
    ("list_sessions", "200", "list_sessions", &[NEXT]),
    ("list_sessions", "200", "end_session", &[("session_id", "$response.body#/items/0/id")]),
];

/// The links of this operation's response.
pub(super) fn from(operation: &str, status: &str) -> impl Iterator<Item = (&'static str, RefOr<Link>)> {
    let leads = move |link: &&LinkRow| link.0 == operation && link.1 == status;
    LINKS.iter().filter(leads).map(|(_, _, to, parameters)| {
        let link = LinkBuilder::new().operation_id(*to);
        let link = parameters.iter().fold(link, |link, (name, value)| link.parameter(*name, *value));
        (*to, RefOr::T(link.build()))
    })
}
