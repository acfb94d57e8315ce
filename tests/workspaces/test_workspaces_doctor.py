"""``pandabot doctor`` with many workspaces: a part for each, and nothing that names one of them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import psycopg
import pytest
from support.host_harness import CANARY, CLIENT_SECRET, SIGNING, A, B, HostHarness, hosted, keys_of
from support.host_process import environment_of
from support.in_process import command

from bot.commands import workspaces as commands
from bot.workspaces.vault import new_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ORDER = "2542285641920880794"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """The process, with no workspace yet."""
    async with hosted(tmp_path) as harness:
        yield harness


async def parts_of(harness: HostHarness, **variables: str) -> dict[str, str]:
    """The report's parts by their titles, as the command prints it."""
    port = harness.host.http_port if harness.host else 1
    environment = environment_of(harness, port) | variables
    code, output = await asyncio.to_thread(command, harness.folder, "doctor", environment=environment)
    assert code == 0, output
    return dict(part.split("\n\n", 1) for part in output.split("\n## ")[1:])


async def aliases(harness: HostHarness) -> dict[str, str]:
    """The alias of each workspace, as the list of workspaces shows it to the operator."""
    lines = await commands.lines(harness.settings)
    return dict(re.findall(r"(T0\w+) .* · in reports ([0-9a-f]{8})(?: ·|$)", "\n".join(lines)))


async def test_each_workspace_has_a_part_and_none_is_named(harness: HostHarness) -> None:
    """Its state and its own numbers of rows, under an alias that the operator alone can resolve."""
    await (await harness.connect(A)).ask(f"/panda watch {ORDER}")
    await harness.connect(B)
    parts = await parts_of(harness)
    named = await aliases(harness)
    assert [title for title in parts if title.startswith("Workspace ")] == sorted(
        f"Workspace {alias}" for alias in named.values()
    )
    assert "| workspaces | 2 |" in parts["The database"]
    assert "| PostgreSQL | " in parts["The database"]
    assert "| processes seen in the last minute | " in parts["The database"]
    for id_, watches in ((A, "active 1"), (B, "none")):
        part = parts[f"Workspace {named[id_]}"]
        assert "| app | installed for a workspace |" in part
        assert "| Slack token | stored, and the keys open it |" in part
        assert "| PandaPon | stored, and the keys open it |" in part
        assert f"| watches by state | {watches} |" in part
        assert "| last migration | " in part
    assert "pandabot_workspaces" in parts["The running process"]
    assert "SLACK_CLIENT_SECRET | given" in parts["Settings that differ from their defaults"]
    whole = "\n".join([*parts, *parts.values()])
    secret = (
        *(A, A.lower(), B, B.lower(), "Alpha", "Beta", "U0", "C0", CANARY, ORDER, *harness.keys),
        *(CLIENT_SECRET, SIGNING, keys_of(A).access_key, keys_of(B).access_secret, "xoxb", str(harness.folder)),
    )
    assert [each for each in secret if each in whole] == []


async def test_a_part_that_cannot_be_read_says_so_and_the_others_are_whole(harness: HostHarness) -> None:
    """Uninstalled; without tables; forgotten without its data."""
    await harness.connect(A)
    await harness.connect(B)
    named = await aliases(harness)
    await harness.slack.uninstall(A)
    await harness.until_state(A, "gone")
    await harness.stop_host()
    await asyncio.to_thread(changed, harness, f"ALTER SCHEMA team_{B.lower()} RENAME TO lost")
    parts = await parts_of(harness)
    assert "| app | uninstalled |" in parts[f"Workspace {named[A]}"]
    assert "| Slack token | deleted |" in parts[f"Workspace {named[A]}"]
    assert "| watches by state | none |" in parts[f"Workspace {named[A]}"]
    assert "| cannot be read further | The PostgreSQL database has no tables" in parts[f"Workspace {named[B]}"]
    assert "No bot answers" in parts["The running process"]
    await commands.remove(harness.settings, A, with_data=False)
    part = (await parts_of(harness))[f"Workspace {named[A]}"]
    assert "| app | forgotten |" in part
    assert "| watches by state | none |" in part


async def test_a_missing_key_and_a_missing_database_are_sentences(harness: HostHarness) -> None:
    """It is asked for when things are broken, so it never breaks itself."""
    await harness.connect(A)
    harness.keys = [new_key()]
    [part] = [text for title, text in (await parts_of(harness)).items() if title.startswith("Workspace ")]
    assert "which PANDABOT_KEYS does not name" in part
    parts = await parts_of(harness, STORAGE_URL=f"{harness.url.replace(harness.database, 'nowhere')}")
    assert "| cannot be read further | The database in " in parts["The database"]
    assert "| workspaces | 0 |" in parts["The database"]


def changed(harness: HostHarness, statement: str) -> None:
    """Change the database past the bot."""
    with psycopg.connect(harness.url, autocommit=True) as conn:
        conn.execute(statement)
