"""Help in four groups with the account's own ids, and the bare command, which shows the orders that need attention."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from support.bot_harness import ORDER, BotHarness, words

from handlers.blocks.help_page import ID, ID2
from sandbox.pandapon.demo import SECOND, TAOBAO
from storage.errors import StorageError

if TYPE_CHECKING:
    import pytest


async def test_help_is_four_groups_with_buttons(harness: BotHarness) -> None:
    """Each command stands in its group, and the commonest things are a press away."""
    text = await harness.ask("/panda help")
    at = [text.index(heading) for heading in ("*Find*", "*Follow*", "*This channel*", "*Trouble*")]
    assert at == sorted(at)
    assert at[0] < text.index("/panda search") < at[1] < text.index("/panda watch") < at[2] < text.index("/panda mute")
    assert at[3] < text.index("/panda why")
    assert at[3] < text.index("is everything working?")
    assert "on 1688" in await harness.press("My orders")
    await harness.ask("/panda help")
    assert "Settings in" in await harness.press("Settings")
    await harness.ask("/panda help")
    message, action_id = harness.button("Track…", "mei", "#orders")
    assert (await harness.slack.press("mei", message, action_id)).ok
    await harness.until(lambda: "Track or watch orders" in str(harness.slack.workspace.views))


async def test_the_examples_have_the_account_s_own_ids(harness: BotHarness) -> None:
    """The order that was stored last; before there is one, a made-up id. PandaPon is not asked."""
    assert f"/panda order {ID}" in await harness.ask("/panda help")
    await harness.ask(f"/panda watch {SECOND}")
    harness.pandapon.faults.status = 503
    for line in ("/panda help", "/panda help track", "/panda help why"):
        answer = await harness.ask(line)
        assert SECOND in answer
        assert ID not in answer
    harness.pandapon.faults.status = 0
    await harness.ask(f"/panda watch {ORDER}")
    answer = await harness.ask("/panda help watch")
    assert ORDER in answer
    assert ID2 not in answer or SECOND in answer


async def test_an_example_of_two_orders_has_two_ids(harness: BotHarness) -> None:
    """Also where the newest order is the one that the example makes up for its second place."""
    assert TAOBAO == ID2
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda watch {TAOBAO}")
    assert f"/panda watch {TAOBAO} {ORDER} problems" in await harness.ask("/panda help watch")


async def test_help_needs_no_database(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is needed most where something fails; the examples then have a made-up id."""

    async def fails(_limit: int) -> list[str]:
        raise StorageError("gone")

    assert harness.bot is not None
    monkeypatch.setattr(harness.bot.store.orders, "newest", fails)
    assert f"/panda track {ID}" in await harness.ask("/panda help")


async def test_the_bare_command_is_short(harness: BotHarness) -> None:
    """Nothing watched, no order that needs attention, or one with a problem: each in a line, with the next steps."""
    empty = await harness.ask("/panda")
    assert "Nothing is watched in this channel yet" in empty
    assert len(empty.splitlines()) <= 8
    await harness.ask(f"/panda watch {ORDER}")
    assert "1 order is watched here, and it needs no attention" in await harness.ask("/panda")
    harness.scan("快件外包装破损，转问题件处理")
    card = harness.channel("#orders")[0]
    await harness.until(lambda: "roblem" in words(card))
    trouble = await harness.ask("/panda")
    assert "1 order here needs attention" in trouble
    assert ORDER in trouble
    assert "Nothing is watched in this channel yet" in await harness.ask("/panda", channel="#urgent")
    assert "on 1688" in await harness.press("My orders", channel="#urgent")


async def test_what_needs_attention_is_counted_among_all_orders(harness: BotHarness) -> None:
    """Also one that is watched for so long that hundreds were added since."""
    await harness.ask(f"/panda watch {ORDER}")
    harness.scan("快件外包装破损，转问题件处理")
    card = harness.channel("#orders")[0]
    await harness.until(lambda: "roblem" in words(card))
    sample = harness.world.orders[ORDER]
    created = harness.clock() - timedelta(hours=1)
    for number in range(210):
        order_id = str(2542285634920870001 + number)
        statuses = [(created, "waitsellersend")]
        harness.world.add_order(
            replace(sample, order_id=order_id, created_at=created, statuses=statuses, packages=[], lines=sample.lines)
        )
    await harness.ask("/panda watch all paid")
    assert re.search("[1-9][0-9]* orders? here needs? attention", await harness.ask("/panda"))
