"""`pandabot run` for many workspaces, as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from support.fake_slack import ORDERS
from support.host_harness import CLIENT_SECRET, MEI, SIGNING, B, hosted, keys_of
from support.host_process import environment_of, free_port, ready, start
from support.patience import PATIENCE, until

if TYPE_CHECKING:
    from pathlib import Path

    from support.host_harness import HostHarness


async def until_running(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if (await ready(port))["workspaces"]["running"] == 1:
                return
            await asyncio.sleep(0.1)


async def watch_all(harness: HostHarness, port: int) -> None:
    """Let a person ask for all orders, and wait until their channel was told."""
    slack = harness.slack.teams[B].server
    slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    assert (await slack.slash(MEI, ORDERS, "/panda", "watch all")).ok
    await until(lambda: bool(slack.workspace.channels[ORDERS].messages))


async def log_after_stop(process: asyncio.subprocess.Process) -> str:
    """End the process as systemd does, and return its log."""
    process.send_signal(signal.SIGTERM)
    _out, log = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, log.decode()
    return log.decode()


async def test_the_process_starts_serves_is_killed_and_goes_on(tmp_path: Path) -> None:
    """Installed and connected from outside; after a kill, the next process finds its workspace again."""
    async with hosted(tmp_path, starts=False) as harness:
        port = free_port()
        process = await start(harness, port)
        assert (await harness.visit(B, f"http://127.0.0.1:{port}"))[0] == 200
        keys = keys_of(B)
        connecting = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "workspaces", "connect", B, "--key", keys.access_key, "--user-id", keys.user_id),
            env=environment_of(harness, port),
            cwd=tmp_path,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, error = await asyncio.wait_for(connecting.communicate(f"{keys.access_secret}\n".encode()), PATIENCE)
        assert f"{B} is connected" in out.decode(), error.decode()
        assert keys.access_secret not in out.decode() + error.decode()
        process.kill()
        await process.wait()
        process = await start(harness, port)
        await until_running(port)
        await watch_all(harness, port)
        log = await log_after_stop(process)
        assert f"workspace={B}" in log
        joined = next(line for line in log.splitlines() if "orders joined" in line)
        assert f"workspace={B}" in joined
        for secret in (keys.access_key, keys.access_secret, harness.slack.teams[B].token, CLIENT_SECRET, SIGNING):
            assert secret not in log
