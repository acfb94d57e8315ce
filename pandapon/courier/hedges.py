"""Hedges: words beside an end that leave it open, such as almost, likely, alleged, "after it is delivered", 待核实.

Hedges are few and stand right before or after the act, so a comparison of words finds them in each language.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.tokens import Token

T = Tag

_BEFORE = frozenset(
    {
        "almost",
        "nearly",
        "likely",
        "unlikely",
        "alleged",
        "allegedly",
        "supposedly",
        "apparently",
        "hope",
        "hopes",
        "hoping",
    }
    | {
        "mark",
        "confirm",
        "verify",
        "dispute",
        "disputed",
        "reversed",
        "reverse",
        "covers",
        "unclear",
        "unsure",
        "unconfirmed",
    }
)
_BEFORE_IN_THAI = ("ใกล้", "เกือบ", "ก่อน", "ชิ้นอื่น", "กล่องอื่น")
_NOT_FOUND = ("查无", "查不到", "没有查到")
_RULES = (("that", "are"), ("which", "are"), ("that", "were"))
_EARLIER = frozenset({"previous", "prior", "earlier"})
_AFTER = frozenset({"after", "once", "when", "until", "unless"})
_AGREED = ("同意", "拒绝", "不同意", "要求")
_STATES = ("status", "under review", "in question", "unconfirmed", "not confirmed", "disputed")
_BEHIND = (
    "待核实",
    "待确认",
    "待核查",
    "待核对",
    "确认中",
    "核实中",
    "核查中",
    "有异议",
    "有争议",
    "异议",
    "有疑问",
    "?",
)


def is_hedged(clause: Sequence[Token], at: int) -> bool:
    """Return whether a hedge stands beside the act at an index, so that it may not have happened to this parcel."""
    before, after = _before_own_word(clause, at), clause[at + 1 :]
    while after and (after[0].start == clause[at].start or after[0].tag is T.OK):
        after = after[1:]
    return _is_hedged_before(before) or _is_hedged_behind(after)


def is_only_agreed(clause: Sequence[Token], at: int) -> bool:
    """Return whether somebody only agrees to the act, asks for it, or refuses it: 客户同意销毁."""
    before = _before_own_word(clause, at)
    return bool(before) and before[-1].text.endswith(_AGREED)


def _before_own_word(clause: Sequence[Token], at: int) -> Sequence[Token]:
    """The tokens before the act, without those that its own word brings along."""
    return [token for token in clause[:at] if token.start != clause[at].start]


def _is_hedged_before(before: Sequence[Token]) -> bool:
    if any(token.text in _BEFORE or token.text.endswith((*_BEFORE_IN_THAI, *_NOT_FOUND)) for token in before):
        return True
    return _is_of_a_rule(before) or _is_after_it(before) or "".join(t.text for t in before).endswith("ขอให้")


def _is_of_a_rule(before: Sequence[Token]) -> bool:
    """Whether the tokens speak of parcels in general ("parcels that are …"), or of an earlier parcel."""
    return any(
        (token.text, following.text) in _RULES or (token.text in _EARLIER and following.tag is T.PARCEL)
        for token, following in pairwise(before)
    )


def _is_after_it(before: Sequence[Token]) -> bool:
    """Whether the act is only the time of another act: After it is delivered."""
    at = next((at for at, token in enumerate(before) if token.text in _AFTER), None)
    between = before[at + 1 :] if at is not None else []
    return bool(between) and all(token.tag in {T.PARCEL, T.DONE, T.RECIPIENT, T.OF} for token in between)


def _is_hedged_behind(after: Sequence[Token]) -> bool:
    spoken = "".join(token.text for token in after)
    in_words = " ".join(token.text for token in after if token.text not in {"is", "was", "are", "the"})
    return spoken.startswith(_BEHIND) or in_words.startswith(_STATES)
