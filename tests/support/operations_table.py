"""The table of docs/operations.md, made from the catalogue. ``python -m support.operations_table`` writes it."""

from __future__ import annotations

from pathlib import Path

from pandapon.operations.catalogue import OPERATIONS, AnyOperation

FILE = Path(__file__).parents[2] / "docs" / "operations.md"
FAMILIES = {
    "goods": "Products",
    "cart": "Cart",
    "order": "Orders",
    "refund": "After-sales",
    "address": "Addresses",
    "freight": "Warehouse and freight",
}
# The Slack commands that call an operation.
IN_SLACK = {
    "1688.goods.search": "`search`",
    "taobao.goods.search": "`search`",
    **dict.fromkeys(
        ("1688.goods.image_search", "taobao.goods.image_search"), "`picture`, “Search this picture” on a message"
    ),
    "1688.goods.get": "`product`",
    "taobao.goods.get": "`product`",
    "1688.goods.store": "`discover store`",
    "1688.goods.related": "`discover similar`",
    "1688.goods.hot": "`discover hot`",
    "1688.goods.selection": "`discover selection`",
    "1688.goods.global_selection": "`discover global`",
    "1688.goods.recommended": "`discover recommended`",
    **dict.fromkeys(("1688.cart.list", "taobao.cart.list"), "`cart`"),
    **dict.fromkeys(("1688.cart.add", "taobao.cart.add"), "`product`: Add to cart; `cart`: Undo"),
    **dict.fromkeys(("1688.cart.quantity", "taobao.cart.quantity"), "`cart`: +, −, Quantity"),
    **dict.fromkeys(("1688.cart.delete", "taobao.cart.delete"), "`cart`: Remove"),
    "1688.cart.preview": "`cart`, `buy`: Order, its review",
    "taobao.cart.preview": "`cart`, `buy`: Order, its review",
    "1688.cart.order": "`cart`, `buy`: Order",
    "taobao.cart.order": "`cart`, `buy`: Order",
    "1688.order.preview": "`product`: Buy now, `buy`: its review",
    "1688.order.preview_batch": "`buy` with products of several sellers: its review",
    "1688.order.create": "`product`: Buy now, `buy`",
    "1688.order.create_batch": "`buy` with products of several sellers",
    "taobao.order.create": "`product`: Buy now, `buy`",
    "1688.order.pay_url": "`pay`, `order`: Pay",
    "1688.order.pay_batch": "`pay` with several orders: Pay all",
    "taobao.order.pay": "`pay`, `order`: Pay",
    **dict.fromkeys(("1688.order.cancel", "taobao.order.cancel"), "`cancel`, `order`: Cancel order"),
    "1688.order.received": "`receive`, `order`: Confirm receipt",
    "taobao.order.warehouse": "`order`: Change warehouse",
    "1688.order.wangwang": "`seller`, Message the seller",
    "taobao.order.im_link": "`seller`, Message the seller",
    "taobao.goods.check": "`cart check`",
    "1688.goods.category": "`discover category`",
    "address.get": "`address`",
    "address.save": "`address`: Add, Change",
    "freight.estimate": "`freight`; `product`: Freight abroad",
    "freight.preview": "`freight`: Services and prices",
    "freight.book": "`freight`: Book",
    "freight.domestic": "`freight`: Parcels to the warehouse",
    "taobao.refund.list": "`refunds`, watches",
    **dict.fromkeys(("1688.refund.detail", "taobao.refund.detail"), "`refunds`, watches"),
    **dict.fromkeys(("1688.refund.create", "taobao.refund.submit"), "`refund`: Ask for a refund"),
    **dict.fromkeys(("1688.refund.reasons", "taobao.refund.render"), "`refund`: the form"),
    "1688.refund.voucher": "`refund`: pictures",
    **dict.fromkeys(("1688.refund.shipment", "taobao.refund.logistics"), "`refunds`: Enter return shipment"),
    **dict.fromkeys(("1688.refund.carriers", "taobao.refund.logistics_render"), "`refunds`: Enter return shipment"),
    "taobao.refund.message": "`refunds`: Write to seller",
    "taobao.refund.messages": "`refunds`",
    "taobao.refund.change": "`refunds`: Change",
    "taobao.refund.cancel": "`refunds`: Cancel refund",
    "1688.order.list": "`orders`, `watch all`",
    "taobao.order.list": "`orders`, `watch all`",
    "1688.order.detail": "`order`, `track`, watches",
    "taobao.order.detail": "`order`, `track`, watches",
    "1688.order.logistics": "`track`, watches",
    "taobao.order.logistics": "`track`, watches",
}
HEAD = """# The operations of the API

The tables have every operation of the vendor's navigation, and 1688's order detail, which this version's navigation
lacks. Six further entries there are push messages ([pandapon.md](pandapon.md#push-messages)). The grade says where
the path comes from: S the vendor states it, C a public client has it, I it is inferred, ? nobody publishes it, so
`PANDAPON_PATHS` has to supply it. **w** marks an operation that changes the account: it is sent once, and it needs
`--yes` in the terminal.

The client ([client.md](client.md)), the terminal (`pandabot api NAME --fields`) and the stand-in
(`pandabot sandbox pandapon`) have all of them.
"""
COLUMNS = ["| name | | call | grade | in Slack |", "|---|---|---|---|---|"]


def table() -> str:
    """The whole text of docs/operations.md."""
    parts = [HEAD]
    for family, title in FAMILIES.items():
        rows = [_row(operation) for operation in OPERATIONS if operation.family == family]
        parts.append("\n".join([f"## {title}", "", *COLUMNS, *rows, ""]))
    return "\n".join(parts)


def _row(operation: AnyOperation) -> str:
    path = f"`{operation.method} {operation.path}`" if operation.path else f"`{operation.method}`, path unknown"
    writes = " **w**" if operation.writes else ""
    note = f"; {operation.note}" if operation.note else ""
    slack = IN_SLACK.get(operation.name, "")
    return f"| `{operation.name}` | {operation.title}{writes}{note} | {path} | {operation.grade} | {slack} |"


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
