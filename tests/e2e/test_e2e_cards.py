"""A card, its menu, and the list that stands for the cards of several new watches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.bot_harness import ORDER, BotHarness, words

from sandbox.pandapon.demo import SECOND
from sandbox.slack.faults import Fault
from storage.watch import WatchState

if TYPE_CHECKING:
    from sandbox.slack.workspace import Message

ON = "快件已发往 广州分拨中心"


def orders(harness: BotHarness, count: int) -> list[str]:
    """So many 1688 orders of the account, the one that can be scanned first."""
    keys = [key for key, order in harness.world.orders.items() if order.platform == "1688" and key != ORDER]
    return [ORDER, *keys[: count - 1]]


async def states(harness: BotHarness) -> list[WatchState]:
    assert harness.bot is not None
    watches, _total = await harness.bot.store.watches.of_channel("C0ORDERS01", 0, 50)
    return [watch.state for watch in watches]


def shown_in_channel(harness: BotHarness) -> list[str]:
    return [words(message) for message in harness.channel("#orders")]


# --- the menu ---------------------------------------------------------------------------------------------------------


async def test_the_menu_of_a_card(harness: BotHarness) -> None:
    """Each option answers the person alone, and the card stays; the settings are a form."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    before = words(card)
    assert f"*1688 order {ORDER}*" in await harness.pick("What was posted, and why")
    assert f"1688 order {ORDER}" in await harness.press("Track")
    assert words(card) == before
    message, action_id, value = harness.option("Channel settings", "mei", "#orders")
    assert (await harness.slack.press("mei", message, action_id, value=value)).ok
    await harness.until(lambda: bool(harness.slack.workspace.views))
    assert next(iter(harness.slack.workspace.views.values()))["private_metadata"] == "C0ORDERS01"


async def test_mute_and_unmute_by_the_menu(harness: BotHarness) -> None:
    """The card says who muted it, and the option becomes its opposite."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    assert "Muted" in await harness.pick("Mute for 24 hours")
    await harness.until(lambda: "🔕 Muted by mei until" in words(card))
    await harness.pick("Unmute")
    await harness.until(lambda: "🔕" not in words(card))


async def test_stop_by_the_menu(harness: BotHarness) -> None:
    """The watch ends, with Undo; the card offers to watch again."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    assert "Stopped watching 1 order" in await harness.pick("Stop watching")
    assert await states(harness) == []
    assert "Watching" in await harness.press("Undo")
    await harness.until(lambda: "Stop watching" in str(card.blocks))


# --- several at once --------------------------------------------------------------------------------------------------


async def test_up_to_three_orders_get_their_cards_at_once(harness: BotHarness) -> None:
    """Three cards still fit a screen."""
    assert "Watching 3 orders" in await harness.ask(f"/panda watch {' '.join(orders(harness, 3))}")
    await harness.until(lambda: len(harness.channel("#orders")) == 3)
    assert all(message.blocks[0]["type"] == "header" for message in harness.channel("#orders"))


async def test_many_orders_are_one_list(harness: BotHarness) -> None:
    """The channel reads of five orders in one message; each card comes with its first news, which it tells."""
    ids = orders(harness, 5)
    answer = await harness.ask(f"/panda watch {' '.join(ids)} 999999999999")
    assert "Watching 5 orders" in answer
    assert "999999999999" in answer
    assert ORDER not in answer
    [listed] = harness.channel("#orders")
    assert "👀 *mei is watching 5 orders here* · all updates" in words(listed)
    assert all(order_id in listed.text for order_id in ids), "the whole ids are in the text"
    assert await states(harness) == [WatchState.ACTIVE] * 5
    harness.scan(ON)
    await harness.until(lambda: len(harness.channel("#orders")) == 2)
    card = harness.channel("#orders")[1]
    assert ON in words(card)
    [reply] = await harness.replies(card, 1)
    assert ON in words(reply)
    await harness.several_ticks()
    assert len(harness.channel("#orders")) == 2, "the other orders wait for their news"


async def test_the_undo_of_a_list_ends_its_watches(harness: BotHarness) -> None:
    """The list stays as what was said; no card follows."""
    ids = orders(harness, 4)
    await harness.ask(f"/panda watch {' '.join(ids)}")
    assert "Stopped watching 4 orders" in await harness.press("Undo")
    assert await states(harness) == []
    harness.scan(ON)
    await harness.several_ticks()
    assert len(harness.channel("#orders")) == 1


async def test_a_list_that_the_channel_refuses_leaves_no_watch(harness: BotHarness) -> None:
    """Each id is answered with the reason, as for a card."""
    assert harness.bot is not None
    harness.slack.workspace.channel("secret").members.discard("U0BOTPANDA")
    ids = orders(harness, 4)
    answer = await harness.ask(f"/panda watch {' '.join(ids)}", user="tom", channel="#secret")
    assert answer.count("/invite") == 4
    assert (await harness.bot.store.watches.of_channel("G0SECRET05", 0, 9))[1] == 0


async def test_a_list_survives_a_restart(harness: BotHarness) -> None:
    """Slack takes nothing for now: the watches wait, and the list goes out once it does, once."""
    harness.slack.faults.plan(Fault("chat.postMessage", times=99, status=503))
    ids = orders(harness, 4)
    await harness.type(f"/panda watch {' '.join(ids)}")
    await harness.until(lambda: any(call.method == "chat.postMessage" for call in harness.slack.calls))
    assert await states(harness) == [WatchState.OPENING] * 4
    await harness.stop_bot()
    harness.slack.faults.clear()
    harness.clock.advance(timedelta(minutes=6))  # longer than a refused post waits for its next try
    await harness.start_bot()
    await harness.until(lambda: len(harness.channel("#orders")) == 1)
    await harness.several_ticks()
    assert await states(harness) == [WatchState.ACTIVE] * 4
    assert len(harness.channel("#orders")) == 1


# --- the card as the first news ---------------------------------------------------------------------------------------


async def first_card(harness: BotHarness) -> Message:
    await harness.until(lambda: len(harness.channel("#orders")) >= 1)
    return harness.channel("#orders")[0]


async def test_the_first_news_is_not_told_twice(harness: BotHarness) -> None:
    """With `watch all` the card tells the delivery, and its reply stays in the thread; the next one is shown again."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    harness.scan("【广州市】快递员正在派件")
    card = await first_card(harness)
    await harness.replies(card, 1)
    assert words(card).startswith("🛵 Out for delivery · ")
    assert [text for text in shown_in_channel(harness) if "Out for delivery" in text] == [words(card)]
    harness.scan("快件已签收，签收人：本人")
    await harness.replies(card, 2)
    await harness.until(lambda: len(harness.channel("#orders")) == 2)
    assert shown_in_channel(harness)[1].startswith("✅ *Delivered* · ")


async def test_a_card_that_is_the_first_news_says_what_to_do(harness: BotHarness) -> None:
    """A problem as the first news: reason and action stand on the card, which is all that the channel is shown."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    harness.scan("清关异常，请收件人尽快缴纳关税")
    card = await first_card(harness)
    await harness.replies(card, 1)
    assert "✋ *Action needed:* duty or charges have to be paid" in words(card)
    await harness.several_ticks()
    assert len(harness.channel("#orders")) == 1


async def test_the_first_news_is_told_once_where_there_are_no_threads(harness: BotHarness) -> None:
    """A channel that wants everything in its main view gets the card, and the reply below it."""
    assert harness.bot is not None
    stored = (await harness.bot.store.channels.get("C0ORDERS01")).settings
    settings = type(stored)(threads="channel")
    await harness.bot.store.channels.save_settings(harness.clock(), "C0ORDERS01", settings, "U0MEI00001")
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    harness.scan(ON)
    card = await first_card(harness)
    await harness.replies(card, 1)
    assert len(harness.channel("#orders")) == 1
    harness.scan("快件已到达 广州分拨中心")
    await harness.until(lambda: len(harness.channel("#orders")) == 2)


async def test_an_order_watched_by_its_id_is_told_as_ever(harness: BotHarness) -> None:
    """Its card was there before: a milestone is shown in the channel as well."""
    await harness.ask(f"/panda watch {ORDER} {SECOND}")
    await harness.until(lambda: len(harness.channel("#orders")) == 2)
    harness.scan("快件已签收，签收人：本人")
    await harness.until(lambda: len(harness.channel("#orders")) == 3)
