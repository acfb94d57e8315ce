"""The places that a text names beside its acts: the kind of each place, and its name as the courier wrote it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.lexicon import is_word
from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Clause, Text
    from pandapon.courier.tokens import Token

T = Tag


class PlaceKind(StrEnum):
    """The kind of a place."""

    TOWN = "town"  # a place whose name does not tell its kind
    HUB = "hub"
    OUTLET = "outlet"
    LAST_OUTLET = "last_outlet"
    WAREHOUSE = "warehouse"
    AIRPORT = "airport"
    PORT = "port"
    BORDER = "border"
    EXCHANGE = "exchange"  # where two countries' posts hand parcels over
    ABROAD = "abroad"
    DESTINATION = "destination"


class Place(NamedTuple):
    """A place of a text."""

    kind: PlaceKind
    name: str = ""  # as in the normalized text; empty: the text tells only the kind
    within: str = ""  # the place of the scan: the name in brackets at the text's beginning; empty: none
    is_name: bool = True  # False: the words stand where a place can be named, but may not name one


_KINDS = {
    T.HUB: PlaceKind.HUB,
    T.BRANCH: PlaceKind.OUTLET,
    T.LAST_BRANCH: PlaceKind.LAST_OUTLET,
    T.WAREHOUSE: PlaceKind.WAREHOUSE,
    T.ABROAD: PlaceKind.ABROAD,
    T.DESTINATION: PlaceKind.DESTINATION,
}
_BY_WORD = (
    (PlaceKind.EXCHANGE, ("互换局", "交换局", "交换站", "exchange")),
    (PlaceKind.BORDER, ("口岸", "边境", "border")),
    (PlaceKind.AIRPORT, ("机场", "航站", "airport", "สนามบิน")),
)
_NAMES = frozenset({T.OTHER, T.CITY, T.PORT}) | frozenset(_KINDS)
_SKIPPED = frozenset({T.DONE, T.TO, T.FROM, T.COLON, T.PARCEL, T.OF, T.ONGOING, T.BY, T.OK, T.WILL, T.COURIER})
_LONGEST = 16  # characters of a name; a longer one is no name
_RANKS = ("市", "省", "县", "区", "镇", "州")
_TOWNS_ON_WATER = ("香港",)  # their names end in 港 (port)
_HEADER = re.compile(r"\s*\[([^\[\]]{2,12})\]")
_HUB_AS_FIRM = re.compile(r"(?:转运|分拨|集散|分拣|处理|中转)(?:中心|部|场)?公司$")  # 湘潭转运中心公司
# Numbers, the remainder of a word that is only known in part (进|口互换局), and Thai, without blanks between words.
_NO_NAME = re.compile(r"[0-9:/.*#%\s-]*$|[口换一]|[\u0e00-\u0e7f]")
_EDGES = " -,:/[]()·"


class Site:
    """The places of a text. ``normalized``: the text from which the clauses were parsed."""

    def __init__(self, normalized: str) -> None:
        self._normalized = normalized
        header = _HEADER.match(normalized)
        self._within = header[1].strip() if header else ""

    def after(self, clause: Clause, at: int) -> Place | None:
        """Return the place that is named right after the token at an index of its clause; None: no place is."""
        run: list[Token] = []
        for token in clause[at + 1 :]:
            if token.tag in _NAMES and (not run or _belongs(run[-1], token)):
                run.append(token)
            elif run or token.tag not in _SKIPPED:
                return self._in_brackets(self._place(run), token)
        return self._place(run)

    def before(self, clause: Clause, at: int) -> Place | None:
        """Return the place that is named right before the token at an index of its clause; None: no place is."""
        run: list[Token] = []
        for token in reversed(clause[:at]):
            if token.tag in _NAMES and (not run or _belongs(token, run[0])):
                run.insert(0, token)
            elif run or token.tag not in _SKIPPED:
                break
        return self._place(run)

    def next_stop(self, text: Text) -> Place | None:
        """Return the place that is named after 下一站; None where the text has no such word."""
        for clause in text.clauses:
            for at, token in enumerate(clause):
                if token.tag is T.NEXT_STOP:
                    return self.after(clause, at)
        return None

    def header(self) -> Place | None:
        """Return the place in brackets with which the text begins; None: it begins otherwise."""
        return Place(PlaceKind.TOWN, self._within) if self._within else None

    def _place(self, run: Sequence[Token]) -> Place | None:
        if not run:
            return None
        blank = " " if all(token.text.isascii() for token in run) else ""
        name = blank.join(token.text for token in run).strip(_EDGES)
        kinds = [token for token in run if token.tag in _KINDS or token.tag is T.PORT]
        kind = _kind(kinds[-1]) if kinds and not name.endswith(_TOWNS_ON_WATER) else PlaceKind.TOWN
        is_general = bool(kinds) and all(is_word(token.text) for token in run)
        if is_general or len(name) > _LONGEST or _NO_NAME.match(name):
            return Place(kind, "", self._within) if kinds else None
        return Place(kind, name, self._within, is_name=bool(kinds) or self._is_quoted(run) or _has_rank(name))

    def _in_brackets(self, place: Place | None, after: Token) -> Place | None:
        """The place, completed by a name in brackets after it where it has only a kind: 到达寄达地处理中心【曼谷】."""
        if place is None or place.name or after.tag not in _NAMES or not self._is_quoted([after]):
            return place
        return place._replace(name=after.text)

    def _is_quoted(self, run: Sequence[Token]) -> bool:
        start, end = run[0].start, run[-1].end
        return self._normalized[start - 1 : start] == "[" and self._normalized[end : end + 1] == "]"


def _has_rank(name: str) -> bool:
    return len(name) > len("城市") and name.endswith(_RANKS)


def _belongs(last: Token, token: Token) -> bool:
    """Whether two tokens belong to one name: they touch, or a blank stands between two Latin words."""
    return token.start == last.end or (token.start == last.end + 1 and last.text.isascii() and token.text.isascii())


def _kind(token: Token) -> PlaceKind:
    if _HUB_AS_FIRM.search(token.text):
        return PlaceKind.HUB
    by_word = next((kind for kind, words in _BY_WORD if any(word in token.text for word in words)), None)
    return by_word or _KINDS.get(token.tag, PlaceKind.PORT)
