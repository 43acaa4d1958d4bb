"""Tests the client that openapi-python-client generates, in a conversation with a server."""

import sys
from uuid import uuid4

from chit_chat import AuthenticatedClient, Client
from chit_chat.api.chatrooms import create_chatroom, list_chatrooms, list_events
from chit_chat.api.messages import delete_message, edit_message, list_messages, send_message
from chit_chat.api.sessions import sign_in
from chit_chat.api.users import get_account, sign_up
from chit_chat.models import (
    Chatroom, ChatroomSummary, EventList, Login, Membership, MembershipDeletedEvent, MembershipEvent, MessageEdit,
    MessageEvent, NewAccount, NewChatroom, NewMessage, OtherEvent, Problem,
)

url, name = sys.argv[1], f"py-{uuid4().hex[:12]}"
nobody = Client(base_url=url, raise_on_unexpected_status=True)
account = sign_up.sync(client=nobody, body=NewAccount(username=name, password="analytical engine"))
wrong = sign_in.sync(client=nobody, body=Login(username=name, password="difference engine"))
assert isinstance(wrong, Problem) and wrong.code == "invalid_credentials", wrong
tokens = sign_in.sync(client=nobody, body=Login(username=name, password="analytical engine"))
me = AuthenticatedClient(base_url=url, token=tokens.access_token, raise_on_unexpected_status=True)
assert get_account.sync(client=me).id == account.id

room = create_chatroom.sync(client=me, body=NewChatroom(name="Engines"))
sent = [send_message.sync(room.id, client=me, body=NewMessage(body=f"Message {n}")) for n in range(5)]
again = [send_message.sync(room.id, client=me, body=NewMessage(body="Once"), idempotency_key="k") for _ in range(2)]
assert again[0].id == again[1].id and again[0].client_key == "k"

page, read = list_messages.sync(room.id, client=me, after=0, limit=2), []
while True:
    read += [message.id for message in page.items]
    if page.next_cursor is None:
        break
    page = list_messages.sync(room.id, client=me, limit=2, cursor=page.next_cursor)
assert read == [message.id for message in sent] + [again[0].id], read

edited = edit_message.sync(room.id, sent[0].id, client=me, body=MessageEdit(body="Edited"), if_match='"1"')
assert edited.revision == 2 and edited.edited_at is not None
stale = edit_message.sync(room.id, sent[0].id, client=me, body=MessageEdit(body="Late"), if_match='"1"')
assert isinstance(stale, Problem) and stale.code == "revision_mismatch"
assert delete_message.sync_detailed(room.id, sent[1].id, client=me).status_code == 204

events = list_events.sync(room.id, client=me, limit=200).items
assert [event.seq for event in events] == list(range(1, len(events) + 1))
assert isinstance(events[1], MembershipEvent) and isinstance(events[-1], MessageEvent), events
assert list_chatrooms.sync(client=me).items[0].role == "owner"

# Responses of a later server: words and fields that the document does not have, and events of another type.
later, id = {"field": {"new": True}}, str(uuid4())
problem = Problem.from_dict({**wrong.to_dict(), **later, "code": "new_code", "status": 499})
assert problem.code == "new_code" and problem["field"] == later["field"]
assert Chatroom.from_dict({**room.to_dict(), **later, "visibility": "new"}).visibility == "new"
mine = list_chatrooms.sync(client=me).items[0].to_dict()
assert ChatroomSummary.from_dict({**mine, **later, "role": "new"}).role == "new"
member = {"chatroom_id": id, "user_id": id, "role": "new", **later}
person = {"username": "ada", "display_name": None, "joined_at": "2025-11-22T20:51:30.000000Z"}
assert Membership.from_dict({**member, **person}).role == "new"
ended, joined = {**member, "reason": "new"}, events[1].to_dict()
page = [event.to_dict() for event in events] + [
    {**joined, **later, "data": member},
    {**joined, **later, "type": "membership.deleted", "data": ended},
    {**joined, **later, "type": "poll.opened", "data": {"question": "Tea?"}},
]
*known, joined, left, opened = EventList.from_dict({"items": page, "next_cursor": None, **later}).items
assert [type(event) for event in known] == [type(event) for event in events]
assert isinstance(joined, MembershipEvent) and joined.data.role == "new"
assert isinstance(left, MembershipDeletedEvent) and left.data.reason == "new"
assert isinstance(opened, OtherEvent) and opened.type_ == "poll.opened" and opened.data["question"] == "Tea?"
print("openapi-python-client: a whole conversation")
