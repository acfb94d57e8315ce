"""Who took a parcel away where it was not its recipient: an authority, the next carrier, a stranger, nobody known."""

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
_CALLED = "小老阿"  # 小李, 老王: as a name begins
_LONGEST_NAME = 4  # characters

# What it means that somebody else than the recipient has the parcel. A stranger stands under KIN, somebody unknown
# under OTHER.
CLAIM_BY_TAKER: dict[Tag, Claim | None] = {
    T.AUTHORITY: Claim(M.EXCEPTION, Reason.HELD),
    T.CUSTOMS: Claim(M.EXCEPTION, Reason.CUSTOMS_HELD),
    T.PARTNER: Claim(M.IN_TRANSIT),
    T.CARRIER: Claim(M.IN_TRANSIT),
    T.KIN: Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED),
    T.OTHER: None,
}


def other_taker(event: Event, text: Text) -> Tag | None:
    """Return who took the parcel, a key of :data:`BY_ANOTHER`; None: its recipient, a courier, or nobody is named."""
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
    """Whether forbidden goods were taken out by nobody who is named. 自提 and 领取 tell that the recipient did it."""
    is_recipients = "自" in event.word or "领" in event.word or not text.tags.isdisjoint(_RECIPIENTS)
    return not text.tags.isdisjoint(_FORBIDDEN) and not is_recipients


def _agent(clause: Sequence[Token], event: Event) -> tuple[bool, Sequence[Token]]:
    """The words for who acts, and whether the act was done to the parcel: X in 被X提走, by X."""
    if event.word.isascii():
        after = clause[event.token + 1 :]
        return True, after[1:] if after and after[0].tag is T.BY else []
    for at in range(event.token - 1, -1, -1):
        token = clause[at]
        if token.tag in {T.BY, T.DONE} and token.text.endswith(_AGENTS):
            return token.text.endswith(_PASSIVE), clause[at + 1 : event.token]
    return False, []


def _taker(agent: Sequence[Token]) -> Tag | None:
    """Who acts: the first word that tells it, else a word that no list knows and that is no name, or 清关公司."""
    known = next((token.tag for token in agent if token.tag in _KNOWN), None)
    if known is not None or agent[0].tag not in {T.OTHER, T.NOTE}:
        return known
    word = agent[0].text
    is_name = word[0] in SURNAMES or word[0] in _CALLED
    return None if is_name and len(word) <= _LONGEST_NAME else T.OTHER
