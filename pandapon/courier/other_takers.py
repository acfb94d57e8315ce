"""Takers other than recipient and courier: an authority, the next carrier, a stranger, or somebody unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.claims import HAPPENED, Claim, Reason
from pandapon.courier.person_names import SURNAMES
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

M, T = Milestone, Tag

_STRANGERS = (
    "他人",
    "别人",
    "其他人",
    "陌生人",
    "小偷",
    "unknown",
    "stranger",
    "someone else",
    "somebody else",
    "another",
)
_PASSIVE = "被"
_AGENTS = (_PASSIVE, "由")
_AUTHORITIES = frozenset({T.AUTHORITY, T.CUSTOMS})
_CARRIERS = frozenset({T.PARTNER, T.CARRIER})
_RECIPIENTS = frozenset({T.SELF, T.RECIPIENT, T.KIN, T.BY_CODE, T.POINT, T.LOCKER})
_KNOWN = _AUTHORITIES | _CARRIERS | _RECIPIENTS | {T.DESK, T.SENDER, T.COURIER, T.BRANCH}
_FORBIDDEN = frozenset({T.FORBIDDEN, T.SEIZE})
_CALLED = "小老阿"  # a familiar name begins with one of these: 小李, 老王
_LONGEST_NAME = 4  # characters of a person's name

# The claim of a parcel that another taker has. KIN stands for a stranger, and OTHER for somebody unknown.
CLAIM_BY_TAKER: dict[Tag, Claim | None] = {
    T.AUTHORITY: Claim(M.EXCEPTION, Reason.HELD),
    T.CUSTOMS: Claim(M.EXCEPTION, Reason.CUSTOMS_HELD),
    T.PARTNER: Claim(M.IN_TRANSIT),
    T.CARRIER: Claim(M.IN_TRANSIT),
    T.KIN: Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED),
    T.OTHER: None,
}


def other_taker(event: Event, text: Text) -> Tag | None:
    """Return the other taker, a key of :data:`CLAIM_BY_TAKER`; None: the recipient, a courier, or nobody is named."""
    if event.aspect not in HAPPENED:
        return None
    clause = text.clauses[event.clause]
    before = clause[: event.token]
    is_passive, agent = _agent(clause, event)
    if is_passive and any(token.text.startswith(_STRANGERS) for token in agent):
        return T.KIN
    taker = _taker(agent) if agent else next((t.tag for t in before if t.tag in _KNOWN), None)
    if taker in _AUTHORITIES or (taker is T.OTHER and agent):
        return taker
    if taker in _CARRIERS and event.act is T.FETCH and not event.word.isascii() and (agent or taker is T.PARTNER):
        return taker if text.tags.isdisjoint({T.COURIER, T.SENDER}) else None
    return T.OTHER if taker is None and _is_seized(event, text) else None


def _is_seized(event: Event, text: Text) -> bool:
    """Whether somebody unnamed took forbidden goods out. 自提 and 领取 say that the recipient did."""
    is_recipients = "自" in event.word or "领" in event.word or not text.tags.isdisjoint(_RECIPIENTS)
    return not text.tags.isdisjoint(_FORBIDDEN) and not is_recipients


def _agent(clause: Sequence[Token], event: Event) -> tuple[bool, Sequence[Token]]:
    """Whether the act is in the passive, and the tokens of its agent: X in 被X提走, by X."""
    if event.word.isascii():
        after = clause[event.token + 1 :]
        return True, after[1:] if after and after[0].tag is T.BY else []
    for at in range(event.token - 1, -1, -1):
        token = clause[at]
        if token.tag in {T.BY, T.DONE} and token.text.endswith(_AGENTS):
            return token.text.endswith(_PASSIVE), clause[at + 1 : event.token]
    return False, []


def _taker(agent: Sequence[Token]) -> Tag | None:
    """The tag of the agent: its first known one, else OTHER for an unknown word that is no person's name."""
    known = next((token.tag for token in agent if token.tag in _KNOWN), None)
    if known is not None or agent[0].tag not in {T.OTHER, T.NOTE}:
        return known
    word = agent[0].text
    is_name = word[0] in SURNAMES or word[0] in _CALLED
    return None if is_name and len(word) <= _LONGEST_NAME else T.OTHER
