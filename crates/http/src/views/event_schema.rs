//! The OpenAPI schemas of events: one per shape of `data`, distinguished by `type`.

use std::borrow::Cow;

use chit_chat_domain::event::Kind;
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

/// The schema of events of later versions, without which generated clients would fail on unknown types.
const OTHER: &str = "OtherEvent";

type NamedSchema = (String, RefOr<Schema>);

impl PartialSchema for EventView {
    fn schema() -> RefOr<Schema> {
        let mut told_apart = Discriminator::new("type");
        let mut one_of = OneOfBuilder::new()
            .description(Some("An entry of a chatroom's log. `type` determines the shape of `data`."));
        for (kinds, (name, _)) in shapes() {
            let reference = Ref::from_schema_name(name);
            told_apart
                .mapping
                .extend(kinds.iter().map(|kind| (kind.as_str().to_owned(), reference.ref_location.clone())));
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

    fn schemas(schemas: &mut Vec<NamedSchema>) {
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

fn shapes() -> impl Iterator<Item = (&'static [Kind], NamedSchema)> {
    let shapes: [(&str, &'static [Kind], String); 9] = [
        (
            "MessageEvent",
            &[Kind::MessageCreated, Kind::MessageUpdated, Kind::MessageDeleted],
            named::<MessageView>().0,
        ),
        ("ChatroomEvent", &[Kind::ChatroomCreated, Kind::ChatroomUpdated], named::<ChatroomDetail>().0),
        ("ChatroomDeletedEvent", &[Kind::ChatroomDeleted], named::<ChatroomDeletion>().0),
        ("MembershipEvent", &[Kind::MembershipCreated, Kind::MembershipUpdated], named::<MembershipDetail>().0),
        ("MembershipDeletedEvent", &[Kind::MembershipDeleted], named::<MembershipDeletion>().0),
        ("BanEvent", &[Kind::BanCreated, Kind::BanDeleted], named::<BanDetail>().0),
        ("InvitationEvent", &[Kind::InvitationCreated, Kind::InvitationDeleted], named::<InvitationDetail>().0),
        ("ReactionEvent", &[Kind::ReactionCreated, Kind::ReactionDeleted], named::<ReactionDetail>().0),
        ("PinEvent", &[Kind::PinCreated, Kind::PinDeleted], named::<PinDetail>().0),
    ];
    shapes.into_iter().map(|(name, kinds, data)| (kinds, (name.to_owned(), entry(kinds, &data).into())))
}

fn names(kinds: &[Kind]) -> impl Iterator<Item = &'static str> {
    kinds.iter().map(|kind| kind.as_str())
}

fn named<T: ToSchema>() -> NamedSchema {
    (T::name().into_owned(), T::schema())
}

fn entry(kinds: &[Kind], data: &str) -> Object {
    let r#type = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names(kinds)));
    let object = event(r#type, Ref::from_schema_name(data).into());
    let object = if data == MessageView::name() {
        object.property("parent", Ref::from_schema_name(ParentView::name()))
    } else {
        object
    };
    object.build()
}

fn other() -> Object {
    let known: Vec<&str> = shapes().flat_map(|(kinds, _)| names(kinds)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_kind_has_one_schema() {
        let described: Vec<Kind> = shapes().flat_map(|(kinds, _)| kinds).copied().collect();
        for kind in Kind::ALL {
            assert_eq!(described.iter().filter(|described| *described == kind).count(), 1, "{kind:?}");
        }
    }
}
