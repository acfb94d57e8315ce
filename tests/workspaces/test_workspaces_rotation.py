"""Slack apps with token rotation: a token ends after twelve hours, and each refresh token fetches one pair."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from support.bot_harness import words
from support.canaries import logged
from support.host_harness import A, B, HostHarness, WorkspaceHarness, hosted
from support.host_process import free_port, start
from support.patience import in_time, until

from bot.commands import check_workspaces
from bot.commands import workspaces as commands
from bot.workspaces.host import Host
from bot.workspaces.vault import Vault, new_key
from sandbox.pandapon.demo import FIRST
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LASTS = 43_200  # seconds, as Slack says
EARLY, DUE = timedelta(hours=9, minutes=50), timedelta(hours=10, minutes=1)
LEASE = timedelta(seconds=61)  # after which another try is made
MUCH_LATER = timedelta(hours=13)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """The process, and a Slack app with rotation; no workspace yet."""
    async with hosted(tmp_path) as harness:
        harness.slack.rotate(lasts=LASTS)
        yield harness


async def watching(harness: HostHarness, team: str = B) -> WorkspaceHarness:
    """Connect a workspace and watch an order there."""
    workspace = await harness.connect(team)
    await workspace.ask(f"/panda watch {FIRST}")
    await workspace.until(workspace.channel)
    return workspace


async def told_of_a_scan(workspace: WorkspaceHarness, text: str) -> None:
    """Let the courier scan the parcel, and wait for the reply about that, which comes once."""
    workspace.world.add_node(FIRST, text)
    await workspace.until(lambda: replies_with(workspace, text))
    await workspace.several_ticks()
    assert len(replies_with(workspace, text)) == 1


def replies_with(workspace: WorkspaceHarness, text: str) -> list[str]:
    """The messages of the card's thread that hold a text."""
    return [words(reply) for reply in workspace.thread(workspace.channel()[0]) if text in words(reply)]


def secret_of(harness: HostHarness, team: str = B) -> dict[str, Any]:
    """The stored secret of an installation, opened."""
    assert harness.host is not None
    [row] = [row for row in harness.rows("TABLE installations") if row["id"] == team]
    return harness.host.vault.open(f"installation:{team}", row["sealed"])


async def until_renewed(harness: HostHarness, former: str, team: str = B) -> None:
    """Wait until the running bot works with a newer token than this one, which is the newest."""
    tokens = harness.slack.teams[team].tokens
    await until(lambda: former != tokens.newest == harness.of(team).bot.slack.token)


async def test_a_token_is_renewed_before_it_ends(harness: HostHarness) -> None:
    """Two hours before, once, without a new start; the pair is stored sealed, and stands in no log."""
    with logged("debug") as log:
        beta = await watching(harness)
        bot, first = beta.bot, harness.slack.teams[B].token
        harness.clock.advance(EARLY)
        await asyncio.sleep(0.5)
        assert harness.slack.refreshes == 0
        harness.clock.advance(DUE - EARLY)
        await until_renewed(harness, first)
        assert harness.slack.refreshes == 1
        harness.clock.advance(timedelta(hours=4))  # the first token has ended
        await told_of_a_scan(beta, "到达广州分拨中心")
        assert "Watching" in await beta.ask("/panda watches") or FIRST[-6:] in words(beta.private()[-1])
    assert beta.bot is bot
    secret, tokens = secret_of(harness), harness.slack.teams[B].tokens
    assert (secret["bot_token"], secret["refresh_token"]) == (tokens.newest, tokens.refresh_token)
    for hidden in (first, tokens.newest, tokens.refresh_token):
        assert hidden not in harness.dump("public") + harness.dump(f"team_{B.lower()}")
        assert hidden not in log.getvalue()


async def test_an_app_without_rotation_is_stored_as_before(tmp_path: Path) -> None:
    """Its row can be read by the version that knows no rotation, and nothing is renewed."""
    async with hosted(tmp_path) as harness:
        await harness.install(B)
        assert set(secret_of(harness)) == {"bot_token", "bot_user_id", "bot_id", "app_id", "installer", "scopes"}
        harness.clock.advance(timedelta(days=400))
        await asyncio.sleep(0.5)
        assert harness.slack.refreshes == 0


async def test_a_token_that_ends_in_the_midst_of_posting_loses_and_repeats_nothing(harness: HostHarness) -> None:
    """Slack refuses a post as expired while it cannot renew the token; the post waits, and goes out once."""
    beta = await watching(harness)
    harness.slack.refresh_error = "down"
    harness.clock.advance(MUCH_LATER)
    beta.world.add_node(FIRST, "到达广州分拨中心")
    await until(lambda: beta.bot.deliverer.failures.token_refused == "token_expired")
    assert replies_with(beta, "到达广州分拨中心") == []
    tried = harness.slack.refreshes
    assert tried == 1, "the claim holds back further tries for a minute"
    harness.slack.refresh_error = ""
    harness.clock.advance(LEASE)
    await beta.until(lambda: replies_with(beta, "到达广州分拨中心"))
    await told_of_a_scan(beta, "快件已到达深圳")
    assert len(replies_with(beta, "到达广州分拨中心")) == 1
    assert not beta.bot.deliverer.failures.token_refused


async def test_an_answer_to_a_person_renews_an_ended_token_on_the_spot(harness: HostHarness) -> None:
    """Nobody has to ask twice: the call that Slack refused as expired is made again with the next token."""
    async with hosted(harness.folder, workspaces_seconds=300.0) as slow:  # the look at the tables comes too late
        slow.slack.rotate(lasts=LASTS)
        await slow.install(B)
        assert slow.host is not None
        beta = slow.of(B)
        slow.clock.advance(MUCH_LATER)
        home = await beta.home()
        assert "not connected to PandaPon" in home
        assert slow.slack.refreshes == 1
        assert beta.bot.slack.token == slow.slack.teams[B].token


async def test_several_calls_at_once_renew_it_once(harness: HostHarness) -> None:
    """All of them wait for the same renewal, and succeed."""
    beta = await harness.connect(B)
    harness.clock.advance(MUCH_LATER)
    answers = await asyncio.gather(*(beta.bot.slack.auth_test() for _ in range(10)))
    assert all(answer["ok"] for answer in answers)
    assert harness.slack.refreshes == 1


async def test_of_two_processes_one_renews_the_token(harness: HostHarness) -> None:
    """The other one takes what the first has stored; with both workspaces at once."""
    await watching(harness)
    await harness.connect(A)
    async with Host(harness.settings, clock=harness.clock) as second:
        await until(lambda: all((state := second.registry.find([id_])) and state.bot for id_ in (A, B)))
        former = {id_: harness.slack.teams[id_].token for id_ in (A, B)}
        harness.clock.advance(DUE)
        for id_ in (A, B):
            await until_renewed(harness, former[id_], id_)
            other = second.registry.find([id_])
            assert other is not None
            await until(lambda bot=other.bot, id_=id_: bot.slack.token == harness.slack.teams[id_].token)  # type: ignore[misc]  # mypy knows no defaults in lambdas
        assert harness.slack.refreshes == 2
        harness.clock.advance(timedelta(hours=3))
        await told_of_a_scan(harness.of(B), "到达广州分拨中心")


async def test_a_token_that_another_process_has_replaced_is_looked_up(harness: HostHarness) -> None:
    """Should Slack end the former token at once, a process takes the stored one at its next call: nobody notices."""
    harness.slack.rotate(lasts=LASTS, revokes=True)
    beta = await harness.connect(B)
    token = beta.bot.slack.bot_token
    former, revision = token.value, token.revision
    harness.clock.advance(DUE)
    await until_renewed(harness, former)
    token.value, token.revision = former, revision  # as in the process that did not renew it, before its next look
    assert (await beta.bot.slack.auth_test())["ok"]
    assert token.value == harness.slack.teams[B].token
    assert harness.slack.refreshes == 1


async def test_an_expired_token_and_a_silent_database_are_slacks_refusal(
    harness: HostHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever calls Slack hears of Slack's error, and never of the database's."""
    beta = await harness.connect(B)
    assert harness.host is not None

    async def get(_id: str) -> None:
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(harness.host.directory.installations, "get", get)
    harness.clock.advance(MUCH_LATER)
    with pytest.raises(SlackApiError, match="token_expired"):
        await beta.bot.slack.auth_test()
    monkeypatch.undo()
    await until(lambda: harness.slack.refreshes == 1)


@pytest.mark.parametrize("error", ["down", "internal_error", "ratelimited"])
async def test_a_passing_failure_is_tried_again(harness: HostHarness, error: str) -> None:
    """Once a minute, by whichever process; the present token does its work meanwhile."""
    beta = await watching(harness)
    former = harness.slack.teams[B].token
    harness.slack.refresh_error = error
    harness.clock.advance(DUE)
    await until(lambda: harness.slack.refreshes == 1)
    await told_of_a_scan(beta, "到达广州分拨中心")
    assert harness.slack.refreshes == 1
    harness.clock.advance(LEASE)
    await until(lambda: harness.slack.refreshes == 2)
    harness.slack.refresh_error = ""
    harness.clock.advance(LEASE)
    await until_renewed(harness, former)


# --- a lost answer ----------------------------------------------------------------------------------------------------


async def test_a_lost_answer_is_fetched_again_where_slack_gives_it_again(harness: HostHarness) -> None:
    """The same refresh token is tried after a minute."""
    harness.slack.rotate(lasts=LASTS, forgives=True)
    beta = await watching(harness)
    harness.slack.lost_refreshes = 1
    harness.clock.advance(DUE)
    await until(lambda: harness.slack.refreshes == 1)
    lost = harness.slack.teams[B].token
    harness.clock.advance(LEASE)
    await until_renewed(harness, lost)
    harness.clock.advance(timedelta(hours=3))
    await told_of_a_scan(beta, "到达广州分拨中心")


async def test_a_lost_answer_that_slack_does_not_give_again_leaves_two_hours(harness: HostHarness) -> None:
    """The present token works to its end, and the operator is told; one new installation mends it and loses nothing."""
    beta = await watching(harness)
    harness.slack.lost_refreshes = 1
    with logged("info") as log:
        harness.clock.advance(DUE)
        await until(lambda: harness.slack.refreshes == 1)
        harness.clock.advance(LEASE)
        await until(lambda: "must be installed again" in log.getvalue())
    await told_of_a_scan(beta, "到达广州分拨中心")
    assert "pandabot_workspaces_token_not_renewed 1.0" in await metrics(harness)
    harness.clock.advance(timedelta(hours=3))
    beta.world.add_node(FIRST, "快件已到达深圳")
    await until(lambda: beta.bot.deliverer.failures.token_refused == "token_expired")
    results = [finding async for finding in check_workspaces.check(harness.settings) if finding.name == f"{B} Slack"]
    assert [finding.words for finding in results] == [
        "Slack's token has expired, and `pandabot run` has not renewed it"
    ]
    await beta.slack.event({"type": "app_uninstalled"})  # a late one, of the installation before: it ends nothing
    await asyncio.sleep(0.3)
    former = beta.bot
    await harness.visit(B)
    await until(lambda: harness.of(B).bot is not former)
    await harness.until_state(B, "running")
    beta = harness.of(B)
    await beta.until(lambda: replies_with(beta, "快件已到达深圳"))
    assert len(replies_with(beta, "快件已到达深圳")) == 1
    assert "pandabot_workspaces_token_not_renewed 0.0" in await metrics(harness)


async def test_a_refusal_to_one_process_is_known_to_the_others(harness: HostHarness) -> None:
    """They neither ask Slack again nor wait for the first one, and their figures show it as well."""
    await harness.connect(B)
    assert harness.host is not None
    harness.slack.refresh_error = "invalid_refresh_token"
    harness.clock.advance(MUCH_LATER)
    await until(lambda: harness.host is not None and B in harness.host.tokens.refused)
    tried = harness.slack.refreshes
    async with Host(harness.settings, clock=harness.clock) as second:
        await until(lambda: B in second.tokens.refused)
        assert harness.slack.refreshes == tried
        harness.slack.refresh_error = ""
        harness.clock.advance(timedelta(minutes=11))
        await until(lambda: not second.tokens.refused and harness.host is not None and not harness.host.tokens.refused)
    assert harness.slack.refreshes == tried + 1


async def test_a_renewal_between_a_look_and_the_claim_ends_the_refusal(
    harness: HostHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process renews the token just then: this one, too, no longer tells of a token that is not renewed."""
    await harness.connect(B)
    harness.slack.refresh_error = "invalid_refresh_token"
    harness.clock.advance(MUCH_LATER)
    await until(lambda: harness.host is not None and B in harness.host.tokens.refused)
    async with Host(harness.settings, clock=harness.clock) as second:
        await until(lambda: B in second.tokens.refused)
        claim = second.directory.installations.claim_renewal

        async def late(*facts: Any) -> bool:
            await until(lambda: harness.rows("SELECT 1 FROM installations WHERE token_revision = 1"))
            return await claim(*facts)

        monkeypatch.setattr(second.directory.installations, "claim_renewal", late)
        harness.slack.refresh_error = ""
        harness.clock.advance(timedelta(minutes=11))
        await until(lambda: not second.tokens.refused)


async def metrics(harness: HostHarness) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{harness.base_url}/metrics") as answer:
        return await answer.text()


@pytest.mark.parametrize("forgives", [True, False])
async def test_a_process_that_dies_between_the_answer_and_its_storing(tmp_path: Path, *, forgives: bool) -> None:
    """The next one tries the same refresh token; if Slack refuses it, a new installation mends it."""
    async with hosted(tmp_path, starts=False) as harness:
        harness.clock.advance(datetime.now(UTC) - harness.clock())
        harness.slack.rotate(lasts=3, forgives=forgives)
        port = free_port()
        process = await start(harness, port, PANDABOT_KILL_AT="after_renewal")
        assert (await harness.visit(B, f"http://127.0.0.1:{port}"))[0] == 200
        await in_time(process.communicate())
        assert process.returncode == -signal.SIGKILL
        assert harness.slack.refreshes == 1
        assert secret_of_row(harness)["bot_token"] != harness.slack.teams[B].token
        harness.slack.rotate(lasts=LASTS, forgives=forgives)
        harness.clock.advance(3 * LEASE)
        await harness.start_host()
        await harness.until_state(B, "unconnected" if forgives else "failed")
        if not forgives:
            await harness.visit(B)
            await harness.until_state(B, "unconnected")
        assert "not connected" in await harness.of(B).ask("/panda status")
        assert secret_of_row(harness)["bot_token"] == harness.slack.teams[B].token


def secret_of_row(harness: HostHarness) -> dict[str, Any]:
    [row] = harness.rows("TABLE installations")
    return Vault(harness.keys).open(f"installation:{B}", row["sealed"])


async def test_a_database_that_is_away_when_the_answer_comes_gets_it_later(
    harness: HostHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else has the pair, so its process keeps it until it is stored."""
    await harness.connect(B)
    former = harness.slack.teams[B].token
    assert harness.host is not None
    real, tries = harness.host.directory.installations.renew, list[str]()

    async def renew(id_: str, revision: int, sealed: str) -> bool:
        tries.append(sealed)
        if len(tries) < 3:
            raise StorageError("The database does not answer.")
        return await real(id_, revision, sealed)

    monkeypatch.setattr(harness.host.directory.installations, "renew", renew)
    harness.clock.advance(DUE)
    await until_renewed(harness, former)
    assert len(tries) == 3
    assert len(set(tries)) == 1
    assert harness.slack.refreshes == 1


# --- the keys of the database -----------------------------------------------------------------------------------------


async def test_the_keys_are_changed_with_pairs_in_the_rows(harness: HostHarness) -> None:
    """Long secrets are encrypted anew as well, and renewed with the new key afterwards."""
    beta = await watching(harness)
    old = harness.keys[0]
    harness.keys = [new_key(), old]
    outcome = await commands.rotate(harness.settings)
    assert (outcome.renewed, outcome.unreadable) == (2, ())
    harness.keys.pop()
    await harness.stop_host()
    await harness.start_host()
    await harness.until_state(B, "running")
    assert len(harness.rows("TABLE installations")[0]["sealed"]) > 800
    former = harness.slack.teams[B].token
    harness.clock.advance(DUE)
    await until_renewed(harness, former)
    assert secret_of(harness)["bot_token"] == harness.slack.teams[B].token
    await told_of_a_scan(beta, "到达广州分拨中心")


async def test_a_row_that_is_encrypted_anew_during_a_renewal_keeps_the_new_pair(harness: HostHarness) -> None:
    """The renewal is stored over the row that `keys rotate` has changed, and not the other way round."""
    await harness.install(B)
    assert harness.host is not None
    rows, now = harness.host.directory.installations, harness.clock()
    row = await rows.get(B)
    assert row is not None
    revision = row.token_revision
    assert await rows.claim_renewal(now, B, revision, now + LEASE)
    assert not await rows.claim_renewal(now, B, revision, now + LEASE)
    assert await rows.replace(B, row.sealed, "by rotate")
    assert await rows.renew(B, revision, "by renewal")
    assert not await rows.replace(B, "by rotate", "late")
    assert not await rows.renew(B, revision, "by a slower process")
    assert not await rows.claim_renewal(now + LEASE, B, revision, now + 2 * LEASE)
    assert await rows.claim_renewal(now, B, revision + 1, now + LEASE)
    stored = await rows.get(B)
    assert stored is not None
    assert (stored.sealed, stored.token_revision) == ("by renewal", revision + 1)
