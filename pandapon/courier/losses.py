"""The claims of losses and compensations: a parcel is lost, still searched for, or paid for; or a rule names losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, Reason, claim_by_table
from pandapon.courier.context import clause_has, clause_says, happened
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

A, M, T = Aspect, Milestone, Tag

# Things that are no parcel: known by their tag, or by their name.
_PAPERS = frozenset({T.NOTE, T.PAPERS})
_THINGS = ("面单", "快递单", "回单", "单据", "标签", "条码", "钥匙", "门卡", "复印件", "资料", "文件")
_LATIN_THINGS = frozenset({"label", "labels", "key", "keys", "waybill", "pod", "proof of delivery"})
_LINKS = ("和", "及", "与", "连同", "with", "and")
_GOODS = ("件", "货", "品")
_AUXILIARIES = frozenset({"is", "are", "be", "been"})
# Words that confirm a loss. Without them, a loss under investigation is only a problem.
_SETTLED = ("确认", "判定", "认定", "按遗失", "按丢失", "无法寻回", "灭失", "confirmed", "declared")
_SOUGHT = (
    "中",
    "正在",
    "กําลัง",
    "อยู่ระหว่าง",
    "仲裁",
    "查件",
    "查询",
    "investigat",
    "trace",
    "inquir",
    "enquir",
    "search",
)
PAID_OUT = ("支付", "打给", "打", "到账", "打款", "转账", "转给", "发放", "汇", "赔付", "划")
_NOT_FOUND = (
    "找",
    "未找",
    "没找",
    "查不到",
    "查询不到",
    "未能找",
    "无法找",
    "无法查",
    "不知",
    "不见",
    "cannot",
    "unable",
)


def loss_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a loss: a problem while the parcel is searched for or a claim is open, an end otherwise."""
    stated = claim_by_table(event)
    if stated and is_of_a_thing(event, text):
        is_sought = event.word.startswith(_NOT_FOUND)
        return (
            Claim(M.EXCEPTION, Reason.ADDRESS if clause_says(event, text, "地址") else Reason.OTHER)
            if is_sought
            else None
        )
    if stated and T.PART in text.tags:
        return Claim(M.EXCEPTION, Reason.LOST)
    settled = (happened(text, T.COMPENSATE) and not _is_being_settled(event, text)) or any(
        token.text.startswith(_SETTLED) or token.text == "结案" for clause in text.clauses for token in clause
    )
    return (
        Claim(M.EXCEPTION, Reason.LOST)
        if stated
        and not settled
        and (event.word.startswith(_NOT_FOUND) or _is_sought(event, text) or _is_being_settled(event, text))
        else stated
    )


def is_of_a_thing(event: Event, text: Text) -> bool:
    """Return whether a document, a label or a key was lost, and no parcel: 回单丢失, 遗失面单, invoice lost."""
    clause = text.clauses[event.clause]
    before = [token for token in clause[: event.token] if token.tag is not T.DONE and token.text not in _AUXILIARIES]
    named = _thing_at_the_end(before)
    if named:
        preceding = "".join(token.text for token in before).removesuffix(named)
        return not (preceding.endswith(_LINKS) and _names_a_parcel(before))  # 快件及发票丢失
    after = [token for token in clause[event.token + 1 :] if token.tag is not T.DONE]
    if not after or _names_a_parcel(before):
        return False
    return _is_a_thing(after[0]) or "".join(token.text for token in after[:2]).startswith(_THINGS)


def _thing_at_the_end(words: Sequence[Token]) -> str:
    """The name of the thing at the end of the tokens; empty where they end in no such thing."""
    if words and _is_a_thing(words[-1]):
        return words[-1].text
    last = "".join(token.text for token in words[-2:])
    return next((thing for thing in _THINGS if last.endswith(thing)), "")


def _names_a_parcel(words: Sequence[Token]) -> bool:
    return any(token.tag is T.PARCEL and token.text != "单" for token in words)


def _is_a_thing(token: Token) -> bool:
    return token.text in _LATIN_THINGS or (token.tag in _PAPERS and not token.text.endswith(_GOODS))


def _is_being_settled(event: Event, text: Text) -> bool:
    """Whether 丢件 is the kind of a complaint that is still being settled: 丢件, 正赔付."""
    paid = [other.aspect for other in text.events if other.act is T.COMPENSATE]
    return event.word == "丢件" and event.aspect is A.BARE and A.ONGOING in paid


def is_compensation_rule(event: Event, text: Text) -> bool:
    """Return whether the text states a rule of compensation: 丢失、破损按件赔付."""
    spoken = {A.BARE, A.PLANNED, A.MENTIONED, A.ASKED, A.CONDITIONAL, A.POSSIBLE}
    if any(token.text.startswith(("包赔", "必赔")) for token in text.clauses[event.clause][event.token + 1 :]):
        return True
    return any(
        other.act is T.COMPENSATE and other.aspect in spoken and other.clause == event.clause for other in text.events
    )


def _is_sought(event: Event, text: Text) -> bool:
    """Whether the loss is still under investigation, or only alleged."""
    before = text.clauses[event.clause][: event.token]
    if event.aspect is A.ONGOING or any(token.tag in {T.ASKED, T.DECLARE} for token in before):
        return True
    return any(
        (token.tag is T.TROUBLE and any(word in token.text for word in _SOUGHT)) or token.text == "investigation"
        for clause in text.clauses
        for token in clause
    )


def compensation_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a compensation: a loss once it is paid, a problem while it is under way or planned."""
    is_paid = event.aspect in HAPPENED and (clause_has(event, text, T.PAID) or _is_paid_out(event, text))
    if event.aspect is A.DONE or is_paid:
        return Claim(M.LOST, Reason.COMPENSATED)
    return Claim(M.EXCEPTION, Reason.COMPENSATED) if event.aspect in {A.ONGOING, A.PLANNED} else None


def _is_paid_out(event: Event, text: Text) -> bool:
    return clause_has(event, text, T.DONE) and clause_says(event, text, *PAID_OUT)
