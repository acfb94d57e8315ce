"""A process that serves many workspaces has one row for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from support.host_harness import B, hosted
from support.patience import until

from bot.workspaces.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_one_row_a_process(tmp_path: Path) -> None:
    """Whatever the number of its workspaces, and until it stops."""
    async with hosted(tmp_path) as host:
        workspace = await host.connect(B)
        await until(lambda: host.rows("SELECT * FROM host_workers"))
        [row] = host.rows("SELECT roles FROM host_workers")
        assert row["roles"] == "jobs,poll,send,web"
        assert workspace.rows("SELECT * FROM workers") == []
        async with aiohttp.ClientSession() as session, session.get(f"{host.base_url}/metrics") as answer:
            assert 'pandabot_workers{role="poll"} 1.0' in await answer.text()
        await host.stop_host()
        assert host.rows("SELECT * FROM host_workers") == []


async def test_a_process_counts_as_at_work_until_its_bots_have_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`migrate` and `restored` wait for it: a bot that stops may still write."""
    at_work: list[int] = []
    stop = Registry.stop

    async def watched(registry: Registry) -> None:
        await stop(registry)
        at_work.append(len(harness.rows("TABLE host_workers")))

    monkeypatch.setattr(Registry, "stop", watched)
    async with hosted(tmp_path) as harness:
        await harness.stop_host()
        assert at_work == [1]
        assert harness.rows("TABLE host_workers") == []
