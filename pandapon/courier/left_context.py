"""The modality of an act: its right context, completed by its left context, the tokens before it.

The token nearest to the act decides. A negation, a plan or a condition settles the aspect, and words such as 今日 add
facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect, Modality
from pandapon.courier.right_context import CHOICES, from_right_context
from pandapon.courier.tags import ACTS, TROUBLES, Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.tokens import Token

T = Tag

_AS = ("按", "应", "依", "按照", "根据", "遵", "已按", "现按", "因")
_REPORTS = frozenset({"反映", "反馈", "投诉", "称", "来电", "申诉", "告知", "reported", "complaint"})
_TAKEN = frozenset({T.FETCH, T.TAKE, T.SIGN, T.RECEIVE})
_GOING = frozenset({"前往", "赶往"})
_UNTIL = (
    "小时",
    "天",
    "日",
    "钟",
    "号",
    "周",
    "月",
    "支付",
    "付款",
    "缴费",
    "确认",
    "审核",
    "账",
    "款",
    "同意",
    "联系",
    "通过",
    "完工",
    "到齐",
    "备齐",
    "整理",
    "恢复",
)
# A negation reaches its act across these.
_BRIDGES = frozenset(
    {T.OK, T.ARRANGE, T.ONGOING, T.PARCEL, T.AGAIN, T.DONE, T.BY, T.RECIPIENT, T.SELF, T.COURIER, T.TO, T.TODAY}
    | {T.NUMBER, T.CARRY_NOUN, T.CARRY}
)
_NEAR = 2  # tokens of any kind that a negation reaches across
# The aspect that an act's own word brings along: 已签 has the tags DONE and SIGN.
_OWN_ASPECTS = {T.DONE: Aspect.DONE, T.ONGOING: Aspect.ONGOING}
# A 后 between two such acts states both where the agent is named: 本人验货后签收, 由收发室签收后转交本人.
_SUCCESSIONS = frozenset(
    {(T.HANDLE, T.SIGN), (T.RECEIVE, T.SIGN), (T.SIGN, T.TRANSFER), (T.PROXY, T.TRANSFER), (T.RECEIVE, T.TRANSFER)}
)
_CLOCK = ("时", "点", "日", "号", "底", "天")
_HURRIED = frozenset({"抓紧", "尽早", "及时"})
_WORKERS = frozenset({T.SENDER, T.BRANCH, T.COURIER, T.WAREHOUSE})
_MODALS = {
    T.IF: Aspect.CONDITIONAL,
    T.ELSE: Aspect.CONDITIONAL,
    T.PLEASE: Aspect.ASKED,
    T.MAY: Aspect.POSSIBLE,
}
_SETTLE_AS = {**_MODALS, T.SUSPECT: Aspect.POSSIBLE, T.NOT_YET: Aspect.NOT_YET}
_CAN_SETTLE = (
    frozenset(_SETTLE_AS)
    | {T.NOT, T.VOID, T.AFTER, T.FAILED, T.CANNOT, T.DONE, T.ASKED, T.OR}
    | {T.WILL, T.WAIT, T.FUTURE_DAY, T.PROMISE}
)
_CAN_ADD = frozenset({T.BY, T.OK, T.ONGOING, T.DONE, T.ARRANGE, T.AGAIN, T.TODAY})
_SETTLED = frozenset({Aspect.REVOKED, Aspect.MENTIONED, Aspect.POSSIBLE, Aspect.ASKED})
_CARRIED = frozenset({T.CARRY, T.CARRY_NOUN})
_CARRIED_TO = frozenset({T.SIGN, T.REACH})
_FACTS = frozenset({Aspect.DONE, Aspect.FAILED, Aspect.NEGATED})
_CALLED_OFF = frozenset({T.COLLECT, T.CARRY, T.FORWARD, T.HOLD})
_LIGHT = frozenset({T.CALL_BUYER})
_ON_REQUEST = frozenset({T.REFUSE, T.RETURN, T.INTERCEPT, T.CANCEL, T.ABANDON, T.ABSENT})


def modality_of(clause: Sequence[Token], at: int, *, conditional: bool = False) -> Modality:
    """Return the modality of the act at an index of its clause.

    ``conditional``: a condition in the clause before still holds.
    """
    if conditional:
        return Modality(Aspect.CONDITIONAL)
    return _from_left_context(clause, at, from_right_context(clause, at))


def _from_left_context(clause: Sequence[Token], at: int, modality: Modality) -> Modality:
    """The modality, completed by the tokens before the act, from the nearest to the farthest.

    Beyond another act only conditions, requests, offers and plans count.
    """
    if not at or modality.aspect in _SETTLED:
        return modality
    act = clause[at]
    between: list[Tag] = []
    for position in range(at - 1, -1, -1):
        token = clause[position]
        if token.start == act.start and token.tag is not T.NOT:  # the act's own word also tells the aspect
            modality = _with_own_aspect(modality, token.tag)
        elif token.tag is T.CANCEL and act.tag in _CALLED_OFF and {T.PARCEL}.issuperset(between):
            return modality._replace(aspect=Aspect.REVOKED)  # carrier cancelled the pickup
        elif _is_an_act(clause, position):
            is_object = token.tag is act.tag is T.RETURN  # 已将退件交还
            if not is_object and not (token.tag in _CARRIED and act.tag in _CARRIED_TO):
                return _under_modal(modality, _before(clause, position))
        elif token.tag is T.COLON:
            return _under_modal(modality, clause[:position])
        else:
            decided = _settled(modality, clause, at, position, between)
            if decided is not None:
                return decided
            modality = _with_fact(modality, token, between)
            between.append(token.tag)
    return modality


def _before(clause: Sequence[Token], position: int) -> Sequence[Token]:
    """The tokens before an act, without the "done" that a perfective verb brings along.

    提走 in 等待司机提走派送 means "taken", but here it is only awaited.
    """
    own = position and clause[position - 1].tag is T.DONE and clause[position - 1].start == clause[position].start
    return clause[: position - 1] if own else clause[:position]


def _is_an_act(clause: Sequence[Token], position: int) -> bool:
    """Whether the token is an act of its own, and no auxiliary (前往) or time (请下班前领走)."""
    token, after = clause[position], clause[position + 1]
    if token.tag not in ACTS or token.tag in _LIGHT or token.text in _GOING:
        return False
    return not (token.tag is T.ABSENT and after.tag is T.AFTER and after.text.endswith("前"))


def _with_own_aspect(modality: Modality, tag: Tag) -> Modality:
    if tag in {T.WAIT, T.WILL}:
        return modality._replace(aspect=Aspect.PLANNED)
    if tag is T.VOID:
        return modality._replace(aspect=Aspect.REVOKED)
    if modality.aspect is Aspect.BARE and tag in _OWN_ASPECTS:
        return modality._replace(aspect=_OWN_ASPECTS[tag])
    return modality


def _settled(
    modality: Modality, clause: Sequence[Token], at: int, position: int, between: Sequence[Tag]
) -> Modality | None:
    """The modality if the token at ``position`` settles it; None: the tokens further left decide."""
    if clause[position].tag not in _CAN_SETTLE:
        return None
    token, before = clause[position], clause[:position]
    is_near = len(between) <= _NEAR
    match token.tag:
        case T.NOT | T.VOID if any(other.tag is T.IF for other in before):
            return modality._replace(aspect=Aspect.CONDITIONAL)
        case T.NOT if is_near or _BRIDGES.issuperset(between):
            return _negated(modality, clause[at:], between)
        case T.AFTER if token.text.isascii() and is_near and modality.aspect is not Aspect.DONE:  # after delivery
            return modality._replace(aspect=Aspect.MENTIONED)
        case T.AFTER if before and (before[-1].tag, clause[at].tag) in _SUCCESSIONS and _has_actor(before):
            return None
        case T.AFTER if (
            "后" in token.text
            and clause[at].tag not in TROUBLES
            and modality.aspect is not Aspect.DONE
            and (_ends_a_time(before))
        ):
            return modality._replace(aspect=Aspect.PLANNED, promised=True, again=modality.again or "再" in token.text)
        case T.AFTER if (
            token.text == "前" and _is_deadline(clause, position, between) and modality.aspect is not Aspect.DONE
        ):
            return modality._replace(aspect=Aspect.PLANNED, promised=True)
        case T.FAILED if T.AFTER in between:  # 投递失败后退回
            return None
        case T.CANNOT | T.FAILED if modality.aspect is not Aspect.DONE or T.DONE not in between:
            return modality._replace(aspect=Aspect.FAILED)
        case T.VOID if is_near and (token.text != "非本人" or clause[at].tag is T.SIGN):
            return modality._replace(aspect=Aspect.REVOKED)
        case T.DONE if T.ARRANGE in between and clause[at].tag in _TAKEN:  # 已通知客户自提
            return modality._replace(aspect=Aspect.PLANNED)
        case T.ASKED if clause[at].text.endswith("走") and any(
            other.text == "被" for other in before
        ):  # 被买家要求领走
            return modality._replace(aspect=Aspect.DONE)
        case T.ASKED if clause[at].tag in TROUBLES and token.text in _REPORTS:  # 客户反映少件
            return None
        case T.ASKED if clause[at].tag not in _ON_REQUEST and T.DONE not in between and not is_as_asked(before):
            return modality._replace(aspect=Aspect.MENTIONED)
        case T.OR if not between and clause[at].tag in CHOICES:
            return modality._replace(aspect=Aspect.POSSIBLE)
        case T.PLEASE if token.text in _HURRIED and any(other.tag in _WORKERS for other in before):  # 商家抓紧备货
            return None
        case T.PLEASE if T.AFTER in between or any(other.tag is T.AFTER for other in before):  # 到达后请…: not yet
            return modality._replace(aspect=Aspect.CONDITIONAL)
        case T.FUTURE_DAY if modality.succeeded:  # 次日揽收完成
            return None
        case T.WILL | T.WAIT | T.FUTURE_DAY | T.PROMISE if T.DONE not in between:
            return _planned(modality, clause[: position + 1])
        case tag if tag in _SETTLE_AS:
            return modality._replace(aspect=_SETTLE_AS[tag])
    return None


def _is_deadline(clause: Sequence[Token], position: int, between: Sequence[Tag]) -> bool:
    """Whether 前 stands between a time and the act: 最晚24时前发出."""
    before = clause[position - 1] if position else None
    is_time = before is not None and (before.tag in {T.NUMBER, T.FUTURE_DAY} or before.text.endswith(_CLOCK))
    return is_time and not between


def _negated(modality: Modality, act_and_after: Sequence[Token], between: Sequence[Tag]) -> Modality:
    if any(token.text == "yet" for token in act_and_after):
        return modality._replace(aspect=Aspect.NOT_YET)
    in_vain = modality.succeeded or T.OK in between or modality.aspect is Aspect.FAILED
    return modality._replace(aspect=Aspect.FAILED if in_vain else Aspect.NEGATED)


def _with_fact(modality: Modality, token: Token, between: Sequence[Tag]) -> Modality:
    """The modality with the facts that a token adds without settling the aspect."""
    if token.tag not in _CAN_ADD:
        return modality
    match token.tag:
        case T.BY if token.text == "被" and modality.aspect is Aspect.BARE:  # the passive states a done act
            return modality._replace(aspect=Aspect.DONE)
        case T.OK if not between and modality.aspect in {Aspect.BARE, Aspect.DONE}:
            return modality._replace(aspect=Aspect.DONE, succeeded=True)
        case T.ONGOING | T.DONE if modality.aspect is Aspect.BARE:
            return modality._replace(aspect=Aspect.ONGOING if token.tag is T.ONGOING else Aspect.DONE)
        case T.ARRANGE:
            return modality._replace(arranged=True)
        case T.AGAIN:
            return modality._replace(again=True)
        case T.TODAY:
            return modality._replace(today=True)
    return modality


def is_as_asked(before: Sequence[Token]) -> bool:
    """Return whether the act was done as somebody asked: 应商家要求, 按您要求."""
    return any(token.text.endswith(_AS) for token in before)


def _has_actor(before: Sequence[Token]) -> bool:
    """Whether the tokens name the agent. 本人验货后签收 states an act; 验货后再签收 is advice."""
    return any(token.tag in {T.SELF, T.KIN, T.RECIPIENT, T.DESK} for token in before)


def _ends_a_time(before: Sequence[Token]) -> bool:
    """Whether 后 follows an act or a span of time, and is no part of a name: 解封后, 48小时后."""
    return bool(before) and (before[-1].tag in ACTS or before[-1].text.endswith(_UNTIL))


def _under_modal(modality: Modality, before: Sequence[Token]) -> Modality:
    """The modality under a condition, a request, an offer or a plan further left in the clause.

    Such a word holds for all acts after it, up to one that is done.
    """
    if modality.aspect in _FACTS:
        return modality
    for token in reversed(before):
        if token.tag is T.DONE:
            return modality
        if token.tag in _MODALS:
            return modality._replace(aspect=_MODALS[token.tag])
        if token.tag in {T.WILL, T.PROMISE, T.WAIT, T.FUTURE_DAY} and modality.aspect is Aspect.BARE:
            promised = token.tag in {T.PROMISE, T.FUTURE_DAY}
            return modality._replace(aspect=Aspect.PLANNED, promised=promised)
    return modality


def _planned(modality: Modality, before: Sequence[Token]) -> Modality:
    tags = {token.tag for token in before}
    if T.IF in tags:
        return modality._replace(aspect=Aspect.CONDITIONAL)
    if T.CANNOT in tags:
        return modality._replace(aspect=Aspect.FAILED)
    again = modality.again or T.AGAIN in tags or any("再" in token.text for token in before)
    promised = modality.promised or bool(tags & {T.PROMISE, T.FUTURE_DAY})
    return modality._replace(
        aspect=Aspect.PLANNED, again=again, promised=promised, today=modality.today or T.TODAY in tags
    )
