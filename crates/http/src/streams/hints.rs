//! Whoever changes something through this instance is heard of at once, and not when the heads are
//! polled. A send hints by itself: it has the message; and so does what changes for one user alone.

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::web;
use chit_chat_domain::id::ChatroomId;

use crate::state::State;

/// What a member changes for themselves in a chatroom.
const PRIVATE: [&str; 2] = ["/read_marker", "/mute"];

/// After a change that went well.
pub(crate) fn hint<B>(response: &ServiceResponse<B>) {
    let request = response.request();
    let changes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(request.method());
    let Some(state) = request.app_data::<web::Data<State>>().filter(|_| changes) else {
        return;
    };
    if !response.status().is_success() || PRIVATE.iter().any(|end| request.path().ends_with(end)) {
        return;
    }
    let path = request.match_info();
    if let Some(chatroom) = path.get("chatroom_id").and_then(|text| text.parse::<ChatroomId>().ok()) {
        let is_send = request.method() == Method::POST;
        if !is_send {
            state.streams.look(chatroom);
            if path.get("message_id").is_none() {
                state.streams.look_at_users();
            }
        }
    } else {
        state.streams.look_at_users();
        state.wake_ended();
    }
}
