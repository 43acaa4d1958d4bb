"""Hooks of schemathesis for Chit-Chat: the users that send requests, the resources that requests name, and the
refusals of valid data that are intended although no schema can express them."""

import atexit
import collections
import os
import random
import re
import uuid

import requests
import schemathesis
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

API = os.environ["FUZZ_URL"] + "/api"
PASSWORD = "not an example of the document"
CHANCE = random.Random(int(os.environ["FUZZ_SEED"]))


class Person:
    """A user who signs in again if the fuzzer has ended the session, and up again if it has deleted the account."""

    def __init__(self):
        self.http = requests.Session()
        self.name = None

    def ask(self, method, path, body=None):
        return self.http.request(method, API + path, json=body, headers={"Authorization": f"Bearer {self.token()}"})

    def token(self):
        headers = {"Authorization": f"Bearer {getattr(self, 'access_token', '')}"}
        if self.http.get(API + "/users/me", headers=headers).status_code != 200:
            self.access_token = (self.sign_in() or self.sign_up() or self.sign_in())["access_token"]
        return self.access_token

    def sign_in(self):
        answer = self.http.post(API + "/auth/session", json={"username": self.name or "", "password": PASSWORD})
        return answer.json() if answer.status_code == 200 else None

    def sign_up(self):
        self.name = f"fuzz-{uuid.uuid4().hex[:20]}"
        account = self.http.post(API + "/users", json={"username": self.name, "password": PASSWORD})
        self.id = account.json()["id"]


CALLER, OTHER = Person(), Person()
CALLER.token(), OTHER.token()


@schemathesis.auth(refresh_interval=None)
class AccessToken:
    def get(self, case, context):
        return CALLER.token()

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def stage():
    """Creates a chatroom with a member and a message, for the fuzzer to destroy; either user is its owner."""
    owner, member = CHANCE.choice([(CALLER, OTHER), (CALLER, OTHER), (OTHER, CALLER)])
    member.token()
    # A user whom the caller has blocked could not add them.
    CALLER.ask("DELETE", f"/users/me/blocks/{OTHER.id}")
    new = {"name": "Fuzz", "visibility": CHANCE.choice(["public", "private"]), "member_ids": [member.id]}
    room = owner.ask("POST", "/chatrooms", new).json()["id"]
    # A user who takes no part in many chatrooms is only invited to further ones.
    member.ask("PUT", f"/chatrooms/{room}/memberships/me")
    author = CHANCE.choice([owner, member])
    message = author.ask("POST", f"/chatrooms/{room}/messages", {"body": "x"}).json()["id"]
    invitation = owner.ask("POST", f"/chatrooms/{room}/invitations", {}).json()
    session = CALLER.ask("GET", "/auth/sessions").json()["items"][-1]["id"]
    return {
        "chatroom_id": room,
        "message_id": message,
        "user_id": OTHER.id,
        "session_id": session,
        "invitation_id": invitation["id"],
        "code": invitation["code"],
        "emoji": CHANCE.choice(["👍", "❤", "👨‍👩‍👧‍👦", "#️⃣", "🇬🇷"]),
    }


def is_positive(case, location):
    """Returns whether this part of the request is meant to be valid."""
    part = case.meta and case.meta.components.get(location)
    return part is not None and part.mode == GenerationMode.POSITIVE


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces most generated ids by existing ones; leaves values that are meant to be invalid."""
    if case.meta is None or case.meta.phase.name.value == "stateful" or CHANCE.random() < 0.2:
        return
    if case.path_parameters and is_positive(case, ParameterLocation.PATH):
        there = stage()
        case.path_parameters.update({name: there[name] for name in case.path_parameters if name in there})
    if is_positive(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = uuid.UUID(int=CHANCE.getrandbits(128)).hex
    if is_positive(case, ParameterLocation.QUERY):
        for superfluous in [name for name in ("around", "after", "before") if name in case.query][1:]:
            del case.query[superfluous]
        if "cursor" in case.query:
            replace_cursor(case)
    if is_positive(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        fill(case.operation.definition.raw["operationId"], case.body)


def fill(operation, body):
    """Inserts the caller's own secrets, because with generated ones every response would be 401."""
    if operation == "sign_in":
        body.update(username=CALLER.name, password=PASSWORD)
    elif operation == "delete_account" or (operation == "change_account" and "current_password" in body):
        body["current_password" if operation == "change_account" else "password"] = PASSWORD
    elif operation == "refresh_tokens":
        CALLER.token()
        body["refresh_token"] = CALLER.sign_in()["refresh_token"]
    elif operation == "sign_up" and len(set(body["password"])) == 1:
        body["password"] = body["password"][:-1] + "x"
    elif body.get("member_ids"):
        body["member_ids"] = [OTHER.id, CALLER.id]


def replace_cursor(case):
    path = case.formatted_path.removeprefix("/api")
    page = CALLER.ask("GET", f"{path}?limit=1")
    cursor = page.json().get("next_cursor") if page.status_code == 200 else None
    if cursor is None:
        del case.query["cursor"]
    else:
        case.query["cursor"] = cursor


# Valid data that is refused: the operation, the code, part of the text, and why no schema can express the rule.
REFUSALS = [
    (None, "invalid_value", "cursor", "a cursor is one that a list has given"),
    ("list_messages", "invalid_value", "only one of before", "a parameter cannot exclude another"),
    (None, "idempotency_key_reused", "", "the key was used before, for something else"),
    (None, "revision_mismatch", "", "the message has another revision than If-Match names"),
    ("move_read_marker", "invalid_value", "last_seq", "nobody has read what is not in the log yet"),
    ("send_message", "invalid_value", "must be a message of the same chatroom", "a reply is to a message of its chatroom"),
    (None, "invalid_value", "must be another user", "nobody talks to themselves alone, or blocks themselves"),
    ("create_chatroom", "invalid_value", "no such user", "members are users who exist"),
    (None, "invalid_value", "must be a single emoji", "there is a list of emoji"),
    (None, "invalid_value", "too common", "there is a list of passwords that everybody tries"),
    ("accept_invitation", "invitation_gone", "", "the invitation may have been revoked or spent before"),
    (None, "invalid_value", "is reserved", "some names would be mistaken for something else"),
    (None, "invalid_value", "must not contain invisible characters", "names show all that they hold"),
    (None, "invalid_value", "must not consist of combining marks", "names show all that they hold"),
]


DROPPED = collections.Counter()
atexit.register(lambda: print(*(f"dropped {count:4}: {what}" for what, count in DROPPED.most_common()), sep="\n"))


def breaks_a_pattern(case):
    headers = [given for given in case.operation.definition.raw.get("parameters", []) if given["in"] == "header"]
    sent = [(given["schema"]["pattern"], case.headers.get(given["name"])) for given in headers]
    return any(value is not None and not re.search(pattern, value) for pattern, value in sent)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops findings that are intended behaviour."""
    operation = case.operation.definition.raw.get("operationId")
    kind = type(failure).__name__
    if kind == "AcceptedNegativeData" and operation in ("leave_chatroom", "leave_chatrooms", "decline_invitation"):
        DROPPED[f"{operation} took a malformed id: nobody is in a chatroom that does not exist"] += 1
        return False
    if kind == "AcceptedNegativeData" and (case.query or {}).get("ids") in ("", [""]):
        DROPPED["an empty id is written like an empty list of ids, which is valid"] += 1
        return False
    if kind == "RejectedPositiveData":
        if breaks_a_pattern(case):
            DROPPED[f"{operation} refused a header that is invalid indeed"] += 1
            return False
        text, code = response.text, (response.json() or {}).get("code")
        for of, named, part, why in REFUSALS:
            if of in (None, operation) and code == named and part in text:
                DROPPED[f"{operation} answered {code}: {why}"] += 1
                return False
    return True
