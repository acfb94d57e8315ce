"""What Slack sends passes as it is; what nobody behind could make sense of does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.web.payloads import MalformedPayloadError, check, read

USER = {"id": "U1", "username": "mei", "team_id": "T1"}
AROUND: dict[str, Any] = {"user": USER, "team": {"id": "T1", "domain": "x"}, "trigger_id": "1.2", "api_app_id": "A1"}
FORM = {"id": "V1", "type": "modal", "callback_id": "f", "private_metadata": "", "state": {"values": {}}, "blocks": []}


@pytest.mark.parametrize(
    "payload",
    [
        {"command": "/panda", "text": "", "user_id": "U1", "channel_id": "D1", "is_enterprise_install": "false"},
        AROUND
        | {"type": "block_actions", "actions": [{"action_id": "a", "block_id": "b"}], "container": {"type": "view"}},
        AROUND
        | {
            "type": "block_actions",
            "actions": [{"action_id": "a", "value": "1"}],
            "team": None,
            "enterprise": {"id": "E"},
        },
        AROUND | {"type": "message_action", "callback_id": "c", "message": {"text": "x", "attachments": [{}]}},
        AROUND | {"type": "shortcut", "callback_id": "c"},
        AROUND | {"type": "view_submission", "view": FORM, "response_urls": []},
        AROUND
        | {
            "type": "view_submission",
            "view": FORM,
            "response_urls": [{"response_url": "https://x/y", "channel_id": "C"}],
        },
        AROUND | {"type": "view_closed", "view": FORM, "is_cleared": False},
        AROUND | {"type": "block_suggestion", "action_id": "a", "value": "x"},
        AROUND | {"type": "interactive_message", "callback_id": "c", "actions": [{"name": "n", "type": "select"}]},
        AROUND | {"type": "dialog_submission", "callback_id": "c", "submission": {"x": "y"}, "state": "z"},
        {
            "type": "event_callback",
            "event": {"type": "app_home_opened", "user": "U1", "tab": "home"},
            "authorizations": [{}],
        },
        {"type": "event_callback", "event": {"type": "user_change", "user": {"id": "U1", "profile": {}}}},
        {"type": "event_callback", "event": {"type": "channel_created", "channel": {"id": "C1", "name": "n"}}},
        {
            "type": "event_callback",
            "event": {"type": "reaction_added", "item": {"type": "message", "channel": "C", "ts": "1"}},
        },
        {
            "type": "event_callback",
            "event": {"type": "message", "subtype": "message_changed", "message": {"text": "x"}},
        },
        {"type": "url_verification", "challenge": "x", "token": "y"},
        {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1},
        {"type": "something_new", "anything": [1, {"at": "all"}]},
    ],
)
def test_real_payloads(payload: dict[str, Any]) -> None:
    """Of every kind, with what Slack leaves out or sets to null."""
    assert check(payload) == payload


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({}, "no type"),
        ([], "not a JSON object"),
        ({"type": ""}, "no type"),
        ({"command": "panda", "user_id": "U", "channel_id": "C"}, "no command"),
        ({"command": "/panda", "channel_id": "C"}, "no user_id"),
        (AROUND | {"type": "block_actions", "actions": []}, "no pressed"),
        (AROUND | {"type": "block_actions", "actions": "x"}, "actions is not"),
        (AROUND | {"type": "block_actions", "actions": [{"action_id": "a"}], "channel": "C1"}, "no channel"),
        (AROUND | {"type": "shortcut", "callback_id": "c", "response_url": "ftp://x"}, "response_url is not"),
        (AROUND | {"type": "view_submission", "view": FORM | {"state": []}}, "view is not"),
        (AROUND | {"type": "message_action", "callback_id": "c"}, "no message"),
        ({"type": "event_callback"}, "no event"),
        ({"type": "event_callback", "event": {"type": "x"}, "authorizations": 5}, "authorizations is not"),
        ({"type": "x", "team": 5}, "team is not"),
    ],
)
def test_what_is_none(payload: Any, why: str) -> None:
    """The sentence names our name of the field, and nothing that was sent."""
    with pytest.raises(MalformedPayloadError, match=why):
        check(payload)


def test_half_signs_are_mended() -> None:
    """They pass JSON, and neither the database nor the network."""
    text = read(json.dumps({"type": "x", "text": "a\ud800b\U0001f600"}), is_json=True)["text"]
    assert text == "a?b\U0001f600"


@pytest.mark.parametrize(
    "text", ["NaN", '{"type": Infinity}', "9" * 5_000, "[" * 100_000, '{"a":' * 100_000, "", "'x'"]
)
def test_no_json(text: str) -> None:
    """One sentence for all of it."""
    with pytest.raises(MalformedPayloadError):
        read(text, is_json=True)


def test_a_form_with_too_many_fields() -> None:
    """Slack's have about fifteen."""
    with pytest.raises(MalformedPayloadError, match="too many"):
        read("&".join(f"a{n}=1" for n in range(300)), is_json=False)
