//! The schemas of single values: formats and limits as the domain enforces them.

use chit_chat_domain::chatroom::{ChatroomName, MOST_INITIAL_MEMBERS, MyChatroom, SlowMode, Topic, Visibility};
use chit_chat_domain::event::MembershipEnd;
use chit_chat_domain::invitation::{Lifetime, MaxUses};
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::MOST_MENTIONED;
use chit_chat_domain::message::{IdempotencyKey, MessageBody};
use chit_chat_domain::page::Limit;
use chit_chat_domain::session::ACCESS_TOKEN_LIFETIME;
use chit_chat_domain::user::{DisplayName, Email, NewPassword, Username};
use serde_json::{Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

use crate::extract::LONGEST_SEARCH;
use crate::problem::Code;

/// White space as the domain trims it: the Unicode property, which dialects of regular expressions
/// do not agree about.
const SPACE: &str = r"\u0009-\u000D \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";
const VISIBILITY: &str = "Public: anyone signed in finds and joins it. Private: only members know of it.";
const DIRECT: &str = "Direct: two people alone are in it.";
const VISIBILITIES: [Visibility; 2] = [Visibility::Public, Visibility::Private];
const ROLE: &str = "Moderators may do all that members may, and keep order; owners may do all that moderators may, and decide about \
     the chatroom and everybody's role.";
const ROLES: [Role; 3] = [Role::Member, Role::Moderator, Role::Owner];
const CONTROL: &str = r"\u0000-\u001F\u007F-\u009F";

pub(crate) fn id() -> Object {
    text("").format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).examples([ID]).build()
}

pub(crate) fn other_party_or_null() -> Object {
    described("Who else is in it, if it is a direct chatroom.", or_null(id()))
}

pub(crate) const ID: &str = "019ab0e2-6a3f-7c11-9d0e-3b4f6f1d2c55";

pub(crate) fn time() -> Object {
    text("In UTC, to the microsecond.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2025-11-22T20:51:30.000000Z"])
        .build()
}

pub(crate) fn time_or_null() -> Object {
    or_null(time())
}

pub(crate) fn seq() -> Object {
    whole("A place in the chatroom's log: 1, 2, 3, ... without a gap.").minimum(Some(1)).examples([42]).build()
}

pub(crate) fn read_seq() -> Object {
    let marker = whole("The read marker: everything up to this place in the chatroom's log has been read.");
    marker.minimum(Some(0)).examples([2]).build()
}

pub(crate) fn unread_count() -> Object {
    behind_the_marker("Messages of others behind the read marker, without deleted ones.")
}

pub(crate) fn mention_count() -> Object {
    behind_the_marker("Those of them that mention me, or everybody.")
}

fn behind_the_marker(what: &str) -> Object {
    let most = MyChatroom::MOST_UNREAD;
    whole(&format!("{what} {most} means: or more."))
        .format(Some(int32()))
        .minimum(Some(0))
        .maximum(Some(most))
        .examples([3])
        .build()
}

pub(crate) fn positions() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("The last `seq` that was heard, by the id of the chatroom."))
        .additional_properties(Some(Schema::Object(whole("").minimum(Some(0)).build())))
        .examples([json!({ID: 42})])
        .build()
}

pub(crate) fn id_or_null() -> Object {
    or_null(id())
}

pub(crate) fn reply_to() -> Object {
    described("The message of the same chatroom that it answers.", or_null(id()))
}

pub(crate) fn reply_count() -> Object {
    whole("How many messages answer it, without deleted ones.")
        .format(Some(int32()))
        .minimum(Some(0))
        .examples([2])
        .build()
}

pub(crate) fn mentioned() -> Schema {
    let ids = ArrayBuilder::new().items(id()).unique_items(true).max_items(Some(MOST_MENTIONED));
    Schema::Array(ids.description(Some("None of them if all are mentioned.")).build())
}

pub(crate) fn revision() -> Object {
    whole("1 when sent, one more with each edit and with the deletion.")
        .format(Some(int32()))
        .minimum(Some(1))
        .examples([1])
        .build()
}

pub(crate) fn username() -> Object {
    text("Unique without regard to case; all, deleted, everyone, here, me and system are nobody's.")
        .min_length(Some(1))
        .max_length(Some(Username::LONGEST))
        .pattern(Some("^[A-Za-z0-9_.-]*[A-Za-z0-9_]$"))
        .examples([USERNAME])
        .build()
}

pub(super) const USERNAME: &str = "ada";

/// A name that somebody signs in by: whatever it is, it is looked up and not judged.
pub(crate) fn known_username() -> Object {
    text("Without regard to case.").examples([USERNAME]).build()
}

/// A refresh token that somebody shows.
pub(crate) fn shown_token() -> Object {
    text("The latest `refresh_token` of the session.").examples([REFRESH_TOKEN]).build()
}

pub(super) const REFRESH_TOKEN: &str = "AZqw4mo_fBGdDjtPbx0sVQ_eW1mZ4Kq0T8uYcR2xLhNvBpJ7dGsA3iQ9fEtC6wXa";

pub(crate) fn password() -> Object {
    text("None of the commonest. Every character counts, and every byte of it.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .min_length(Some(NewPassword::SHORTEST))
        .max_length(Some(NewPassword::LONGEST))
        .pattern(Some(r"^[^\u0000]*$"))
        .examples(["analytical engine"])
        .build()
}

/// A password that was chosen before: whatever it is, it is compared and not judged.
pub(crate) fn known_password() -> Object {
    text("").format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).examples(["analytical engine"]).build()
}

pub(crate) fn email_or_null() -> Object {
    let email = text("A contact, seen by its owner alone.").max_length(Some(Email::LONGEST));
    let email = email.format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)));
    or_null(email.examples(["ada@example.com"]).build())
}

pub(crate) fn display_name_or_null() -> Object {
    or_null(line("On one line; trimmed.", DisplayName::LONGEST).examples(["Ada Lovelace"]).build())
}

pub(crate) fn chatroom_name() -> Object {
    line("On one line; trimmed.", ChatroomName::LONGEST).examples(["Engines"]).build()
}

pub(crate) fn chatroom_name_or_null() -> Object {
    described("On one line; trimmed. Null for a direct chatroom.", or_null(chatroom_name()))
}

pub(crate) fn message_body() -> Object {
    text("Markdown, kept as it is; not only white space.")
        .min_length(Some(1))
        .max_length(Some(MessageBody::LONGEST))
        .pattern(Some(format!(r"^[^\u0000]*[^\u0000{SPACE}][^\u0000]*$")))
        .examples(["Is anybody compiling?"])
        .build()
}

pub(crate) fn message_body_or_null() -> Object {
    described("Null in a tombstone.", or_null(message_body()))
}

pub(crate) fn emoji() -> Object {
    text("Fully qualified, as Unicode has it.").examples([EMOJI]).build()
}

const EMOJI: &str = "👍";

/// What somebody reacts by.
pub(crate) fn new_emoji() -> Object {
    text("One emoji of Unicode, be it a sequence; percent-encoded.").examples([EMOJI]).build()
}

pub(crate) fn only_emoji() -> Object {
    text("Only the reactions by this emoji.").examples([EMOJI]).build()
}

pub(crate) fn reaction_count() -> Object {
    whole("How many people react by the emoji from then on: to be put in the place of what the message has.")
        .minimum(Some(0))
        .examples([2])
        .build()
}

pub(crate) fn reactions() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("How many people react by each emoji, those first that were used first."))
        .additional_properties(Some(Schema::Object(whole("").minimum(Some(1)).build())))
        .examples([json!({EMOJI: 2})])
        .build()
}

pub(crate) fn mine() -> Object {
    let emoji = ArrayBuilder::new().items(emoji()).build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "By which emoji the caller reacts, by the ids of the messages; without those to which they do not.",
        ))
        .additional_properties(Some(Schema::Array(emoji)))
        .examples([json!({ID: [EMOJI]})])
        .build()
}

pub(crate) fn render() -> Object {
    one_of("Messages as HTML too, in `html`.", ["html"]).build()
}

pub(crate) fn html() -> Object {
    text("Of the Markdown in `body`; safe to be shown as it is.")
        .examples(["<p>Is anybody compiling?</p>\n"])
        .build()
}

pub(crate) fn html_or_null() -> Object {
    described("The body as HTML, with `render=html` alone; null in a tombstone.", or_null(html()))
}

pub(crate) fn html_by_id() -> Object {
    let html = html();
    let examples = json!({ID: html.examples.first()});
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "The bodies as HTML by the ids of the messages, with `render=html` alone; without tombstones.",
        ))
        .additional_properties(Some(Schema::Object(html)))
        .examples([examples])
        .build()
}

pub(crate) fn idempotency_key() -> Object {
    text("")
        .min_length(Some(1))
        .max_length(Some(IdempotencyKey::LONGEST))
        .pattern(Some("^[ -~]*$"))
        .examples(["hello-1"])
        .build()
}

pub(crate) fn idempotency_key_or_null() -> Object {
    described("The `Idempotency-Key` that it was sent with.", or_null(idempotency_key()))
}

pub(crate) fn visibility() -> Object {
    let words = [Visibility::Public, Visibility::Private, Visibility::Direct];
    word(&format!("{VISIBILITY} {DIRECT}"), words.map(Visibility::as_str))
}

pub(crate) fn new_visibility() -> Object {
    one_of(VISIBILITY, VISIBILITIES.map(Visibility::as_str)).build()
}

pub(crate) fn visibility_or_default() -> Object {
    // No `default`: generators take a field that has one for a field that is always there.
    let mut object = described("Private if absent.", or_null(new_visibility()));
    object.enum_values.get_or_insert_default().push(Value::Null);
    object
}

pub(crate) fn role() -> Object {
    word(ROLE, ROLES.map(Role::as_str))
}

pub(crate) fn new_role() -> Object {
    one_of(ROLE, ROLES.map(Role::as_str)).build()
}

/// The least role that may do something.
pub(crate) fn least_role() -> Object {
    word("The least role that may do it.", ROLES.map(Role::as_str))
}

pub(crate) fn new_least_role() -> Object {
    one_of("The least role that may do it.", ROLES.map(Role::as_str)).build()
}

pub(crate) fn topic_or_null() -> Object {
    or_null(line("What the chatroom is about. On one line; trimmed.", Topic::LONGEST).examples(["Steam"]).build())
}

pub(crate) fn slow_mode() -> Object {
    whole("How many seconds a member waits between two messages; moderators and owners do not.")
        .format(Some(int32()))
        .minimum(Some(0))
        .maximum(Some(SlowMode::LONGEST))
        .examples([30])
        .build()
}

pub(crate) fn membership_end() -> Object {
    word("Why a membership ended.", MembershipEnd::ALL.map(MembershipEnd::as_str))
}

pub(crate) fn invitation_code() -> Object {
    text("Names chatroom and invitation, and cannot be guessed.")
        .pattern(Some("^[A-Za-z0-9_-]{64}$"))
        .examples([INVITATION_CODE])
        .build()
}

const INVITATION_CODE: &str = "AZqw4mo_fBGdDjtPbx0sVQGasOJqP3wRnQ47T28dLFUvBpJ7dGsA3iQ9fEtC6wXa";

pub(crate) fn expires_in_seconds() -> Object {
    let lifetime = whole("For how long it can be used; for ever, if null.").minimum(Some(Lifetime::SHORTEST));
    whole_or_null(lifetime.maximum(Some(Lifetime::LONGEST)).examples([604_800]))
}

pub(crate) fn max_uses() -> Object {
    let most = whole("How many people it lets in; all who come, if null.").minimum(Some(1));
    whole_or_null(most.maximum(Some(MaxUses::MOST)).examples([10]))
}

pub(crate) fn uses() -> Object {
    whole("How many people it has let in.").minimum(Some(0)).examples([3]).build()
}

pub(crate) fn member_ids() -> Schema {
    let people = ArrayBuilder::new().items(id()).max_items(Some(MOST_INITIAL_MEMBERS));
    people.description(Some("Who else is a member from the start.")).build().into()
}

pub(crate) fn token() -> Object {
    text("").min_length(Some(1)).build()
}

pub(crate) fn expires_in() -> Object {
    whole("Seconds for which the access token is good.").examples([ACCESS_TOKEN_LIFETIME.as_secs()]).build()
}

pub(crate) fn bearer() -> Object {
    one_of("", ["Bearer"]).build()
}

pub(crate) fn problem_code() -> Object {
    word("Names the kind of problem; docs/ERRORS.md tells what to do about each.", Code::ALL.map(Code::as_str))
}

pub(crate) fn status() -> Object {
    whole("The status of the answer.").format(Some(int32())).minimum(Some(400)).maximum(Some(599)).build()
}

pub(crate) fn cursor_or_null() -> Object {
    or_null(text("Where the list goes on, to be given back as `?cursor=`; null at its end.").build())
}

pub(crate) fn cursor() -> Object {
    text("Where the list goes on: the `next_cursor` of the page before.").examples([CURSOR]).build()
}

const CURSOR: &str = "NDI";

pub(crate) fn limit() -> Object {
    let limit = whole("How many entries the page may have.").minimum(Some(1)).maximum(Some(Limit::MAX.get()));
    limit.format(Some(int32())).default(Some(json!(Limit::default().get()))).build()
}

pub(crate) fn search() -> Object {
    text("What the name contains, without regard to case.")
        .max_length(Some(LONGEST_SEARCH))
        .pattern(Some(r"^[^\u0000]*$"))
        .examples(["ad"])
        .build()
}

pub(crate) fn before() -> Object {
    position("What stands before this place in the log.")
}

pub(crate) fn after() -> Object {
    position("What stands behind this place in the log.")
}

pub(crate) fn around() -> Object {
    position("What stands on both sides of this place in the log.")
}

fn position(description: &str) -> Object {
    whole(description).minimum(Some(0)).examples([0]).build()
}

pub(crate) fn ids() -> Schema {
    let ids = ArrayBuilder::new().items(id()).max_items(Some(Limit::MAX.get()));
    ids.description(Some("These users, separated by commas.")).examples([json!([ID])]).build().into()
}

pub(crate) fn public() -> Object {
    one_of("The public chatrooms, instead of my own.", [Visibility::Public.as_str()]).build()
}

fn text(description: &str) -> ObjectBuilder {
    object(Type::String, description)
}

fn whole(description: &str) -> ObjectBuilder {
    object(Type::Integer, description).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
}

fn int32() -> SchemaFormat {
    SchemaFormat::KnownFormat(KnownFormat::Int32)
}

fn object(kind: Type, description: &str) -> ObjectBuilder {
    let described = Some(description).filter(|text| !text.is_empty());
    ObjectBuilder::new().schema_type(kind).description(described)
}

/// One of these, in an answer. Later there may be more: a closed list would break generated clients.
fn word<const N: usize>(description: &str, words: [&'static str; N]) -> Object {
    let known = format!("{description} Be ready for others than {}.", words.join(", "));
    text(&known).extensions(Some(Extensions::from_iter([("x-extensible-enum", words.to_vec())]))).build()
}

/// One of these and nothing else, in a request.
fn one_of<const N: usize>(description: &str, words: [&'static str; N]) -> ObjectBuilder {
    text(description).enum_values(Some(words))
}

/// A line as the domain trims it: white space of any kind around, no control characters within.
fn line(description: &str, longest: usize) -> ObjectBuilder {
    let edge = format!("[^{CONTROL}{SPACE}]");
    let pattern = format!("^[{SPACE}]*{edge}([^{CONTROL}]*{edge})?[{SPACE}]*$");
    text(description).min_length(Some(1)).max_length(Some(longest)).pattern(Some(pattern))
}

fn or_null(mut object: Object) -> Object {
    object.schema_type = SchemaType::from_iter([Type::String, Type::Null]);
    object
}

fn whole_or_null(whole: ObjectBuilder) -> Object {
    whole.format(Some(int32())).schema_type(SchemaType::from_iter([Type::Integer, Type::Null])).build()
}

pub(super) fn described(description: &str, mut object: Object) -> Object {
    object.description = Some(description.to_owned());
    object
}
