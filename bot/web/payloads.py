"""What Slack sends, checked as far as anybody behind relies on it: in both modes, before Bolt.

Types of the fields that Bolt and the listeners touch, and those that a kind cannot do without. Everything else passes
as it is: Slack adds fields and kinds, and Bolt's catch-alls answer what nobody knows.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_FIELDS = 200
# What an interaction cannot do without; those that are not named here have a callback_id.
NEEDED: dict[str, tuple[str, ...]] = {
    "block_actions": ("pressed",),
    "block_suggestion": ("action_id",),
    "interactive_message": ("actions", "callback_id"),
    "message_action": ("message", "callback_id"),
    "shortcut": ("trigger_id", "callback_id"),
    "view_closed": ("form",),
    "view_submission": ("form",),
}
INTERACTIVE = frozenset(
    {
        "block_actions",
        "block_suggestion",
        "dialog_cancellation",
        "dialog_submission",
        "dialog_suggestion",
        "interactive_message",
        "message_action",
        "shortcut",
        "view_closed",
        "view_submission",
    }
)

# Empty where nobody can be answered. Bolt opens whatever stands there.
Url = Annotated[str, Field(pattern=r"^(https?://[!-~]{1,2000})?$")]
Flag = bool | Literal["true", "false"] | None


class MalformedPayloadError(ValueError):
    """Nothing that Slack sends; the text says in one line what is wrong, without a word of it."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class _Ref(_Model):
    """A user, channel, team or enterprise, where it is more than its id."""

    id: str | None = None
    team_id: str | None = None
    enterprise_id: str | None = None


Ref = str | _Ref | None


class _ResponseUrl(_Model):
    response_url: Url | None = None


class _Action(_Model):
    action_id: str | None = None
    block_id: str | None = None
    type: str | None = None
    name: str | None = None
    value: str | None = None


class _Field(_Model):
    type: str | None = None
    value: str | None = None


class _State(_Model):
    values: dict[str, dict[str, _Field]] = Field(default_factory=dict)


class _View(_Model):
    id: str | None = None
    type: str | None = None
    callback_id: str | None = None
    private_metadata: str | None = None
    state: _State | None = None
    app_installed_team_id: str | None = None
    team_id: str | None = None


class _Part(_Model):
    """What an event, a message or an item has in common with the payload around it."""

    type: str | None = None
    subtype: str | None = None
    tab: str | None = None
    text: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    user: Ref = None
    user_id: str | None = None
    channel: Ref = None
    channel_id: str | None = None
    team: Ref = None
    team_id: str | None = None
    enterprise: Ref = None
    enterprise_id: str | None = None
    view: _View | None = None
    bot_access_token: str | None = None
    function_execution_id: str | None = None
    inputs: dict[str, Any] | None = None
    assistant_thread: dict[str, Any] | None = None
    blocks: list[dict[str, Any]] | None = None
    attachments: list[dict[str, Any]] | None = None


class _Event(_Part):
    item: _Part | str | None = None
    message: _Part | None = None
    previous_message: _Part | None = None


class _Payload(_Event):
    """Any payload; what its kind needs is checked apart."""

    event: _Event | None = None
    event_id: str | None = None
    authorizations: list[_Part] | None = None
    actions: list[_Action] | None = None
    action_id: str | None = None
    callback_id: str | None = None
    container: _Part | None = None
    challenge: str | None = None
    command: str | None = None
    trigger_id: str | None = None
    response_url: Url | None = None
    response_urls: list[_ResponseUrl] | None = None
    function_data: dict[str, Any] | None = None
    is_enterprise_install: Flag = None
    is_ext_shared_channel: Flag = None
    ssl_check: str | None = None

    @property
    def pressed(self) -> bool:
        """Whether every element that was used is named."""
        return bool(self.actions) and all(one.action_id for one in self.actions or ())

    @property
    def form(self) -> bool:
        """Whether it says which form it is about."""
        return self.view is not None and bool(self.view.type) and self.view.callback_id is not None


def read(text: str, *, is_json: bool) -> dict[str, Any]:
    """The payload of an HTTP body: JSON, a form with JSON in ``payload``, or a form. Raises MalformedPayloadError."""
    if is_json:
        return check(_json(text))
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise MalformedPayloadError("the form has too many fields") from None
    if fields.get("ssl_check") == "1":
        return {}
    return check(_json(fields["payload"]) if "payload" in fields else fields)


def check(payload: Any) -> dict[str, Any]:
    """The payload, when it is one that Slack could send. Raises MalformedPayloadError."""
    if not isinstance(payload, dict):
        raise MalformedPayloadError("the payload is not a JSON object")
    whole = _whole_signs(payload)
    try:
        _need(_Payload.model_validate(whole))
    except ValidationError as error:
        raise MalformedPayloadError(f"the payload's {_place(error)} is not what Slack sends") from None
    if not whole.get("response_url", True):
        del whole["response_url"]  # Bolt would try to answer there
    return whole


def _need(payload: _Payload) -> None:
    """What each kind cannot do without."""
    needed: dict[str, object]
    if payload.command is not None:
        named = payload.command.startswith("/")
        needed = {"command": named, "user_id": payload.user_id, "channel_id": payload.channel_id}
    elif payload.type == "event_callback":
        needed = {"event": payload.event is not None and payload.event.type}
    elif payload.type in INTERACTIVE:
        person, channel = payload.user, payload.channel
        needed = {"user": isinstance(person, _Ref) and person.id, "channel": not isinstance(channel, str)}
        needed |= {name: getattr(payload, name) for name in NEEDED.get(payload.type, ("callback_id",))}
    else:
        needed = {"type": payload.type}
    for name, there in needed.items():
        if not there:
            raise MalformedPayloadError(f"the payload has no {name}")


def _place(error: ValidationError) -> str:
    """The name of the first field that is wrong: of ours where it is one, never a name that the sender chose."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    named = [str(part) for part in first[:1] if str(part) in _Payload.model_fields]
    return named[0] if named else "form"


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise MalformedPayloadError("the body is not JSON") from None


def _no_number(name: str) -> float:
    raise ValueError(name)


def _whole_signs(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with half signs of a pair replaced, which no database and no network takes."""
    try:
        text = json.dumps(payload, ensure_ascii=False)
    except (ValueError, RecursionError):
        raise MalformedPayloadError("the payload is nested too deeply") from None
    try:
        text.encode()
    except UnicodeEncodeError:
        return dict(json.loads(text.encode(errors="replace")))
    return payload
