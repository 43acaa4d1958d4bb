//! Malicious and malformed input: refused with the right status, never with a 500.

use std::future::ready;

use actix_web::http::Method;
use actix_web::http::header::ACCEPT_ENCODING;
use actix_web::middleware::Compress;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use chit_chat_contract::{Engine, both_engines};
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::messages::FIELDS;
use crate::people::{Person, Room, path_of};

const MEBIBYTE: usize = 1024 * 1024;

async fn room_of_ann(engine: Engine) -> (Person, Room) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    let room = ann.create_room("Plans", "private", &[]).await;
    (ann, room)
}

#[both_engines]
async fn nul_is_rejected_in_every_string(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let sent = ann.say(&room, "x").await;
    for text in ["\0", "a\0b", "\0a", "a\0"] {
        for field in ["username", "password", "email", "display_name"] {
            let mut account = json!({"username": "bob", "password": PASSWORD});
            account[field] = json!(text);
            ann.post("/api/users", account).await.expect_invalid(field);
        }
        for field in ["email", "display_name"] {
            ann.patch("/api/users/me", json!({field: text})).await.expect_invalid(field);
        }
        let password = json!({"password": text, "current_password": PASSWORD});
        ann.patch("/api/users/me", password).await.expect_invalid("password");
        for field in ["name", "visibility"] {
            let mut new = json!({"name": "x"});
            new[field] = json!(text);
            ann.post("/api/chatrooms", new).await.expect_invalid(field);
            ann.patch(room.own_path(), json!({field: text})).await.expect_invalid(field);
        }
        let members = json!({"name": "x", "member_ids": [text]});
        ann.post("/api/chatrooms", members).await.expect_invalid("member_ids");
        ann.post(room.messages(), json!({"body": text})).await.expect_invalid("body");
        ann.patch(path_of(&sent), json!({"body": text})).await.expect_invalid("body");
        ann.patch(room.membership(&ann.id), json!({"role": text})).await.expect_invalid("role");
    }
}

#[both_engines]
async fn nul_is_rejected_in_queries(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    // "a\0b", "\0" and "before \0" as cursors.
    let cursors = ["YQBi", "AA", "YmVmb3JlIAA"];
    for path in LISTS {
        let path = path.replace("{room}", &room.id);
        for cursor in cursors {
            ann.get(format!("{path}?cursor={cursor}")).await.expect_problem(422, "invalid_value");
        }
        ann.get(format!("{path}?cursor=%00")).await.expect_problem(422, "invalid_value");
        ann.get(format!("{path}?limit=%00")).await.expect_problem(422, "invalid_value");
    }
    for query in ["q=%00", "q=a%00b", "q=%20%00"] {
        ann.get(format!("/api/users?{query}")).await.expect_problem(422, "invalid_value");
        ann.get(format!("/api/chatrooms?{query}")).await.expect_problem(422, "invalid_value");
        ann.get(format!("/api/chatrooms?visibility=public&{query}")).await.expect_problem(422, "invalid_value");
    }
    ann.get("/api/chatrooms?visibility=%00").await.expect_problem(422, "invalid_value");
    ann.get("/api/users?ids=%00").await.expect_problem(422, "invalid_value");
    for position in ["before", "after", "around"] {
        ann.get(format!("{}?{position}=%00", room.messages())).await.expect_problem(422, "invalid_value");
    }
}

/// All paged lists.
const LISTS: [&str; 9] = [
    "/api/users",
    "/api/users/me/messages",
    "/api/chatrooms",
    "/api/chatrooms/{room}/memberships",
    "/api/chatrooms/{room}/bans",
    "/api/chatrooms/{room}/invitations",
    "/api/chatrooms/{room}/messages",
    "/api/chatrooms/{room}/events",
    "/api/auth/sessions",
];

#[both_engines]
async fn limit_is_from_1_to_200(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let huge = "1".to_owned() + &"0".repeat(30);
    for path in LISTS {
        let path = path.replace("{room}", &room.id);
        for limit in ["0", "201", "-1", "abc", "", "1.5", "1e2", "0x10", &huge, "%C2%BD", "1&limit=2"] {
            ann.get(format!("{path}?limit={limit}")).await.expect_problem(422, "invalid_value");
        }
        for limit in ["1", "200", "050"] {
            ann.get(format!("{path}?limit={limit}")).await.expect_status(200);
        }
        ann.get(format!("{path}?unknown=1&limit=1")).await.expect_status(200);
    }
}

#[both_engines]
async fn foreign_cursor_is_rejected(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    for path in LISTS.iter().filter(|path| **path != "/api/users") {
        let path = path.replace("{room}", &room.id);
        for cursor in ["", "x", "%25", "YQ", "YQ==", "_w", &"A".repeat(10_000)] {
            ann.get(format!("{path}?cursor={cursor}")).await.expect_problem(422, "invalid_value");
        }
    }
    for cursor in ["%25", "YQ==", "_w", "_____w"] {
        ann.get(format!("/api/users?cursor={cursor}")).await.expect_problem(422, "invalid_value");
    }
}

#[both_engines]
async fn positions_are_numbers_and_exclusive(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let huge = "9".repeat(30);
    for query in [
        "before=-1",
        "after=x",
        "around=",
        "after=1.0",
        "before=9223372036854775808",
        &format!("after={huge}"),
        "before=5&after=1",
        "around=1&before=2",
    ] {
        ann.get(format!("{}?{query}", room.messages())).await.expect_problem(422, "invalid_value");
    }
}

#[both_engines]
async fn search_has_at_most_hundred_characters(engine: Engine) {
    let ann = TestApp::new(engine).await.sign_up("ann").await;
    for path in ["/api/users?q=", "/api/chatrooms?q=", "/api/chatrooms?visibility=public&q="] {
        ann.get(format!("{path}{}", "%C3%A9".repeat(100))).await.expect_status(200);
        ann.get(format!("{path}{}", "a".repeat(101))).await.expect_problem(422, "invalid_value");
        for odd in ["%FF", "%25%25_%5C", "%5B", "'%22;--", "%F0%9F%98%80", "%E2%80%AE", "a%CC%81", "%C4%B0"] {
            ann.get(format!("{path}{odd}")).await.expect_status(200);
        }
    }
}

#[both_engines]
async fn invalid_json_is_malformed(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let bodies: [Vec<u8>; 20] = [
        b"".to_vec(),
        b"{".to_vec(),
        b"{'body': 'x'}".to_vec(),
        b"{\"body\": \"x\",}".to_vec(),
        b"{\"body\": \"x\"} {}".to_vec(),
        b"{\"body\": \"x\", \"body\": \"y\"}".to_vec(),
        b"{\"body\": \"line\nbreak\"}".to_vec(),
        b"{\"body\": \"\\ud800\"}".to_vec(),
        b"{\"body\": \"\\udc00\\ud800\"}".to_vec(),
        b"{\"body\": \"\\x41\"}".to_vec(),
        b"{\"body\": \"\xff\"}".to_vec(),
        b"{\"body\": \"\xed\xa0\x80\"}".to_vec(),
        b"{\"body\": \"\xc0\xaf\"}".to_vec(),
        b"\xef\xbb\xbf{\"body\": \"x\"}".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"{\"body\": NaN}".to_vec(),
        deep(100_000).into_bytes(),
        format!("{{\"body\": {}}}", deep(100_000)).into_bytes(),
        format!("{{\"body\": \"x\", \"unknown\": {}}}", deep(100_000)).into_bytes(),
        format!("{{\"unknown\": {}1{}, \"body\": \"x\"}}", "{\"a\":".repeat(100_000), "}".repeat(100_000))
            .into_bytes(),
    ];
    for body in bodies {
        ann.post_bytes(room.messages(), body).await.expect_problem(400, "malformed_body");
    }
    assert_eq!(ann.read(&room).await.len(), 0);
}

#[both_engines]
async fn wrong_json_types_are_malformed(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let sent = ann.say(&room, "x").await;
    let message = path_of(&sent);
    for (method, path, field) in [
        (Method::POST, "/api/users".to_owned(), "username"),
        (Method::POST, "/api/chatrooms".to_owned(), "name"),
        (Method::POST, room.messages(), "body"),
        (Method::PATCH, "/api/users/me".to_owned(), "email"),
        (Method::PATCH, room.own_path(), "name"),
        (Method::PATCH, room.membership(&ann.id), "role"),
        (Method::PATCH, message, "body"),
        (Method::DELETE, "/api/users/me".to_owned(), "password"),
    ] {
        for value in [json!(1), json!(true), json!(["x"]), json!({"x": "y"}), json!(1.5)] {
            let call = ann.request(method.clone(), &path).json(json!({field: value}));
            call.send().await.expect_problem(400, "malformed_body");
        }
        for body in [json!([]), json!(["a", "b", "c", "d"]), json!("x"), json!(1), json!(null), json!([{}])] {
            let call = ann.request(method.clone(), &path).json(body);
            call.send().await.expect_problem(400, "malformed_body");
        }
        let form = ann.request(method, &path).bytes("text/plain", "{}");
        form.send().await.expect_problem(415, "unsupported_media_type");
    }
    for members in [json!("x"), json!({}), json!([1]), json!([null]), json!(null)] {
        let room = json!({"name": "x", "member_ids": members});
        ann.post("/api/chatrooms", room).await.expect_problem(400, "malformed_body");
    }
}

#[both_engines]
async fn merge_patch_content_type_is_accepted(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let patch = ann.request(Method::PATCH, room.own_path());
    let patch = patch.bytes("application/merge-patch+json", json!({"name": "New"}).to_string());
    assert_eq!(patch.send().await.expect_status(200)["name"], "New");
}

#[both_engines]
async fn body_over_a_mebibyte_is_too_large(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let padded = |size: usize| {
        let json = json!({"body": "x"}).to_string();
        format!("{json}{}", " ".repeat(size - json.len()))
    };
    ann.post_bytes(room.messages(), padded(MEBIBYTE)).await.expect_status(201);
    ann.post_bytes(room.messages(), padded(MEBIBYTE + 1)).await.expect_problem(413, "body_too_large");
    ann.post_bytes("/api/auth/session", padded(2 * MEBIBYTE)).await.expect_problem(413, "body_too_large");
    let announced = ann.request(Method::POST, room.messages()).bytes("application/json", "{");
    announced.announcing(100 * MEBIBYTE).send().await.expect_problem(413, "body_too_large");
    assert_eq!(ann.read(&room).await.len(), 1);
}

#[both_engines]
async fn inflated_body_over_a_mebibyte_is_too_large(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    for (size, status) in [(MEBIBYTE - 1024, 201), (10 * MEBIBYTE, 413)] {
        let bomb = deflated(format!("{}{}", json!({"body": "x"}), " ".repeat(size))).await;
        assert!(bomb.len() < MEBIBYTE / 2);
        let post = ann.request(Method::POST, room.messages()).header("Content-Encoding", "gzip");
        post.bytes("application/json", bomb).send().await.expect_status(status);
    }
    let garbage = ann.request(Method::POST, room.messages()).header("Content-Encoding", "gzip");
    garbage.bytes("application/json", "{}").send().await.expect_problem(400, "malformed_body");
}

/// A gzip member without content.
const EMPTY_MEMBER: [u8; 20] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

#[both_engines]
async fn compressed_body_has_one_member(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let text = deflated(json!({"body": "x"}).to_string()).await;
    for body in [[EMPTY_MEMBER.repeat(40_000), text.clone()].concat(), text.repeat(2), [text, vec![0]].concat()] {
        let post = ann.request(Method::POST, room.messages()).header("Content-Encoding", "gzip");
        let refused = post.bytes("application/json", body).send().await;
        let detail = "a compressed body must be a single gzip member or zlib stream, and nothing may follow it";
        assert_eq!(refused.expect_problem(400, "malformed_body").body["detail"], detail);
    }
    assert_eq!(ann.read(&room).await.len(), 0);
}

#[both_engines]
async fn unknown_encoding_is_unsupported(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let post = |encoding: &'static str, body: Vec<u8>| {
        let post = ann.request(Method::POST, room.messages()).header("Content-Encoding", encoding);
        post.bytes("application/json", body).send()
    };
    let plain = json!({"body": "x"}).to_string();
    for unknown in ["br", "zstd", "compress", "gzip, gzip", "nonsense", "\u{e9}"] {
        post(unknown, plain.clone().into_bytes()).await.expect_problem(415, "unsupported_encoding");
    }
    post("identity", plain.clone().into_bytes()).await.expect_status(201);
    for known in ["gzip", "GZIP", "x-gzip"] {
        post(known, deflated(plain.clone()).await).await.expect_status(201);
    }
}

/// Compresses a text as the server would.
async fn deflated(text: String) -> Vec<u8> {
    let respond = move || ready(text.clone());
    let app = init_service(App::new().wrap(Compress::default()).default_service(web::to(respond))).await;
    let request = TestRequest::default().insert_header((ACCEPT_ENCODING, "gzip")).to_request();
    read_body(call_service(&app, request).await).await.to_vec()
}

#[both_engines]
async fn unknown_fields_are_ignored(engine: Engine) {
    let (ann, room) = room_of_ann(engine).await;
    let mut body: Value = json!({"body": "x", "extra": "\0", "__proto__": {"admin": true}});
    body["nested"] = json!([[[[1]]]]);
    let sent = ann.post(room.messages(), body).await.expect_status(201);
    assert_eq!(sent.fields(), FIELDS);
}
