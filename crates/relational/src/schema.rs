//! The tables of both engines.

use diesel::table;

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{Nullable, SmallInt, Text};

    users (id) {
        id -> Id,
        username_reservation -> Text,
        username -> Nullable<Text>,
        username_folded -> Nullable<Text>,
        display_name -> Nullable<Text>,
        search_text -> Nullable<Text>,
        email -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        created_at -> Moment,
        deleted_at -> Nullable<Moment>,
        disabled_at -> Nullable<Moment>,
        folding -> SmallInt,
        who_can_add_me -> SmallInt,
    }
}

table! {
    use crate::types::Id;

    departures (user_id) {
        user_id -> Id,
    }
}

table! {
    use crate::types::Id;

    erasures (user_id) {
        user_id -> Id,
        after_chatroom_id -> Id,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::Text;

    former_usernames (reservation) {
        reservation -> Text,
        user_id -> Id,
        expires_at -> Moment,
    }
}

table! {
    use crate::types::Id;
    use diesel::sql_types::BigInt;

    user_heads (user_id) {
        user_id -> Id,
        version -> BigInt,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{Binary, Nullable, Text};

    sessions (user_id, id) {
        user_id -> Id,
        id -> Id,
        created_at -> Moment,
        last_used_at -> Moment,
        user_agent -> Nullable<Text>,
        family_hash -> Binary,
        current_hash -> Binary,
        spent_hash -> Nullable<Binary>,
        spent_at -> Nullable<Moment>,
        ended_at -> Nullable<Moment>,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::BigInt;

    ended_sessions (position) {
        position -> BigInt,
        session_id -> Id,
        tokens_expire_at -> Moment,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};

    api_keys (id) {
        id -> Id,
        kind -> SmallInt,
        user_id -> Nullable<Id>,
        name -> Text,
        scopes -> BigInt,
        chatrooms -> Nullable<Binary>,
        created_at -> Moment,
        expires_at -> Nullable<Moment>,
        last_used_at -> Nullable<Moment>,
        secret_id -> Id,
        secret_hash -> Binary,
        replaced_id -> Nullable<Id>,
        replaced_hash -> Nullable<Binary>,
        replaced_until -> Nullable<Moment>,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, SmallInt, Text};

    chatrooms (id) {
        id -> Id,
        name -> Text,
        name_folded -> Text,
        visibility -> SmallInt,
        created_at -> Moment,
        last_seq -> BigInt,
        last_message_seq -> Nullable<BigInt>,
        access_version -> BigInt,
        deleted_at -> Nullable<Moment>,
        purged -> Bool,
        topic -> Nullable<Text>,
        rename_role -> SmallInt,
        add_role -> SmallInt,
        delete_role -> SmallInt,
        slow_mode_seconds -> Integer,
        read_only -> Bool,
        speaking_role -> SmallInt,
        folding -> SmallInt,
    }
}

table! {
    use crate::types::Id;
    use diesel::sql_types::{SmallInt, Text};

    name_parts (kind, rank, part, id) {
        kind -> SmallInt,
        rank -> SmallInt,
        part -> Text,
        id -> Id,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{Nullable, Text};

    chatroom_creations (user_id, idempotency_key) {
        user_id -> Id,
        idempotency_key -> Text,
        digest -> Id,
        chatroom_id -> Id,
        expires_at -> Nullable<Moment>,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt};

    memberships (chatroom_id, user_id) {
        chatroom_id -> Id,
        user_id -> Id,
        role -> SmallInt,
        joined_at -> Moment,
        joined_seq -> BigInt,
        other_id -> Nullable<Id>,
        hidden_seq -> Nullable<BigInt>,
        read_seq -> Nullable<BigInt>,
        muted -> Bool,
    }
}

table! {
    use crate::types::{Id, Moment};

    blocks (user_id, blocked_id) {
        user_id -> Id,
        blocked_id -> Id,
        created_at -> Moment,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::BigInt;

    bans (chatroom_id, user_id) {
        chatroom_id -> Id,
        user_id -> Id,
        banned_by -> Id,
        created_at -> Moment,
        seq -> BigInt,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Binary, Nullable};

    invitations (chatroom_id, id) {
        chatroom_id -> Id,
        id -> Id,
        secret -> Binary,
        created_by -> Id,
        created_at -> Moment,
        expires_at -> Nullable<Moment>,
        max_uses -> Nullable<BigInt>,
        uses -> BigInt,
        revoked_at -> Nullable<Moment>,
    }
}

table! {
    use crate::types::Id;

    invitation_uses (chatroom_id, invitation_id, user_id) {
        chatroom_id -> Id,
        invitation_id -> Id,
        user_id -> Id,
    }
}

table! {
    use crate::types::{Id, Moment};

    invitees (user_id, chatroom_id) {
        user_id -> Id,
        chatroom_id -> Id,
        invited_by -> Id,
        created_at -> Moment,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};

    messages (chatroom_id, seq) {
        chatroom_id -> Id,
        seq -> BigInt,
        id -> Id,
        author_id -> Id,
        body -> Nullable<Text>,
        idempotency_key -> Nullable<Text>,
        digest -> Nullable<Id>,
        created_at -> Moment,
        edited_at -> Nullable<Moment>,
        deleted_at -> Nullable<Moment>,
        revision -> Integer,
        reply_to -> Nullable<Id>,
        reply_count -> Integer,
        mentions -> Nullable<Text>,
        reactions -> Nullable<Text>,
    }
}

table! {
    use crate::types::Id;
    use diesel::sql_types::BigInt;

    mentions (chatroom_id, user_id, seq) {
        chatroom_id -> Id,
        user_id -> Id,
        seq -> BigInt,
        message_id -> Id,
        author_id -> Id,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Text};

    reactions (chatroom_id, message_id, user_id, emoji) {
        chatroom_id -> Id,
        message_id -> Id,
        user_id -> Id,
        emoji -> Text,
        created_at -> Moment,
        seq -> BigInt,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::BigInt;

    pins (chatroom_id, message_id) {
        chatroom_id -> Id,
        message_id -> Id,
        pinned_by -> Id,
        pinned_at -> Moment,
        seq -> BigInt,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{Integer, Text};

    message_revisions (chatroom_id, message_id, revision) {
        chatroom_id -> Id,
        message_id -> Id,
        revision -> Integer,
        body -> Text,
        created_at -> Moment,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Nullable, Text};

    events (chatroom_id, seq) {
        chatroom_id -> Id,
        seq -> BigInt,
        at -> Moment,
        actor_id -> Id,
        kind -> Text,
        user_id -> Nullable<Id>,
        message_id -> Nullable<Id>,
        detail -> Text,
    }
}

table! {
    use crate::types::{Id, Moment};

    turns (chatroom_id, user_id) {
        chatroom_id -> Id,
        user_id -> Id,
        taken_at -> Moment,
    }
}

table! {
    use crate::types::Id;
    use diesel::sql_types::BigInt;

    storage_used (user_id) {
        user_id -> Id,
        bytes -> BigInt,
    }
}

table! {
    use diesel::sql_types::{Binary, Text};

    server_keys (name) {
        name -> Text,
        secret -> Binary,
    }
}

table! {
    use crate::types::{Id, Moment};

    instances (id) {
        id -> Id,
        seen_at -> Moment,
    }
}

table! {
    use crate::types::{Id, Moment};
    use diesel::sql_types::{BigInt, Binary};

    announcements (position) {
        position -> BigInt,
        instance_id -> Id,
        announced_at -> Moment,
        chatrooms -> Binary,
        users -> Binary,
        profiles -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_keys,
    blocks,
    bans,
    chatroom_creations,
    chatrooms,
    departures,
    ended_sessions,
    erasures,
    events,
    former_usernames,
    invitation_uses,
    invitations,
    invitees,
    memberships,
    mentions,
    message_revisions,
    messages,
    name_parts,
    pins,
    reactions,
    sessions,
    storage_used,
    turns,
    user_heads,
    users,
);
diesel::joinable!(invitations -> chatrooms (chatroom_id));
diesel::joinable!(invitees -> chatrooms (chatroom_id));
diesel::joinable!(memberships -> chatrooms (chatroom_id));
diesel::joinable!(memberships -> users (user_id));
