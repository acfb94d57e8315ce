"""A refund on the demo's page: asked for in the stand-in by another client, told in the order's thread, acted on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.patience import PATIENCE_MS
from support.web_page import person

from pandapon.client import PandaPon
from pandapon.config import Config
from pandapon.operations import refunds
from sandbox.pandapon.demo import FIRST

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


def client(server: WebServer) -> PandaPon:
    """Another client of the account."""
    pandapon = server.hub.sandbox.pandapon
    config = Config(pandapon.base_url, pandapon.access_key, pandapon.access_secret, pandapon.user_id)
    return PandaPon(config, clock=server.hub.sandbox.clock)


async def test_a_return_from_the_request_to_the_money(browser: Browser, server: WebServer) -> None:
    """A visitor watches an order, and reads each state in its thread, on its card, in its list, and as an alert."""
    async with client(server) as api, person(browser, server.base_url) as mei:
        await mei.type(f"/panda watch {FIRST} problems")
        await expect(mei.card).to_be_visible()
        request = refunds.CreateRefund(
            order_id=FIRST,
            order_entry_ids=(FIRST,),
            dispute_request="returnRefund",
            apply_payment=Decimal("20.50"),
            apply_carriage=Decimal(0),
            apply_reason_id="20007",
            description="到货破损",
            goods_status="refundBuyerReceived",
        )
        refund = await api.run(refunds.ALIBABA_CREATE, request)
        await expect(mei.card).to_contain_text("Refund: requested · ¥20.50", timeout=PATIENCE_MS)
        panel = await mei.controls("Time")
        for _ in range(2):
            await panel.get_by_role("button", name="+ 6 h").click()
        await expect(mei.card).to_contain_text("agreed, goods to be returned · ¥20.50 · send the goods back and enter")
        await expect(mei.log).to_contain_text("requested → agreed, goods to be returned")
        await expect(mei.log).to_contain_text("Action needed:")
        await mei.type("/panda orders attention")
        await expect(mei.private).to_contain_text("agreed, goods to be returned")
        back = refunds.AlibabaReturn(
            refund_id=refund.refund_id, logistics_company_no="ZTO", freight_bill="78012345678901"
        )
        await api.run(refunds.ALIBABA_RETURN, back)
        await expect(mei.log).to_contain_text("agreed, goods to be returned → goods returned", timeout=PATIENCE_MS)
        for _ in range(3):
            await panel.get_by_role("button", name="+ 6 h").click()
        await expect(mei.card).to_contain_text("Refund: refunded · ¥20.50")
        await expect(mei.log).to_contain_text("paid back ¥0.00 → ¥20.50")
        assert mei.problems == []
