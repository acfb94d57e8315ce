"""The right context of an act: its aspect by the tokens after it, such as 成功, 失败, 中, 后 or a revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect, Modality
from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.tokens import Token

T = Tag

_PERFECT = frozenset("了啦")
_EACH = frozenset({"均", "都", "皆", "也", "已", "仍"})
_MOVES = frozenset({T.REACH, T.CARRY, T.DEPART, T.RETURN, T.SHIP})
# Acts between which somebody can choose, as in "A or B".
CHOICES = frozenset(
    {T.RETURN, T.CARRY, T.FETCH, T.TAKE, T.SIGN, T.SHIP, T.ABANDON, T.DESTROY, T.FORWARD, T.COLLECT, T.PROXY, T.STORE}
)
_REVOCABLE = frozenset({T.RETURN, T.REVERSE, T.COLLECT, T.INTERCEPT, T.HOLD, T.FORWARD})
_REWARDS = ("可", "即可", "得", "获", "赢", "赚", "享", "领", "送", "就能", "能", "有机会", "抽")
_REVOKE = frozenset({T.CANCEL, T.VOID})
# Tags that tell the aspect right after an act.
_CAN_SETTLE = frozenset(
    {T.DONE, T.ONGOING, T.VOID, T.CANCEL, T.RESUME, T.FAILED, T.WILL, T.OR, T.TODAY, T.ABSENT, T.ARRANGE, T.NOT}
    | {T.CANNOT, T.OK, T.MIDST, T.WAIT, T.AFTER, T.OF, T.ASKED, T.PLEASE, T.MAY, T.NOTICE, T.OTHER}
)
_OF_REWARDS = frozenset({T.MAY, T.OTHER, T.FETCH, T.CARRY, T.ELSE, T.NOTICE, T.NOTE})
_CHANGES = tuple("新换改正替")
_MOVED_TO = ("改为", "改到", "改至", "延至", "推至", "调整到", "调整至")
_SERVICES = ("服务", "功能")
_BARE = Modality(Aspect.BARE)
_BY_APPOINTMENT = frozenset({T.COLLECT, T.TAKE})

_AT_A_PLACE = frozenset({T.STORE, T.REACH, T.PROXY, T.COLLECT})
_ITS_PLACE = frozenset({T.POINT, T.LOCKER, T.DESK, T.DOOR, T.PARCEL, T.TO, T.FROM, T.SENDER})
_TRIES = frozenset({T.CARRY, T.AGAIN})  # 客户不在，将再次派送: an attempt failed


def from_right_context(clause: Sequence[Token], at: int) -> Modality:
    """Return the modality of an act by the tokens after it; a bare one where they leave the aspect open.

    ``at``: the act's index in its clause.
    """
    if clause[-1].text == "吗":
        return Modality(Aspect.ASKED)
    if at + 1 == len(clause):
        return _BARE
    if clause[at].text.endswith("成功") and _is_rewarded(clause[at + 1]):
        return Modality(Aspect.MENTIONED)  # 自提成功得积分
    after_tags = [
        token.tag
        for token in clause[at + 1 : at + 4]
        if token.tag is not T.PARCEL and token.text not in _EACH and not _is_a_code(token)  # 两次派送均未成功
    ]
    act = clause[at].tag
    if act in _AT_A_PLACE and _fails_there(clause[at + 1 :]):
        return Modality(Aspect.FAILED)
    if act is T.SIGN and _is_taken_back(clause[at + 1 :]):
        return Modality(Aspect.REVOKED)
    if act in _REVOCABLE and not _REVOKE.isdisjoint(after_tags[:2]):
        return Modality(Aspect.REVOKED)
    if not after_tags:
        return _BARE
    first, second = after_tags[0], after_tags[1] if after_tags[1:] else None
    decided = _right_after(clause, at, first, second) if first in _CAN_SETTLE else None
    if decided is not None:
        return decided
    if act is T.CARRY and clause[at + 1].text.startswith(_MOVED_TO):  # 派送改为夜间
        return Modality(Aspect.PLANNED)
    if act in _MOVES and T.MIDST in after_tags:  # 配送至门市途中
        return Modality(Aspect.ONGOING)
    if T.AFTER in after_tags[1:] and T.COLON not in after_tags and not clause[at].text.isascii():  # 收到旧件后
        return Modality(Aspect.MENTIONED)
    return _BARE


def _is_a_code(token: Token) -> bool:
    """Whether an unknown token is a parcel's number: Delivery of AB1234 failed."""
    return token.tag is T.OTHER and token.text.isascii() and any(char.isdigit() for char in token.text)


def _right_after(clause: Sequence[Token], at: int, first: Tag, second: Tag | None) -> Modality | None:
    """The modality by the tokens right after the act; None: they leave the aspect open."""
    match first:
        case T.DONE if clause[at + 1].text[-1] in _PERFECT:
            return Modality(Aspect.DONE)
        case T.ONGOING if clause[at + 1].text.isascii():
            return Modality(Aspect.ONGOING)
        case T.VOID | T.CANCEL:
            return Modality(Aspect.REVOKED)
        case T.RESUME if clause[at].tag is T.SIGN and "更正" in clause[at + 1].text:
            return Modality(Aspect.REVOKED)
        case T.FAILED:
            return Modality(Aspect.FAILED)
        case T.WILL if (
            clause[at].tag in {T.REFUSE, T.LOSE, T.ABSENT, T.NO_CONTACT} and second not in _TRIES
        ):  # 拒收将影响信用
            return Modality(Aspect.CONDITIONAL)
        case T.WILL | T.ARRANGE if second is T.MIDST and clause[at].tag is T.CARRY:  # 派件准备中
            return Modality(Aspect.PLANNED)
        case T.ARRANGE if clause[at].tag is T.CARRY and second is T.OK:  # 送货预约成功
            return Modality(Aspect.PLANNED)
        case T.WILL if second is T.DELAY and clause[at].tag is T.CARRY:  # 配送可能延迟
            return Modality(Aspect.MENTIONED)
        case T.OR if clause[at].tag in CHOICES:
            return Modality(Aspect.POSSIBLE)
        case T.TODAY if clause[at + 1].text in {"当日", "当天"}:  # 派送当日 ("on the day of delivery")
            return Modality(Aspect.MENTIONED)
        case T.ABSENT if clause[at].tag is T.COLLECT:  # 揽收改日
            return Modality(Aspect.PLANNED)
        case T.ARRANGE if clause[at].tag in _BY_APPOINTMENT:
            return Modality(Aspect.PLANNED, arranged=True)
        case T.NOT | T.CANNOT if second in {T.OK, T.DONE}:
            return Modality(Aspect.FAILED)
        case T.OK if second is T.AFTER or (second is not None and _is_rewarded(clause[at + 2])):
            return Modality(Aspect.MENTIONED)
        case T.OK:
            return Modality(Aspect.DONE, succeeded=True)
        case T.MIDST:
            return Modality(Aspect.ONGOING)
        case T.WAIT if clause[at].tag is T.CARRY:
            return Modality(Aspect.PLANNED)
        case T.AFTER if not clause[at + 1].text.isascii():
            return Modality(Aspect.MENTIONED)
        case T.OF if not clause[at].text.endswith("您"):
            return Modality(Aspect.MENTIONED)
        case T.ASKED if clause[at].tag is T.FORWARD:
            return Modality(Aspect.MENTIONED)
        case T.NOTICE if clause[at + 1].text.startswith(_SERVICES):  # 代收服务已开通
            return Modality(Aspect.MENTIONED)
        case T.OTHER | T.NOTICE if _is_compared(clause[at], clause[at + 1]):
            return Modality(Aspect.MENTIONED)  # 配送更有劲
        case T.PLEASE | T.MAY if clause[at + 1].start == clause[at].end:  # 签收请…: advice
            return Modality(Aspect.MENTIONED)
    return None


def _fails_there(after: Sequence[Token]) -> bool:
    """Whether a failure follows the act's place: 投递至驿站失败, collection from sender failed."""
    told = [token.tag for token in after if token.tag not in _ITS_PLACE]
    return told[:1] == [T.FAILED] or told[:2] in ([T.NOT, T.OK], [T.CANNOT, T.OK])


def _is_compared(act: Token, after: Token) -> bool:
    """Whether an advertisement praises the act: 配送更有劲, 派件我最快, but not 配送更新."""
    is_compared = (after.text[0] == "更" and after.text[1:2] not in _CHANGES) or "最" in after.text[:2]
    return after.start == act.end and is_compared


def _is_rewarded(after: Token) -> bool:
    """Whether the token begins a reward for the act: 取件成功可得能量, 签收成功领积分."""
    return after.text.startswith(_REWARDS) and after.tag in _OF_REWARDS


def _is_taken_back(after: Sequence[Token]) -> bool:
    """Whether a revocation follows the act, with any words between: 签收扫描撤销, 签收已回滚."""
    for token in after:
        if token.tag in {T.COLON, T.SIGNER}:
            return False
        if token.tag in {T.VOID, T.CANCEL} and token.text != "非本人":
            return True
    return False
