"""A short reading of a courier's text, in the reader's language, made from the statements that the bot finds in it.

``快件外包装破损，已登记为问题件`` → "Packaging damaged, registered as a problem parcel". A gloss is no translation: a
text without a known statement has no gloss, and the courier's words always stand beside the gloss.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.blocks import team_glosses
from handlers.blocks.deed_words import deed_words, keeper_words
from handlers.blocks.i18n import _, language
from handlers.blocks.place_words import arrived, place_words, town_name, town_where, where
from handlers.blocks.punctuation import clauses
from handlers.blocks.text import escape, truncate
from pandapon.courier import Account, Deed, Keeper, PlaceKind, read_account
from pandapon.markup import plain
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier import Statement

D, K, M = Deed, Keeper, Milestone

LONGEST = 160  # characters of a gloss; the bot's own have at most about 140
LONGEST_TEXT = 4_000  # characters of a text that are read; longer texts end in advertisements
_SCRIPTS = {
    "zh_CN": re.compile(r"[一-鿿㐀-䶿]"),
    "en": re.compile(r"[A-Za-z]+"),
    "th": re.compile(r"[\u0e00-\u0e7f]{3}"),
}
_PAUSES = ",，、;；"
_CODE = re.compile(r"[A-Z0-9_]+")
_POINTS = frozenset({K.STATION, K.LOCKER, K.POST_OFFICE})
_PARTIAL = frozenset({M.RETURNING, M.RETURNED, M.READY_FOR_PICKUP})
_ONLY_TOWN = frozenset({D.PICKED_UP, D.OUT_FOR_DELIVERY})


def gloss(text: str) -> str:
    """Return the gloss in the current language, plain text; empty where none is needed or none can be made.

    ``text``: the courier's words as sent. A reader of the language in which they are written needs no gloss.
    """
    shown = language()
    return "" if language_of(text) == shown else _gloss(text[:LONGEST_TEXT], shown, team_glosses.version())


def beside(words: str, text: str, told: Sequence[str] = ()) -> str:
    """Return a courier's words as Slack text, behind their gloss where the reader needs one and it can be made.

    ``words``: the text as Slack text, cut to any length; ``text``: the courier's words as sent. ``told``: words that a
    line above already shows; a gloss that begins with them leaves them out.
    """
    reading = gloss(text)
    for repeated in told:
        reading = _untold(reading, repeated)
    reading = escape(truncate(reading, LONGEST))
    return f"{reading} · {words}" if reading else words


def _untold(reading: str, told: str) -> str:
    """The gloss without the told words at its beginning: "Delivered, left at the door" → "Left at the door"."""
    if not told or not reading.casefold().startswith(told.casefold()):
        return reading
    remainder = reading[len(told) :]
    if remainder and remainder[0] not in _PAUSES:
        return reading
    return _capital(remainder.lstrip(_PAUSES + " "))


def has_gloss(text: str) -> bool:
    """Whether readers of other languages get a gloss of a text, from the bot or from the team's file."""
    return team_glosses.find(text) is not None or bool(read_account(text).statements)


def language_of(text: str) -> str:
    """Return the code of the language in which most of a text is written, by its script; empty for any other script.

    A Chinese character, a Latin word and three Thai letters count the same. A platform's code, such as ``WAIT_SEND``,
    has no language.
    """
    words = plain(text[:LONGEST_TEXT]).strip()
    if _CODE.fullmatch(words):
        return ""
    counts = {code: len(script.findall(words)) for code, script in _SCRIPTS.items()}
    most = max(counts, key=lambda code: counts[code])
    return most if counts[most] else ""


@lru_cache(maxsize=8_192)  # messages repeat the scans of the messages before
def _gloss(text: str, shown: str, _version: int) -> str:
    by_team = team_glosses.find(text)
    if by_team is not None and shown in by_team:
        return by_team[shown]
    return _capital(_sentence(read_account(text)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(account: Account) -> str:
    """The whole account in words; empty where it has no statement."""
    parts = [part for part in (_statement(statement, account) for statement in account.statements) if part]
    if account.is_again and account.milestone is M.ATTEMPT_FAILED:
        parts.append(_("delivery will be tried again"))
    if account.milestone is M.READY_FOR_PICKUP:
        parts += _how_to_fetch(account)
    if account.is_part and account.milestone in _PARTIAL:
        parts.append(_("only part of the shipment"))
    target = place_words(account.target) if account.target and parts else ""
    if target and not any(statement.deed in {D.LEFT, D.TOWARDS, D.NEXT_STOP} for statement in account.statements):
        parts.append(_("next stop: {place}").format(place=target))
    return clauses(parts)


def _statement(statement: Statement, account: Account) -> str:
    match statement.deed:
        case D.LEFT | D.TOWARDS | D.NEXT_STOP:
            return _departed(statement, account)
        case D.DELIVERED | D.PARTIAL:
            return _delivered(statement, account.keeper)
        case D.READY:
            return _ready(account.keeper)
        case D.OUT_FOR_DELIVERY if account.is_again:
            return _("out for delivery again")
        case D.ARRIVED | D.AT_LAST_OUTLET if words := _arrived(statement):
            return words
    words = deed_words(statement.deed, is_ongoing=statement.is_ongoing, is_planned=statement.is_planned)
    return _filled(words, _where(statement))


def _where(statement: Statement) -> str:
    if statement.place is None:
        return ""
    return town_where(statement.place) if statement.deed in _ONLY_TOWN else where(statement.place)


def _arrived(statement: Statement) -> str:
    """An arrival with its place. The last outlet is the local depot, even if its name says another kind of place."""
    place = statement.place
    if place is None:
        return ""
    is_depot = statement.deed is D.AT_LAST_OUTLET and place.kind is not PlaceKind.DESTINATION
    return arrived(place._replace(kind=PlaceKind.LAST_OUTLET) if is_depot else place)


def _filled(words: str, place: str) -> str:
    return " ".join(words.format(where=place).split()) if "{where}" in words else words


def _departed(statement: Statement, account: Account) -> str:
    origin = place_words(statement.place) if statement.place else ""
    target = place_words(account.target) if account.target else ""
    if statement.place and account.target and origin in {target, town_name(account.target)}:
        origin = ""  # the parcel goes from a town to a place in the same town
    if statement.is_planned or statement.deed is D.NEXT_STOP:
        if target:
            return _("next stop: {place}").format(place=target)
        return _filled(
            deed_words(statement.deed, is_planned=statement.is_planned),
            where(statement.place) if statement.place else "",
        )
    if origin and target:
        return _("left {origin} for {target}").format(origin=origin, target=target)
    if target:
        return _("sent on to {place}").format(place=target)
    return _("left {place}").format(place=origin) if origin else deed_words(statement.deed)


def _delivered(statement: Statement, keeper: Keeper | None) -> str:
    words = deed_words(statement.deed)
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


def _how_to_fetch(account: Account) -> list[str]:
    parts = [_("a pickup code is needed")] if account.has_code else []
    if account.goes_back_else:
        return [*parts, _("otherwise it goes back to the sender")]
    return [*parts, _("please collect it soon")] if account.is_overdue else parts
