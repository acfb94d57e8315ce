"""What happens to channels: renamed, turned private, the bot removed and invited again. News is kept and told once."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, words

from bot.clients import slack_errors
from handlers.blocks.text import short_id
from sandbox.pandapon.demo import SECOND as OTHER
from sandbox.slack.faults import Fault
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from sandbox.slack.workspace import Channel, Message
    from storage.connection import Connection

FIRST, SECOND = "第一站：快件已发往 广州分拨中心", "第二站：快件已到达 广州分拨中心"


async def watched(harness: BotHarness) -> tuple[Channel, Message]:
    """Watch the order; the channel and the card."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    return harness.slack.workspace.channel("#orders"), harness.channel("#orders")[0]


def thread_texts(harness: BotHarness, card: Message) -> list[str]:
    """What the card's thread says."""
    return [words(message) for message in harness.thread(card)]


def calls(harness: BotHarness, method: str, error: str = "") -> int:
    """How often the bot has called this, or has met this error."""
    return sum(call.method == method and call.answer.get("error", "") == error for call in harness.slack.calls)


async def test_a_renamed_channel_goes_on(harness: BotHarness) -> None:
    """A watch knows its channel by id, so the name is nobody's concern."""
    channel, card = await watched(harness)
    channel.name = "purchasing-2027"
    harness.scan(FIRST)
    await harness.replies(card, 1)
    assert short_id(ORDER) in await harness.ask("/panda watches", channel="#purchasing-2027")


@pytest.mark.parametrize("turned_private", [False, True], ids=["removed", "turned private without the bot"])
async def test_the_bot_is_out_and_invited_again(harness: BotHarness, turned_private: bool) -> None:
    """Its watches are paused with the reason, their owner is told once, and an invitation is enough to go on."""
    channel, card = await watched(harness)
    harness.scan(FIRST)
    await harness.replies(card, 1)
    channel.is_private = True  # from a public one the bot cannot be kept out: it may post there without being a member
    channel.members.discard(BOT_USER)
    harness.scan(SECOND)
    mei = harness.slack.workspace.user("mei").id
    direct = harness.slack.workspace.direct(mei)
    await harness.until(lambda: bool(direct.messages))
    await harness.several_ticks(6)
    [notice] = direct.messages.values()
    assert "I had to pause" in words(notice)
    assert "paused" in await harness.ask("/panda status", channel="#urgent")
    channel.is_private = turned_private
    channel.members.add(BOT_USER)
    harness.hurry("reopen")
    await harness.until(lambda: any(SECOND in reply for reply in thread_texts(harness, card)))
    await harness.several_ticks(4)
    assert [sum(scan in reply for reply in thread_texts(harness, card)) for scan in (FIRST, SECOND)] == [1, 1]
    assert len(direct.messages) == 1


async def test_a_public_channel_that_wants_the_bot_as_a_member(harness: BotHarness) -> None:
    """However often it is looked at, one direct message; an invitation is enough, and a refusal after that is new."""
    channel, card = await watched(harness)
    direct = harness.slack.workspace.direct(harness.slack.workspace.user("mei").id)
    for times, scan in enumerate((FIRST, SECOND), 1):
        channel.members.discard(BOT_USER)
        refusal = Fault("chat.postMessage", times=1000, error="not_in_channel", channel=channel.id)
        harness.slack.faults.plan(refusal)
        harness.scan(scan)
        await harness.until(lambda times=times: len(direct.messages) == times)  # type: ignore[misc]  # mypy knows no defaults in lambdas
        for _ in range(2):
            looks = calls(harness, "conversations.info")
            harness.hurry("reopen")
            await harness.until(lambda looks=looks: calls(harness, "conversations.info") > looks)  # type: ignore[misc]  # mypy knows no defaults in lambdas
        harness.slack.faults.clear()
        channel.members.add(BOT_USER)
        harness.hurry("reopen")
        await harness.until(lambda scan=scan: any(scan in reply for reply in thread_texts(harness, card)))  # type: ignore[misc]  # mypy knows no defaults in lambdas
        await harness.several_ticks(4)
        assert len(direct.messages) == times


async def test_a_channel_that_only_seems_open_again(harness: BotHarness) -> None:
    """It is tried again and again, in silence: its owner knows. Who presses Resume is told that it did not help."""
    channel, card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", times=1000, error="is_archived", channel=channel.id))
    harness.scan(FIRST)
    direct = harness.slack.workspace.direct(harness.slack.workspace.user("mei").id)
    await harness.until(lambda: bool(direct.messages))
    for tried in (2, 3):
        harness.hurry("reopen")
        await harness.until(lambda tried=tried: calls(harness, "chat.postMessage", "is_archived") >= tried)  # type: ignore[misc]  # mypy knows no defaults in lambdas
    [notice] = direct.messages.values()
    assert (await harness.slack.press("mei", notice, "resume_channel:1")).ok
    await harness.until(lambda: len(direct.messages) > 1)
    harness.slack.faults.clear()
    harness.hurry("reopen")
    await harness.until(lambda: any(FIRST in reply for reply in thread_texts(harness, card)))


# --- what Slack says when it takes no post ----------------------------------------------------------------------------

CLOSED = [
    "access_denied",
    "accesslimited",
    "channel_is_limited_access",
    "ekm_access_denied",
    "messages_tab_disabled",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "team_access_not_granted",
    "thread_locked",
]


@pytest.mark.parametrize("code", CLOSED)
async def test_a_refusal_keeps_the_news_until_somebody_mends_it(harness: BotHarness, code: str) -> None:
    """The watch is paused with the reason, its owner is told, and after Resume the news is told once."""
    channel, card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", error=code, channel=channel.id))
    harness.scan(FIRST)
    direct = harness.slack.workspace.direct(harness.slack.workspace.user("mei").id)
    await harness.until(lambda: bool(direct.messages))
    await harness.several_ticks()
    [notice] = direct.messages.values()
    assert "I had to pause" in words(notice)
    assert harness.thread(card) == []
    assert (await harness.slack.press("mei", notice, "resume_channel:1")).ok
    [reply] = await harness.replies(card, 1)
    assert FIRST in words(reply)


UNKNOWN = ["an_error_that_slack_invents_tomorrow", "method_deprecated", "two_factor_setup_required", "x" * 300]


@pytest.mark.parametrize("code", UNKNOWN)
async def test_an_unknown_refusal_is_tried_on_and_told(harness: BotHarness, code: str) -> None:
    """No channel is paused and no owner troubled; the status says so, and when Slack takes the news, it comes once."""
    channel, card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", times=1000, error=code, channel=channel.id))
    harness.scan(FIRST)
    await harness.until(
        lambda: harness.bot is not None and bool(harness.bot.deliverer.failures.unknown_refusals.channels_by_code())
    )
    status = await harness.ask("/panda status", channel="#random")
    assert "Some things need attention" in status
    assert f"Slack refuses posts in 1 channel for a reason that I do not know (`{code[:20]}" in status
    while calls(harness, "chat.postMessage", code) < 10:  # longer than until it is tried as a short text
        harness.clock.advance(timedelta(minutes=6))
        await asyncio.sleep(0.2)
    assert "Paused" not in await harness.ask("/panda watches")
    assert not harness.slack.workspace.direct(harness.slack.workspace.user("mei").id).messages
    harness.slack.faults.clear()
    harness.clock.advance(timedelta(minutes=6))
    await harness.until(lambda: any(FIRST in reply for reply in thread_texts(harness, card)))
    await harness.several_ticks()
    assert sum(FIRST in reply for reply in thread_texts(harness, card)) == 1
    assert "running normally" in await harness.ask("/panda status", channel="#random")


async def test_a_card_that_slack_refuses_for_an_unknown_reason_follows(harness: BotHarness) -> None:
    """Whoever watches is told Slack's word, and the card comes when Slack takes it."""
    harness.slack.faults.plan(Fault("chat.postMessage", times=1000, error="tomorrows_word"))
    answer = await harness.ask(f"/panda watch {ORDER}")
    assert "its card will follow" in answer
    assert "tomorrows_word" in answer
    harness.slack.faults.clear()
    harness.clock.advance(timedelta(minutes=6))
    await harness.until(lambda: len(harness.channel()) == 1)


def test_what_pauses_a_channel_stands_in_the_document() -> None:
    """Whoever runs the bot can check the list against Slack's own."""
    text = (Path(__file__).parents[2] / "docs" / "operation.md").read_text(encoding="utf-8")
    table = text.partition("## What Slack refuses")[2].partition("\n## ")[0]
    rows = {
        name.strip(): set(re.findall(r"`(\w+)`", codes))
        for name, codes in re.findall(r"^\| ([^|]+)\|([^|]+)\|", table, re.MULTILINE)
    }
    assert rows["the channel"] == slack_errors.CHANNEL_REFUSES
    assert rows["the token"] == slack_errors.TOKEN_REFUSED
    assert rows["the message"] == slack_errors.MESSAGE_REFUSED | {"invalid_blocks"}
    assert rows["the card"] == slack_errors.CARD_GONE
    assert rows["for now"] == slack_errors.PASSES | {"ratelimited"}
    assert rows["in doubt"] == slack_errors.AMBIGUOUS


async def test_of_watches_paused_for_different_reasons_those_go_on_whose_reason_has_passed(harness: BotHarness) -> None:
    """The channel is no archive any more; what an administrator forbade waits for its owner's Resume."""
    await harness.ask(f"/panda watch {ORDER} {OTHER}")
    await harness.until(lambda: len(harness.channel()) == 2)
    assert harness.bot is not None
    store = harness.bot.store

    def pause(conn: Connection) -> None:
        for order_id, reason in ((ORDER, "is_archived"), (OTHER, "restricted_action")):
            sql = "UPDATE watches SET state = 'paused', reason = ? WHERE key = ?"
            conn.execute(sql, (reason, f"1688:{order_id}"))

    await store.engine.run(pause)
    harness.hurry("reopen")
    for _ in range(40):
        watches = await store.watches.of_orders([f"1688:{ORDER}", f"1688:{OTHER}"])
        if not watches[0].is_paused:
            break
        await asyncio.sleep(0.1)
    assert [watch.reason for watch in watches] == ["", "restricted_action"]


@pytest.mark.parametrize("code", ["message_limit_exceeded", "org_login_required"])
async def test_a_refusal_that_passes_only_delays_the_news(harness: BotHarness, code: str) -> None:
    """Nobody has to do anything about it, so nobody is told, and the news is tried again."""
    channel, card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", times=2, error=code, channel=channel.id))
    harness.scan(FIRST)
    await harness.until(lambda: not harness.slack.faults.planned)
    harness.clock.advance(timedelta(minutes=1))
    [reply] = await harness.replies(card, 1)
    assert FIRST in words(reply)
    assert not harness.slack.workspace.direct(harness.slack.workspace.user("mei").id).messages


@pytest.mark.parametrize("code", ["msg_too_long", "msg_blocks_too_long", "invalid_blocks_format", "invalid_arguments"])
async def test_a_message_that_slack_does_not_take_is_said_in_short(harness: BotHarness, code: str) -> None:
    """Nothing is wrong with the channel: the same news comes as a short text, and the next one as usual."""
    channel, card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", error=code, channel=channel.id))
    harness.scan(FIRST)
    [short] = await harness.replies(card, 1)
    assert FIRST in short.text
    assert short.blocks == []
    harness.scan(SECOND)
    [_short, usual] = await harness.replies(card, 2)
    assert usual.blocks


async def test_a_message_that_slack_never_takes_is_given_up(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """The log of the bot and that of the order say so, and the next news is told."""
    channel, card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", times=2, error="msg_too_long", channel=channel.id))
    harness.scan(FIRST)
    await harness.until(lambda: "Slack refused the message for good" in caplog.text)
    assert "refused by Slack" in await harness.ask(f"/panda why {ORDER}")
    harness.scan(SECOND)
    [reply] = await harness.replies(card, 1)
    assert SECOND in words(reply)
