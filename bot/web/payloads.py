"""Checks the form of Slack's payloads before Bolt gets them, in HTTP mode and in Socket Mode.

The check covers the types of the fields that Bolt and the listeners read, and the fields that each kind requires. Other
fields and unknown kinds pass unchanged: Slack adds new ones, and Bolt's catch-alls answer them.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_FIELDS = 200
# The required fields of each interaction. An interaction that is not named here requires a callback_id.
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

# Empty when there is no address for an answer. Bolt would open any address that stands in this field.
Url = Annotated[str, Field(pattern=r"^(https?://[!-~]{1,2000})?$")]
Flag = bool | Literal["true", "false"] | None


class MalformedPayloadError(ValueError):
    """The payload is none of Slack's. The text says why in one line and quotes nothing of it."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True, defer_build=True)


class _Ref(_Model):
    """A user, channel, team or enterprise as an object; elsewhere it is only its id."""

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
    """The fields that events, messages and items share with the payload around them."""

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
    """Any payload. :func:`_need` checks the fields that its kind requires."""

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
        """Whether there are actions and each has its id."""
        return bool(self.actions) and all(action.action_id for action in self.actions or ())

    @property
    def form(self) -> bool:
        """Whether the view has its type and callback_id."""
        return self.view is not None and bool(self.view.type) and self.view.callback_id is not None


def read(text: str, *, is_json: bool) -> dict[str, Any]:
    """Parse an HTTP body: JSON, a form with JSON in ``payload``, or a form. Raises MalformedPayloadError."""
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
    """Return the payload if Slack could have sent it. Raises MalformedPayloadError."""
    if not isinstance(payload, dict):
        raise MalformedPayloadError("the payload is not a JSON object")
    whole = _without_surrogates(payload)
    try:
        _need(_Payload.model_validate(whole))
    except ValidationError as error:
        raise MalformedPayloadError(f"the payload's {_place(error)} is not what Slack sends") from None
    if not whole.get("response_url", True):
        del whole["response_url"]  # Bolt would try to answer there
    return whole


def _need(payload: _Payload) -> None:
    """Require the fields of the payload's kind. Raises MalformedPayloadError."""
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
    for name, value in needed.items():
        if not value:
            raise MalformedPayloadError(f"the payload has no {name}")


def _place(error: ValidationError) -> str:
    """Return the name of the first wrong field: one of ours, never a name that the sender chose."""
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


def _without_surrogates(payload: dict[str, Any]) -> dict[str, Any]:
    """Replace lone halves of surrogate pairs, which neither a database nor a network takes."""
    try:
        text = json.dumps(payload, ensure_ascii=False)
    except (ValueError, RecursionError):
        raise MalformedPayloadError("the payload is nested too deeply") from None
    try:
        text.encode()
    except UnicodeEncodeError:
        return dict(json.loads(text.encode(errors="replace")))
    return payload
