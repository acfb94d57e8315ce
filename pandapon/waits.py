"""The one reader of waits: how long somebody asks us to stay away, be it Slack or PandaPon."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=1)  # whoever asks for more is asked again then
UNBELIEVABLE = 86_400.0  # seconds; a number beyond a day is no sensible wait, but a slip or an attack
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def wait(said: object, *, now: object = None) -> float | None:
    """The seconds that a wait asks for, from 0 to :data:`LONGEST`; None where it says nothing sensible.

    ``said``: a number, digits, or an HTTP date (RFC 9110, 10.2.3), which is reckoned against ``now``: a time with its
    zone, or the text of the answer's own Date header. What is negative, infinite, in the past, longer than a day, or in
    other than ASCII digits is not sensible. Pure, and raises nothing.
    """
    seconds = _number(said) if not isinstance(said, str) else _text(said.strip(), now)
    if seconds is None or not math.isfinite(seconds) or not 0 <= seconds <= UNBELIEVABLE:
        return None
    return min(seconds, LONGEST.total_seconds())


def asked(headers: object, *, now: object = None) -> float | None:
    """The wait that an answer's Retry-After header asks for, see :func:`wait`; None where there is no sensible one.

    ``headers``: a mapping, its names in any case. Its Date is preferred to ``now``: two clocks may differ.
    """
    found = {str(name).lower(): value for name, value in headers.items()} if hasattr(headers, "items") else {}
    return wait(found.get("retry-after"), now=found.get("date") or now)


def _number(said: object) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        return float(said)
    except OverflowError:
        return None


def _text(said: str, now: object) -> float | None:
    if _SECONDS.fullmatch(said):
        return float(said)
    until, since = _date(said), now if isinstance(now, datetime) else _date(now)
    if until is None or since is None or since.tzinfo is None:
        return None
    return (until - since).total_seconds()


def _date(text: object) -> datetime | None:
    """An HTTP date as an aware time. One without a zone is UTC, as the standard has it."""
    if not isinstance(text, str) or len(text) > 64:  # noqa: PLR2004  no date is longer
        return None
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
