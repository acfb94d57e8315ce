"""Remote and typed text escaped for Slack; times, durations and amounts in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.blocks import locale_data
from handlers.blocks.i18n import _, ngettext
from handlers.wire.text import clean
from pandapon.phones import mask_phones
from pandapon.times import CHINA

if TYPE_CHECKING:
    from collections.abc import Iterable

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNITS: tuple[tuple[timedelta, locale_data.Unit], ...] = (
    (DAY, "day"),
    (HOUR, "hour"),
    (MINUTE, "minute"),
    (SECOND, "second"),
)

_TAIL, _WHOLE = 6, 8  # characters shown of a long id; ids up to the second length are shown whole

ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"  # between them text has a direction of its own (Unicode's isolates)
JOINERS = "\u200c\u200d"  # invisible, but emoji and some scripts need them

# Look-alikes replace the marks, since a zero-width character beside a mark does not stop Slack from formatting.
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "@": "＠"})
_EMOJI_CODE = re.compile(r":(?=[^\s:]+:)")
SHORT = 200  # characters of the longest text whose plain form is cached
_CLOCK = re.compile(r"(?<=\d):(?=\d\d)")
_BARE_DOMAIN = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2,})")


def plain(remote: str) -> str:
    """Remote text for a ``plain_text`` element: one line, no invisible characters, no emoji codes, phones masked."""
    return _plain_short(remote) if len(remote) <= SHORT else _plain(remote)


@lru_cache(maxsize=4096)  # the same titles, sellers and labels stand in many messages
def _plain_short(remote: str) -> str:
    return _plain(remote)


def _plain(remote: str) -> str:
    line = " ".join(clean(remote).split())
    line = "".join(character for character in line if character in JOINERS or not _invisible(character))
    return _neutral_colons(mask_phones(line))


def escape(remote: str) -> str:
    """Remote text for mrkdwn: Slack shows it literally. It cannot format, link, mention or start a quotation."""
    text = plain(remote).translate(_LOOK_ALIKES).replace("://", ":∕∕")
    text = _BARE_DOMAIN.sub("․", text)
    if text.startswith(">"):
        text = "＞" + text[1:]
    return _entities(text)


def code(typed: str, limit: int = 150) -> str:
    """Typed text between backticks, for copying, of at most ``limit`` characters. Slack formats nothing in it."""
    line = " ".join(clean(typed).split()).replace("`", "ˋ")
    return f"`{_entities(truncate(line, limit)) or ' '}`"


def sanitize_id(text: str, limit: int = 40) -> str:
    """The letters, digits and hyphens of an id or waybill; "?" where there are none. Never masked as a phone."""
    return "".join(sign for sign in text if sign.isascii() and (sign.isalnum() or sign == "-"))[:limit] or "?"


def short_id(order_id: str) -> str:
    """The last six characters of an order id, "…880794", by which people tell orders apart; up to eight stay whole."""
    shown = sanitize_id(order_id)
    return shown if len(shown) <= _WHOLE else f"…{shown[-_TAIL:]}"


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The short form of each id, by id; the whole id where another id has the same short form."""
    short = {id_: short_id(id_) for id_ in ids}
    return {id_: form if list(short.values()).count(form) == 1 else sanitize_id(id_) for id_, form in short.items()}


def truncate(text: str, limit: int) -> str:
    """At most ``limit`` characters of a text; the last is an ellipsis where the text was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def truncate_mrkdwn(marked: str, limit: int) -> str:
    """At most ``limit`` characters of mrkdwn; see :func:`truncate`.

    The cut never falls within an entity, a link, a date, or right-to-left text between isolates.
    """
    if len(marked) <= limit:
        return marked
    kept = marked[: limit - 1]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    if kept.rfind(ISOLATE) > kept.rfind(END_OF_ISOLATE):
        kept = kept[: kept.rfind(ISOLATE)]
    return re.sub(r"&[a-z]{0,3}$", "", kept).rstrip() + "…"


def slack_date(at: datetime, now: datetime) -> str:
    """An aware time, as Slack text that is shown in each reader's own zone. The fallback is in China time and says so.

    A day other than yesterday, today and tomorrow has its year: of Slack's formats only ``day_divider_pretty`` leaves
    the present year out, and only the rich text element takes it (docs.slack.dev, "Date element").
    """
    local = at.astimezone(CHINA)
    written = locale_data.day_and_time(local, with_year=local.year != now.astimezone(CHINA).year)
    fallback = _("{time} China time").format(time=written)
    return f"<!date^{int(at.astimezone(UTC).timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def slack_day(at: datetime) -> str:
    """The day of an aware time, as Slack text that is shown in each reader's own zone, without the time of day."""
    fallback = locale_data.day_in_full(at.astimezone(CHINA).date())
    return f"<!date^{int(at.astimezone(UTC).timestamp())}^{{date_short_pretty}}|{fallback}>"


def slack_time(at: datetime) -> str:
    """The time of day that Slack shows in each reader's own zone, for a message of about the same time."""
    fallback = _("{time} China time").format(time=locale_data.clock(at.astimezone(CHINA)))
    return f"<!date^{int(at.astimezone(UTC).timestamp())}^{{time}}|{fallback}>"


def ago(delta: timedelta) -> str:
    """How long ago, in words; a future time (a clock that is off) counts as just now."""
    if delta < MINUTE:
        return _("just now")
    if delta < HOUR:
        return _("{n} min ago").format(n=delta // MINUTE)
    if delta < 2 * DAY:  # "30 h ago" says more than "1 day ago"
        return _("{n} h ago").format(n=delta // HOUR)
    return ngettext("{n} day ago", "{n} days ago", delta // DAY).format(n=delta // DAY)


def span(delta: timedelta) -> str:
    """A length of time in words, in the largest unit that fits at least twice; a negative length is 0 seconds."""
    length = max(delta, timedelta())
    size, unit = next((size, unit) for size, unit in UNITS if length >= 2 * size or unit == "second")
    return locale_data.duration(length - length % size, unit)


def money(amount: Decimal) -> str:
    """An amount of yuan, e.g. ¥1,234.50."""
    return locale_data.yuan(amount)


def yuan(fen: int) -> str:
    """An amount of fen (hundredths of a yuan, as changes store it) as yuan, e.g. ¥1,234.50."""
    return money(Decimal(fen) / 100)


def _invisible(character: str) -> bool:
    is_flag = "\U000e0020" <= character <= "\U000e007f"  # tags, of which the flags of regions consist
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and not is_flag


def _neutral_colons(text: str) -> str:
    """Replace the colons of emoji codes such as ``:smile:``, and keep those of times such as 12:30:45."""
    clocks = {match.start() for match in _CLOCK.finditer(text)}
    return _EMOJI_CODE.sub(lambda match: ":" if match.start() in clocks else "꞉", text)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
