"""A ready message in Chinese with which a person asks the seller about a stalled order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.text import DAY, HOUR, sanitize_id
from pandapon.shipment import OrderRef
from tracking.values import Leg

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from handlers.blocks.message import Message
    from storage.alarm import Alarm
    from tracking.values import Stall

# Not translated: the reader is the seller. Only ids and lengths of time are filled in, no remote words.
_REQUESTS = {
    Leg.NOT_SHIPPED: "已付款{span}，目前还没有发货。请问什么时候可以发货？麻烦尽快安排，谢谢！",
    Leg.FIRST_SCAN: "显示已发货，但{span}没有揽收记录。请问快递是否已经取件？麻烦核实一下，谢谢！",
    Leg.PROBLEM: "物流显示异常，已经{span}没有解决。麻烦联系快递公司处理一下，并告诉我们结果，谢谢！",
}
_STANDS_STILL = "物流已经{span}没有更新。麻烦联系快递公司查询一下，谢谢！"


def seller_message(alarm: Alarm, now: datetime) -> Message:
    """The message to copy, for the person who asked for it."""
    head = _("Copy this and send it to the seller:")
    return el.message([el.section(f"{head}\n```{text(alarm, now)}```")])


def text(alarm: Alarm, now: datetime) -> str:
    """The message itself: the order's number, the tracking number, how long it stands still, and what is asked."""
    stall, ref = alarm.stall, OrderRef.from_key(alarm.key)
    parcel = f"（运单号 {sanitize_id(stall.waybill)}）" if stall.waybill else ""
    request = _REQUESTS.get(stall.leg, _STANDS_STILL).format(span=_span(_silence(stall, now)))
    return f"您好，订单 {sanitize_id(ref.order_id)}{parcel}{request}"


def _silence(stall: Stall, now: datetime) -> timedelta:
    return max(now - stall.since, HOUR)


def _span(length: timedelta) -> str:
    return f" {length // DAY} 天" if length >= 2 * DAY else f" {length // HOUR} 小时"
