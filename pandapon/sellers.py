"""How a seller can be reached: the fields of an order that lead to the chat, and the answers that name the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pandapon.errors import DecodeError
from pandapon.fields import text, words
from pandapon.order_lines import lines_of
from pandapon.shapes import mapping, unwrapped

if TYPE_CHECKING:
    from pandapon.shipment import Platform

NAME, LINK = 100, 2000  # characters; a longer text is no chat name or link
# The names under which an answer may hold the chat name or link. The vendor publishes none for the name [inferred].
_NAMES = ("loginId", "sellerLoginId", "wangwang", "nickName", "nick", "name", "result", "data")
_LINKS = ("url", "link", "pageUrl", "imUrl", "result", "data")


@dataclass(frozen=True, slots=True)
class OrderSeller:
    """The facts that an order states about its seller. Every field may be empty.

    ``login``: the seller's name on 1688, which is the chat name [upstream]. ``open_id``: the opaque id that
    ``1688.order.wangwang`` turns into the chat name [one client]. ``product_id``: of the first line that has one.
    """

    login: str = ""
    open_id: str = ""
    product_id: str = ""


def of_order(platform: Platform, data: Any) -> OrderSeller:
    """Read the seller in the ``data`` of an order's detail, of either platform. Raises nothing."""
    order = unwrapped(data)
    base = mapping(order.get("baseInfo")) or order
    product_ids = (line.product_id for line in lines_of(platform, data, "yuan"))
    return OrderSeller(
        login=words(base, "sellerLoginId")[:NAME],
        open_id=text(base, "sellerOpenId", "sellerOpenUid"),
        product_id=next((product_id for product_id in product_ids if product_id), ""),
    )


def chat_name(data: Any) -> str:
    """Return the chat name in an answer: a text, or an object that holds one. Raises DecodeError if there is none."""
    return _text_of(data, _NAMES, NAME)


def chat_link(data: Any) -> str:
    """Return the address of the chat in an answer: a text [stated for v1], or an object. Raises DecodeError if none."""
    return _text_of(data, _LINKS, LINK)


def _text_of(data: Any, names: tuple[str, ...], longest: int) -> str:
    value = data.strip() if isinstance(data, str) else words(unwrapped(data), *names)
    if not value or len(value) > longest:
        raise DecodeError("the answer names no chat")
    return value
