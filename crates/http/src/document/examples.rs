//! An example for each request body, which Swagger UI and similar tools fill in.

use serde_json::{Value, json};

use crate::openapi::values::{ID, REFRESH_TOKEN, USERNAME};

const PASSWORD: &str = "analytical engine";

/// The example for the schema of a body.
pub(super) fn of_body(schema: &str) -> Option<Value> {
    let example = match schema {
        "NewAccount" => json!({
            "username": USERNAME,
            "password": PASSWORD,
            "email": "ada@example.com",
            "display_name": "Ada Lovelace",
        }),
        "AccountPatch" => json!({"display_name": "Countess of Lovelace"}),
        "AccountDeletion" => json!({"password": PASSWORD}),
        "Login" => json!({"username": USERNAME, "password": PASSWORD}),
        "Refresh" => json!({"refresh_token": REFRESH_TOKEN}),
        "Revocation" => json!({"token": REFRESH_TOKEN}),
        "NewToken" => json!({"name": "backup script", "scopes": ["messages:read"]}),
        "NewServerKey" => json!({"name": "backend", "scopes": ["admin:users", "act_as"]}),
        "Rotation" => json!({"overlap_seconds": 3_600}),
        "NewChatroom" => json!({"name": "Engines", "visibility": "public"}),
        "ChatroomPatch" => json!({"name": "Engines and looms"}),
        "ChatroomsToLeave" => json!({"chatroom_ids": [ID]}),
        "RolePatch" => json!({"role": "owner"}),
        "NewInvitation" => json!({"expires_in_seconds": 604_800, "max_uses": 10}),
        "NewReadMarker" => json!({"seq": 2}),
        "NewMessage" => json!({"body": "Is anybody compiling?"}),
        "Draft" => json!({"body": "Is *anybody* compiling?"}),
        "MessageEdit" => json!({"body": "Is anybody still compiling?"}),
        "Resume" => json!({"after": {ID: 42}}),
        _ => return None,
    };
    Some(example)
}
