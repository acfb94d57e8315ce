"""Orders as a CSV file that a spreadsheet opens without changing ids and without running what sellers wrote."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.labels import milestone_name, platform_name, status_name
from pandapon.times import CHINA

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from handlers.features.orders.order_filter import ListedOrder

# Spreadsheets run a cell that begins with one of these as a formula, some of them also in full width.
FORMULAS = "=+-@＝＋－＠"
TEXT = "\t"  # before digits, so that a spreadsheet keeps them as text: it would round an id of 19 digits


def content(orders: Iterable[ListedOrder]) -> bytes:
    """The file, with a heading in the current language.

    It is UTF-8 with a byte order mark, by which Excel recognises UTF-8. Amounts are in yuan, times in China time.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_heading())
    writer.writerows(_row(order) for order in orders)
    return file.getvalue().encode("utf-8-sig", errors="replace")


def _heading() -> list[str]:
    return [
        _("Platform"),
        _("Order ID"),
        _("Ordered"),
        _("State"),
        _("Platform's state"),
        _("Seller"),
        _("Products"),
        _("Products (yuan)"),
        _("Shipping (yuan)"),
        _("Total (yuan)"),
        _("Tracking numbers"),
    ]


def _row(listed: ListedOrder) -> list[str]:
    order = listed.order
    parcels = listed.snapshot.shipment.parcels if listed.snapshot else ()
    waybills = dict.fromkeys([*(parcel.waybill for parcel in parcels), *order.waybills])
    return [
        platform_name(order.platform),
        _digits(order.order_id),
        order.created_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if order.created_at else "",
        _text(milestone_name(listed.milestone)),
        _text(status_name(order.platform, order.status_code)),
        _text(order.seller),
        _text("; ".join(item.title for item in order.items if item.title)),
        _amount(order.goods_amount),
        _amount(order.shipping_amount),
        _amount(order.total_amount),
        _digits(" ".join(waybills)),
    ]


def _text(remote: str) -> str:
    """Remote text on one line, which no spreadsheet runs as a formula."""
    line = " ".join(remote.split())
    line = "".join(character for character in line if unicodedata.category(character) not in {"Cc", "Cf", "Cs"})
    return f"'{line}" if line and line.lstrip()[:1] in FORMULAS else line


def _digits(text: str) -> str:
    """An id, or tracking numbers, which a spreadsheet keeps as text."""
    line = _text(text)
    return f"{TEXT}{line}" if line and line[0] != "'" else line


def _amount(amount: Decimal | None) -> str:
    return f"{amount:.2f}" if amount is not None else ""
