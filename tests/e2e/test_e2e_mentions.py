"""Whom a message notifies: nobody for what merely happens, the one person for what is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, words

from sandbox.slack.mentions import notified
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from sandbox.slack.workspace import Message

MEI, TOM = "U0MEI00001", "U0TOM00002"


def mentions(harness: BotHarness) -> list[tuple[str, str]]:
    """Everybody whom the bot notified by a mention, and by what."""
    people = (MEI, TOM)
    pairs = [(person, message) for person in people for message in harness.slack.workspace.mentions(person)]
    return [(person, words(message)) for person, message in pairs if message.user == BOT_USER]


async def watched(harness: BotHarness, told: str = "all") -> Message:
    """Watch the order, which has stood still so far, and return its card."""
    harness.world.orders[ORDER].packages[0].scans[:] = [
        scan for scan in harness.world.orders[ORDER].packages[0].scans if scan.at <= harness.clock()
    ]
    assert "Watching" in await harness.ask(f"/panda watch {ORDER} {told}")
    return harness.channel("#orders")[-1]


async def alarmed(harness: BotHarness, card: Message) -> Message:
    """Let it be silent for too long and return the alarm."""
    harness.clock.advance(timedelta(hours=60))
    await harness.until(lambda: any("⏰ *No movement" in words(m) for m in harness.thread(card)))
    return next(m for m in harness.thread(card) if "⏰ *No movement" in words(m))


async def test_scans_milestones_and_problems_mention_nobody(harness: BotHarness) -> None:
    """The card names who watches, without a mention; scan, milestone, problem and delivery notify nobody by name."""
    card = await watched(harness)
    assert "Watched by mei" in words(card)
    scans = [("快件已发往 广州", ""), ("派送中", "DELIVERING"), ("客户不在，派送失败", "UNSIGN"), ("本人签收", "SIGN")]
    for n, (text, status) in enumerate(scans, start=1):
        harness.scan(text, status=status)
        await harness.replies(card, n)
        assert not any("<@" in m.text for m in harness.thread(card))
    await harness.until(lambda: "Delivered" in words(harness.channel("#orders")[0]))
    assert mentions(harness) == []


async def test_settings_lists_and_mutes_write_names(harness: BotHarness) -> None:
    """Who watches, muted or changed something is named in plain words, as everybody else reads them too."""
    await watched(harness)
    await harness.ask("/panda mute 2h", user="tom")
    for line in ("watches", f"why {ORDER}", "settings"):
        answer = await harness.ask(f"/panda {line}")
        assert "<@" not in answer
        assert ("by tom" if line == "settings" else "by mei") in answer
    assert mentions(harness) == []


async def test_an_alarm_mentions_whoever_took_it_on(harness: BotHarness) -> None:
    """Raised for all it mentions nobody; taken on, its end is told to whoever has it, once."""
    card = await watched(harness)
    alarm = await alarmed(harness, card)
    assert mentions(harness) == []
    assert (await harness.slack.press("tom", alarm, "alarm_take:1")).ok
    await harness.until(lambda: "tom is handling it" in words(harness.thread(card)[0]))
    await harness.until(lambda: "tom is handling it" in words(harness.channel("#orders")[0]))
    assert mentions(harness) == [], "an update notifies nobody"
    harness.scan("快件已发往 广州分拨中心")
    await harness.until(lambda: any("Moving again" in words(m) for m in harness.thread(card)))
    [(person, message)] = mentions(harness)
    assert person == TOM
    assert "was handling it" in message


async def test_a_name_survives_a_restart(harness: BotHarness) -> None:
    """Names are stored as Slack tells them; one that it never told is "somebody"."""
    card = await watched(harness)
    await harness.stop_bot()
    await harness.start_bot()
    harness.scan("快件已发往 广州")
    await harness.replies(card, 1)
    await harness.until(lambda: "广州" in words(harness.channel("#orders")[0]))
    assert "Watched by mei" in words(harness.channel("#orders")[0])
    assert harness.bot is not None
    harness.bot.context.people.names.clear()
    harness.scan("派送中", status="DELIVERING")
    await harness.until(lambda: "Watched by somebody" in words(harness.channel("#orders")[0]))


def section(text: str, kind: str = "mrkdwn") -> dict[str, object]:
    return {"type": "section", "text": {"type": kind, "text": text}}


@pytest.mark.parametrize(
    ("text", "blocks", "people"),
    [
        ("<@U0TOM00002>", [], {TOM}),
        ("", [section("<@U0TOM00002> and <@U0TOM00002|tom>")], {TOM}),
        ("<@U0TOM00002>", [section("<@U0MEI00001>")], {TOM, MEI}),
        ("", [section("<@U0TOM00002>", "plain_text")], set()),
        ("", [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U0TOM00002>"}]}], {TOM}),
        ("", [{"type": "rich_text", "elements": [{"type": "user", "user_id": TOM}]}], {TOM}),
        ("<!here> look", [], {"here"}),
        ("&lt;@U0TOM00002&gt; @tom", [], set()),
    ],
)
def test_what_counts_as_a_mention(text: str, blocks: list[dict[str, object]], people: set[str]) -> None:
    """In the text or in any mrkdwn of the blocks, once a person; plain text and escaped text mention nobody."""
    assert notified(text, blocks) == people
