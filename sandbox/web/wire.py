"""The traffic between the bot, Slack and PandaPon, for developers, with secrets masked."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sandbox.pandapon.server import ReceivedRequest
    from sandbox.slack.delivery import Ack
    from sandbox.slack.server import Call
    from sandbox.web.page_json import Json

KEPT = 300  # exchanges
AT_ONCE = 100  # exchanges in one message to a page
FAILED = 400  # the lowest HTTP status of a failure
LONGEST = 20_000  # characters of one body
MASK = "•••"
SECRET_NAMES = re.compile(r"token|secret|^sign(ature)?$|authorization|access.?key|password|cookie", re.IGNORECASE)
SECRET_VALUES = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+")
CAPABILITY_URLS = re.compile(r"(/(?:commands|actions)/|ticket=)[^\s\"&]+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. Bodies are masked and formatted only when a page shows them."""

    number: int
    source: str
    target: str
    title: str
    request: Any
    answer: Any
    status: str
    ok: bool
    at: datetime
    seconds: float | None = None

    def shown(self) -> Json:
        """Return the exchange as JSON for the page, its secrets masked. Times are seconds."""
        return {
            "number": self.number,
            "from": self.source,
            "to": self.target,
            "title": self.title,
            "status": self.status,
            "ok": self.ok,
            "at": self.at.timestamp(),
            "seconds": self.seconds,
            "request": _body(self.request),
            "answer": _body(self.answer),
        }


class Wire:
    """The last ``KEPT`` exchanges, numbered from 1."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self.number = 0  # of the newest exchange

    def since(self, number: int) -> list[Json]:
        """Return the exchanges after a number, oldest first, at most the newest ``AT_ONCE``."""
        newest = islice(reversed(self._exchanges), AT_ONCE)
        return [exchange.shown() for exchange in newest if exchange.number > number][::-1]

    def payload(self, kind: str, payload: Json, ack: Ack | None) -> None:
        """Add a payload from Slack to the bot, when it is acknowledged or the time for that is over."""
        if ack is None:
            return
        name = payload.get("command") or payload.get("callback_id") or (payload.get("event") or {}).get("type")
        title = " ".join(str(part) for part in (payload.get("type") or kind, name) if part)
        status = "acknowledged" if ack.ok else "no acknowledgement"
        self._add("Slack", "pandabot", title, payload, ack.payload, status=status, ok=ack.ok, seconds=ack.seconds)

    def call(self, call: Call) -> None:
        """Add the bot's call of a Slack method or of a response URL."""
        ok = 0 < call.status < FAILED and bool(call.answer.get("ok", True))
        self._add("pandabot", "Slack", call.method, call.arguments, call.answer, status=_outcome(call), ok=ok)

    def request(self, seen: ReceivedRequest, headers: Mapping[str, str], answer: str) -> None:
        """Add the bot's request to PandaPon."""
        request: Json = {"headers": _own_headers(headers)}
        request |= {"query": seen.query} if seen.query else {}
        request |= {"body": seen.body} if seen.body is not None else {}
        title, status = f"{seen.method} {seen.path}", f"HTTP {seen.status}"
        self._add("pandabot", "PandaPon", title, request, answer, status=status, ok=seen.status < FAILED)

    def _add(
        self, source: str, target: str, title: str, request: Any, answer: Any, *, status: str, ok: bool, **timing: float
    ) -> None:
        self.number += 1
        self._exchanges.append(
            Exchange(self.number, source, target, title, request, answer, status, ok=ok, at=self._clock(), **timing)
        )


def _outcome(call: Call) -> str:
    """Say in one line how a call ended. Slack's refusals are HTTP 200 with an error in the body."""
    if not call.status:
        return "no answer"
    return " · ".join(part for part in (f"HTTP {call.status}", call.remark or call.answer.get("error")) if part)


def masked(value: Any) -> Any:
    """Return the value with secrets masked. A secret is recognised by its key or by its form."""
    if isinstance(value, dict):
        return {key: MASK if _is_secret(key, item) else masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return CAPABILITY_URLS.sub(rf"\1{MASK}", SECRET_VALUES.sub(MASK, value))
    return value


def _is_secret(name: Any, value: Any) -> bool:
    return isinstance(value, str) and bool(SECRET_NAMES.search(str(name)))


def _own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    ordinary = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length"}
    return {name: value for name, value in headers.items() if name.lower() not in ordinary}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _body(value: Any) -> str:
    if value is None or value == "":
        return ""
    clean = masked(_parsed(value) if isinstance(value, str) else value)
    text = clean if isinstance(clean, str) else json.dumps(clean, ensure_ascii=False, indent=2, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… {len(text) - LONGEST} characters more"
