"""Addresses from outside: which ones become links, and which ones Slack is asked to fetch as pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pandapon.shipment import Platform

if TYPE_CHECKING:
    from pandapon.shipment import OrderRef

MAX_URL = 300  # Slack allows addresses of 3000; ten of those would fill a message
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?")
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
# The last part of a public name has a letter first: that leaves out IP addresses in every way of writing them.
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
# Names that a network gives to its own machines [RFC 6761, 6762, 8375, 9476; ICANN reserved .internal; habit].
_OWN = frozenset(
    "localhost localdomain local internal intranet private corp home lan arpa alt onion test invalid".split()  # noqa: SIM905
)


# Where a buyer sees an order. Public pages of both marketplaces; that an account of this API may open them is inferred.
_PAGE_1688 = "https://trade.1688.com/order/new_step_order_detail.htm?orderId={id}"
_PAGE_TAOBAO = "https://buyertrade.taobao.com/trade/itemlist/list_bought_items.htm"


def order_page(ref: OrderRef) -> str:
    """The order on its platform; on Taobao the list of all: the API's number of an order is not Taobao's own."""
    is_number = ref.order_id.isascii() and ref.order_id.isdigit()
    return _PAGE_1688.format(id=ref.order_id) if ref.platform is Platform.ALIBABA and is_number else _PAGE_TAOBAO


def web_address(url: str) -> str:
    """The address where it is a plain web address; empty otherwise. ``//host/…`` gets its scheme."""
    whole = f"https:{url}" if url.startswith("//") else url
    return whole if len(whole) <= MAX_URL and _WEB.fullmatch(whole) else ""


def picture_address(url: str) -> str:
    """The https address of a picture on a public host; empty otherwise.

    The vendor's words choose the address and Slack, or a person's browser, follows it: so it must not lead into a
    network of somebody's own. A public name can still be made to point there; whoever fetches has to look at that.
    """
    address = web_address(url)
    if address.startswith("http://"):
        address = address.replace("http://", "https://", 1)
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    is_public = _NAME.fullmatch(host) and host.rpartition(".")[2] not in _OWN
    return address if is_public and port in {None, 443} else ""
