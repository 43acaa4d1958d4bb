//! The table of all routes. Each resource names the methods that it answers to, for 405.

use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, web};

use crate::extract::query_config;
use crate::problem::{Code, Problem};
use crate::{
    bans, blocks, chatrooms, direct, document, health, invitations, matched, memberships, messages, pins,
    reactions, reading, sessions, streams, users,
};

/// Adds everything that the API answers to. A request tries the patterns one by one in this order, so
/// what costs little to try or is asked for most comes first.
pub fn configure(app: &mut ServiceConfig) {
    app.app_data(query_config()).default_service(web::to(unknown));
    app.service(get(at("/healthz", "GET, HEAD"), health::live));
    app.service(get(at("/readyz", "GET, HEAD"), health::ready));
    messages_at(app);
    chatrooms_at(app);
    reading_at(app);
    users_at(app);
    memberships_at(app);
    direct_at(app);
    blocks_at(app);
    bans_at(app);
    invitations_at(app);
    reactions_at(app);
    pins_at(app);
    sessions_at(app);
    streams_at(app);
    documents_at(app);
}

fn documents_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/openapi.json", "GET, HEAD"), document::show));
    app.service(get(at("/api/docs", "GET, HEAD"), document::ui));
    app.service(get(at("/api/docs/{file:.*}", "GET, HEAD"), document::ui_file));
}

fn sessions_at(app: &mut ServiceConfig) {
    app.service(at("/api/auth/session", "POST, DELETE").post(sessions::sign_in).delete(sessions::sign_out));
    app.service(at("/api/auth/refresh", "POST").post(sessions::refresh));
    app.service(get(at("/api/auth/sessions", "GET, HEAD"), sessions::list));
    app.service(at("/api/auth/sessions/{session_id}", "DELETE").delete(sessions::end));
}

fn users_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/users", "GET, HEAD, POST").post(users::sign_up), users::list));
    app.service(get(
        at("/api/users/me", "GET, HEAD, PATCH, DELETE").patch(users::change_me).delete(users::delete_me),
        users::show_me,
    ));
    app.service(get(at("/api/users/me/messages", "GET, HEAD"), users::list_my_messages));
    app.service(get(at("/api/users/me/mentions", "GET, HEAD"), users::list_my_mentions));
    app.service(get(at("/api/users/{user_id}", "GET, HEAD"), users::show));
}

fn chatrooms_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/chatrooms", "GET, HEAD, POST").post(chatrooms::create), chatrooms::list));
    app.service(get(
        at("/api/chatrooms/{chatroom_id}", "GET, HEAD, PATCH, DELETE")
            .patch(chatrooms::change)
            .delete(chatrooms::delete),
        chatrooms::show,
    ));
    app.service(get(at("/api/chatrooms/{chatroom_id}/events", "GET, HEAD"), chatrooms::list_events));
}

fn reading_at(app: &mut ServiceConfig) {
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/read_marker", "GET, HEAD, PUT").put(reading::mark),
        reading::show_marker,
    ));
    app.service(at("/api/chatrooms/{chatroom_id}/mute", "PUT, DELETE").put(reading::mute).delete(reading::unmute));
}

fn streams_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/events", "GET, HEAD, POST").post(streams::resume_stream), streams::open_stream));
    app.service(get(at("/api/ws", "GET, HEAD"), streams::open_socket));
    app.service(at("/api/chatrooms/{chatroom_id}/typing", "POST").post(streams::tell_typing));
}

fn memberships_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/chatrooms/{chatroom_id}/memberships", "GET, HEAD"), memberships::list));
    app.service(
        at("/api/chatrooms/{chatroom_id}/memberships/me", "PUT, DELETE")
            .put(memberships::join)
            .delete(memberships::leave),
    );
    app.service(
        at("/api/chatrooms/{chatroom_id}/memberships/{user_id}", "PUT, PATCH, DELETE")
            .put(memberships::add)
            .patch(memberships::change_role)
            .delete(memberships::remove),
    );
}

fn direct_at(app: &mut ServiceConfig) {
    app.service(at("/api/direct/{user_id}", "PUT").put(direct::open));
}

fn blocks_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/users/me/blocks", "GET, HEAD"), blocks::list));
    app.service(at("/api/users/me/blocks/{user_id}", "PUT, DELETE").put(blocks::block).delete(blocks::unblock));
}

fn bans_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/chatrooms/{chatroom_id}/bans", "GET, HEAD"), bans::list));
    app.service(
        at("/api/chatrooms/{chatroom_id}/bans/{user_id}", "PUT, DELETE").put(bans::ban).delete(bans::lift),
    );
}

fn invitations_at(app: &mut ServiceConfig) {
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/invitations", "GET, HEAD, POST").post(invitations::create),
        invitations::list,
    ));
    let one = "/api/chatrooms/{chatroom_id}/invitations/{invitation_id}";
    app.service(at(one, "DELETE").delete(invitations::revoke));
    app.service(at("/api/invitations/{code}/accept", "POST").post(invitations::accept));
}

fn messages_at(app: &mut ServiceConfig) {
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/messages", "GET, HEAD, POST").post(messages::send),
        messages::list,
    ));
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/messages/{message_id}", "GET, HEAD, PATCH, DELETE")
            .patch(messages::edit)
            .delete(messages::delete),
        messages::show,
    ));
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/messages/{message_id}/replies", "GET, HEAD"),
        messages::list_replies,
    ));
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/messages/{message_id}/revisions", "GET, HEAD"),
        messages::list_revisions,
    ));
    app.service(at("/api/render", "POST").post(messages::render));
}

fn reactions_at(app: &mut ServiceConfig) {
    app.service(get(
        at("/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions", "GET, HEAD"),
        reactions::list,
    ));
    app.service(
        at("/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}", "PUT, DELETE")
            .put(reactions::add)
            .delete(reactions::remove),
    );
}

fn pins_at(app: &mut ServiceConfig) {
    app.service(get(at("/api/chatrooms/{chatroom_id}/pins", "GET, HEAD"), pins::list));
    app.service(
        at("/api/chatrooms/{chatroom_id}/pins/{message_id}", "PUT, DELETE").put(pins::pin).delete(pins::unpin),
    );
}

/// A resource that answers 405 to all but the methods that it will be given.
pub(crate) fn at(path: &'static str, allow: &'static str) -> Resource {
    let refuse = move || async move { Err::<HttpResponse, _>(Problem::method_not_allowed(allow)) };
    web::resource(path).guard(matched::note(path)).default_service(web::to(refuse))
}

/// Whoever may GET may also HEAD (RFC 9110, section 9.1).
pub(crate) fn get<F, Args>(resource: Resource, handler: F) -> Resource
where
    F: Handler<Args> + Copy,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource.get(handler).route(web::head().to(handler))
}

async fn unknown() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::NotFound, "there is nothing at this path"))
}
