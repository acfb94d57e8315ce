"""The words by which a person filters orders, and each platform's code for them; refunds and closings in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import escape, truncate
from pandapon.milestones import fold_code
from pandapon.progress import BUYERS
from pandapon.refunds import RefundState, names_refund, refund_state
from pandapon.shipment import FINAL, PROBLEMS, PROGRESS, Milestone, Platform
from tracking.attention import NEEDS_ATTENTION

if TYPE_CHECKING:
    from collections.abc import Collection

    from pandapon.models import Order
    from tracking.orders import OrderSnapshot

M = Milestone

# 1688: its documented order states (upstream). Taobao: the numeric states documented for a sibling of this API.
# Taobao has no state for a finished order. "done" therefore asks for the shipped orders there, which include the
# finished ones (inferred), and the answer says so (see `caveat`). Only an order's trace tells the two apart: the bot
# has it for the orders it follows, and a list must not ask for dozens more.
STATES: dict[str, dict[Platform, str]] = {
    "unpaid": {Platform.ALIBABA: "waitbuyerpay", Platform.TAOBAO: "0"},
    "paid": {Platform.ALIBABA: "waitsellersend", Platform.TAOBAO: "10"},
    "shipped": {Platform.ALIBABA: "waitbuyerreceive", Platform.TAOBAO: "11"},
    "done": {Platform.ALIBABA: "success", Platform.TAOBAO: "11"},
    "cancelled": {Platform.ALIBABA: "cancel", Platform.TAOBAO: "4"},
}

# A list besides the states: the orders for which somebody has to do something. No platform has such a state.
ATTENTION = "attention"
LISTED = (*STATES, ATTENTION)

# The milestones at which the bot lists an order under a state.
_STANDS: dict[str, frozenset[Milestone]] = {
    "unpaid": frozenset({M.ORDERED}),
    "paid": frozenset({M.PAID}),
    "shipped": frozenset(PROGRESS[M.SHIPPED.rank : M.DELIVERED.rank]) | (PROBLEMS - FINAL),
    "done": FINAL - {M.CANCELLED},
    "cancelled": frozenset({M.CANCELLED}),
}

LISTED_SYNONYMS: dict[str, str] = {
    "attention": ATTENTION,
    "needs attention": ATTENTION,
    "problem": ATTENTION,
    "problems": ATTENTION,
    "urgent": ATTENTION,
    "waiting for payment": "unpaid",
    "waiting for the seller": "paid",
    "waiting for seller": "paid",
    "on the way": "shipped",
    "in transit": "shipped",
    "delivered": "done",
    "需处理": ATTENTION,
    "待处理": ATTENTION,
    "需要处理": ATTENTION,
    "异常": ATTENTION,
    "有问题": ATTENTION,
    "等待付款": "unpaid",
    "等待发货": "paid",
    "等待卖家发货": "paid",
    "运输中": "shipped",
    "在途": "shipped",
    "已签收": "done",
}

SYNONYMS: dict[str, str] = {
    "all": "",
    "pending": "unpaid",
    "waiting": "unpaid",
    "unshipped": "paid",
    "processing": "paid",
    "sent": "shipped",
    "received": "done",
    "finished": "done",
    "complete": "done",
    "completed": "done",
    "success": "done",
    "canceled": "cancelled",
    "closed": "cancelled",
    "全部": "",
    "待付款": "unpaid",
    "未付款": "unpaid",
    "待发货": "paid",
    "已付款": "paid",
    "未发货": "paid",
    "已发货": "shipped",
    "待收货": "shipped",
    "已完成": "done",
    "已收货": "done",
    "已取消": "cancelled",
    "取消": "cancelled",
}


def code(status: str, platform: Platform) -> str:
    """This platform's code for a state in its order list; empty for all orders."""
    return STATES[status][platform] if status else ""


def listed_words() -> dict[str, str]:
    """The words that name a list of orders, each with its name: a key of ``STATES``, ``ATTENTION``, or empty: all."""
    return {**{status: status for status in LISTED}, **SYNONYMS, **LISTED_SYNONYMS}


def list_name(status: str) -> str:
    """The name of a list of orders, as its button shows it."""
    return {
        "": _("All"),
        "unpaid": _("Unpaid"),
        "paid": _("Waiting for the seller"),
        "shipped": _("On the way"),
        "done": _("Done"),
        "cancelled": _("Cancelled"),
        ATTENTION: _("Needs attention"),
    }[status]


def milestones_of(status: str) -> frozenset[Milestone]:
    """The milestones at which an order belongs in a list; for ``ATTENTION`` those that need a person."""
    return NEEDS_ATTENTION if status == ATTENTION else _STANDS[status]


def is_listed(status: str, order: Order, snapshot: OrderSnapshot | None) -> bool:
    """Whether an order belongs in the list of a state.

    The milestone of a stored order decides alone. Any other order also belongs if its status code is the code with
    which the platform is asked for the list: Taobao has one code for shipped and finished orders.
    """
    if snapshot is not None:
        return is_listed_at(status, snapshot.milestone)
    return is_listed_at(status, order.milestone) or fold_code(order.status_code) == code(status, order.platform)


def is_listed_at(status: str, milestone: Milestone | None) -> bool:
    """Whether an order at this milestone belongs in the list of a state. Without a milestone, it belongs in each."""
    return not status or milestone is None or milestone in _STANDS[status]


def caveat(status: str, platforms: Collection[Platform]) -> str:
    """The sentence that Taobao's list mixes shipped and delivered orders, as Slack text; empty where it does not."""
    taobao_codes = [codes[Platform.TAOBAO] for codes in STATES.values()]
    is_shared = status in STATES and taobao_codes.count(STATES[status][Platform.TAOBAO]) > 1
    if Platform.TAOBAO not in platforms or not is_shared:
        return ""
    return _(
        "Taobao's list does not tell delivered orders from shipped ones, so those that I do not follow are all shown. "
        "{command} tells."
    ).format(command="`/panda track`")


def close_words(reason: str) -> str:
    """Why an order was closed, as Slack text. Upstream may add reasons, so an unknown reason is shown as it came."""
    words = {
        **dict.fromkeys(BUYERS, _("cancelled by the buyer")),
        "sellergoodslack": _("the seller is out of stock"),
        "buyernopay": _("not paid in time"),
        "other": _("another reason"),
    }
    return words.get(fold_code(reason)) or escape(truncate(reason, 100))


def refund_words(code: str) -> str:
    """A refund's state as Slack text; an unknown one is shown as it came."""
    if not names_refund(code):
        return _("none")
    words = {
        RefundState.REQUESTED: _("requested"),
        RefundState.REFUSED: _("refused"),
        RefundState.TO_CHANGE: _("the buyer has to change the request"),
        RefundState.AGREED: _("agreed, goods to be returned"),
        RefundState.SENT_BACK: _("goods returned"),
        RefundState.REFUNDED: _("refunded"),
        RefundState.CLOSED: _("closed"),
    }
    state = refund_state(code)
    return words[state] if state else escape(truncate(code, 40))
