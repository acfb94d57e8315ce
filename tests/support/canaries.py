"""Canaries that must never appear in a log, and payloads that carry them in every field."""

from __future__ import annotations

import base64
import io
import itertools
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web
from support.bot_harness import APP_TOKEN, BOT_TOKEN, CALLBACK_TOKEN, KEY, SECRET, SIGNING
from support.restored_logging import restored_logging

from bot.process.log import configure

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRETS = (BOT_TOKEN, APP_TOKEN, SIGNING, CALLBACK_TOKEN, KEY, SECRET)
NAMES = ("王大山", "Karl-Heinz Nowak")
PLACES = ("科技园路77号", "5 Elm Grove Road")
PHONES = (
    "13912345671",
    "+8613912345672",
    "0086 139 1234 5673",
    "139-1234-5674",
    "１３９１２３４５６７５",
    "0755-26971236",
    "(010) 6552 0117",
    "081-234-5678",
    "+66 81 234 5679",
    "400-820-8821",
)
HOOK = "https://hooks.slack.com/commands/T0CANARY/99/canaryhookpart"
# Answers go to a closed port of this machine, where they fail at once.
NOWHERE = "http://127.0.0.1:9/commands/T0CANARY/99/canaryhookpart"
FORGED = "\n2026-03-02 02:00:00,000 INFO    bot  forged line\r\x1b[31m\x1b[2J\x85\u2028"
ENCODED = (
    *(quote(secret, safe="") for secret in (*SECRETS, HOOK)),
    *(quote(quote(secret, safe=""), safe="") for secret in (*SECRETS, HOOK)),
    *(json.dumps(secret).replace("/", "\\/") for secret in (*SECRETS, HOOK)),
    *("".join(f"\\u{ord(sign):04x}" for sign in secret) for secret in (*SECRETS, HOOK)),
    *(base64.b64encode(f"user:{secret}".encode()).decode() for secret in (*SECRETS, HOOK)),
)
TEXT = " ".join((*NAMES, *PLACES, *PHONES, *SECRETS, HOOK, *ENCODED)) + FORGED
SHORT = " ".join((NAMES[0], PLACES[0], *PHONES[:6])) + FORGED
FORBIDDEN = (
    *SECRETS,
    *NAMES,
    *PLACES,
    *PHONES,
    *ENCODED,
    *(phone.translate({0xFF10 + n: str(n) for n in range(10)}) for phone in PHONES),
    "canaryhookpart",
    "\x1b",
    "\x85",
    "\u2028",
    "\r",
)


def leaks_in(log: str) -> list[str]:
    """Return every canary in the log, and every line that none of our loggers began."""
    lines = [line for line in log.splitlines() if "forged line" in line and line.startswith("2026-03-02")]
    return [secret for secret in FORBIDDEN if secret in log] + lines


@contextmanager
def logged(level: str, form: str = "line") -> Iterator[io.StringIO]:
    """Set up the log as ``pandabot run`` does."""
    stream = io.StringIO()
    with restored_logging():
        configure(level, SECRETS, stream, form=form)
        yield stream


def payloads(
    hook: str = "http://127.0.0.1:9/commands/T0CANARY/99/canaryhookpart",
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every kind of payload that Slack sends, with canaries in each field that a person or program can fill."""
    person = {"id": "U0MEI00001", "name": TEXT, "username": TEXT, "team_id": "T0PANDA001"}
    around = {
        "token": "canaryhookpart-token",
        "team": {"id": "T0PANDA001", "domain": TEXT},
        "user": person,
        "channel": {"id": "C0ORDERS01", "name": TEXT},
        "response_url": hook,
        "trigger_id": f"1.2.{SHORT}",
    }
    command = {
        "command": "/panda",
        "user_id": "U0MEI00001",
        "user_name": TEXT,
        "channel_id": "C0ORDERS01",
        "response_url": hook,
        "token": "canaryhookpart-token",
    }
    asked = ("order 2542285634920880794", "track 78012345678901", f"track {SHORT}", f"watch {SHORT}", f"order {TEXT}")
    for text in (TEXT, *asked, f"search {TEXT}", f"status {TEXT}"):
        yield "slash_commands", command | {"text": text, "trigger_id": f"t{hash(text)}"}
    yield "slash_commands", command | {"command": f"/panda-{SHORT}", "text": TEXT}
    for action in ("run", "undo_unwatch", "resume_watch", "alarm_seen", "edit_settings", TEXT):
        press = {"action_id": action, "block_id": SHORT, "type": "button", "value": TEXT, "text": {"text": TEXT}}
        yield "interactive", around | {"type": "block_actions", "actions": [press], "message": {"text": TEXT}}
    for callback in ("track_message", "watch_message", "find_orders", TEXT):
        message = {"type": "message", "text": TEXT, "user": "U0MEI00001", "ts": "1.2"}
        yield "interactive", around | {"type": "message_action", "callback_id": callback, "message": message}
        yield "interactive", around | {"type": "shortcut", "callback_id": callback}
        values = {SHORT: {TEXT: {"type": "plain_text_input", "value": TEXT}}}
        view = {
            "id": "V1",
            "type": "modal",
            "callback_id": callback,
            "private_metadata": TEXT,
            "state": {"values": values},
        }
        yield "interactive", around | {"type": "view_submission", "view": view}
    for kind in ("app_home_opened", "message", "member_joined_channel", TEXT):
        event = {"type": kind, "user": "U0MEI00001", "text": TEXT, "channel": "C0ORDERS01", "tab": TEXT}
        yield "events_api", {"type": "event_callback", "event": event, "event_id": TEXT, "team_id": "T0PANDA001"}
    yield "events_api", {"type": TEXT, "text": TEXT}
    yield "interactive", {"type": TEXT} | around
    yield "interactive", around | {"type": "block_actions", "actions": TEXT}
    yield "events_api", {"type": "event_callback", "event": TEXT}


# The HTTP status, and the fields in which the body differs from a refusal without a code.
ANSWERS: tuple[tuple[int, dict[str, Any]], ...] = (
    (200, {"code": 400}),
    (200, {"code": SHORT}),
    (401, {"code": 401}),
    (503, {"code": 503}),
    (429, {"code": 429}),
    (502, {}),
    (200, {"code": 200, "data": {"success": False, "errorInfo": TEXT, "errorCode": SHORT}}),
    (200, {"code": 200, "data": TEXT}),
    (200, {"code": 200, "data": {"baseInfo": {"idOfStr": TEXT, "status": TEXT}}}),
)


class FailingPandaPon:
    """A PandaPon that fails in every way, each time with canaries in its answer."""

    def __init__(self) -> None:
        self._turns = itertools.cycle(ANSWERS)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> str:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_exc: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, _request: web.Request) -> web.Response:
        envelope = {"msg": TEXT, "requestId": SHORT, "data": None}
        status, answer = next(self._turns)
        return web.json_response(envelope | answer, status=status, headers={"Retry-After": "0"})
