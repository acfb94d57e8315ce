"""Which acts an order allows, and the buttons that begin them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from pandapon.milestones import fold_code
from pandapon.shipment import Milestone, Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from pandapon.models import Order
    from pandapon.shipment import OrderRef

# 1688's codes of a sent order whose receipt is not confirmed [upstream]. No operation confirms a receipt on Taobao.
_TO_RECEIVE = frozenset({"waitbuyerreceive", "waitbuyersign", "signinsuccess"})
_BEFORE_SHIPPING = frozenset({Milestone.ORDERED, Milestone.PAID})


def possible_acts(order: Order) -> tuple[str, ...]:
    """The acts that an order allows in its present state, of ``pay``, ``cancel``, ``receive`` and ``warehouse``."""
    acts = ["pay", "cancel"] if order.is_unpaid else []
    if order.platform is Platform.ALIBABA and fold_code(order.status_code) in _TO_RECEIVE:
        acts.append("receive")
    if order.platform is Platform.TAOBAO and order.milestone in _BEFORE_SHIPPING:
        acts.append("warehouse")
    return tuple(acts)


def act_label(act: str) -> str:
    """The words of the button that begins an act: one of :func:`possible_acts`, or ``pay_all``."""
    return {
        "pay": _("Pay…"),
        "pay_all": _("Pay all…"),
        "cancel": _("Cancel order…"),
        "receive": _("Confirm receipt…"),
        "warehouse": _("Change warehouse…"),
    }[act]


def act_button(act: str, refs: Sequence[OrderRef], number: int, *, words: str = "") -> Block:
    """A button that begins an act on orders of one platform. ``number`` keeps ids unique."""
    value = " ".join([act, *(ref.key for ref in refs)])
    style = "primary" if act in {"pay", "pay_all"} else ""
    return el.button(words or act_label(act), f"{action_ids.ORDER_ACT}:{number}", value, style)


def act_buttons(order: Order, number: int) -> list[Block]:
    """The buttons of all acts that an order allows. ``number``: the first button's."""
    return [act_button(act, [order.ref], number + at) for at, act in enumerate(possible_acts(order))]
