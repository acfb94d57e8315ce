"""The claims of the courier's pick-up at the sender: ordered, booked, on the way, in vain, or done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED, Claim, claim_by_table
from pandapon.courier.context import clause_says, happened, is_about_another_matter
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, M, T = Aspect, Milestone, Tag

_TAKEN_IN = {T.HUB: M.IN_TRANSIT, T.LAST_BRANCH: M.ARRIVED, T.DESTINATION: M.ARRIVED}
_COMING = frozenset({"前往", "赶往", "赶来", "前来", "过来", "赶去", "马上", "即将"})


def pick_up_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of an act of collecting; None: it claims nothing.

    Some words of collecting also stand for other steps: a hub takes the parcel in, a customer collects it at a point.
    """
    clause = text.clause_tags[event.clause]
    if is_about_another_matter(text) and event.aspect not in HAPPENED:
        return None
    if (
        text.tags & {T.CUSTOMS, T.DECLARE} or (event.at is T.PORT and event.place != "港" and T.OF not in clause)
    ) and event.aspect in HAPPENED:
        return Claim(M.IN_TRANSIT)
    if event.word.isascii() and event.aspect is A.DONE and (T.SENDER in clause or _is_dropped_off(text)):
        return Claim(M.PICKED_UP)
    if event.word.isascii() and "origin" in event.word:
        return claim_by_table(event)
    if event.at is T.PARTNER and event.aspect in HAPPENED:  # 尾程已揽收
        return Claim(M.IN_TRANSIT)
    if "accepted" in event.word:
        return Claim(M.DELIVERED) if clause & {T.DESK, T.KIN} and event.aspect is A.DONE else claim_by_table(event)
    if event.aspect in HAPPENED and event.at is T.POINT and T.BY_CODE in text.tags and T.SENDER not in text.tags:
        return Claim(M.READY_FOR_PICKUP)  # 驿站小二已收件上架，凭货号…
    if event.aspect in HAPPENED and event.at is T.POINT and clause_says(event, text, "核对"):
        return None  # 店主收件核对中: the parcel may be a sender's or a recipient's
    if event.aspect in HAPPENED and _came_from_a_hub(text):
        return Claim(M.ARRIVED if event.at in {T.BRANCH, T.LAST_BRANCH} else M.IN_TRANSIT)
    if event.word.startswith("รับเข้า") and event.at in _TAKEN_IN and event.aspect in HAPPENED:
        return Claim(_TAKEN_IN[event.at])
    if event.word.endswith("受理") and (T.ORDER in clause or happened(text, T.PREPARE)):
        return None
    if (
        event.word == "收件"
        and event.at is T.HUB
        and not text.tags & {T.SENDER, T.COURIER}
        and not event.modality.today
    ):
        return Claim(M.IN_TRANSIT)
    if event.word.endswith("受理") and len(text.clauses[event.clause]) <= 1 and T.NOTE in text.tags:
        return None  # a request was received, and no parcel
    return _fetched_or_planned_claim(event, text)


def _fetched_or_planned_claim(event: Event, text: Text) -> Claim | None:
    """The claim where no site took the parcel in: its recipient collected it, or a courier collects from the sender."""
    clause = text.clause_tags[event.clause]
    if event.word.isascii() and event.aspect is A.DONE and _is_by_recipient(event, text):
        return Claim(M.DELIVERED, fetched=True)
    if event.word.isascii() and clause & {T.RECIPIENT, T.POINT, T.LOCKER} and event.aspect is not A.CONDITIONAL:
        return Claim(M.DELIVERED, fetched=True) if event.modality.succeeded else Claim(M.READY_FOR_PICKUP)
    is_order = T.ARRANGE in text.tags or clause_says(event, text, "寄", "订单", "下单")
    if (
        event.aspect is A.ONGOING
        and T.SENDER in text.tags
        and any(other.act is T.RECEIVE and other.clause < event.clause for other in text.events)
    ):
        return Claim(M.SHIPPED)  # 已收到发件人请求，正在揽件
    if event.aspect is A.REVOKED or (event.word.endswith("受理") and is_order):
        return Claim(M.SHIPPED)
    if event.aspect is A.NEGATED and T.LABEL in text.tags:
        return Claim(M.SHIPPED)
    if event.at is T.LAST_BRANCH and event.word.startswith("收件") and event.aspect in HAPPENED:
        return Claim(
            M.PICKED_UP if event.place.endswith("揽投部") else M.ARRIVED
        )  # the post's 揽投部 both collects and delivers
    on_the_way = any(token.text in _COMING for token in text.clauses[event.clause][: event.token])
    if event.aspect is A.BARE and any(
        token.tag in {T.ABSENT, T.FUTURE_DAY} for token in text.clauses[event.clause][: event.token]
    ):
        return Claim(M.SHIPPED)  # 改天上门揽收
    is_booked = any(token.text == "预约" for token in text.clauses[event.clause][: event.token])
    if (
        (event.modality.arranged or on_the_way)
        and (is_booked or not event.modality.succeeded)
        and event.aspect in HAPPENED
    ):
        return Claim(M.SHIPPED)
    stated = claim_by_table(event)
    is_fetched = event.word in {"取货完成", "提货成功"} and not text.tags & {T.COURIER, T.SENDER, T.BRANCH}
    return stated._replace(unsure=True) if stated and is_fetched and stated.milestone is M.PICKED_UP else stated


def _is_by_recipient(event: Event, text: Text) -> bool:
    """Whether the recipient collected the parcel: Parcel collected by recipient."""
    after = [token.tag for token in text.clauses[event.clause][event.token + 1 :] if token.tag is not T.PARCEL]
    return after[:1] == [T.BY] and after[1:2] in ([T.RECIPIENT], [T.KIN], [T.SELF])


def _came_from_a_hub(text: Text) -> bool:
    """Whether the parcel came from a hub and not from its sender: 上一站 南昌转运中心."""
    return any(
        token.text == "上一站" and any(other.tag is T.HUB for other in clause[at + 1 :])
        for clause in text.clauses
        for at, token in enumerate(clause)
    )


def _is_dropped_off(text: Text) -> bool:
    return any(other.word.startswith("drop") for other in text.events)
