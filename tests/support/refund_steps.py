"""Steps of after-sales: the forms that ask for a refund and act on one, each up to its last page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.wizard_steps import chosen, open_by, send_page, typed

from pandapon.shipment import Platform
from sandbox.pandapon.trading.refund_cases import AGREED, open_case
from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from support.bot_harness import BotHarness

    from sandbox.pandapon.trading.account import RefundCase
    from sandbox.pandapon.world import SandboxOrder

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
ORDERS = {ALIBABA: "2542285634920880794", TAOBAO: "3305075341149134260"}  # both are on their way, with two lines each
WORDS = "外包装破损，杯子碎了"
ASK = {ALIBABA: "/v2/alibaba/refund/detail/create", TAOBAO: OWN_PATHS["taobao.refund.submit"]}


@dataclass(frozen=True)
class Act:
    """An act that changes the account: its address, and the steps up to the page that is confirmed."""

    path: str
    prepare: Callable[[BotHarness], Awaitable[None]]
    is_done: Callable[[BotHarness], bool]  # whether the stand-in has carried it out
    says: str  # a part of the result's text


def order(harness: BotHarness, platform: Platform = ALIBABA) -> SandboxOrder:
    """The order of the tests."""
    return harness.world.orders[ORDERS[platform]]


def cases(harness: BotHarness) -> list[RefundCase]:
    """All refunds."""
    return list(harness.pandapon.account.refunds.values())


def case(harness: BotHarness, platform: Platform = TAOBAO, *, with_return: bool = True) -> RefundCase:
    """A refund that was asked for without the bot."""
    of = order(harness, platform)
    line, account = of.lines[0], harness.pandapon.account
    sub_order = line.sub_order if platform is TAOBAO else ""
    return open_case(
        account, of, sub_order, amount=line.price * 2, reason="20007", words="破损", with_return=with_return
    )


def agree(harness: BotHarness, refund: RefundCase) -> None:
    """Let the seller agree to the return."""
    harness.clock.advance(timedelta(hours=7))
    assert refund.order.refund(harness.clock()).status == AGREED[0]


async def ask_form(harness: BotHarness, platform: Platform = ALIBABA, *, user: str = "mei") -> dict[str, Any]:
    """Open the form for an order."""
    await harness.ask(f"/panda refund {ORDERS[platform]}", user=user)
    return await open_by(harness, "Ask for a refund…", user=user)


def lines(platform: Platform, *, pieces: str = "2", goods: str = "received", kind: str = "refund") -> dict[str, Any]:
    """The filled page of lines."""
    fields = typed(pieces0=pieces) if platform is ALIBABA else chosen(line="0")
    return fields | chosen(goods=goods, kind=kind)


def reason(amount: str = "73.60", *, words: str = WORDS, number: str = "20007", **fields: Any) -> dict[str, Any]:
    """The filled page of the reason."""
    return typed(amount=amount, words=words) | chosen(reason=number) | fields


async def review(harness: BotHarness, platform: Platform = ALIBABA, *, kind: str = "refund") -> None:
    """Fill in the form that asks for a refund, up to its review."""
    await ask_form(harness, platform)
    assert await send_page(harness, lines(platform, kind=kind)) == {}
    assert await send_page(harness, reason()) == {}


async def show(harness: BotHarness, refund: RefundCase) -> str:
    """Show a refund."""
    platform = refund.order.platform.value
    return await harness.ask(f"/panda refunds {refund.refund_id} {refund.order.order_id} --{platform}")


def _asking(platform: Platform) -> Act:
    async def prepare(harness: BotHarness) -> None:
        await review(harness, platform)

    return Act(ASK[platform], prepare, lambda harness: len(cases(harness)) == 1, "Asked for a refund of *¥73.60*")


def _returning(platform: Platform) -> Act:
    async def prepare(harness: BotHarness) -> None:
        refund = case(harness, platform)
        agree(harness, refund)
        await show(harness, refund)
        await open_by(harness, "Enter return shipment…")
        code = "ZTO" if platform is ALIBABA else "中通快递"
        assert await send_page(harness, chosen(carrier=code) | typed(number="7801 2345 678901")) == {}

    path = "/v2/alibaba/refund/goods/return" if platform is ALIBABA else OWN_PATHS["taobao.refund.logistics"]
    return Act(
        path,
        prepare,
        lambda harness: cases(harness)[0].shipment == ("中通快递", "78012345678901"),
        "The seller can now follow your return",
    )


async def _write(harness: BotHarness) -> None:
    await show(harness, case(harness))
    await open_by(harness, "Write to seller…")
    assert await send_page(harness, typed(words="您好，什么时候处理？")) == {}


async def _change(harness: BotHarness) -> None:
    await show(harness, case(harness))
    await open_by(harness, "Change…")
    values = typed(amount="50", words="") | chosen(reason="20008")
    assert await send_page(harness, values) == {}


async def _cancel(harness: BotHarness) -> None:
    await show(harness, case(harness))
    await open_by(harness, "Cancel refund…")


def _is_changed(harness: BotHarness) -> bool:
    refund = cases(harness)[0]
    return (int(refund.amount), refund.reason) == (50, "20008")


ACTS = {
    "1688.refund.create": _asking(ALIBABA),
    "taobao.refund.submit": _asking(TAOBAO),
    "1688.refund.shipment": _returning(ALIBABA),
    "taobao.refund.logistics": _returning(TAOBAO),
    "taobao.refund.message": Act(
        "/v2/taobao/order/refund/submit/message",
        _write,
        lambda harness: [each[2] for each in cases(harness)[0].messages][:1] == ["您好，什么时候处理？"],
        "Sent your message to the seller",
    ),
    "taobao.refund.change": Act(OWN_PATHS["taobao.refund.change"], _change, _is_changed, "now asks for ¥50.00"),
    "taobao.refund.cancel": Act(
        "/v2/taobao/order/refund/cancel/",
        _cancel,
        lambda harness: cases(harness)[0].order.refund(harness.clock()).status == "refundclose",
        "Cancelled refund",
    ),
}
