//! The OpenAPI schemas of events: one per shape of `data`, distinguished by `type`.

use std::borrow::Cow;

use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{Discriminator, Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::event::{
    BanDetail, ChatroomDeletion, ChatroomDetail, EventView, InvitationDetail, MembershipDeletion,
    MembershipDetail, ParentView, PinDetail, ReactionDetail,
};
use super::message::MentionsView;
use super::message::MessageView;
use crate::openapi::values;

/// Events of later versions. Without it, generated clients would fail on a page with an unknown type.
const OTHER: &str = "OtherEvent";

type Named = (String, RefOr<Schema>);

impl PartialSchema for EventView {
    fn schema() -> RefOr<Schema> {
        let mut told_apart = Discriminator::new("type");
        let mut one_of = OneOfBuilder::new()
            .description(Some("An entry of a chatroom's log. `type` determines the shape of `data`."));
        for (types, (name, _)) in shapes() {
            let reference = Ref::from_schema_name(name);
            told_apart
                .mapping
                .extend(types.iter().map(|r#type| ((*r#type).to_owned(), reference.ref_location.clone())));
            one_of = one_of.item(reference);
        }
        let one_of = one_of.item(Ref::from_schema_name(OTHER));
        Schema::OneOf(one_of.discriminator(Some(told_apart)).build()).into()
    }
}

impl ToSchema for EventView {
    fn name() -> Cow<'static, str> {
        "Event".into()
    }

    fn schemas(schemas: &mut Vec<Named>) {
        schemas.extend(shapes().map(|(_, named)| named));
        schemas.push((OTHER.to_owned(), other().into()));
        for (name, schema) in [
            named::<MessageView>(),
            named::<MentionsView>(),
            named::<ParentView>(),
            named::<ChatroomDetail>(),
            named::<ChatroomDeletion>(),
            named::<MembershipDetail>(),
            named::<MembershipDeletion>(),
            named::<BanDetail>(),
            named::<InvitationDetail>(),
            named::<ReactionDetail>(),
            named::<PinDetail>(),
        ] {
            schemas.push((name, schema));
        }
    }
}

fn shapes() -> impl Iterator<Item = (&'static [&'static str], Named)> {
    let shapes: [(&str, &'static [&'static str], String); 9] = [
        ("MessageEvent", &["message.created", "message.updated", "message.deleted"], named::<MessageView>().0),
        ("ChatroomEvent", &["chatroom.created", "chatroom.updated"], named::<ChatroomDetail>().0),
        ("ChatroomDeletedEvent", &["chatroom.deleted"], named::<ChatroomDeletion>().0),
        ("MembershipEvent", &["membership.created", "membership.updated"], named::<MembershipDetail>().0),
        ("MembershipDeletedEvent", &["membership.deleted"], named::<MembershipDeletion>().0),
        ("BanEvent", &["ban.created", "ban.deleted"], named::<BanDetail>().0),
        ("InvitationEvent", &["invitation.created", "invitation.deleted"], named::<InvitationDetail>().0),
        ("ReactionEvent", &["reaction.created", "reaction.deleted"], named::<ReactionDetail>().0),
        ("PinEvent", &["pin.created", "pin.deleted"], named::<PinDetail>().0),
    ];
    shapes.into_iter().map(|(name, types, data)| (types, (name.to_owned(), entry(types, &data).into())))
}

fn named<T: ToSchema>() -> Named {
    (T::name().into_owned(), T::schema())
}

fn entry(types: &[&'static str], data: &str) -> Object {
    let r#type = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(types.iter().copied()));
    let object = event(r#type, Ref::from_schema_name(data).into());
    let object = if data == MessageView::name() {
        object.property("parent", Ref::from_schema_name(ParentView::name()))
    } else {
        object
    };
    object.build()
}

fn other() -> Object {
    let known: Vec<&str> = shapes().flat_map(|(types, _)| types).copied().collect();
    let none_of = Extensions::from_iter([("not", json!({ "enum": known }))]);
    let r#type = ObjectBuilder::new().schema_type(Type::String).extensions(Some(none_of));
    event(r#type, ObjectBuilder::new().schema_type(Type::Object).into())
        .description(Some("An event of a type added in a later version. Skip it, but count its `seq`."))
        .build()
}

fn event(r#type: ObjectBuilder, data: RefOr<Schema>) -> ObjectBuilder {
    let properties: [(&str, RefOr<Schema>); 6] = [
        ("type", r#type.into()),
        ("chatroom_id", values::id().into()),
        ("seq", values::seq().into()),
        ("at", values::time().into()),
        ("actor_id", values::id().into()),
        ("data", data),
    ];
    properties
        .into_iter()
        .fold(ObjectBuilder::new(), |object, (name, schema)| object.property(name, schema).required(name))
}
