"""The words behind an act that tell its aspect: success, failure, "in the midst", "after", a revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect, View
from pandapon.courier.tags import Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.tokens import Token

S = Sign

_PERFECT = frozenset("了啦")
_EACH = frozenset({"均", "都", "皆", "也", "已", "仍"})
_MOVES = frozenset({S.REACH, S.CARRY, S.DEPART, S.RETURN, S.SHIP})
# Acts between which people may choose, and acts for which an appointment is made.
CHOICES = frozenset(
    {S.RETURN, S.CARRY, S.FETCH, S.TAKE, S.SIGN, S.SHIP, S.ABANDON, S.DESTROY, S.FORWARD, S.COLLECT, S.PROXY, S.STORE}
)
_REVOCABLE = frozenset({S.RETURN, S.REVERSE, S.COLLECT, S.INTERCEPT, S.HOLD, S.FORWARD})
_REWARDS = ("可", "即可", "得", "获", "赢", "赚", "享", "领", "送", "就能", "能", "有机会", "抽")
_REVOKE = frozenset({S.CANCEL, S.VOID})
# Words that tell the aspect when they stand right behind an act.
_TELLING = frozenset(
    {S.DONE, S.ONGOING, S.VOID, S.CANCEL, S.RESUME, S.FAILED, S.WILL, S.OR, S.TODAY, S.ABSENT, S.ARRANGE, S.NOT}
    | {S.CANNOT, S.OK, S.MIDST, S.WAIT, S.AFTER, S.OF, S.ASKED, S.PLEASE, S.MAY, S.NOTICE, S.OTHER}
)
_OF_REWARDS = frozenset({S.MAY, S.OTHER, S.FETCH, S.CARRY, S.ELSE, S.NOTICE, S.NOTE})
_CHANGES = tuple("新换改正替")
_MOVED_TO = ("改为", "改到", "改至", "延至", "推至", "调整到", "调整至")
_SERVICES = ("服务", "功能")
_STATED = View(Aspect.BARE)
_BY_APPOINTMENT = frozenset({S.COLLECT, S.TAKE})

_AT_A_PLACE = frozenset({S.STORE, S.REACH, S.PROXY, S.COLLECT})
_ITS_PLACE = frozenset({S.POINT, S.LOCKER, S.DESK, S.DOOR, S.PARCEL, S.TO, S.FROM, S.SENDER})
_TRIES = frozenset({S.CARRY, S.AGAIN})  # 客户不在，将再次派送: a try failed


def behind(clause: Sequence[Token], at: int) -> View:
    """Return the view of an act by the words behind it; a bare view where they leave the aspect open."""
    if clause[-1].text == "吗":
        return View(Aspect.ASKED)
    if at + 1 == len(clause):
        return _STATED
    if clause[at].text.endswith("成功") and _is_rewarded(clause[at + 1]):
        return View(Aspect.MENTIONED)  # 自提成功得积分
    after = [
        token.sign
        for token in clause[at + 1 : at + 4]
        if token.sign is not S.PARCEL and token.text not in _EACH and not _is_a_code(token)  # 两次派送均未成功
    ]
    act = clause[at].sign
    if act in _AT_A_PLACE and _fails_there(clause[at + 1 :]):
        return View(Aspect.FAILED)
    if act is S.SIGN and _is_taken_back(clause[at + 1 :]):
        return View(Aspect.REVOKED)
    if act in _REVOCABLE and not _REVOKE.isdisjoint(after[:2]):
        return View(Aspect.REVOKED)
    if not after:
        return _STATED
    first, second = after[0], after[1] if after[1:] else None
    decided = _right_behind(clause, at, first, second) if first in _TELLING else None
    if decided is not None:
        return decided
    if act is S.CARRY and clause[at + 1].text.startswith(_MOVED_TO):  # 派送改为夜间
        return View(Aspect.PLANNED)
    if act in _MOVES and S.MIDST in after:  # 配送至门市途中
        return View(Aspect.ONGOING)
    if S.AFTER in after[1:] and S.COLON not in after and not clause[at].text.isascii():  # 收到旧件后
        return View(Aspect.MENTIONED)
    return _STATED


def _is_a_code(token: Token) -> bool:
    """Whether an unknown word is a parcel's number: Delivery of AB1234 failed."""
    return token.sign is S.OTHER and token.text.isascii() and any(char.isdigit() for char in token.text)


def _right_behind(clause: Sequence[Token], at: int, first: Sign, second: Sign | None) -> View | None:
    """The view by the words right behind the act; None: they leave it open."""
    match first:
        case S.DONE if clause[at + 1].text[-1] in _PERFECT:
            return View(Aspect.DONE)
        case S.ONGOING if clause[at + 1].text.isascii():
            return View(Aspect.ONGOING)
        case S.VOID | S.CANCEL:
            return View(Aspect.REVOKED)
        case S.RESUME if clause[at].sign is S.SIGN and "更正" in clause[at + 1].text:
            return View(Aspect.REVOKED)
        case S.FAILED:
            return View(Aspect.FAILED)
        case S.WILL if (
            clause[at].sign in {S.REFUSE, S.LOSE, S.ABSENT, S.NO_CONTACT} and second not in _TRIES
        ):  # 拒收将影响信用
            return View(Aspect.CONDITIONAL)
        case S.WILL | S.ARRANGE if second is S.MIDST and clause[at].sign is S.CARRY:  # 派件准备中
            return View(Aspect.PLANNED)
        case S.ARRANGE if clause[at].sign is S.CARRY and second is S.OK:  # 送货预约成功
            return View(Aspect.PLANNED)
        case S.WILL if second is S.DELAY and clause[at].sign is S.CARRY:  # 配送可能延迟
            return View(Aspect.MENTIONED)
        case S.OR if clause[at].sign in CHOICES:
            return View(Aspect.POSSIBLE)
        case S.TODAY if clause[at + 1].text in {"当日", "当天"}:  # 派送当日: on that day
            return View(Aspect.MENTIONED)
        case S.ABSENT if clause[at].sign is S.COLLECT:  # 揽收改日
            return View(Aspect.PLANNED)
        case S.ARRANGE if clause[at].sign in _BY_APPOINTMENT:
            return View(Aspect.PLANNED, arranged=True)
        case S.NOT | S.CANNOT if second in {S.OK, S.DONE}:
            return View(Aspect.FAILED)
        case S.OK if second is S.AFTER or (second is not None and _is_rewarded(clause[at + 2])):
            return View(Aspect.MENTIONED)
        case S.OK:
            return View(Aspect.DONE, succeeded=True)
        case S.MIDST:
            return View(Aspect.ONGOING)
        case S.WAIT if clause[at].sign is S.CARRY:
            return View(Aspect.PLANNED)
        case S.AFTER if not clause[at + 1].text.isascii():
            return View(Aspect.MENTIONED)
        case S.OF if not clause[at].text.endswith("您"):
            return View(Aspect.MENTIONED)
        case S.ASKED if clause[at].sign is S.FORWARD:
            return View(Aspect.MENTIONED)
        case S.NOTICE if clause[at + 1].text.startswith(_SERVICES):  # 代收服务已开通
            return View(Aspect.MENTIONED)
        case S.OTHER | S.NOTICE if _is_compared(clause[at], clause[at + 1]):
            return View(Aspect.MENTIONED)  # 配送更有劲
        case S.PLEASE | S.MAY if clause[at + 1].start == clause[at].end:  # 签收请…: advice
            return View(Aspect.MENTIONED)
    return None


def _fails_there(behind: Sequence[Token]) -> bool:
    """Whether the act failed at the place that stands between: 投递至驿站失败, collection from sender failed."""
    told = [token.sign for token in behind if token.sign not in _ITS_PLACE]
    return told[:1] == [S.FAILED] or told[:2] in ([S.NOT, S.OK], [S.CANNOT, S.OK])


def _is_compared(act: Token, behind: Token) -> bool:
    """Whether the act is praised: 配送更有劲, 派件我最快, but not 配送更新."""
    is_compared = (behind.text[0] == "更" and behind.text[1:2] not in _CHANGES) or "最" in behind.text[:2]
    return behind.start == act.end and is_compared


def _is_rewarded(behind: Token) -> bool:
    """Whether the words name a reward for the act: 取件成功可得能量, 签收成功领积分."""
    return behind.text.startswith(_REWARDS) and behind.sign in _OF_REWARDS


def _is_taken_back(behind: Sequence[Token]) -> bool:
    """Whether the act is taken back, with any words between: 签收扫描撤销, 签收已回滚."""
    for token in behind:
        if token.sign in {S.COLON, S.SIGNER}:
            return False
        if token.sign in {S.VOID, S.CANCEL} and token.text != "非本人":
            return True
    return False
