"""A quick check that two workspaces of one process stay apart, as people, Slack and PandaPon see it.

Unlike the slow attack of :mod:`support.intruder` it can be run against many bots that are broken on purpose. It says in
words what reached the other workspace. It also checks that each workspace works, as a bot that answers nobody would
keep them apart, too.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import psycopg
from support import forged
from support.bot_harness import words
from support.host_harness import CANARY, MEI, SIGNING, UNKNOWN, A, B, keys_of
from support.intruder import MINE
from support.patience import PATIENCE, until
from support.settings_form import choose
from support.shared_parts import both_reach, changed, state_of

from handlers.blocks import action_ids
from pandapon.courier import lexicon
from sandbox.pandapon import pictures
from sandbox.pandapon.demo import FIRST
from sandbox.pandapon.goods import PICTURES
from sandbox.slack import payloads
from sandbox.slack.delivery import post_signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.host_harness import HostHarness, WorkspaceHarness

SECONDS = PATIENCE  # for each step
WAITING = "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')"
HARMLESS = {"auth.test"}  # calls that a job makes by itself


async def leaks(harness: HostHarness, seconds: float = SECONDS) -> list[str]:
    """Connect two workspaces, act in both, and return what went wrong between them; empty where they are apart.

    It ends with the first step that finds something. ``seconds``: each step's limit; a broken bot may never answer.
    """
    for char in tuple(lexicon.UNEXPANDED):
        lexicon.expand_words(char)  # formed at their first use and the same for all workspaces
    check = IsolationCheck(harness, seconds)
    for step in IsolationCheck.STEPS:
        async with check.at(step):
            await getattr(check, step)()
        if check.findings:
            break
    return check.findings


class IsolationCheck:
    """The steps of the check. ``findings``: what went wrong, in words."""

    STEPS = (
        "connect_both",
        "each_reads_its_own_account",
        "each_watches_its_own_orders_in_the_same_channel",
        "each_has_its_own_home_and_language",
        "a_form_opens_where_it_was_asked_for",
        "foreign_ids_do_nothing",
        "a_file_is_fetched_with_its_own_token",
        "a_shared_channels_button_is_its_posters",
        "an_event_is_for_the_workspace_that_slack_authorizes",
        "only_slacks_signature_counts",
        "a_push_reaches_one_inbox",
        "a_copied_row_opens_nothing",
        "an_installation_needs_its_own_browser",
        "nothing_that_changes_is_in_both",
        "an_end_ends_one",
        "nothing_secret_went_astray",
    )

    def __init__(self, harness: HostHarness, seconds: float = SECONDS) -> None:
        self.harness, self.seconds, self.findings = harness, seconds, list[str]()
        self.alpha, self.beta = harness.of(A), harness.of(B)

    @asynccontextmanager
    async def at(self, step: str) -> AsyncIterator[None]:
        """Turn each failure of a step into a sentence."""
        try:
            async with asyncio.timeout(self.seconds):
                yield
        except Exception as error:  # noqa: BLE001  whatever does not work is a finding
            self.findings.append(f"{step} does not work: {type(error).__name__} {error}"[:300])

    def expect(self, *, ok: object, words: str) -> None:
        """Note these words as a finding unless ``ok`` is true."""
        if not ok:
            self.findings.append(words)

    @asynccontextmanager
    async def silent(self, workspace: WorkspaceHarness) -> AsyncIterator[None]:
        """Expect no call to the Slack of a workspace in which nobody does anything, once its own posts are out."""
        async with self._unread(workspace):
            await until(lambda: not workspace.rows(WAITING))
            before = len(workspace.slack.calls)
            yield
            methods = {call.method for call in workspace.slack.calls[before:]} - HARMLESS
        self.expect(ok=not methods, words=f"{workspace.team.name} heard {sorted(methods)} from an act elsewhere")

    @asynccontextmanager
    async def _unread(self, workspace: WorkspaceHarness) -> AsyncIterator[None]:
        """Stop the workspace's poller meanwhile: on a busy machine it might update a card just then."""
        bot = workspace.bot
        jobs = bot.scheduler._scheduler
        jobs.pause_job("poll")
        try:
            async with bot.poller._ticking:  # the tick that is under way
                pass
            yield
        finally:
            if jobs.get_job("poll"):  # the bot may have ended meanwhile
                jobs.resume_job("poll")

    async def send(self, workspace: WorkspaceHarness, payload: Any, kind: str = "interactive") -> int:
        """Send a signed payload as it is, wait until every bot has handled it, and return the status."""
        slack = workspace.slack
        assert slack._session is not None
        ack = await post_signed(slack._session, slack.request_url, SIGNING, kind, payload, 5)
        await self.idle()
        return ack.status

    async def idle(self) -> None:
        assert self.harness.host is not None
        for workspace in self.harness.host.registry.all():
            if workspace.bot is not None and workspace.bot.context.in_hand:
                await asyncio.wait(set(workspace.bot.context.in_hand))

    # --- the steps ----------------------------------------------------------------------------------------------------

    async def connect_both(self) -> None:
        """A's people read Chinese, and B's keys are stored for B alone."""
        self.alpha.slack.workspace.user("mei").locale = "zh-CN"
        await self.harness.connect(A)
        before = self.harness.rows("TABLE accounts")
        await self.harness.install(B)
        assert self.harness.host is not None
        await self.harness.host.accounts.connect(B, keys_of(B), MEI)
        after = [row for row in self.harness.rows("TABLE accounts") if row["id"] != B]
        self.expect(ok=before == after, words="the keys of B changed the account of A")
        await self.harness.until_state(B, "running")
        self.shared = state_of(both_reach(self.alpha.bot, self.beta.bot))

    async def each_reads_its_own_account(self) -> None:
        async with self.silent(self.beta):
            self.expect(ok=CANARY in await self.alpha.ask("/panda orders"), words="A does not see its own orders")
        async with self.silent(self.alpha):
            answer = await self.beta.ask("/panda orders")
        self.expect(ok=CANARY not in answer, words="B sees A's orders")
        self.expect(ok=FIRST[-6:] in answer, words="B does not see its own orders")

    async def each_watches_its_own_orders_in_the_same_channel(self) -> None:
        """Both channels have the same id, as a channel has that two companies share."""
        for workspace, order in ((self.alpha, MINE[0]), (self.beta, FIRST)):
            await workspace.ask(f"/panda watch {order}")
            await workspace.until(workspace.channel)
            [card] = workspace.channel()
            self.expect(ok=order in str(card.blocks), words=f"{workspace.team.name} got another card")
            keys = [row["key"] for row in workspace.rows("TABLE watches")]
            self.expect(ok=keys == [f"1688:{order}"], words=f"{workspace.team.name} has the watches {keys}")
            links = str([message.blocks for message in workspace.private()]) + await workspace.ask("/panda watches")
            links += str([message.blocks for message in workspace.private()])
            own = f"{workspace.team.id.lower()}.slack.com"
            self.expect(ok=own in links, words=f"no link of {workspace.team.name} leads to its own messages")
        for workspace in (self.alpha, self.beta):
            await workspace.several_ticks()  # the first looks at the orders bring their cards up to date

    async def each_has_its_own_home_and_language(self) -> None:
        home = await self.alpha.home()
        self.expect(ok=CANARY in home, words="A's home does not show its watch")
        self.expect(ok="订单" in home, words="A's home is not in its reader's language")
        home = await self.beta.home()
        self.expect(ok=CANARY not in home and MINE[0] not in home, words="A's home shows in B")
        self.expect(ok=f"{B.lower()}.slack.com" in home, words="B's home does not show its watch")
        self.expect(ok="订单" not in home, words="B's home is in the language of A's reader")
        language = {"type": "static_select", "selected_option": {"value": "th"}}
        async with self.silent(self.alpha):
            await choose(self.beta, language=language)

    async def a_form_opens_where_it_was_asked_for(self) -> None:
        before = len(self.alpha.slack.workspace.views)
        async with self.silent(self.alpha):
            await self.beta.slack.global_shortcut("mei", "find_orders")
            await self.idle()
        self.expect(ok=self.beta.slack.workspace.views, words="no form opened in B")
        self.expect(ok=len(self.alpha.slack.workspace.views) == before, words="a form of B opened in A")

    async def foreign_ids_do_nothing(self) -> None:
        [watch] = self.alpha.rows("TABLE watches")
        async with self.silent(self.alpha):
            for action in ("end_watch:1", "resume_watch:1", "watch_here:1"):
                for value in (str(watch["id"]), f"1688 {MINE[0]}", f"1688.{MINE[0]}"):
                    payload = forged.press(self.beta, action, value)
                    await self.send(self.beta, self.beta.slack.names.on_the_wire(payload))
            for line in (f"track {MINE[0]}", f"unwatch {MINE[0]}", f"order {MINE[0]}"):
                answer = await self.beta.ask(f"/panda {line}")
                self.expect(ok=CANARY not in answer, words=f"{line} of B shows A's order")
        [after] = self.alpha.rows("TABLE watches")
        self.expect(ok=watch["state"] == after["state"], words="B changed a watch of A")

    async def a_file_is_fetched_with_its_own_token(self) -> None:
        """A message of B holds the address of a picture that only A's token opens."""
        address = ""
        for workspace in (self.alpha, self.beta):
            workspace.pandapon.pictures = PICTURES
            file = workspace.slack.web_api.files.keep("U0TOM00002", "dress.png", pictures.draw("dress", "red"))
            message = await workspace.slack.say("tom", "orders", "like this?", files=[file])
            address = address or workspace.slack.web_api.files.described(file)["url_private"]
            answer = await workspace.shortcut(action_ids.SEARCH_PICTURE, message)
            self.expect(ok="*1. " in answer, words=f"the picture of {workspace.team.name} is not found")
        addresses = {"url_private": address, "url_private_download": address}
        foreign = self.beta.slack.web_api.files.keep("U0TOM00002", "dress.png", b"none", **addresses)
        message = await self.beta.slack.say("tom", "orders", "and this?", files=[foreign])
        answer = await self.beta.shortcut(action_ids.SEARCH_PICTURE, message)
        self.expect(ok="*1. " not in answer, words="B's bot has read a file of A")

    async def a_shared_channels_button_is_its_posters(self) -> None:
        """A's card stands in a channel of both; somebody of B presses its button."""
        payload = self.alpha.slack.names.on_the_wire(forged.press(self.alpha, "resume_watch:1", "1"))
        payload["message"] = {**self.alpha.slack.names.on_the_wire(self.alpha.channel()[0].wire()), "team": A}
        payload["team"], payload["user"]["team_id"] = {"id": B, "domain": "beta"}, B
        async with self.silent(self.beta):
            await self.send(self.beta, payload)

    async def an_event_is_for_the_workspace_that_slack_authorizes(self) -> None:
        """Somebody of B opens the home of A's bot, as in an organisation: Slack sends it for A."""
        body = {"type": "app_home_opened", "user": "U0TOM00002", "channel": "D0", "tab": "home", "user_team": B}
        payload = self.alpha.slack.names.on_the_wire(payloads.event(body, event_id="EvShared1", at=1))
        async with self.silent(self.beta):
            await self.send(self.alpha, payload | {"team_id": B}, "events_api")
        self.expect(ok="U0TOM00002" in self.alpha.slack.workspace.homes, words="A's bot did not publish the home")

    async def only_slacks_signature_counts(self) -> None:
        before = self.alpha.rows("SELECT count(*) FROM watches")
        payload = self.alpha.slack.names.on_the_wire(forged.command(self.alpha, f"watch {MINE[1]}"))
        async with aiohttp.ClientSession() as session, self.silent(self.alpha):
            ack = await post_signed(session, self.alpha.slack.request_url, "guessed", "slash_commands", payload, 5)
            await self.idle()
        self.expect(ok=ack.status == 401, words=f"a request that Slack has not signed was answered by {ack.status}")
        self.expect(ok=self.alpha.rows("SELECT count(*) FROM watches") == before, words="a forged command was obeyed")

    async def a_push_reaches_one_inbox(self) -> None:
        assert self.harness.host is not None
        vault, rows = self.harness.host.vault, self.harness.rows("TABLE accounts")
        token = next(vault.open(f"account:{B}", row["sealed"])["callback_token"] for row in rows if row["id"] == B)
        body = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messageBody": {"orderId": MINE[0]}}
        async with aiohttp.ClientSession() as session:
            url = f"{self.harness.base_url}/pandapon/callbacks/{token}"
            async with session.post(url, json=body) as answer:
                self.expect(ok=answer.status == 200, words="B's push message was not taken")
        self.expect(ok=not self.alpha.rows("TABLE inbox"), words="a push message for B is in A's inbox")
        self.expect(ok=len(self.beta.rows("TABLE inbox")) == 1, words="a push message for B is not in its inbox")

    async def a_copied_row_opens_nothing(self) -> None:
        """Somebody who can write to the database copies A's sealed keys to a workspace of their own."""
        sealed = {row["id"]: row["sealed"] for row in self.harness.rows("TABLE accounts")}
        self._seal(B, sealed[A])
        await until(lambda: self._has_followed(B))
        state = self.harness.host.registry.find([B])  # type: ignore[union-attr]  # the process runs
        self.expect(ok=state is not None and state.state == "failed", words="B works with the keys of A's row")
        self._seal(B, sealed[B])
        await self.harness.until_state(B, "running")

    def _seal(self, id_: str, sealed: str) -> None:
        with psycopg.connect(self.harness.url, autocommit=True) as conn:
            conn.execute("UPDATE accounts SET sealed = %s, revision = revision + 1 WHERE id = %s", (sealed, id_))

    def _has_followed(self, id_: str) -> bool:
        """Whether the process has read the workspace's newest row."""
        assert self.harness.host is not None
        workspace = self.harness.host.registry.find([id_])
        [revision] = [row["revision"] for row in self.harness.rows("TABLE accounts") if row["id"] == id_]
        return (
            workspace is not None
            and workspace.mark[1] == revision
            and (workspace.work is None or workspace.work.done())
        )

    async def an_installation_needs_its_own_browser(self) -> None:
        """A browser comes to the end of an installation that another browser began, or that none began."""
        back = f"{self.harness.base_url}/slack/oauth_redirect"
        async with aiohttp.ClientSession() as browser:
            async with browser.get(f"{self.harness.base_url}/slack/install") as page:
                state = page.cookies["slack-app-oauth-state"].value
            for given, cookie in ((state, "another"), ("made-up", "made-up")):
                query = {"code": self.harness.slack.grant(UNKNOWN, MEI), "state": given}
                headers = {"Cookie": f"slack-app-oauth-state={cookie}"}
                async with browser.get(back, params=query, headers=headers) as page:
                    self.expect(ok=page.status in {400, 401}, words="an installation ended in another browser")
        ids = [row["id"] for row in self.harness.rows("TABLE installations")]
        self.expect(ok=UNKNOWN not in ids, words="an installation that this browser did not begin was stored")

    async def nothing_that_changes_is_in_both(self) -> None:
        """Nothing that people did so far has changed an object that both bots reach."""
        for line in changed(self.shared):
            self.findings.append(f"both have {line}")

    async def an_end_ends_one(self) -> None:
        await self.harness.slack.uninstall(B)
        await self.harness.until_state(B, "gone")
        self.expect(ok=CANARY in await self.alpha.ask("/panda orders"), words="A ended with B")

    async def nothing_secret_went_astray(self) -> None:
        """Neither what B's Slack was sent nor what B's tables hold contains anything of A."""
        slack = self.beta.slack
        everything = str([(call.method, call.arguments, call.answer) for call in slack.calls])
        everything += str(
            [words(message) for room in slack.workspace.channels.values() for message in room.messages.values()]
        )
        everything += str((slack.workspace.ephemeral, slack.workspace.views, slack.workspace.homes))
        everything += self.harness.dump(f"team_{B.lower()}")
        for secret in (keys_of(A).access_key, keys_of(A).access_secret, CANARY, f"{A.lower()}.slack.com"):
            self.expect(ok=secret not in everything, words=f"{secret[:6]}… of A is in B")
