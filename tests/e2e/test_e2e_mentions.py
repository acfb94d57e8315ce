"""Whom a message notifies: nobody for what merely happens, the one person for what is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.house import ORDER, House, running, words

from sandbox.slack.mentions import notified
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

MEI, TOM = "U0MEI00001", "U0TOM00002"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


def mentions(house: House) -> list[tuple[str, str]]:
    """Everybody whom the bot notified by a mention, and by what."""
    people = (MEI, TOM)
    found = [(one, message) for one in people for message in house.slack.workspace.mentions(one)]
    return [(one, words(message)) for one, message in found if message.user == BOT_USER]


async def watched(house: House, told: str = "all") -> Message:
    """Watch the order, which has stood still so far, and return its card."""
    house.world.orders[ORDER].packages[0].scans[:] = [
        scan for scan in house.world.orders[ORDER].packages[0].scans if scan.at <= house.clock()
    ]
    assert "Watching" in await house.ask(f"/panda watch {ORDER} {told}")
    return house.channel("#orders")[-1]


async def alarmed(house: House, card: Message) -> Message:
    """Let it be silent for too long and return the alarm."""
    house.clock.advance(timedelta(hours=60))
    await house.until(lambda: any("Not moving" in words(m) for m in house.thread(card)), patience=15)
    return next(m for m in house.thread(card) if "Not moving" in words(m))


async def test_scans_milestones_and_problems_mention_nobody(house: House) -> None:
    """The card names who watches, without a mention; scan, milestone, problem and delivery notify nobody by name."""
    card = await watched(house)
    assert "Watched by mei" in words(card)
    scans = [("快件已发往 广州", ""), ("派送中", "DELIVERING"), ("客户不在，派送失败", "UNSIGN"), ("本人签收", "SIGN")]
    for n, (text, status) in enumerate(scans, start=1):
        house.scan(text, status=status)
        await house.replies(card, n)
        assert not any("<@" in m.text for m in house.thread(card))
    await house.until(lambda: "Delivered" in words(house.channel("#orders")[0]))
    assert mentions(house) == []


async def test_settings_lists_and_mutes_write_names(house: House) -> None:
    """Who watches, muted or changed something is named in plain words, as everybody else reads them too."""
    await watched(house)
    await house.ask("/panda mute 2h", user="tom")
    for line in ("watches", f"why {ORDER}", "settings"):
        said = await house.ask(f"/panda {line}")
        assert "<@" not in said
        assert ("by tom" if line == "settings" else "by mei") in said
    assert mentions(house) == []


async def test_an_alarm_mentions_whoever_took_it_on(house: House) -> None:
    """Raised for all it mentions nobody; taken on, its end is told to whoever has it, once."""
    card = await watched(house)
    alarm = await alarmed(house, card)
    assert mentions(house) == []
    assert (await house.slack.press("tom", alarm, "alarm_take:1")).ok
    await house.until(lambda: "tom takes care of it" in words(house.thread(card)[0]))
    await house.until(lambda: "tom takes care of it" in words(house.channel("#orders")[0]))
    assert mentions(house) == [], "an update notifies nobody"
    house.scan("快件已发往 广州分拨中心")
    await house.until(lambda: any("Moving again" in words(m) for m in house.thread(card)))
    [(person, said)] = mentions(house)
    assert person == TOM
    assert "had taken it on" in said


async def test_a_name_survives_a_restart(house: House) -> None:
    """Names are stored as Slack tells them; one that it never told is "somebody"."""
    card = await watched(house)
    await house.stop_bot()
    await house.start_bot()
    house.scan("快件已发往 广州")
    await house.replies(card, 1)
    await house.until(lambda: "广州" in words(house.channel("#orders")[0]))
    assert "Watched by mei" in words(house.channel("#orders")[0])
    assert house.bot is not None
    house.bot.context.people.names.clear()
    house.scan("派送中", status="DELIVERING")
    await house.until(lambda: "Watched by somebody" in words(house.channel("#orders")[0]))


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
