"""Delivery verbs that do not tell where the parcel is: of a booking, an answer, an agreement, a slip or a gift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.context import happened
from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from pandapon.courier.events import Event, Text

A, T = Aspect, Tag

_SLIPS = ("通知", "通知单", "催领单", "提醒单", "通知卡")


def is_only_spoken_of(event: Event, text: Text) -> bool:
    """Return whether a delivery verb only speaks of a delivery, and does not tell where the parcel is."""
    if _is_only_booked(event, text) or _is_booked_for_a_time(event, text) or _is_of_a_slip(event, text):
        return True
    if event.modality.arranged and _is_booked_by_recipient(event, text):
        return True
    if event.word == "送" and _is_a_gift(event, text):
        return True
    return event.aspect in {A.DONE, A.PLANNED} and _is_answered(event, text)


def _is_a_gift(event: Event, text: Text) -> bool:
    """Whether a gift is delivered: 签收成功送优惠券."""
    after = text.clauses[event.clause][event.token + 1 :][:1]
    return bool(after) and after[0].tag is T.NOTICE


def _is_booked_for_a_time(event: Event, text: Text) -> bool:
    """Whether the verb belongs to a booked time: 已预约：11月28日 14:00-18:00送货."""
    clause = text.clauses[event.clause]
    if event.aspect is A.BARE and clause[event.token + 1 :][:1] and clause[event.token + 1].text == "预约":
        return True  # 送货预约：…
    before = clause[: event.token]
    booked = any("约" in token.text for token in before)
    is_timed = bool(before) and (before[-1].tag is T.NUMBER or before[-1].text in {"点", "时", "日", "号"})
    return booked and is_timed and event.aspect is A.BARE and T.COURIER not in text.tags


def _is_of_a_slip(event: Event, text: Text) -> bool:
    """Whether a slip is delivered, and no parcel: 已投送领取通知单."""
    after = text.clauses[event.clause][event.token + 1 :][:2]
    return any(token.tag is T.NOTE and token.text.endswith(_SLIPS) for token in after)


def _is_answered(event: Event, text: Text) -> bool:
    """Whether the text is an answer to a question or a complaint: 网点已回复：今日会派送, 已升级为优先派送."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    return T.NOTICE in before and T.COURIER not in text.tags


def _is_booked_by_recipient(event: Event, text: Text) -> bool:
    """Whether the recipient booked a time: 客户预约 11月29日 14:00-18:00 送货."""
    before = [token.tag for token in text.clauses[event.clause][: event.token]]
    booked = T.RECIPIENT in before and T.ARRANGE in before[before.index(T.RECIPIENT) :]
    return booked and before[-1] is T.NUMBER and event.aspect is A.BARE


def _is_only_booked(event: Event, text: Text) -> bool:
    """Whether the sender is to bring the parcel to the outlet, or the recipient booked a delivery."""
    before = {token.tag for token in text.clauses[event.clause][: event.token]}
    if event.aspect is A.BARE and happened(text, T.COLLECT) and event.word.startswith("送"):
        return True
    clause = text.clauses[event.clause]
    if (
        event.aspect is A.BARE
        and T.RECIPIENT in before
        and any(token.text == "约定" for token in clause[: event.token])
    ):
        return True
    booked = event.modality.arranged or T.NOTICE in before
    return event.aspect is A.DONE and T.RECIPIENT in before and booked and not event.modality.succeeded
