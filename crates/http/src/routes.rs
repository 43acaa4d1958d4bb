//! The table of all routes, with the credential that each operation needs.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use chit_chat_domain::scope::Scope::{
    AdminKeys, ChatroomsRead, ChatroomsWrite, EventsRead, MessagesRead, MessagesWrite, ProfileWrite, UsersRead,
};

use crate::extract::query_config;
use crate::problem::{Code, Problem};
use crate::route::Needs::{self, Everywhere, Nothing, Session};
use crate::route::{Methods, Route};
use crate::{
    bans, blocks, chatrooms, direct, document, health, invitations, invitees, memberships, messages, pins,
    reactions, reading, server_keys, sessions, streams, tokens, users,
};

/// The path at which a WebSocket opens, the only one whose requests may be upgraded.
pub(crate) const SOCKET: &str = "/api/ws";

/// Adds all routes.
pub fn configure(app: &mut ServiceConfig) {
    app.app_data(query_config()).default_service(web::to(unknown));
    for route in routes() {
        route.register(app);
    }
}

/// All routes. A request is matched against the patterns in this order, so cheap and frequent ones come first.
pub fn routes() -> impl Iterator<Item = Route> {
    [
        of_health(),
        of_messages(),
        of_chatrooms(),
        of_reading(),
        of_users(),
        of_memberships(),
        of_direct(),
        of_blocks(),
        of_bans(),
        of_invitations(),
        of_invitees(),
        of_reactions(),
        of_pins(),
        of_sessions(),
        of_tokens(),
        of_server_keys(),
        of_streams(),
        of_document(),
    ]
    .into_iter()
    .flatten()
}

/// The credential that a method of a path needs; `None` if there is no such route.
pub fn needs(path: &str, method: &Method) -> Option<Needs> {
    static NEEDS: LazyLock<HashMap<&str, Methods>> =
        LazyLock::new(|| routes().map(|route| (route.path(), route.methods().clone())).collect());
    NEEDS.get(path)?.needs(method)
}

fn of_health() -> Vec<Route> {
    vec![Route::new("/healthz").get(Nothing, health::live), Route::new("/readyz").get(Nothing, health::ready)]
}

fn of_messages() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/messages")
            .post(MessagesWrite, messages::send)
            .get(MessagesRead, messages::list),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}")
            .patch(MessagesWrite, messages::edit)
            .delete(MessagesWrite, messages::delete)
            .get(MessagesRead, messages::show),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/replies")
            .get(MessagesRead, messages::list_replies),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/revisions")
            .get(MessagesRead, messages::list_revisions),
        Route::new("/api/render").post(MessagesWrite, messages::render),
    ]
}

fn of_chatrooms() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms")
            .post(Everywhere(ChatroomsWrite), chatrooms::create)
            .get(ChatroomsRead, chatrooms::list),
        Route::new("/api/chatrooms/{chatroom_id}")
            .patch(ChatroomsWrite, chatrooms::change)
            .delete(ChatroomsWrite, chatrooms::delete)
            .get(ChatroomsRead, chatrooms::show),
        Route::new("/api/chatrooms/{chatroom_id}/events").get(EventsRead, chatrooms::list_events),
    ]
}

fn of_reading() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/read_marker")
            .put(MessagesWrite, reading::mark)
            .get(MessagesRead, reading::show_marker),
        Route::new("/api/chatrooms/{chatroom_id}/mute")
            .put(ProfileWrite, reading::mute)
            .delete(ProfileWrite, reading::unmute),
    ]
}

fn of_users() -> Vec<Route> {
    vec![
        Route::new("/api/users").post(Nothing, users::sign_up).get(UsersRead, users::list),
        Route::new("/api/users/me")
            .patch(ProfileWrite, users::change_me)
            .delete(Session, users::delete_me)
            .get(UsersRead, users::show_me),
        Route::new("/api/users/me/messages").get(Everywhere(MessagesRead), users::list_my_messages),
        Route::new("/api/users/me/mentions").get(Everywhere(MessagesRead), users::list_my_mentions),
        Route::new("/api/users/{user_id}").get(UsersRead, users::show),
    ]
}

fn of_memberships() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/memberships").get(ChatroomsRead, memberships::list),
        Route::new("/api/chatrooms/{chatroom_id}/memberships/me")
            .put(ChatroomsWrite, memberships::join)
            .delete(ChatroomsWrite, memberships::leave),
        Route::new("/api/chatrooms/{chatroom_id}/memberships/{user_id}")
            .put(ChatroomsWrite, memberships::add)
            .patch(ChatroomsWrite, memberships::change_role)
            .delete(ChatroomsWrite, memberships::remove),
        Route::new("/api/users/me/leave").post(Everywhere(ChatroomsWrite), memberships::leave_many),
    ]
}

fn of_direct() -> Vec<Route> {
    vec![Route::new("/api/direct/{user_id}").put(Everywhere(ChatroomsWrite), direct::open)]
}

fn of_blocks() -> Vec<Route> {
    vec![
        Route::new("/api/users/me/blocks").get(UsersRead, blocks::list),
        Route::new("/api/users/me/blocks/{user_id}")
            .put(ProfileWrite, blocks::block)
            .delete(ProfileWrite, blocks::unblock),
    ]
}

fn of_bans() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/bans").get(ChatroomsRead, bans::list),
        Route::new("/api/chatrooms/{chatroom_id}/bans/{user_id}")
            .put(ChatroomsWrite, bans::ban)
            .delete(ChatroomsWrite, bans::lift),
    ]
}

fn of_invitations() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/invitations")
            .post(ChatroomsWrite, invitations::create)
            .get(ChatroomsRead, invitations::list),
        Route::new("/api/chatrooms/{chatroom_id}/invitations/{invitation_id}")
            .delete(ChatroomsWrite, invitations::revoke),
        Route::new("/api/invitations/{code}/accept").post(Everywhere(ChatroomsWrite), invitations::accept),
    ]
}

fn of_invitees() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/invitees").get(ChatroomsRead, invitees::list),
        Route::new("/api/chatrooms/{chatroom_id}/invitees/{user_id}").delete(ChatroomsWrite, invitees::withdraw),
        Route::new("/api/users/me/invitations").get(Everywhere(ChatroomsRead), invitees::list_received),
        Route::new("/api/users/me/invitations/{chatroom_id}").delete(ChatroomsWrite, invitees::decline),
    ]
}

fn of_reactions() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions")
            .get(MessagesRead, reactions::list),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}")
            .put(MessagesWrite, reactions::add)
            .delete(MessagesWrite, reactions::remove),
    ]
}

fn of_pins() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/pins").get(MessagesRead, pins::list),
        Route::new("/api/chatrooms/{chatroom_id}/pins/{message_id}")
            .put(MessagesWrite, pins::pin)
            .delete(MessagesWrite, pins::unpin),
    ]
}

fn of_sessions() -> Vec<Route> {
    vec![
        Route::new("/api/auth/session").post(Nothing, sessions::sign_in).delete(Session, sessions::sign_out),
        Route::new("/api/auth/refresh").post(Nothing, sessions::refresh),
        Route::new("/api/auth/revoke").post(Nothing, sessions::revoke),
        Route::new("/api/auth/sessions").get(Session, sessions::list),
        Route::new("/api/auth/sessions/{session_id}").delete(Session, sessions::end),
    ]
}

fn of_tokens() -> Vec<Route> {
    vec![
        Route::new("/api/users/me/tokens").post(Session, tokens::create).get(Session, tokens::list),
        Route::new("/api/users/me/tokens/{token_id}").delete(Session, tokens::revoke),
        Route::new("/api/users/me/tokens/{token_id}/rotate").post(Session, tokens::rotate),
    ]
}

fn of_server_keys() -> Vec<Route> {
    vec![
        Route::new("/api/admin/keys").post(AdminKeys, server_keys::create).get(AdminKeys, server_keys::list),
        Route::new("/api/admin/keys/{key_id}").delete(AdminKeys, server_keys::revoke),
        Route::new("/api/admin/keys/{key_id}/rotate").post(AdminKeys, server_keys::rotate),
    ]
}

fn of_streams() -> Vec<Route> {
    vec![
        Route::new("/api/events").post(EventsRead, streams::resume_stream).get(EventsRead, streams::open_stream),
        Route::new(SOCKET).get(EventsRead, streams::open_socket),
        Route::new("/api/chatrooms/{chatroom_id}/typing").post(MessagesWrite, streams::tell_typing),
    ]
}

fn of_document() -> Vec<Route> {
    vec![
        Route::new("/api/openapi.json").get(Nothing, document::show),
        Route::new("/api/docs").get(Nothing, document::ui),
        Route::new("/api/docs/{file:.*}").get(Nothing, document::ui_file),
    ]
}

async fn unknown() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::NotFound, "no resource exists at this path"))
}
