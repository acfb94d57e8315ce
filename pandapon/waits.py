"""Reads how long Slack or PandaPon asks the bot to wait before the next request."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=1)  # a longer wait is cut to this
UNBELIEVABLE = 86_400.0  # seconds; a longer wait is an error or an attack, and ignored
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def wait(value: object, *, now: object = None) -> float | None:
    """Return the seconds to wait, from 0 to :data:`LONGEST`; None: no sensible wait. Raises nothing. Pure.

    ``value``: seconds as a number or digits, or an HTTP date (RFC 9110, 10.2.3), which is compared with ``now``: an
    aware time, or the text of the answer's own Date header. A wait that is negative, infinite, in the past, longer than
    a day, or written in other than ASCII digits is not sensible.
    """
    seconds = _number(value) if not isinstance(value, str) else _text(value.strip(), now)
    if seconds is None or not math.isfinite(seconds) or not 0 <= seconds <= UNBELIEVABLE:
        return None
    return min(seconds, LONGEST.total_seconds())


def retry_after(headers: object, *, now: object = None) -> float | None:
    """Return the seconds that an answer's Retry-After header asks for, see :func:`wait`; None: no sensible wait.

    ``headers``: a mapping with names in any case. An HTTP date is compared with the answer's own Date header, because
    the clocks may differ; ``now`` (see :func:`wait`) serves where there is no such header.
    """
    by_name = {str(name).lower(): value for name, value in headers.items()} if hasattr(headers, "items") else {}
    return wait(by_name.get("retry-after"), now=by_name.get("date") or now)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _text(text: str, now: object) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text)
    until, since = _date(text), now if isinstance(now, datetime) else _date(now)
    if until is None or since is None or since.tzinfo is None:
        return None
    return (until - since).total_seconds()


def _date(text: object) -> datetime | None:
    """An HTTP date as an aware time; UTC where it names no zone, as the standard says."""
    if not isinstance(text, str) or len(text) > 64:  # noqa: PLR2004  no date is longer
        return None
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
