"""Remote and typed text made harmless for Slack, and times, money and lengths in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, ngettext
from handlers.wire.text import clean
from pandapon.phones import mask_phones
from pandapon.times import CHINA

if TYPE_CHECKING:
    from decimal import Decimal

JOINERS = "\u200c\u200d"  # they hold emoji and some scripts together

# Look-alikes: a zero-width character beside a mark does not stop Slack from formatting, another character does.
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "@": "＠"})
_EMOJI_CODE = re.compile(r":(?=[^\s:]+:)")
_CLOCK = re.compile(r"(?<=\d):(?=\d\d)")
_BARE_DOMAIN = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2,})")


def plain(remote: str) -> str:
    """Remote text for a ``plain_text`` element: one line, phones masked, no controls, no emoji codes."""
    line = " ".join(clean(remote).split())
    line = "".join(one for one in line if one in JOINERS or not _invisible(one))
    return _neutral_colons(mask_phones(line))


def escape(remote: str) -> str:
    """Remote text for mrkdwn: shows as it reads, and can neither format, link, mention nor start a quotation."""
    text = plain(remote).translate(_LOOK_ALIKES).replace("://", ":∕∕")
    text = _BARE_DOMAIN.sub("․", text)
    if text.startswith(">"):
        text = "＞" + text[1:]
    return _entities(text)


def code(typed: str, limit: int = 150) -> str:
    """Typed text between backticks, to be copied; formatting has no force there."""
    line = " ".join(clean(typed).split()).replace("`", "ˋ")
    return f"`{_entities(truncate(line, limit)) or ' '}`"


def sanitize_id(text: str, limit: int = 40) -> str:
    """An id or waybill: whatever else got into the field is left out, and a number is never taken for a phone."""
    return "".join(one for one in text if one.isascii() and (one.isalnum() or one == "-"))[:limit] or "?"


def truncate(text: str, limit: int) -> str:
    """The first ``limit`` characters, the last of them an ellipsis where something was cut off."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def truncate_mrkdwn(marked: str, limit: int) -> str:
    """:func:`cut` for mrkdwn: never in the middle of an entity, a link or a date."""
    if len(marked) <= limit:
        return marked
    kept = marked[: limit - 1]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    return re.sub(r"&[a-z]{0,3}$", "", kept).rstrip() + "…"


def slack_date(at: datetime, now: datetime) -> str:
    """A time that Slack shows in each reader's own zone; the fallback says that it is China time."""
    local = at.astimezone(CHINA)
    pattern = "%d %b %H:%M" if local.year == now.astimezone(CHINA).year else "%d %b %Y %H:%M"
    fallback = _("{time} China time").format(time=local.strftime(pattern))
    return f"<!date^{int(at.astimezone(UTC).timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def ago(delta: timedelta) -> str:
    """How long ago, in words; a future time (a clock that is off) counts as just now."""
    seconds = int(delta.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return _("just now")
    if hours < 1:
        return _("{n} min ago").format(n=minutes)
    if days < 2:  # noqa: PLR2004  "30 h ago" says more than "1 day ago"
        return _("{n} h ago").format(n=hours)
    return ngettext("{n} day ago", "{n} days ago", days).format(n=days)


def span(delta: timedelta) -> str:
    """A length of time in words."""
    seconds = max(0, int(delta.total_seconds()))
    if seconds < 120:  # noqa: PLR2004  two minutes and more are said in minutes
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    if seconds < 7200:  # noqa: PLR2004  two hours and more are said in hours
        return _("{n} minutes").format(n=seconds // 60)
    if seconds < 172800:  # noqa: PLR2004  two days and more are said in days
        return _("{n} hours").format(n=seconds // 3600)
    return _("{n} days").format(n=seconds // 86400)


def money(amount: Decimal) -> str:
    """Yuan, e.g. ¥1,234.50."""
    return f"-¥{-amount:,.2f}" if amount < 0 else f"¥{amount:,.2f}"


def _invisible(one: str) -> bool:
    return unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and not "\U000e0020" <= one <= "\U000e007f"


def _neutral_colons(text: str) -> str:
    """``:smile:`` becomes no picture; 12:30:45 stays a time."""
    clocks = {match.start() for match in _CLOCK.finditer(text)}
    return _EMOJI_CODE.sub(lambda match: ":" if match.start() in clocks else "꞉", text)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
