"""`pandabot run` for many workspaces as a process of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import aiohttp
from support.host_harness import CLIENT, CLIENT_SECRET, SIGNING
from support.patience import PATIENCE

if TYPE_CHECKING:
    from support.host_harness import HostHarness


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(harness: HostHarness, port: int) -> dict[str, str]:
    """The environment variables of the process."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SLACK", "PANDA"))} | {
        "SLACK_MODE": "http",
        "SLACK_CLIENT_ID": CLIENT,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": SIGNING,
        "SLACK_API_URL": harness.slack.api_url.rstrip("/"),
        "PANDABOT_KEYS": ",".join(harness.keys),
        "STORAGE_URL": harness.url,
        "PANDAPON_BASE_URL": harness.pandapon.base_url,
        "HTTP_PORT": str(port),
        "WORKSPACES_SECONDS": "0.2",
    }


async def start(harness: HostHarness, port: int, **variables: str) -> asyncio.subprocess.Process:
    """Start the process and wait until it is ready. ``variables``: further environment variables."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        env=environment_of(harness, port) | variables,
        cwd=harness.folder,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        while (await ready(port)).get("status") != "ready":
            await asyncio.sleep(0.1)
            assert process.returncode is None
    return process


async def ready(port: int) -> dict[str, Any]:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return dict(await answer.json())
    except aiohttp.ClientError:
        return {}
