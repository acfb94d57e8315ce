"""The wire as a developer wants to read it: each request and answer of the three parties, without their secrets."""

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

KEPT = 300  # lines
AT_ONCE = 100  # lines
FAILED = 400  # HTTP statuses from here on
LONGEST = 20_000  # characters of one body
MASK = "•••"
SECRET_NAMES = re.compile(r"token|secret|^sign(ature)?$|authorization|access.?key|password|cookie", re.IGNORECASE)
SECRET_VALUES = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+")
RIGHTS = re.compile(r"(/(?:commands|actions)/|ticket=)[^\s\"&]+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange as it was. Bodies are made fit to be read only when somebody reads them."""

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
        """What the page gets."""
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
    """The last exchanges."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self.number = 0  # of the newest line

    def since(self, number: int) -> list[Json]:
        """The lines after a number, of many only the newest."""
        return [line.shown() for line in islice(reversed(self._exchanges), AT_ONCE) if line.number > number][::-1]

    def payload(self, kind: str, payload: Json, ack: Ack | None) -> None:
        """Slack tells the bot something, and the bot acknowledges it."""
        if ack is None:
            return
        name = payload.get("command") or payload.get("callback_id") or (payload.get("event") or {}).get("type")
        title = " ".join(str(part) for part in (payload.get("type") or kind, name) if part)
        status = "acknowledged" if ack.ok else "no acknowledgement"
        self._add("Slack", "pandabot", title, payload, ack.payload, status=status, ok=ack.ok, seconds=ack.seconds)

    def call(self, call: Call) -> None:
        """The bot calls a method of Slack's, or answers through a response URL."""
        ok = 0 < call.status < FAILED and bool(call.answer.get("ok", True))
        self._add("pandabot", "Slack", call.method, call.arguments, call.answer, status=_outcome(call), ok=ok)

    def request(self, seen: ReceivedRequest, headers: Mapping[str, str], answer: str) -> None:
        """The bot asks PandaPon."""
        asked: Json = {"headers": _vendor(headers)}
        asked |= {"query": seen.query} if seen.query else {}
        asked |= {"body": seen.body} if seen.body is not None else {}
        title = f"{seen.method} {seen.path}"
        self._add("pandabot", "PandaPon", title, asked, answer, status=f"HTTP {seen.status}", ok=seen.status < FAILED)

    def _add(
        self, source: str, target: str, title: str, asked: Any, answer: Any, *, status: str, ok: bool, **more: Any
    ) -> None:
        self.number += 1
        self._exchanges.append(
            Exchange(self.number, source, target, title, asked, answer, status, ok=ok, at=self._clock(), **more)
        )


def _outcome(call: Call) -> str:
    """How a call ended, in one line: Slack tells a refusal in the body of an HTTP 200."""
    if not call.status:
        return "no answer"
    return " · ".join(one for one in (f"HTTP {call.status}", call.remark or call.answer.get("error")) if one)


def masked(value: Any) -> Any:
    """The same value without secrets: by the name they go under, and by what they look like."""
    if isinstance(value, dict):
        return {key: MASK if _is_secret(key, one) else masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(one) for one in value]
    if isinstance(value, str):
        return RIGHTS.sub(rf"\1{MASK}", SECRET_VALUES.sub(MASK, value))
    return value


def _is_secret(name: Any, value: Any) -> bool:
    return isinstance(value, str) and bool(SECRET_NAMES.search(str(name)))


def _vendor(headers: Mapping[str, str]) -> dict[str, str]:
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
