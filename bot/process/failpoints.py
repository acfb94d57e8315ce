"""Named points at which a test lets the process die, as in a power cut: ``PANDABOT_KILL_AT=after_send:3``.

The variable works only when both services are stand-ins on this machine. With any other address the start refuses it.
"""

from __future__ import annotations

import os
import signal
from urllib.parse import urlsplit

from bot.settings.addresses import LOOPBACK

VARIABLE = "PANDABOT_KILL_AT"
# Every piece of news passes these.
COMMON = ("after_claim", "before_record", "after_record", "before_send", "after_send", "after_mark")
RARE = (
    "after_search",
    "after_hold",
    "after_batch",
    "in_restore",
    "before_write",
    "after_write",
    "after_renewal",
)  # passed only in a special case
# Of `pandabot migrate`; the first only where it moves many workspaces.
MOVING = ("after_begin", "before_rows", "after_table", "before_commit", "after_commit", "after_move")
MARKING = ("after_notes", "after_workspace")  # of `pandabot restored` for many workspaces
POINTS = (*COMMON, *RARE, *MOVING, *MARKING)


_counts: dict[str, int] = {}  # passes left until the process dies; empty outside tests


class FailpointError(ValueError):
    """The variable names no failpoint, or an address is not on this machine."""


def arm(addresses: list[str]) -> None:
    """Read the variable, once at the start. ``addresses``: of both services. Raises FailpointError."""
    value = os.environ.get(VARIABLE, "")
    if not value:
        return
    name, _, passes = value.partition(":")
    if name not in POINTS or not (passes or "1").isdigit():
        raise FailpointError(f"{VARIABLE} must be one of {', '.join(POINTS)}, with :n for the n-th time.")
    if any(urlsplit(address).hostname not in LOOPBACK for address in addresses):
        raise FailpointError(f"{VARIABLE} is for tests against stand-ins on this machine only. Unset it.")
    _counts[name] = int(passes or "1")


def point(name: str) -> None:
    """Kill the process here if the variable names this failpoint and its passes are used up."""
    if _counts and name in _counts:
        _counts[name] -= 1
        if _counts[name] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
