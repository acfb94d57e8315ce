"""Workspaces with one PandaPon account between them: its pace and its outages are those of all of them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from support.host_harness import MEI, A, B, hosted, keys_of
from support.patience import until

from bot.clients.account import shared_account
from pandapon.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path

    from support.host_harness import HostHarness

    from bot.running import Bot

RATE = 60.0  # requests a second to an account; people have less than a half of it
SECONDS = 3.0


async def connected(host: HostHarness, keys_of_b: str) -> tuple[Bot, Bot]:
    """Both workspaces at work, the second one with the keys of this one's account."""
    first = await host.connect(A)
    second = await host.install(B)
    assert host.host is not None
    await host.host.accounts.connect(B, keys_of(keys_of_b), MEI)
    await host.until_state(B, "running")
    return first.bot, second.bot


async def calls(*bots: Bot) -> float:
    """How many calls a second these bots make together when people ask for as many as they can."""
    began, made = time.monotonic(), 0

    async def call(bot: Bot) -> None:
        nonlocal made
        while time.monotonic() - began < SECONDS:
            await bot.api.probe()
            made += 1

    await asyncio.gather(*(call(bot) for bot in bots for _ in range(4)))
    return made / (time.monotonic() - began)


async def test_one_account_has_one_pace_and_one_outage(tmp_path: Path) -> None:
    """Both make no more calls than one of them may, and the outage that one met holds the other back, too."""
    async with hosted(tmp_path, pandapon_rate_per_second=RATE) as host:
        first, second = await connected(host, A)
        alone, together = await calls(first), await calls(first, second)
        assert together < alone * 1.4, "two paces would be twice as many"
        for _ in range(5):
            await first.breaker.note(ServerError("it said 502"))

        await until(lambda: second.breaker.down_since == first.breaker.down_since is not None)
        assert host.host is not None
        name = shared_account(host.host.directory, keys_of(A).access_key).name
        paces = {row["name"] for row in host.rows("SELECT name FROM account_paces")}
        assert f"{name} people" in paces
        assert {pace.split()[0] for pace in paces} == {name}
        assert [row["name"] for row in host.rows("SELECT name FROM account_outages")] == [name]
        assert keys_of(A).access_key not in host.dump("public")
        for team in (A, B):
            assert not host.of(team).rows("SELECT * FROM paces UNION ALL SELECT name, 0, 0 FROM outages")


async def test_two_accounts_share_nothing(tmp_path: Path) -> None:
    """Each has its own pace, and one's outage is not the other's."""
    async with hosted(tmp_path, pandapon_rate_per_second=RATE) as host:
        first, second = await connected(host, B)
        alone, together = await calls(first), await calls(first, second)
        assert together > alone * 1.4
        for _ in range(5):
            await first.breaker.note(ServerError("it said 502"))
        assert len(host.rows("SELECT name FROM account_outages")) == 1
        await asyncio.sleep(1.1)
        assert await second.breaker.allow(9) == 9
