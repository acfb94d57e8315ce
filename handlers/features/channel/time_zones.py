"""The menu of time zones: every zone that this machine knows, by its city in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from handlers.blocks.forms import Choice
from handlers.blocks.i18n import _, language
from handlers.blocks.locale_data import city, territory

if TYPE_CHECKING:
    from datetime import datetime

Groups = list[tuple[str, list[Choice]]]

# By the first part of a zone's name: the code of the continent or country in CLDR.
TERRITORIES = {
    "Africa": "002",
    "America": "019",
    "Antarctica": "AQ",
    "Asia": "142",
    "Australia": "AU",
    "Brazil": "BR",
    "Canada": "CA",
    "Chile": "CL",
    "Europe": "150",
    "Mexico": "MX",
    "US": "US",
}


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone by this IANA name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def groups(likely: list[str], now: datetime) -> Groups:
    """Return all time zones in groups: the ``likely`` ones first, then each part of the world by city.

    ``likely``: IANA names; unknown ones are left out. ``now``: the time whose UTC offsets the menu shows. The first
    call in each language takes a fifth of a second, so callers run it in a thread.
    """
    known = [name for name in dict.fromkeys(likely) if is_zone(name)]
    areas: dict[str, list[str]] = defaultdict(list)
    for name in _names():
        if name not in known:
            areas[_area(name)].append(name)
    top = (_("Likely"), [_choice(name, now) for name in known])
    by_area = [(area, [_choice(name, now) for name in names]) for area, names in areas.items()]
    return [top, *by_area] if known else by_area


def _area(name: str) -> str:
    """The part of the world in the first part of a zone's name."""
    area = name.partition("/")[0]
    seas = {
        "Arctic": _("Arctic"),
        "Atlantic": _("Atlantic Ocean"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
    }
    return territory(TERRITORIES[area]) if area in TERRITORIES else seas.get(area, _("Other"))


def _choice(name: str, now: datetime) -> Choice:
    offset = now.astimezone(ZoneInfo(name)).strftime("%z")
    words = f"{name} · UTC{offset[:3]}:{offset[3:5]}"
    place = _cities(language()).get(name, "")
    return Choice(name, words if place in {"", name.rpartition("/")[2]} else f"{place} · {words}")


@cache
def _names() -> tuple[str, ...]:
    """The names of the zones that belong to a place, sorted, and UTC as the last one.

    The other zones help nobody to choose: abbreviations such as MST7MDT, countries such as ROK, and Etc/GMT+8, whose
    sign is the opposite of what people mean. A channel that has such a zone keeps it: the menu lists it as likely.
    """
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")


@cache
def _cities(_language: str) -> dict[str, str]:
    """The city of each zone, in the current language. The argument is that language's code: the key of the cache."""
    return {name: city(name) for name in _names() if "/" in name}
