"""Purchases: the calls that preview and create orders, and the costs in their answers.

Each platform creates orders in two ways, from entries of its cart or from products. A line with an ``entry_id`` is an
entry of the cart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pandapon.fields import is_null, text
from pandapon.operations import cart, orders
from pandapon.operations.addresses import AlibabaReceiver, TaobaoReceiver
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pandapon.carts import Call, CartLine

Receivers = tuple[AlibabaReceiver, TaobaoReceiver]  # the same address in both spellings
_IDS = ("purchaseIds", "purchaseIdList", "orderIds", "orderIdList")  # of created Taobao orders [inferred]
DEPTH = 4  # levels of objects and lists in which ids of created orders are searched
_NUMBER = re.compile(r"[0-9]{6,20}")
_WRAPS = ("result", "data")
_ID = ("purchaseId", "purchase_id", "purchaseOrderId", "orderId", "id")


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a purchase that one call creates: an order for each seller. ``note``: the message to all of them."""

    platform: Platform
    lines: tuple[CartLine, ...]
    note: str = ""

    @property
    def sellers(self) -> tuple[str, ...]:
        """The sellers, in the order of the lines."""
        return tuple(dict.fromkeys(line.seller for line in self.lines))

    @property
    def is_from_cart(self) -> bool:
        """Whether all lines are entries of a cart."""
        return all(line.entry_id for line in self.lines)


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one seller's order, in yuan; None: PandaPon does not say."""

    goods: Decimal | None = None
    freight: Decimal | None = None
    total: Decimal | None = None


def by_seller(lines: Iterable[CartLine]) -> list[tuple[CartLine, ...]]:
    """Group lines by platform and seller: each group becomes one order."""

    def key(line: CartLine) -> tuple[str, str]:
        return line.platform.value, line.seller

    return [tuple(group) for _key, group in groupby(sorted(lines, key=key), key=key)]


def shares(lines: Iterable[CartLine], notes: Mapping[str, str]) -> list[Share]:
    """Split a purchase into as few calls as possible. ``notes``: messages to sellers, by the seller's name.

    A call of 1688 has one note for all its sellers, so sellers with different notes need separate calls. Taobao's calls
    take no note [stated for v1].
    """
    parts: dict[tuple[Platform, str], list[CartLine]] = {}
    for group in by_seller(lines):
        note = notes.get(group[0].seller, "") if group[0].platform is Platform.ALIBABA else ""
        parts.setdefault((group[0].platform, note), []).extend(group)
    return [Share(platform, tuple(part), note) for (platform, note), part in parts.items()]


def creation(share: Share, receivers: Receivers, outer_id: str) -> Call:
    """Return the call that creates a share's orders. Raises ValueError for ids or amounts that cannot be sent.

    ``outer_id``: the caller's own number. Only the creation of Taobao orders from products takes one.
    """
    alibaba, taobao = receivers
    ids = tuple(line.entry_id for line in share.lines)
    if share.platform is Platform.ALIBABA:
        if share.is_from_cart:
            return cart.ALIBABA_ORDER, cart.OrderAlibabaCart(
                cart_ids=ids, address_param=alibaba, message=share.note or None
            )
        operation = orders.CREATE if len(share.sellers) == 1 else orders.CREATE_BATCH
        return operation, _created(share.lines, alibaba, share.note)
    if share.is_from_cart:
        return cart.TAOBAO_ORDER, cart.OrderTaobaoCart(ids=ids, order_address=taobao)
    amount = goods_total(share.lines)
    if amount is None:
        raise ValueError("a price is missing, and Taobao takes it as what the buyer agreed to")
    return orders.TAOBAO_CREATE, orders.CreateTaobao(
        order_line_list=tuple(_taobao_line(line, at) for at, line in enumerate(share.lines, 1)),
        receiver=taobao,
        purchase_amount=amount,
        seller_order_number=outer_id,
    )


def takes_outer_id(share: Share) -> bool:
    """Whether the creation of a share takes the caller's own number."""
    return share.platform is Platform.TAOBAO and not share.is_from_cart


def previews(lines: Sequence[CartLine], receivers: Receivers, knows: Callable[[str], bool]) -> list[Call]:
    """Return the calls that preview the orders of one platform's lines; empty where the platform has no preview.

    ``knows`` says whether an operation of this name has a path. Raises ValueError for ids that cannot be sent.
    """
    share = Share(lines[0].platform, tuple(lines))
    ids = tuple(line.entry_id for line in lines)
    if share.platform is Platform.TAOBAO:
        if not share.is_from_cart or not knows(cart.TAOBAO_PREVIEW.name):
            return []
        return [(cart.TAOBAO_PREVIEW, cart.PreviewTaobaoCart(ids=ids, order_address=receivers[1]))]
    if share.is_from_cart:
        return [(cart.ALIBABA_PREVIEW, cart.PreviewAlibabaCart(cart_ids=ids, address_param=receivers[0]))]
    if len(share.sellers) > 1 and knows(orders.PREVIEW_BATCH.name):
        return [(orders.PREVIEW_BATCH, _created(lines, receivers[0]))]
    return [(orders.PREVIEW, _created(part, receivers[0])) for part in by_seller(lines)]


def costs(lines: Sequence[CartLine], answers: Iterable[orders.AlibabaPreview]) -> dict[str, Cost]:
    """Return the cost of each seller's order, by the seller's name. Without an answer only the goods' cost is known.

    ``lines`` are of one platform. A seller's goods may be in several answers, such as one for each warehouse
    [inferred], which add up.
    """
    parts, previewed = by_seller(lines), list(answers)
    by_name = {}
    for part in parts:
        own = previewed if len(parts) == 1 else [answer for answer in previewed if _is_about(answer, part)]
        by_name[part[0].seller] = _sum(own, part) if own else Cost(goods_total(part))
    return by_name


def _sum(answers: Sequence[orders.AlibabaPreview], part: Sequence[CartLine]) -> Cost:
    """The cost of a seller's goods over all answers about them. An amount that one answer lacks is unknown."""
    if _leave_out(answers, part):
        return Cost(goods_total(part))
    goods = _added(answer.sum_payment_no_carriage for answer in answers)
    total = _added(_total(answer) for answer in answers)
    freight = _added(answer.sum_carriage for answer in answers)
    return Cost(goods if goods is not None else goods_total(part), freight, total)


def _total(answer: orders.AlibabaPreview) -> Decimal | None:
    if answer.sum_payment is not None:
        return answer.sum_payment
    return _added((answer.sum_payment_no_carriage, answer.sum_carriage))


def _leave_out(answers: Sequence[orders.AlibabaPreview], part: Sequence[CartLine]) -> bool:
    """Whether the answers name some of these lines and omit others. Names that fit no line say nothing."""
    named = [any(_is_about(answer, [line]) for answer in answers) for line in part]
    return any(named) and not all(named)


def _added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of amounts; None if one is unknown."""
    terms = list(amounts)
    known = [amount for amount in terms if amount is not None]
    return sum(known, Decimal()) if len(known) == len(terms) else None


def goods_total(lines: Iterable[CartLine]) -> Decimal | None:
    """Return the price of all goods in yuan, without freight; None if a price or quantity is unknown."""
    return _added(line.price * line.quantity if line.price is not None and line.quantity else None for line in lines)


def created_order_ids(answer: Any) -> tuple[str, ...]:
    """Return the ids of created orders: of 1688's, or in Taobao's raw answer, whose names are inferred."""
    if isinstance(answer, tuple):
        return tuple(order.order_id for order in answer)
    return tuple(dict.fromkeys(_ids_in(answer, DEPTH)))


def _ids_in(answer: Any, depth: int) -> Iterator[str]:
    if isinstance(answer, list) and depth:
        for element in answer:
            yield from _ids_in(element, depth - 1)
    elif isinstance(answer, dict) and depth:
        names = [name for name in (*_IDS, *_ID, *_WRAPS) if not is_null(answer.get(name))]
        yield from _ids_in(answer[names[0]], depth - 1) if names else ()
    elif _NUMBER.fullmatch(number := text({"": answer}, "")):
        yield number


def _created(lines: Sequence[CartLine], receiver: AlibabaReceiver, note: str = "") -> orders.CreateAlibaba:
    cargo = tuple(
        orders.Cargo(offer_map_id=line.product_id, spec_id=line.spec_id or None, quantity=line.quantity)
        for line in lines
    )
    return orders.CreateAlibaba(address_param=receiver, cargo_param_list=cargo, message=note or None)


def _taobao_line(line: CartLine, at: int) -> orders.TaobaoLine:
    return orders.TaobaoLine(
        item_id=line.product_id,
        sku_id=line.sku_id,
        order_line_no=str(at),
        quantity=line.quantity,
        price=line.price if line.price is not None else Decimal(),
    )


def _is_about(answer: orders.AlibabaPreview, lines: Sequence[CartLine]) -> bool:
    return any(
        line.is_of(item.open_offer_id or item.offer_id, item.sku_id, item.spec_id)
        for item in answer.order_item_to_list
        for line in lines
    )
