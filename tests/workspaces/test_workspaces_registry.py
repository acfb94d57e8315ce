"""The bots of a process follow the shared tables; one that fails touches no other; several processes agree."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import psycopg
import pytest
from psycopg import sql
from support import forged
from support.bot_harness import START
from support.host_harness import MEI, A, B, HostHarness, hosted, keys_of
from support.patience import until

from bot.commands import check_workspaces, manifest
from bot.commands import workspaces as commands
from bot.process.errors import StartError
from bot.roles import Role
from bot.workspaces import health
from bot.workspaces.host import Host
from bot.workspaces.registry import Registry
from bot.workspaces.vault import fingerprint_of, new_key
from bot.workspaces.workspace import State
from sandbox.slack.faults import Fault
from storage.errors import StorageError
from storage.post import PostState
from storage.upkeep import Health

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.running import Bot

ORDER = "2542285634920880794"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """The process, with no workspace yet."""
    async with hosted(tmp_path) as harness:
        yield harness


def change(harness: HostHarness, table: str, id_: str, **values: str) -> None:
    """Change a row past the bot, as a person with access to the database could."""
    with psycopg.connect(harness.url, autocommit=True) as conn:
        for column, value in values.items():
            statement = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s")
            conn.execute(statement.format(sql.Identifier(table), sql.Identifier(column)), (value, id_))


async def readyz(harness: HostHarness) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{harness.base_url}/readyz") as answer:
        return dict(await answer.json())


async def metrics(harness: HostHarness) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{harness.base_url}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


async def restarted(harness: HostHarness) -> None:
    await harness.stop_host()
    await harness.start_host()


# --- one that fails ---------------------------------------------------------------------------------------------------


async def test_a_token_that_slack_refuses_stops_its_own_workspace_alone(harness: HostHarness) -> None:
    """The other works; the state is in the health and the figures; it comes back when the app is installed again."""
    await harness.connect(A)
    beta = await harness.connect(B)
    harness.slack.revoke(A)
    await restarted(harness)
    await harness.until_state(A, "failed")
    await harness.until_state(B, "running")
    assert "Watching" in await beta.ask(f"/panda watch {ORDER}")
    ready = await readyz(harness)
    assert ready["workspaces"] == {"starting": 0, "unconnected": 0, "running": 1, "failed": 1}
    assert ready["failed"] == ["Slack refuses the workspace's token (token_revoked): install the app there again."]
    assert A not in str(ready)
    text = await metrics(harness)
    assert 'pandabot_workspaces{state="failed"} 1.0' in text
    assert 'pandabot_workspaces{state="running"} 1.0' in text
    assert A not in text
    ack = await harness.slack.teams[A].server.slash("mei", "#orders", "/panda", "status")
    assert "cannot start for this workspace at the moment" in ack.payload["text"]
    assert (await harness.visit(A))[0] == 200
    await harness.until_state(A, "running")


@pytest.mark.parametrize("table", ["installations", "accounts"])
@pytest.mark.parametrize("damage", ["cut", "swapped", "empty"])
async def test_damaged_data_stops_its_own_workspace_alone(harness: HostHarness, table: str, damage: str) -> None:
    """Cut off, empty, or the row of another workspace: the sentence says which, and nothing of the other is used."""
    await harness.connect(A)
    await harness.connect(B)
    sealed = {row["id"]: row["sealed"] for row in harness.rows(f"TABLE {table}")}
    wrong = {"cut": sealed[A][:-20], "swapped": sealed[B], "empty": ""}[damage]
    change(harness, table, A, sealed=wrong)
    await restarted(harness)
    await harness.until_state(A, "failed")
    await harness.until_state(B, "running")
    [reason] = (await readyz(harness))["failed"]
    assert reason == ("its data belongs to another workspace" if damage == "swapped" else "its data is damaged")
    await harness.of(B).ask("/panda status")


async def test_a_start_without_a_rows_key_fails_in_words(harness: HostHarness) -> None:
    """It names the workspace, the key by its print, and what to do; nothing is served meanwhile."""
    await harness.connect(B)
    old, harness.keys = harness.keys[0], [new_key()]
    await harness.stop_host()
    with pytest.raises(StartError, match=rf"{B} was sealed with the key {fingerprint_of(old)}.*`pandabot keys rotate`"):
        await harness.start_host()
    await harness.stop_host()
    harness.keys = [new_key(), old]
    await harness.start_host()
    await harness.until_state(B, "running")
    outcome = await commands.rotate(harness.settings)
    assert (outcome.renewed, outcome.current, outcome.unreadable) == (2, 0, ())
    assert (await commands.rotate(harness.settings)).renewed == 0
    harness.keys.pop()
    await restarted(harness)
    await harness.until_state(B, "running")
    assert "Watching" in await harness.of(B).ask(f"/panda watch {ORDER}")


async def test_a_rotation_says_which_rows_it_cannot_read(harness: HostHarness) -> None:
    """A damaged row keeps the old key in need; the others are encrypted anew."""
    await harness.connect(A)
    await harness.connect(B)
    harness.keys = [new_key(), *harness.keys]
    [sealed] = [row["sealed"] for row in harness.rows("TABLE accounts") if row["id"] == A]
    change(harness, "accounts", A, sealed=sealed[:-8])
    outcome = await commands.rotate(harness.settings)
    assert (outcome.renewed, outcome.unreadable) == (3, (f"{A}: is damaged",))
    assert "Keep the older keys" in outcome.words


class FailingLauncher:
    """A launcher that fails as it is told, and hangs for one workspace."""

    def __init__(self, errors: dict[str, Exception]) -> None:
        self.errors, self.calls = errors, list[str]()

    async def launch(self, id_: str) -> Bot:
        self.calls.append(id_)
        if id_ in self.errors:
            raise self.errors[id_]
        await asyncio.sleep(3600)
        raise AssertionError

    def is_stale(self, _bot: Bot, _mark: object) -> bool:
        return False

    async def renew_token(self, _id: str, _bot: Bot) -> None:
        raise AssertionError


async def test_a_start_that_hangs_or_breaks_holds_up_no_other(harness: HostHarness) -> None:
    """Each fails for itself, with a sentence; an unknown fault shows no more than its kind."""
    assert harness.host is not None
    await harness.connect(A)
    await harness.connect(B)
    await harness.slack.teams[A].server.event({"type": "nothing"})
    launcher = FailingLauncher({A: StorageError("The disk is full.")})
    registry = Registry(harness.host.directory, launcher, 0.05)
    registry.start()
    try:
        await until(lambda: registry.counts()[State.FAILED] == 1)
        assert registry.find([A]).reason == "The disk is full."  # type: ignore[union-attr]  # the registry has read it
        assert registry.find([B]).state is State.STARTING  # type: ignore[union-attr]  # the registry has read it
        launcher.errors[A] = KeyError("xoxb-canary")
        registry.find([A]).again_at = 0.0  # type: ignore[union-attr]  # the registry has read it
        await until(lambda: "KeyError" in registry.find([A]).reason)  # type: ignore[union-attr]  # the registry has read it
        assert "canary" not in registry.find([A]).reason  # type: ignore[union-attr]  # the registry has read it
        calls = len(launcher.calls)
        await asyncio.sleep(0.3)
        assert len(launcher.calls) == calls, "it is tried again after a while only"
    finally:
        await registry.stop()
    assert registry.all() == []


async def test_a_database_that_is_away_stops_no_bot(harness: HostHarness) -> None:
    """The health says so, and the registry follows again afterwards."""
    beta = await harness.connect(B)
    assert harness.host is not None
    registry, real = harness.host.registry, harness.host.directory.installations
    former = beta.bot

    class FailingTable:
        async def marks(self) -> dict[str, Any]:
            raise StorageError("The database does not answer.")

    harness.host.directory.installations = FailingTable()  # type: ignore[assignment]  # it answers the one call
    await until(lambda: registry.trouble)
    assert (await readyz(harness))["reason"] == "the shared tables cannot be read: The database does not answer."
    assert beta.bot is former
    harness.host.directory.installations = real
    await until(lambda: not registry.trouble)
    assert (await readyz(harness))["status"] == "ready"


# --- several processes ------------------------------------------------------------------------------------------------


async def test_two_processes_follow_each_other(harness: HostHarness) -> None:
    """What one installs, connects and ends, the other starts and stops within its look; each answers its requests."""
    async with Host(harness.settings, clock=harness.clock) as second:
        beta = await harness.connect(B)
        await until(lambda: (state := second.registry.find([B])) is not None and state.state is State.RUNNING)
        first, harness.host = harness.host, second  # Slack's requests and the test's waits go to the second one
        harness.slack.request_url = f"{harness.base_url}/slack/events"
        assert "Watching" in await beta.ask(f"/panda watch {ORDER}")
        harness.host = first
        harness.slack.request_url = f"{harness.base_url}/slack/events"
        assert ORDER[-6:] in await beta.ask("/panda watches")
        harness.slack.request_url = f"http://127.0.0.1:{second.http_port}/slack/events"
        await harness.slack.uninstall(B)
        await harness.until_state(B, "gone")
        await until(lambda: second.registry.find([B]) is None)
    assert "uninstalled" in str(await commands.lines(harness.settings))


async def test_a_notice_of_another_process_wakes_the_bot_of_its_workspace_alone(
    harness: HostHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process queues a post, and the other, which sends, hears of it on its one connection."""
    await harness.stop_host()
    asking, sending = frozenset({Role.WEB, Role.POLL, Role.JOBS}), frozenset({Role.SEND})
    async with Host(harness.settings, clock=harness.clock, roles=sending) as second:
        harness.roles = asking
        await harness.start_host()
        beta, _alpha = await harness.connect(B), await harness.connect(A)
        bots = {id_: await bot_of(second, id_) for id_ in (A, B)}
        await until(lambda: listeners(harness) == 2)
        heard: list[tuple[str, str]] = []
        for id_, bot in bots.items():
            monkeypatch.setattr(bot, "wake", lambda kind, id_=id_: heard.append((id_, kind)))
        await beta.ask(f"/panda watch {ORDER}")
        await until(lambda: (B, "posts") in heard)
        assert {id_ for id_, _kind in heard} == {B}
        monkeypatch.undo()
        heard.clear()
        with psycopg.connect(harness.url, autocommit=True) as conn:
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN pandabot'")
        for id_, bot in bots.items():
            monkeypatch.setattr(bot, "wake", lambda kind, id_=id_: heard.append((id_, kind)))
        await until(lambda: {(id_, kind) for id_ in (A, B) for kind in ("posts", "due")} <= set(heard))


async def bot_of(host: Host, id_: str) -> Bot:
    """Wait until a process runs the bot of a workspace."""
    await until(lambda: (state := host.registry.find([id_])) is not None and state.state is State.RUNNING)
    workspace = host.registry.find([id_])
    assert workspace is not None
    assert workspace.bot is not None
    return workspace.bot


def listeners(harness: HostHarness) -> int:
    """The number of connections on which processes hear each other."""
    sql = "SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN pandabot' AND datname = current_database()"
    return len(harness.rows(sql))


@pytest.mark.parametrize("extra", [{"storage_notify": "off"}, {"storage_pooler": "on"}])
async def test_everything_works_without_notices(tmp_path: Path, extra: dict[str, Any]) -> None:
    """No connection listens, and the jobs find the posts at their own times."""
    async with hosted(tmp_path, **extra) as harness:
        beta = await harness.connect(B)
        await beta.ask(f"/panda watch {ORDER}")
        await beta.until(beta.channel)
        assert listeners(harness) == 0


# --- organisations and shared channels --------------------------------------------------------------------------------


async def test_an_organisation_installs_it_for_all_its_workspaces(tmp_path: Path) -> None:
    """One bot and one schema for the organisation; a workspace of another organisation is none of it."""
    async with hosted(tmp_path) as harness:
        team = harness.slack.teams[B]
        team.enterprise = team.server.names.enterprise = team.server.web_api.enterprise = "E0BETA001"
        async with aiohttp.ClientSession() as browser:
            async with browser.get(f"{harness.base_url}/slack/install") as page:
                cookie = page.cookies["slack-app-oauth-state"].value
            code = harness.slack.grant(B, MEI, whole_enterprise=True)
            back = f"{harness.base_url}/slack/oauth_redirect"
            sent = {"Cookie": f"slack-app-oauth-state={cookie}"}
            async with browser.get(back, params={"code": code, "state": cookie}, headers=sent) as page:
                assert page.status == 200
        await harness.until_state("E0BETA001", "unconnected")
        [row] = harness.rows("TABLE installations")
        assert (row["id"], row["enterprise_id"], row["team_id"]) == ("E0BETA001", "E0BETA001", "")
        assert harness.host is not None
        await harness.host.accounts.connect("E0BETA001", keys_of(B), MEI)
        await harness.until_state("E0BETA001", "running")
        ack = await team.server.slash("mei", "#orders", "/panda", f"watch {ORDER}")
        assert ack.ok
        watches = "TABLE watches"
        await until(lambda: len(harness.rows(watches, "team_e0beta001")) == 1)
        ack = await harness.slack.teams[A].server.slash("mei", "#orders", "/panda", "status")
        assert "not installed" in ack.payload["text"]


async def test_a_button_in_a_shared_channel_belongs_to_the_bot_that_posted_it(harness: HostHarness) -> None:
    """Somebody of the company B presses a button that A's bot posted: A's bot judges it, and B's hears nothing."""
    alpha, beta = await harness.connect(A), await harness.connect(B)
    await alpha.ask("/panda watch 2542285641920880794")
    room = alpha.slack.workspace.channel("orders")
    await alpha.until(alpha.channel)
    card = alpha.channel()[0]
    payload = alpha.slack.names.on_the_wire(forged.press(alpha, "resume_watch:1", "1"))
    payload["message"] = {**alpha.slack.names.on_the_wire(card.wire()), "team": A}
    payload["team"], payload["user"]["team_id"] = {"id": B, "domain": "beta"}, B
    heard = len(beta.slack.calls)
    assert (await forged.send(alpha, payload)).ok
    assert (await forged.send(beta, payload)).ok
    await alpha.idle()
    assert [call for call in beta.slack.calls[heard:] if call.method != "auth.test"] == []
    assert room.messages


# --- the command line -------------------------------------------------------------------------------------------------


async def test_the_operator_lists_connects_and_removes(harness: HostHarness) -> None:
    """The secret comes in and never out; what is forgotten stops; its data stays unless told otherwise."""
    settings = harness.settings
    assert await commands.lines(settings) == ["No workspace has installed the app yet."]
    with pytest.raises(StartError, match="not installed in T0BBBBBB2"):
        await commands.connect(settings, B, key="k", secret="s", user_id="1", rate=None)
    await harness.install(B)
    [line] = await commands.lines(settings)
    assert line.startswith(f"workspace {B} · Beta Imports · installed 2026-03-02")
    assert line.endswith("not connected to PandaPon")
    keys = keys_of(B)
    with pytest.raises(Exception, match=r"签名错误|signature"):
        await commands.connect(settings, B, key=keys.access_key, secret="wrong", user_id="1", rate=None)
    assert harness.rows("TABLE accounts") == []
    answer = await commands.connect(
        settings, B, key=keys.access_key, secret=keys.access_secret, user_id=keys.user_id, rate=3.0
    )
    assert answer == f"{B} is connected: PandaPon takes the keys. Its bot starts within seconds."
    await harness.until_state(B, "running")
    [line] = await commands.lines(settings)
    assert line.endswith("by the operator, at most 3 requests a second")
    assert keys.access_secret not in line
    assert "stays in the schema team_t0bbbbbb2" in await commands.remove(settings, B, with_data=False)
    await harness.until_state(B, "gone")
    assert harness.rows("TABLE watches", "team_t0bbbbbb2") == []
    assert "Its data is deleted" in await commands.remove(settings, B, with_data=True)
    assert harness.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'team_t0bbbbbb2'") == []
    with pytest.raises(StartError, match="there is no T0BBBBBB2"):
        await commands.remove(settings, B, with_data=False)
    with pytest.raises(ValueError, match="is no workspace's"):
        await commands.remove(settings, 'T1" CASCADE; DROP', with_data=True)


async def test_check_tries_every_workspace(harness: HostHarness) -> None:
    """A refused token, keys that PandaPon refuses, a damaged row and a missing key: each with what mends it."""

    async def findings() -> dict[str, tuple[bool, str]]:
        return {
            finding.name: (finding.ok, f"{finding.words} {finding.mend}")
            async for finding in check_workspaces.check(harness.settings)
        }

    await harness.connect(A)
    await harness.install(B)
    results = await findings()
    assert results[f"{A} Slack"] == (True, "Slack takes the token ")
    assert results[f"{A} PandaPon"] == (True, "a signed read succeeded ")
    assert "/panda connect" in results[f"{B} PandaPon"][1]
    assert results["database"] == (True, "2 workspaces have installed the app ")
    harness.slack.revoke(B)
    harness.pandapon.servers[keys_of(A).access_key].access_secret = "changed"
    results = await findings()
    assert results[f"{B} Slack"] == (False, "Slack refuses the token or fails: token_revoked Install the app again.")
    assert results[f"{A} PandaPon"][0] is False
    assert keys_of(A).access_secret not in str(results)
    change(harness, "accounts", A, sealed="cut")
    assert "its data is damaged" in (await findings())[f"{A} PandaPon"][1]
    harness.keys = [new_key()]
    assert "Put the missing key back" in (await findings())[f"{A} Slack"][1]


def test_the_manifest_of_a_distributed_app_leads_to_this_installation() -> None:
    """Commands, buttons and events come by HTTP; the events of an end are there; the scopes are the same."""
    made = json.loads(commands.manifest_text("https://panda.example"))
    events = "https://panda.example/slack/events"
    assert {command["url"] for command in made["features"]["slash_commands"]} == {events}
    assert made["settings"]["event_subscriptions"]["request_url"] == events
    assert {"app_uninstalled", "tokens_revoked", "app_home_opened"} == set(
        made["settings"]["event_subscriptions"]["bot_events"]
    )
    assert made["settings"]["interactivity"]["request_url"] == events
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["oauth_config"]["redirect_urls"] == ["https://panda.example/slack/oauth_redirect"]
    assert set(made["oauth_config"]["scopes"]["bot"]) == manifest.scopes()


def test_the_figures_of_all_workspaces_are_one() -> None:
    """Numbers are added, the oldest time counts, and a workspace that knows nothing changes nothing."""
    early, late = START, START + timedelta(hours=1)
    first = Health(3, 2, 1, 4, early, {PostState.PENDING: 2, PostState.HELD: 1}, oldest_post=late, writes_unclear=1)
    second = Health(10, 20, 0, 0, late, {PostState.PENDING: 5}, oldest_post=early)
    together = health.combined([first, second, Health(0, 0, 0, 0, None)])
    assert (together.orders, together.watches, together.paused, together.due) == (13, 22, 1, 4)
    assert (together.oldest_due, together.oldest_post) == (early, early)
    assert dict(together.outbox) == {PostState.PENDING: 7, PostState.HELD: 1}
    assert together.writes_unclear == 1
    assert health.combined([]) == Health(0, 0, 0, 0, None)


# --- a bot that is made anew ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("worker", ["pod-1", ""])
async def test_a_bot_that_is_made_anew_leaves_to_the_former_one_what_it_sends(tmp_path: Path, worker: str) -> None:
    """Both bear the process's name. A card is on its way to Slack while the account's keys are entered anew."""
    async with hosted(tmp_path, worker=worker) as harness:
        alpha = await harness.connect(A)
        assert harness.host is not None
        former, [order, *_] = alpha.bot, alpha.world.orders
        alpha.slack.faults.plan(Fault("chat.postMessage", delay=2.0))
        watching = asyncio.create_task(alpha.type(f"/panda watch {order}"))
        await until(lambda: bool(alpha.rows("SELECT 1 FROM outbox WHERE state = 'sending'")))
        await harness.host.accounts.connect(A, keys_of(A), MEI)
        await until(lambda: alpha.bot is not former)
        await asyncio.sleep(0.5)
        assert [row["state"] for row in alpha.rows("SELECT state FROM outbox")] == ["sending"]
        await watching
        await until(lambda: [row["state"] for row in alpha.rows("SELECT state FROM outbox")] == ["sent"])
        assert len(alpha.channel()) == 1
