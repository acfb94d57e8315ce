"""The figures of a process with many workspaces hold what the alerts ask for, and name no workspace."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import psycopg
import pytest
import yaml
from support.host_harness import A, B, HostHarness, hosted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ALERTS = Path(__file__).parents[2] / "deploy/monitoring/alerts.yml"
# Of a single bot alone: `pandabot_workspaces_pandapon_down` stands for the first, and the others are of a file.
OF_ONE_BOT = {"pandabot_pandapon_up", "pandabot_disk_free_bytes", "pandabot_wal_bytes"}
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$
"""


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """The process, with no workspace yet."""
    async with hosted(tmp_path) as harness:
        yield harness


async def served(harness: HostHarness) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{harness.base_url}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


def changed(harness: HostHarness, schema: str, *statements: str) -> None:
    """Change the database past the bot."""
    with psycopg.connect(harness.url, autocommit=True) as conn:
        conn.execute(f"SET search_path TO {schema}")
        for statement in statements:
            conn.execute(statement)


async def test_every_figure_of_an_alert_is_served(harness: HostHarness) -> None:
    """An alert whose figure is missing never comes."""
    await harness.connect(A)
    [group] = yaml.safe_load(ALERTS.read_text())["groups"]
    asked = {name for rule in group["rules"] for name in re.findall(r"pandabot_[a-z_]+", rule["expr"])}
    assert asked - OF_ONE_BOT - set(re.findall(r"pandabot_[a-z_]+", await served(harness))) == set()


async def test_dead_rows_of_all_workspaces_are_added_up(harness: HostHarness) -> None:
    """By table, and no label names a workspace."""
    await harness.connect(A)
    await harness.connect(B)
    for id_, count in ((A, 700), (B, 500)):
        added = f"INSERT INTO facts (name, value, at) SELECT 'n' || n, '', 0 FROM generate_series(1, {count}) n"  # noqa: S608  a number
        schema = f"team_{id_.lower()}"
        await asyncio.to_thread(changed, harness, schema, added, "DELETE FROM facts WHERE name LIKE 'n%'")
    for _ in range(100):  # the server's statistics follow a moment later
        text = await served(harness)
        if re.search(r'^pandabot_database_dead_rows\{table="facts"\} 12\d\d', text, re.MULTILINE):
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail(text)
    assert not re.search("team_|T0", text)


@pytest.mark.parametrize("schema", [f"team_{A.lower()}", "public"])
async def test_a_full_disk_is_seen_until_there_is_room(harness: HostHarness, schema: str) -> None:
    """Whichever tables could not be written; the figure tries anew by itself."""
    await harness.connect(A)
    assert harness.host is not None
    facts, written = ("host_facts", "oauth_states") if schema == "public" else ("facts", "channels")
    triggers = [
        f"CREATE TRIGGER full_{table} BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()"
        for table in (facts, written)
    ]
    assert "pandabot_database_writable 1.0" in await served(harness)
    await asyncio.to_thread(changed, harness, schema, FULL, *triggers)
    if schema == "public":
        async with aiohttp.ClientSession() as browser:
            await (await browser.get(f"{harness.base_url}/slack/install")).text()
    else:
        await harness.of(A).ask("/panda mute 2h")
    assert "pandabot_database_writable 0.0" in await served(harness)
    await asyncio.to_thread(changed, harness, schema, "DROP FUNCTION full_disk CASCADE")
    assert "pandabot_database_writable 1.0" in await served(harness)
