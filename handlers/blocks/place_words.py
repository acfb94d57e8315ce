"""Places that a courier names, in words: the town in the reader's language, and the kind of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, language
from handlers.blocks.towns import town_of
from pandapon.courier import PlaceKind

if TYPE_CHECKING:
    from pandapon.courier import Place

K = PlaceKind
# Characters of a name that the table lacks. Latin names are left out: they come folded to lower case, and the courier's
# text beside the gloss shows them as written.
_LONGEST = 12


def place_words(place: Place) -> str:
    """Return the place as a noun: "Yiwu sorting centre", "Yiwu", "the outlet 张槎公司"; empty: no place is sure."""
    town, kind = town_name(place), _kind(place.kind)
    name = place.name if place.is_name and len(place.name) <= _LONGEST and not place.name.isascii() else ""
    if not kind:
        return town or name
    if town:
        return _("{town} {kind}").format(town=town, kind=kind)
    if name:
        return _("the {kind} {name}").format(kind=kind, name=name)
    return _("the {kind}").format(kind=kind)


def where(place: Place) -> str:
    """Return the place with its preposition: "at Yiwu sorting centre", "in Yiwu"; empty where no place is sure."""
    words = place_words(place)
    if not words:
        return ""
    return (
        _("in {town}").format(town=words) if place.kind in {K.TOWN, K.ABROAD} else _("at {place}").format(place=words)
    )


def arrived(place: Place) -> str:
    """Return the arrival at a place: "arrived at Yiwu sorting centre"; empty where no place is sure."""
    words = place_words(place)
    if not words:
        return ""
    is_area = place.kind in {K.TOWN, K.ABROAD}
    return (_("arrived in {place}") if is_area else _("arrived at {place}")).format(place=words)


def town_where(place: Place) -> str:
    """Return the town alone, with its preposition: "in Yiwu"; empty where the town is not known."""
    town = town_name(place)
    return _("in {town}").format(town=town) if town else ""


def town_name(place: Place) -> str:
    """Return the place's town in the reader's language, or else the town where the scan was made; empty: unknown."""
    town = town_of(place.name) or town_of(place.within)
    return town.named(language()) if town else ""


def _kind(kind: PlaceKind) -> str:
    return {
        K.TOWN: "",
        K.HUB: _("sorting centre"),
        K.OUTLET: _("outlet"),
        K.LAST_OUTLET: _("local depot"),
        K.WAREHOUSE: _("warehouse"),
        K.AIRPORT: _("airport"),
        K.PORT: _("port"),
        K.BORDER: _("border crossing"),
        K.EXCHANGE: _("international mail exchange"),
        K.ABROAD: _("destination country"),
        K.DESTINATION: _("destination"),
    }[kind]
