"""How a seller is reached: the facts in an order that lead to the chat, and the answers that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pandapon.errors import DecodeError
from pandapon.fields import text, words
from pandapon.order_lines import lines_of
from pandapon.shapes import mapping, unwrapped

if TYPE_CHECKING:
    from pandapon.shipment import Platform

NAME, LINK = 100, 2000  # characters that are read
# The names under which an answer may hold the chat name or link: the vendor shows none [inferred].
_NAMES = ("loginId", "sellerLoginId", "wangwang", "nickName", "nick", "name", "result", "data")
_LINKS = ("url", "link", "pageUrl", "imUrl", "result", "data")


@dataclass(frozen=True, slots=True)
class OrderSeller:
    """The facts of an order about its seller. Every field may be empty.

    ``login``: 1688's name of the seller, which is the chat name [upstream]. ``open_id``: the opaque id that
    ``1688.order.wangwang`` turns into one. ``product_id``: of the first line.
    """

    login: str = ""
    open_id: str = ""
    product_id: str = ""


def of_order(platform: Platform, data: Any) -> OrderSeller:
    """Read the seller of an order of either platform, as the order's operation answers. Raises nothing."""
    order = unwrapped(data)
    base = mapping(order.get("baseInfo")) or order
    product_ids = (line.product_id for line in lines_of(platform, data, "yuan"))
    return OrderSeller(
        login=words(base, "sellerLoginId")[:NAME],
        open_id=text(base, "sellerOpenId", "sellerOpenUid"),
        product_id=next((product_id for product_id in product_ids if product_id), ""),
    )


def chat_name(data: Any) -> str:
    """Read the answer with a seller's chat name: a text, or an object that holds it. Raises DecodeError."""
    return _found(data, _NAMES, NAME)


def chat_link(data: Any) -> str:
    """Read the answer with the address of a seller's chat. Raises DecodeError."""
    return _found(data, _LINKS, LINK)


def _found(data: Any, names: tuple[str, ...], longest: int) -> str:
    value = data.strip() if isinstance(data, str) else words(unwrapped(data), *names)
    if not value or len(value) > longest:
        raise DecodeError("the answer names no chat")
    return value
