//! The table of all routes.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use crate::extract::query_config;
use crate::problem::{Code, Problem};
use crate::route::Route;
use crate::{
    bans, blocks, chatrooms, direct, document, health, invitations, invitees, memberships, messages, pins,
    reactions, reading, sessions, streams, users,
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
        of_streams(),
        of_document(),
    ]
    .into_iter()
    .flatten()
}

fn of_health() -> Vec<Route> {
    vec![Route::new("/healthz").get(health::live), Route::new("/readyz").get(health::ready)]
}

fn of_messages() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/messages").post(messages::send).get(messages::list),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}")
            .patch(messages::edit)
            .delete(messages::delete)
            .get(messages::show),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/replies").get(messages::list_replies),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/revisions").get(messages::list_revisions),
        Route::new("/api/render").post(messages::render),
    ]
}

fn of_chatrooms() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms").post(chatrooms::create).get(chatrooms::list),
        Route::new("/api/chatrooms/{chatroom_id}")
            .patch(chatrooms::change)
            .delete(chatrooms::delete)
            .get(chatrooms::show),
        Route::new("/api/chatrooms/{chatroom_id}/events").get(chatrooms::list_events),
    ]
}

fn of_reading() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/read_marker").put(reading::mark).get(reading::show_marker),
        Route::new("/api/chatrooms/{chatroom_id}/mute").put(reading::mute).delete(reading::unmute),
    ]
}

fn of_users() -> Vec<Route> {
    vec![
        Route::new("/api/users").post(users::sign_up).get(users::list),
        Route::new("/api/users/me").patch(users::change_me).delete(users::delete_me).get(users::show_me),
        Route::new("/api/users/me/messages").get(users::list_my_messages),
        Route::new("/api/users/me/mentions").get(users::list_my_mentions),
        Route::new("/api/users/{user_id}").get(users::show),
    ]
}

fn of_memberships() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/memberships").get(memberships::list),
        Route::new("/api/chatrooms/{chatroom_id}/memberships/me")
            .put(memberships::join)
            .delete(memberships::leave),
        Route::new("/api/chatrooms/{chatroom_id}/memberships/{user_id}")
            .put(memberships::add)
            .patch(memberships::change_role)
            .delete(memberships::remove),
        Route::new("/api/users/me/leave").post(memberships::leave_many),
    ]
}

fn of_direct() -> Vec<Route> {
    vec![Route::new("/api/direct/{user_id}").put(direct::open)]
}

fn of_blocks() -> Vec<Route> {
    vec![
        Route::new("/api/users/me/blocks").get(blocks::list),
        Route::new("/api/users/me/blocks/{user_id}").put(blocks::block).delete(blocks::unblock),
    ]
}

fn of_bans() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/bans").get(bans::list),
        Route::new("/api/chatrooms/{chatroom_id}/bans/{user_id}").put(bans::ban).delete(bans::lift),
    ]
}

fn of_invitations() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/invitations").post(invitations::create).get(invitations::list),
        Route::new("/api/chatrooms/{chatroom_id}/invitations/{invitation_id}").delete(invitations::revoke),
        Route::new("/api/invitations/{code}/accept").post(invitations::accept),
    ]
}

fn of_invitees() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/invitees").get(invitees::list),
        Route::new("/api/chatrooms/{chatroom_id}/invitees/{user_id}").delete(invitees::withdraw),
        Route::new("/api/users/me/invitations").get(invitees::list_received),
        Route::new("/api/users/me/invitations/{chatroom_id}").delete(invitees::decline),
    ]
}

fn of_reactions() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions").get(reactions::list),
        Route::new("/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}")
            .put(reactions::add)
            .delete(reactions::remove),
    ]
}

fn of_pins() -> Vec<Route> {
    vec![
        Route::new("/api/chatrooms/{chatroom_id}/pins").get(pins::list),
        Route::new("/api/chatrooms/{chatroom_id}/pins/{message_id}").put(pins::pin).delete(pins::unpin),
    ]
}

fn of_sessions() -> Vec<Route> {
    vec![
        Route::new("/api/auth/session").post(sessions::sign_in).delete(sessions::sign_out),
        Route::new("/api/auth/refresh").post(sessions::refresh),
        Route::new("/api/auth/revoke").post(sessions::revoke),
        Route::new("/api/auth/sessions").get(sessions::list),
        Route::new("/api/auth/sessions/{session_id}").delete(sessions::end),
    ]
}

fn of_streams() -> Vec<Route> {
    vec![
        Route::new("/api/events").post(streams::resume_stream).get(streams::open_stream),
        Route::new(SOCKET).get(streams::open_socket),
        Route::new("/api/chatrooms/{chatroom_id}/typing").post(streams::tell_typing),
    ]
}

fn of_document() -> Vec<Route> {
    vec![
        Route::new("/api/openapi.json").get(document::show),
        Route::new("/api/docs").get(document::ui),
        Route::new("/api/docs/{file:.*}").get(document::ui_file),
    ]
}

async fn unknown() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::NotFound, "no resource exists at this path"))
}
