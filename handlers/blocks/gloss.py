"""A short reading of a courier's text for people who do not read its language, made from what was understood of it.

``快件外包装破损，已登记为问题件`` → "Packaging damaged, registered as a problem parcel". It is no translation: a text
that is not understood has no gloss, and the courier's words always stand beside it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.blocks import team_glosses
from handlers.blocks.deed_words import deed_words, keeper_words
from handlers.blocks.i18n import _, language
from handlers.blocks.place_words import arrived, place_words, town_where, where
from pandapon.courier import Account, Deed, Keeper, Place, PlaceKind, account
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier import Statement

D, K, M = Deed, Keeper, Milestone

LONGEST_TEXT = 4_000  # characters that are looked at; what comes later is an advertisement
_SCRIPTS = {
    "zh_CN": re.compile(r"[一-鿿㐀-䶿]"),
    "en": re.compile(r"[A-Za-z]+"),
    "th": re.compile(r"[\u0e00-\u0e7f]{3}"),
}
_CODE = re.compile(r"[A-Z0-9_]+")
_POINTS = frozenset({K.STATION, K.LOCKER, K.POST_OFFICE})
_PARTIAL = frozenset({M.ATTEMPT_FAILED, M.RETURNING, M.RETURNED, M.READY_FOR_PICKUP})
_ONLY_TOWN = frozenset({D.PICKED_UP, D.OUT_FOR_DELIVERY})


def gloss(text: str) -> str:
    """Return the gloss in the current language, plain text; empty where none is needed or none can be made.

    ``text``: the courier's words as sent. Nothing is needed in the language in which the text is written.
    """
    shown = language()
    return "" if language_of(text) == shown else _gloss(text[:LONGEST_TEXT], shown, team_glosses.version())


def has_gloss(text: str) -> bool:
    """Whether readers of other languages get a gloss of a text, from the bot or from the team's file."""
    return team_glosses.find(text) is not None or bool(account(text).statements)


def language_of(text: str) -> str:
    """Return the code of the language in which most of a text is written, by its script; empty for none of the bot's.

    Chinese characters and Latin words count one each, and so do three Thai letters. A platform's code has no language.
    """
    if _CODE.fullmatch(text.strip()):
        return ""
    counts = {code: len(script.findall(text[:LONGEST_TEXT])) for code, script in _SCRIPTS.items()}
    most = max(counts, key=lambda code: counts[code])
    return most if counts[most] else ""


@lru_cache(maxsize=8_192)  # messages repeat the scans of the messages before
def _gloss(text: str, shown: str, _version: int) -> str:
    by_team = team_glosses.find(text)
    if by_team is not None and shown in by_team:
        return by_team[shown]
    return _capital(_told(account(text)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _told(told: Account) -> str:
    """The whole account in words; empty where it has no statement."""
    parts = [part for part in (_statement(one, told) for one in told.statements) if part]
    if told.is_again and told.milestone is M.ATTEMPT_FAILED:
        parts.append(_("delivery will be tried again"))
    if told.milestone is M.READY_FOR_PICKUP:
        parts += _how_to_fetch(told)
    if told.is_part and told.milestone in _PARTIAL:
        parts.append(_("only part of the shipment"))
    target = place_words(told.target) if told.target and parts else ""
    if target and not any(one.deed in {D.LEFT, D.TOWARDS, D.NEXT_STOP} for one in told.statements):
        parts.append(_("next stop: {place}").format(place=target))
    words = ""
    for part in parts:
        words = _("{first}, {second}").format(first=words, second=part) if words else part
    return words


def _statement(one: Statement, told: Account) -> str:
    match one.deed:
        case D.LEFT | D.TOWARDS | D.NEXT_STOP:
            return _departed(one, told)
        case D.DELIVERED | D.PARTIAL:
            return _delivered(one, told.keeper)
        case D.READY:
            return _ready(told.keeper)
        case D.OUT_FOR_DELIVERY if told.is_again:
            return _("out for delivery again")
        case D.ARRIVED if one.place and (words := arrived(one.place)):
            return words
        case D.AT_LAST_OUTLET if one.place:
            return arrived(_last_outlet(one.place))
    words = deed_words(one.deed, is_ongoing=one.is_ongoing, is_planned=one.is_planned)
    return _filled(words, _where(one))


def _where(one: Statement) -> str:
    if one.place is None:
        return ""
    return town_where(one.place) if one.deed in _ONLY_TOWN else where(one.place)


def _last_outlet(place: Place) -> Place:
    """The place as the local depot that it is; a destination is told as such."""
    return place if place.kind is PlaceKind.DESTINATION else place._replace(kind=PlaceKind.LAST_OUTLET)


def _filled(words: str, place: str) -> str:
    return " ".join(words.format(where=place).split()) if "{where}" in words else words


def _departed(one: Statement, told: Account) -> str:
    origin = place_words(one.place) if one.place else ""
    target = place_words(told.target) if told.target else ""
    if one.is_planned or one.deed is D.NEXT_STOP:
        if target:
            return _("next stop: {place}").format(place=target)
        return _filled(deed_words(one.deed, is_planned=one.is_planned), where(one.place) if one.place else "")
    if origin and target and origin != target:
        return _("left {origin} for {target}").format(origin=origin, target=target)
    if target:
        return _("sent on to {place}").format(place=target)
    return _("left {place}").format(place=origin) if origin else deed_words(one.deed)


def _delivered(one: Statement, keeper: Keeper | None) -> str:
    words = deed_words(one.deed)
    if keeper is None:
        return words
    if keeper is K.RECIPIENT:
        return _("{delivered}, signed for by the receiver").format(delivered=words)
    if keeper is K.DOOR:
        return _("{delivered}, left at the door or in the mailbox").format(delivered=words)
    if keeper in _POINTS:
        return _("{delivered}, left at {point}").format(delivered=words, point=keeper_words(keeper))
    return _("{delivered}, taken in by {person}").format(delivered=words, person=keeper_words(keeper))


def _ready(keeper: Keeper | None) -> str:
    if keeper is None or keeper in {K.RECIPIENT, K.DOOR}:
        return _("ready for pickup")
    if keeper in _POINTS:
        return _("ready for pickup at {point}").format(point=keeper_words(keeper))
    return _("ready for pickup, taken in by {person}").format(person=keeper_words(keeper))


def _how_to_fetch(told: Account) -> list[str]:
    parts = [_("a pickup code is needed")] if told.has_code else []
    if told.goes_back_else:
        return [*parts, _("otherwise it goes back to the sender")]
    return [*parts, _("please collect it soon")] if told.is_overdue else parts
