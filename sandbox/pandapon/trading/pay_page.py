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


def attach(app: web.Application, account: Account) -> None:
    """Serve the pages below ``/pay/``."""

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
        return _page("Paid", "<p>Paid.</p>")

    app.router.add_get(PATH, show)
    app.router.add_post(PATH, take)


def _page(title: str, body: str) -> web.Response:
    text = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>{body}</html>'
    return web.Response(text=text, content_type="text/html")
