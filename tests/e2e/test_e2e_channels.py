"""What happens to channels: renamed, turned private, the bot removed and invited again. News is kept and told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.house import ORDER, House, running, words

from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Channel, Message

FIRST, SECOND = "第一站：快件已发往 广州分拨中心", "第二站：快件已到达 广州分拨中心"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


async def watched(house: House) -> tuple[Channel, Message]:
    """Watch the order; the channel and the card."""
    assert "Watching" in await house.ask(f"/panda watch {ORDER}")
    return house.slack.workspace.channel("#orders"), house.channel("#orders")[0]


def told(house: House, card: Message) -> list[str]:
    """What the card's thread says."""
    return [words(message) for message in house.thread(card)]


async def test_a_renamed_channel_goes_on(house: House) -> None:
    """A watch knows its channel by id, so the name is nobody's concern."""
    channel, card = await watched(house)
    channel.name = "purchasing-2027"
    house.scan(FIRST)
    await house.replies(card, 1)
    assert ORDER in await house.ask("/panda watches", channel="#purchasing-2027")


@pytest.mark.parametrize("turned_private", [False, True], ids=["removed", "turned private without the bot"])
async def test_the_bot_is_out_and_invited_again(house: House, turned_private: bool) -> None:
    """Its watches are paused with the reason, their owner is told once, and an invitation is enough to go on."""
    channel, card = await watched(house)
    house.scan(FIRST)
    await house.replies(card, 1)
    channel.is_private = True  # from a public one the bot cannot be kept out: it may post there without being a member
    channel.members.discard(BOT_USER)
    house.scan(SECOND)
    mei = house.slack.workspace.user("mei").id
    direct = house.slack.workspace.direct(mei)
    await house.until(lambda: bool(direct.messages))
    await house.several_ticks(6)
    [notice] = direct.messages.values()
    assert "I had to pause" in words(notice)
    assert "paused" in await house.ask("/panda status", channel="#urgent")
    channel.is_private = turned_private
    channel.members.add(BOT_USER)
    await house.until(lambda: any(SECOND in reply for reply in told(house, card)), patience=20)
    await house.several_ticks(4)
    assert [sum(scan in reply for reply in told(house, card)) for scan in (FIRST, SECOND)] == [1, 1]
    assert len(direct.messages) == 1
