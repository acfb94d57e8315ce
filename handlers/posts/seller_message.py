"""Prepared messages in Chinese that a person copies to a seller: about a product, an order, or a stalled order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.addresses import web_address
from handlers.blocks.i18n import _
from handlers.blocks.text import DAY, HOUR, sanitize_id
from pandapon.shipment import Milestone, OrderRef
from tracking.values import Leg

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from pandapon.products import ProductDetail
    from storage.alarm import Alarm
    from tracking.orders import OrderSnapshot
    from tracking.values import Stall

# Not translated: the reader is the seller. Only ids, lengths of time and checked links are filled in, no remote words.
_PRODUCT = "您好，想咨询商品 {product}：请问现在有现货吗？批量采购的价格、起订量和发货时间是多少？谢谢！"
_REQUESTS = {
    Leg.NOT_SHIPPED: "已付款{span}，目前还没有发货。请问什么时候可以发货？麻烦尽快安排，谢谢！",
    Leg.FIRST_SCAN: "显示已发货，但{span}没有揽收记录。请问快递是否已经取件？麻烦核实一下，谢谢！",
    Leg.PICKUP: "包裹在取件点已等待{span}。请问取件码和取件地址是什么？麻烦发给我们，谢谢！",
    Leg.PROBLEM: "物流显示异常，已经{span}没有解决。麻烦联系快递公司处理一下，并告诉我们结果，谢谢！",
}
_OF_MONEY = frozenset({Leg.NOT_PAID, Leg.REFUND})  # alarms about money, not about how the seller ships
_STANDS_STILL = "物流已经{span}没有更新。麻烦联系快递公司查询一下，谢谢！"
_UNPAID = "还没有付款，想先确认一下：商品有现货吗？付款后多久可以发货？谢谢！"
_WAITS = "已付款。请问什么时候可以发货？麻烦尽快安排，谢谢！"
_PROBLEM = "物流显示异常。麻烦联系快递公司处理一下，并告诉我们结果，谢谢！"
_OVER = "有几个问题想和您确认一下，方便的时候请回复，谢谢！"
_ON_ITS_LAST_WAY = "显示正在派送。请问今天可以送达吗？如有问题请联系快递员，谢谢！"
_LIES_READY = "显示包裹已到取件点。请问取件码和取件地址是什么？麻烦发给我们，谢谢！"
_ON_THE_WAY = "正在运输中。请问大概什么时候可以送达？麻烦帮忙关注一下物流，谢谢！"


def copyable(message: str) -> str:
    """A message to copy, as Slack text for the person who asked for it."""
    head = _("Copy this and send it to the seller:")
    return f"{head}\n```{message}```"


def about_product(product: ProductDetail) -> str:
    """The message about a product: its link or id, and the questions that buyers ask first."""
    return _PRODUCT.format(product=web_address(product.url) or sanitize_id(product.product_id, 80))


def about_order(snapshot: OrderSnapshot, alarm: Alarm | None, now: datetime) -> str:
    """The message about an order in its present state. ``alarm``: its open alarm, whose own message is preferred."""
    if alarm is not None and alarm.stall.leg not in _OF_MONEY:
        return about_stall(alarm, now)
    return f"您好，订单 {sanitize_id(snapshot.ref.order_id)} {_request(snapshot)}"


def _request(snapshot: OrderSnapshot) -> str:
    milestone = snapshot.milestone
    if snapshot.order and snapshot.order.is_unpaid:
        return _UNPAID
    if milestone in {None, Milestone.ORDERED, Milestone.PAID}:
        return _WAITS
    if milestone in {Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED}:
        return _OVER
    if milestone.is_problem:
        return _PROBLEM
    return {Milestone.READY_FOR_PICKUP: _LIES_READY, Milestone.OUT_FOR_DELIVERY: _ON_ITS_LAST_WAY}.get(
        milestone, _ON_THE_WAY
    )


def about_stall(alarm: Alarm, now: datetime) -> str:
    """The message about a stalled order: its number, the tracking number, how long it has stalled, and the request."""
    stall, ref = alarm.stall, OrderRef.from_key(alarm.key)
    parcel = f"（运单号 {sanitize_id(stall.waybill)}）" if stall.waybill else ""
    request = _REQUESTS.get(stall.leg, _STANDS_STILL).format(span=_span(_silence(stall, now)))
    return f"您好，订单 {sanitize_id(ref.order_id)}{parcel}{request}"


def _silence(stall: Stall, now: datetime) -> timedelta:
    return max(now - stall.since, HOUR)


def _span(length: timedelta) -> str:
    return f" {length // DAY} 天" if length >= 2 * DAY else f" {length // HOUR} 小时"
