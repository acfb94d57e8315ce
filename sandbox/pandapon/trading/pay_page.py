"""The page on which a person pays an order."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading.paying import pay
from sandbox.pandapon.world import UNPAID

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account

PATH = "/pay/{order}"
HEAD = """<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; }
body { margin: 0; padding: 0 12px; font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 26rem; margin: 8vh auto 0; box-sizing: border-box; padding: 1.5rem; border: 1px solid GrayText; border-radius: 12px; }
h1 { margin: 0; font-size: 1.25rem; }
button { width: 100%; padding: .7rem; border: 0; border-radius: 8px; background: #007a5a; color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
small { display: block; margin-top: 1rem; opacity: .8; }
</style>"""  # noqa: E501  a style sheet


def attach(app: web.Application, account: Account) -> None:
    """Add the pages below ``/pay/`` to the server."""

    async def show(request: web.Request) -> web.Response:
        order = account.world.orders.get(request.match_info["order"])
        if order is None:
            raise web.HTTPNotFound
        unpaid = order.status(account.clock()) in UNPAID
        amount = f"¥{order.total(account.clock()):,.2f}"
        action = f'<form method="post"><button>Pay {amount}</button></form>' if unpaid else "<p>Nothing to pay.</p>"
        return _page("Pay", f"<h1>{escape(order.seller)}</h1><p>{escape(order.order_id)}</p>{action}")

    async def take(request: web.Request) -> web.Response:
        try:
            pay(account, account.world.orders[request.match_info["order"]])
        except (KeyError, RefusedError):
            raise web.HTTPConflict(text="This order cannot be paid.") from None
        return _page("Paid", "<h1>✅ Paid. 已付款</h1><p>Close this page and go back.</p>")

    app.router.add_get(PATH, show)
    app.router.add_post(PATH, take)


def _page(title: str, body: str) -> web.Response:
    about = "<small>This page stands for the platform's own. No money moves. 演示付款页，不会扣款。</small>"
    text = f'<!doctype html><html lang="en">{HEAD}<title>{title}</title><main>{body}{about}</main></html>'
    return web.Response(text=text, content_type="text/html")
