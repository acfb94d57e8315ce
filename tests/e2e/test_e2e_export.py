"""``orders … --csv``: a file for the person alone, which a spreadsheet opens without changing ids or running words."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from support.bot_harness import ORDER, BotHarness, words

from pandapon.shipment import Platform
from pandapon.times import CHINA
from sandbox.pandapon.world import Line, SandboxOrder
from sandbox.slack.faults import Fault

EVIL = '=HYPERLINK("https://evil.example","x")'


def rows(harness: BotHarness) -> list[dict[str, str]]:
    """The rows of the only file that was sent."""
    [file] = harness.slack.web_api.files.shared.values()
    assert file.content is not None
    assert file.content.startswith(b"\xef\xbb\xbf")  # Excel's sign for UTF-8
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def direct(harness: BotHarness, user: str = "mei") -> list[str]:
    conversation = harness.slack.workspace.direct(harness.slack.workspace.user(user).id)
    return [words(message) for message in conversation.messages.values()]


async def test_the_file_holds_every_order_that_matches(harness: BotHarness) -> None:
    """All pages in one, with what the bot knows newest; nobody else sees it, and the answer has the sum."""
    await harness.ask(f"/panda watch {ORDER}")
    answer = await harness.ask("/panda orders --seller 锦绣 --csv")
    wanted = [order for order in harness.world.orders.values() if "锦绣" in order.seller]
    total = sum((order.goods + order.shipping for order in wanted), Decimal(0))
    assert f"I sent you the file in a direct message: {len(wanted)} orders in all, ¥{total:,.2f}" in answer
    exported = rows(harness)
    assert [row["Order ID"] for row in exported] == [
        f"\t{order.order_id}" for order in sorted(wanted, key=lambda order: order.created_at, reverse=True)
    ]
    assert sum(Decimal(row["Total (yuan)"]) for row in exported) == total
    row = next(row for row in exported if ORDER in row["Order ID"])
    order = harness.world.orders[ORDER]
    assert row["State"] == "In transit"
    assert row["Platform's state"] == "Shipped"
    assert row["Ordered"] == order.created_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    assert row["Products"] == "; ".join(line.title for line in order.lines)
    assert row["Tracking numbers"] == f"\t{order.packages[0].waybill}"
    comment, file = direct(harness)
    assert f"{len(wanted)} orders in all" in comment
    assert "orders-2026-03-02.csv" in file
    assert len(harness.channel()) == 1  # the card of the watch


async def test_words_of_others_are_no_formulas(harness: BotHarness) -> None:
    """A cell that a spreadsheet would run begins with an apostrophe; ids keep all their digits as text."""
    harness.world.orders.clear()
    for number, text in enumerate((EVIL, "+1", "-1+2", "@SUM(A1)", "＝1+1", " \t=1", "a\r\n=1", '"quoted", comma')):
        created = harness.clock() - timedelta(hours=number)
        line = Line(text, Decimal("1.50"), 2)
        order = SandboxOrder(
            Platform.ALIBABA, f"30{number:017d}", text, [line], created, [(created, "success")], Decimal(0)
        )
        harness.world.add_order(order)
    await harness.ask("/panda orders --csv")
    cells = [cell for row in rows(harness) for cell in (row["Seller"], row["Products"])]
    assert len(cells) == 16
    assert not [cell for cell in cells if cell.lstrip()[:1] in set("=+-@＝")]
    assert not [cell for cell in cells if "\n" in cell or "\r" in cell or "\t" in cell]
    assert f"'{EVIL}" in cells
    assert '"quoted", comma' in cells
    assert rows(harness)[3]["Order ID"] == "\t3000000000000000003"


async def test_nothing_to_export(harness: BotHarness) -> None:
    """No empty file is sent."""
    assert "No order matches." in await harness.ask("/panda orders --seller 没有这家 --csv")
    assert direct(harness) == []


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
@pytest.mark.parametrize(
    ("code", "says"),
    [("missing_scope", "has to give me the scope `files:write`"), ("internal_error", "internal_error")],
)
async def test_a_file_that_slack_refuses(harness: BotHarness, method: str, code: str, says: str) -> None:
    """The person is told why, and the message that announced it is taken back."""
    harness.slack.faults.plan(Fault(method, error=code))
    assert says in await harness.ask("/panda orders --csv")
    assert direct(harness) == []


async def test_the_button_below_a_list_sends_the_whole_list(harness: BotHarness) -> None:
    """With its filters and all its pages; the list stays where it is."""
    listed = await harness.ask("/panda orders --days 60 --page 2")
    assert "I sent you the file" in await harness.press("Send as CSV")
    assert len(rows(harness)) == len(harness.world.orders) > 10
    assert words(harness.private()[-2]) == listed


async def test_only_scopes_of_the_manifest_are_used(harness: BotHarness) -> None:
    """The export needs files:write and no scope that opens a conversation."""
    await harness.ask("/panda orders today --csv")
    assert [call.method for call in harness.slack.calls if call.answer.get("error") == "missing_scope"] == []
    assert "conversations.open" not in {call.method for call in harness.slack.calls}


async def test_a_file_says_how_far_was_looked(harness: BotHarness) -> None:
    """More orders than a list shows, and still not without an end."""
    for number in range(510):
        at = harness.clock() - timedelta(minutes=number)
        line, status = Line("批量商品", Decimal(1), 1), (at, "success")
        order_id = f"30{number:017d}"
        order = SandboxOrder(Platform.ALIBABA, order_id, "工厂", [line], at, [status], Decimal(0))
        harness.world.add_order(order)
    newest = harness.world.of(Platform.ALIBABA)[:500]
    answer = await harness.ask("/panda orders 批量商品 --csv")
    assert "Looked through the newest 500 of 520 orders on 1688." in answer
    assert len(rows(harness)) == sum("批量商品" in order.lines[0].title for order in newest) > 450
