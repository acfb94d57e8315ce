"""Named points at which a test may have the process die, as by a power cut: ``PANDABOT_KILL_AT=after_send:3``.

Only where both services are stand-ins on this machine; anywhere else the variable is refused at the start.
"""

from __future__ import annotations

import os
import signal
from urllib.parse import urlsplit

from bot.addresses import LOOPBACK

VARIABLE = "PANDABOT_KILL_AT"
COMMON = ("after_claim", "before_record", "after_record", "before_send", "after_send", "after_mark")  # by any news
RARE = ("after_search", "after_hold", "after_batch", "in_restore")  # passed only where something brought it about
POINTS = (*COMMON, *RARE)


_counts: dict[str, int] = {}  # how often each point may still be passed; empty in every ordinary process


class KillPointError(ValueError):
    """The variable is set where it must not be, or names no point."""


def arm(addresses: list[str]) -> None:
    """Read the variable once, at the start. Raises KillPointError."""
    wanted = os.environ.get(VARIABLE, "")
    if not wanted:
        return
    name, _, times = wanted.partition(":")
    if name not in POINTS or not (times or "1").isdigit():
        raise KillPointError(f"{VARIABLE} must be one of {', '.join(POINTS)}, with :n for the n-th time.")
    if any(urlsplit(address).hostname not in LOOPBACK for address in addresses):
        raise KillPointError(f"{VARIABLE} is for tests against stand-ins on this machine only. Unset it.")
    _counts[name] = int(times or "1")


def point(name: str) -> None:
    """Die here, if that was asked for."""
    if _counts and name in _counts:
        _counts[name] -= 1
        if _counts[name] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
