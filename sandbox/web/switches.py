"""The fault switches of the demo's controls: one for each fault of either stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.pandapon.server import PandaPonServer
    from sandbox.slack.server import SlackServer
    from sandbox.web.page_json import Json

ALWAYS = 10**9  # calls
SLOW = 5.0  # seconds

# name -> (label, the fields of the fault while it is on)
PANDAPON: dict[str, tuple[str, dict[str, Any]]] = {
    "pandapon-slow": ("Every answer takes 5 s", {"delay": SLOW}),
    "pandapon-down": ("Every connection is reset", {"down": True}),
    "pandapon-503": ("Every answer is HTTP 503", {"status": 503}),
    "pandapon-ratelimit": ("Every request is refused for 5 s (HTTP 429)", {"rate_limited": 5}),
    "pandapon-malformed": ("Half of the JSON is missing", {"malformed": True}),
    "pandapon-empty": ("Success, with nothing in it", {"empty": True}),
}
SLACK: dict[str, tuple[str, Fault]] = {
    "slack-slow": ("Every call takes 5 s", Fault("*", delay=SLOW)),
    "slack-500": ("Every call is answered with HTTP 500", Fault("*", status=500)),
    "slack-ratelimit": ("Messages are refused for 3 s (HTTP 429)", Fault("chat.postMessage", retry_after=3)),
}


@dataclass(frozen=True, slots=True)
class Switch:
    """The switch of one fault: its label, whether the fault is on, and the function that turns it on or off."""

    name: str
    side: str
    words: str
    is_on: Callable[[], bool]
    turn: Callable[[bool], None]


class Switches:
    """All switches of both stand-ins."""

    def __init__(self, slack: SlackServer, pandapon: PandaPonServer) -> None:
        self._slack, self._pandapon = slack, pandapon
        self._planned: dict[str, Fault] = {}
        switches = [
            *(self._of_pandapon(name, words, fields) for name, (words, fields) in PANDAPON.items()),
            *self._of_slack(),
            *(self._planned_switch(name, words, fault) for name, (words, fault) in SLACK.items()),
        ]
        self._all = {switch.name: switch for switch in switches}

    def state(self) -> list[Json]:
        """Return every switch with its present state."""
        return [
            {"name": switch.name, "side": switch.side, "words": switch.words, "on": switch.is_on()}
            for switch in self._all.values()
        ]

    def turn(self, name: str, *, on: bool) -> None:
        """Switch a fault on or off. Raises KeyError for an unknown name."""
        self._all[name].turn(on)

    def _of_pandapon(self, name: str, words: str, fields: dict[str, Any]) -> Switch:
        faults = self._pandapon.faults
        off = {field: getattr(type(faults)(), field) for field in fields}

        def is_on() -> bool:
            return all(getattr(faults, field) == value for field, value in fields.items())

        def turn(on: bool) -> None:
            for field, value in (fields if on else off).items():
                setattr(faults, field, value)

        return Switch(name, "PandaPon", words, is_on, turn)

    def _of_slack(self) -> list[Switch]:
        """Return the switches that set a flag of the stand-in."""
        faults, rights = self._slack.faults, self._slack.interactions
        late = f"The bot's acknowledgement comes too late, after {self._slack.ack_seconds:g} s"
        return [
            _flag("slack-ack", late, faults, "late_acks"),
            _flag("slack-triggers", "Trigger ids are used up", rights, "spent_triggers"),
            _flag("slack-urls", "Response URLs are used up", rights, "spent_urls"),
            _flag("slack-down", "Every connection is reset", faults, "down"),
            _flag("slack-pace", "One message a second and channel", faults, "one_per_second"),
        ]

    def _planned_switch(self, name: str, words: str, sample: Fault) -> Switch:
        faults = self._slack.faults

        def is_on() -> bool:
            return name in self._planned and self._planned[name] in faults.planned

        def turn(on: bool) -> None:
            if is_on():
                faults.planned.remove(self._planned.pop(name))
            if on:
                fields = {key: getattr(sample, key) for key in ("method", "delay", "status", "retry_after")}
                self._planned[name] = Fault(times=ALWAYS, **fields)
                faults.plan(self._planned[name])

        return Switch(name, "Slack", words, is_on, turn)


def _flag(name: str, words: str, holder: object, field: str) -> Switch:
    return Switch(name, "Slack", words, lambda: bool(getattr(holder, field)), lambda on: setattr(holder, field, on))
