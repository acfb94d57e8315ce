"""Ends that their own text doubts: the recipient denies it, it is corrected, or the parcel is still elsewhere.

An end is delivered, returned, lost or cancelled. It stops a team's waiting, so it is claimed only where nothing in the
text speaks against it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import Claim, Reason
from pandapon.courier.context import denies_receipt
from pandapon.courier.hedges import is_hedged, is_only_agreed
from pandapon.courier.left_context import is_as_asked
from pandapon.courier.noun_claims import has_another_number
from pandapon.courier.tags import ACTS, Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

A, M, T = Aspect, Milestone, Tag

# Tags before an act, in its clause, that say that it is to come, wished for, or impossible.
_UNREAL = frozenset({T.WILL, T.WAIT, T.PROMISE, T.SUSPECT, T.CANNOT, T.NO_LONGER, T.IF})
_ADVICE = frozenset({T.IF, T.PLEASE})  # 未收到请…反馈 is advice for a case, and denies nothing
_DENIALS = frozenset({T.NOT, T.NOT_YET})
_CHECKED = ("核实", "核查", "调查", "核对")
_ENDS = frozenset({M.DELIVERED, M.RETURNED, M.LOST, M.CANCELLED})
_DISPUTED = Claim(M.EXCEPTION, Reason.SIGNATURE_DISPUTED)
_HANDOVERS = frozenset({T.FETCH, T.TAKE, T.RECEIVE, T.REACH})
_REACHED_ACROSS = frozenset({T.RETURN, T.REVERSE, T.HANDLE})
_IN_VAIN = frozenset({A.NEGATED, A.NOT_YET, A.FAILED})
_SHOWN = ("显示", "标记为", "标为", "误标", "提示", "状态为", "shows", "shown", "marked as")
_DENIED = (
    "未收到",
    "没收到",
    "非本人",
    "未实际",
    "不实",
    "虚假",
    "否认",
    "没拿到",
    "未拿到",
    "未见到",
    "不知情",
    "not received",
)
_WRONG = ("wrong", "incorrect", "mistaken", "错")
_SEEN = ("见", "看到", "看见", "拿到", "取到", "收到")
_CHOSEN = ("改为", "改成", "变更为", "设为", "设置为", "选择")  # 签收方式改为… is a setting
_WISHES = ("备注", "留言", "授权", "允许", "嘱咐", "叮嘱", "选择", "设置", "偏好", "指示", "同意")
_ELSEWHERE = ("还在车上", "仍在车上", "在车上", "还在网点", "仍在网点", "还在站点", "在途中")
_ANOTHER = (
    "另",
    "上一",
    "上次",
    "上单",
    "前一",
    "为确保",
    "确保",
    "如何",
    "其他",
    "其它",
    "别的",
    "上一票",
    "上一单",
    "同批",
    "其余",
    "邻居的",
    "别人",
    "another",
    "other",
    "others",
    "rest",
)


def weigh_doubts(claim: Claim, event: Event, text: Text) -> Claim | None:
    """Return the claim of an end, or the weaker claim that remains where the text doubts the end; None: none remains.

    A claim that is no end is returned as it is.
    """
    if claim.milestone not in _ENDS:
        return claim
    clause = text.clauses[event.clause]
    if claim.milestone is M.DELIVERED and (is_disputed(event, text) or _is_in_wrong_hands(clause[event.token + 1 :])):
        return _DISPUTED
    is_replaced = claim.milestone is M.CANCELLED and has_another_number(text)
    is_wished = claim.milestone is M.DELIVERED and _is_wished(clause[: event.token])
    is_hedge = is_hedged(clause, event.token) or (
        claim.milestone in {M.LOST, M.CANCELLED} and is_only_agreed(clause, event.token)
    )
    if is_replaced or is_wished or any(token.text.endswith(_CHOSEN) for token in clause[: event.token]):
        return None
    before, after = _behind_colon(clause[: event.token]), clause[event.token + 1 :]
    is_denied = bool(text.tags & {T.NOT, T.NOT_YET})
    if any(token.text.endswith(_SHOWN) for token in before) and (is_denied or claim.milestone is M.DELIVERED):
        return _claim_of_display(claim, event, is_denied=is_denied)
    if event.act in ACTS and any(token.tag in {T.VOID, T.CANCEL} and token.text != "非本人" for token in after):
        return _lesser_claim(claim, event) if claim.milestone is not M.DELIVERED else _DISPUTED
    return _lesser_claim(claim, event) if is_hedge or _is_unreal(claim, before, after) else claim


def _claim_of_display(claim: Claim, event: Event, *, is_denied: bool) -> Claim | None:
    """The claim of an end that a system only shows. ``is_denied``: the text also denies it."""
    if claim.milestone is not M.DELIVERED:
        return _lesser_claim(claim, event)
    return _DISPUTED if is_denied else None


def _is_in_wrong_hands(after: Sequence[Token]) -> bool:
    """Whether the words after the act name a wrong person: to the wrong person."""
    first = next((token for token in after if token.tag not in {T.TO, T.PARCEL}), None)
    return first is not None and first.tag is T.OTHER and first.text.startswith(_WRONG)


def _is_wished(before: Sequence[Token]) -> bool:
    """Whether the words before the act only wish or allow it: 客户备注：放门口, 您已授权快递员将包裹放在门口.

    已按备注放门口 states that the act was done.
    """
    wished = next((at for at in range(len(before) - 1, -1, -1) if before[at].text.endswith(_WISHES)), None)
    if wished is None or is_as_asked(before) or before[0].text in {"经", "征得"}:
        return False
    return all(token.tag is not T.DONE for token in before[wished + 1 :])


def _behind_colon(before: Sequence[Token]) -> Sequence[Token]:
    """The tokens after the last colon. A label before it asks for nothing: 包裹柜反馈：已取 states an act."""
    colons = [at for at, token in enumerate(before) if token.tag is T.COLON]
    return before[colons[-1] + 1 :] if colons else before


def _is_unreal(claim: Claim, before: Sequence[Token], after: Sequence[Token]) -> bool:
    if any(token.text.startswith(_ANOTHER) for token in before):
        return True
    if _is_of_another(before) or _is_denied(before):
        return True
    if after and after[-1].tag is T.NOT and not after[-1].text.isascii():  # 签收-未
        return True
    if any(token.tag is T.ASKED and token.text != "协商" for token in before) and not is_as_asked(before):
        return True
    unreal = _UNREAL - {T.CANNOT, T.SUSPECT} if claim.milestone is M.LOST else _UNREAL
    return any(token.tag in unreal for token in before) or any(_casts_doubt(token) for token in _before_advice(after))


def _is_of_another(before: Sequence[Token]) -> bool:
    """Whether the words before the act name somebody else's parcel: 邻居的快件."""
    tags = [token.tag for token in before]
    return any(tags[at : at + 3] == [T.KIN, T.OF, T.PARCEL] for at in range(len(tags)))


def _is_denied(before: Sequence[Token]) -> bool:
    """Whether a negation or a check reaches the end, with no other act in between: 不是快件已妥投, 正在核实…."""
    for token in reversed(before):
        if token.tag in _DENIALS:
            return True
        if token.tag is T.TROUBLE:
            return any(word in token.text for word in _CHECKED)
        if token.tag in ACTS and token.tag not in _REACHED_ACROSS:  # 不同意退件被买家领走, 未识别签收
            return False
    return False


def _before_advice(after: Sequence[Token]) -> Sequence[Token]:
    """The tokens before 如有, with which advice begins."""
    conditions = [at for at, token in enumerate(after) if token.tag is T.IF]
    return after[: conditions[0]] if conditions else after


def _lesser_claim(claim: Claim, event: Event) -> Claim | None:
    """The weaker claim of a doubted end: a return is under way, a loss is feared; None: of other ends."""
    match claim.milestone:
        case M.RETURNED if event.aspect.happened:
            return Claim(M.RETURNING)
        case M.LOST:
            return Claim(M.EXCEPTION, claim.reason)
    return None


def _casts_doubt(token: Token) -> bool:
    return token.tag is T.FAILED or token.text.startswith(
        (
            "任务",
            "率",
            "服务",
            "一步",
            "还有一步",
            "仅差",
            "只差",
            "做好准备",
            "异议",
            "争议",
            "须知",
            "存疑",
            "申请",
            "流程",
            "说明",
            "误报",
            "系统误报",
            "审核",
            "问题",
            "疑问",
            "疑",
        )
    )


def _sees_nothing(clause: Sequence[Token]) -> bool:
    """Whether the recipient says that the parcel was not seen: 客户没见到."""
    return any(
        before.tag is T.NOT and after.text.startswith(_SEEN) and any(token.tag is T.RECIPIENT for token in clause)
        for before, after in pairwise(clause)
    )


def _is_of_a_thief(clause: Sequence[Token]) -> bool:
    """Whether a stranger took the parcel, or a courier signed too early: 疑似他人冒领, 派件员提前点了签收."""
    return any(word in token.text for token in clause for word in ("冒领", "冒名", "提前点"))


def is_disputed(event: Event, text: Text) -> bool:
    """Return whether another part of the text says that the parcel was not handed over."""
    if any(other.act in _HANDOVERS and other.aspect in _IN_VAIN and other is not event for other in text.events):
        return True
    if any(other.act is T.SIGN and other.aspect is A.REVOKED for other in text.events):
        return True
    if any(_sees_nothing(clause) or denies_receipt(clause) or _is_of_a_thief(clause) for clause in text.clauses):
        return True
    return any(
        token.text.startswith(_DENIED) or any(word in token.text for word in _ELSEWHERE)
        for clause, tags in zip(text.clauses, text.clause_tags, strict=True)
        for token in clause
        if token.tag in {T.VOID, T.OTHER, T.NOT} and tags.isdisjoint(_ADVICE)
    )
