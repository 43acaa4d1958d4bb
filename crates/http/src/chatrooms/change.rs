//! `PATCH /api/chatrooms/{chatroom_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::ChatroomChange;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{InChatroom, Json, Patched, Principal, Whole, present, reject_null};
use crate::limits::count_name;
use crate::openapi::{FORM, MODERATORS, OWNERS, Problems, SIGNED_IN, SPEAKERS, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::ChatroomView;

/// Changes to a chatroom. Absent fields keep their value.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChatroomPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::chatroom_name)]
    name: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::new_visibility)]
    visibility: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::topic_or_null)]
    topic: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::new_least_role)]
    rename_role: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::new_least_role)]
    add_role: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::new_least_role)]
    delete_role: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::slow_mode)]
    slow_mode_seconds: Patched<Whole>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = bool)]
    archived: Patched<bool>,
}

impl ChatroomPatch {
    fn into_change(self) -> Result<ChatroomChange, Problem> {
        Ok(ChatroomChange {
            name: reject_null("name", self.name)?,
            visibility: reject_null("visibility", self.visibility)?,
            topic: self.topic,
            rename_role: reject_null("rename_role", self.rename_role)?,
            add_role: reject_null("add_role", self.add_role)?,
            delete_role: reject_null("delete_role", self.delete_role)?,
            slow_mode_seconds: reject_null("slow_mode_seconds", self.slow_mode_seconds)?
                .map(|Whole(seconds)| seconds),
            archived: reject_null("archived", self.archived)?,
        })
    }
}

/// Update a chatroom
///
/// Members whose role is at least `rename_role` can change the name and the topic, unless the chatroom is
/// archived. Only owners can change the other settings.
#[utoipa::path(
    patch, path = "/api/chatrooms/{chatroom_id}", operation_id = "change_chatroom", tag = "chatrooms",
    params(InChatroom),
    request_body = ChatroomPatch,
    responses(
        (status = 200, description = "The updated chatroom", body = ChatroomView),
        Problems<{ SIGNED_IN | FORM | OWNERS | MODERATORS | SPEAKERS | of(&[Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn change(
    caller: Principal,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<ChatroomPatch>,
) -> Result<HttpResponse, Problem> {
    let change = body.into_inner().0.into_change()?;
    count_name(&request, caller.user, change.name.as_deref())?;
    let chatroom =
        caller.run(&state, move |state| state.services.chatrooms.change(id, caller.user, &change)).await?;
    Ok(HttpResponse::Ok().json(ChatroomView::from(chatroom)))
}
