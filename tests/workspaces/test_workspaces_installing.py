"""A workspace's way: the app is installed by OAuth, connected to its account, changed, and removed again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from support.bot_harness import words
from support.canaries import logged
from support.host_harness import CLIENT_SECRET, MEI, UNKNOWN, A, B, HostHarness, WorkspaceHarness, hosted, keys_of
from support.patience import until

from bot.workspaces.stores import OAuthStates
from sandbox.slack.workspace import User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ORDER = "2542285634920880794"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """The process, with no workspace yet."""
    async with hosted(tmp_path, public_url="https://panda.example") as harness:
        yield harness


async def fill(workspace: WorkspaceHarness, user: str = "mei", **changed: str) -> str:
    """Press the button, fill the form in, and return the text of its next page, or of its errors."""
    message, action_id = workspace.button("Connect PandaPon", user, "#orders")
    before = set(workspace.slack.workspace.views)
    assert (await workspace.slack.press(user, message, action_id)).ok
    await workspace.until(lambda: set(workspace.slack.workspace.views) - before)
    view_id = (set(workspace.slack.workspace.views) - before).pop()
    keys = keys_of(workspace.team.id)
    typed = {"access_key": keys.access_key, "access_secret": keys.access_secret, "user_id": keys.user_id} | changed
    values = {name: {"value": {"type": "plain_text_input", "value": value}} for name, value in typed.items()}
    ack = await workspace.slack.submit(user, view_id, values)
    assert ack.ok
    if ack.payload and ack.payload.get("response_action") == "errors":
        return " ".join(ack.payload["errors"].values())
    await workspace.until(lambda: "Trying" not in str(workspace.slack.workspace.views[view_id]))
    return str(workspace.slack.workspace.views[view_id])


async def test_a_workspace_is_installed_by_oauth_and_asks_for_its_account(harness: HostHarness) -> None:
    """From "Add to Slack" to the first command. Its token is in no row as it is."""
    alpha = await harness.install(A)
    assert "not connected to PandaPon yet" in await alpha.ask(f"/panda watch {ORDER}")
    assert "not connected to PandaPon yet" in await alpha.ask("/panda-search 连衣裙")
    assert "not connected to PandaPon yet" in await alpha.home()
    [row] = harness.rows("SELECT * FROM installations")
    assert (row["id"], row["team_id"], row["enterprise_id"], row["name"]) == (A, A, "", "Alpha Trading")
    assert harness.slack.teams[A].token not in str(row)
    assert "xoxb" not in harness.dump("public")
    assert all(not server.requests for server in harness.pandapon.servers.values())


async def test_whatever_is_done_before_it_asks_for_the_account(harness: HostHarness) -> None:
    """An old button, a shortcut of a message and of the search bar, a command that nobody declares, a language."""
    beta = await harness.install(B)
    room = beta.slack.workspace.channel("orders")
    old = {"type": "button", "action_id": "watch_here:1", "text": {"type": "plain_text", "text": "Old"}, "value": "x"}
    message = beta.slack.workspace.post(room, "U0BOTPANDA", "a", blocks=[{"type": "actions", "elements": [old]}])
    assert "not connected" in await beta.press("Old")
    assert "not connected" in await beta.shortcut("track_message", message)
    assert "not connected" in await beta.ask("/panda-nothing 1")
    assert (await beta.slack.global_shortcut("mei", "find_orders")).ok
    await beta.until(lambda: "not connected" in str(beta.slack.workspace.views))
    assert beta.rows("TABLE watches") == []


async def test_an_admin_connects_it_and_the_bot_works_from_then_on(harness: HostHarness) -> None:
    """The keys are tried once, stored sealed, shown nowhere and logged nowhere; the second workspace has its own."""
    keys = keys_of(B)
    with logged("debug") as log:
        beta = await harness.install(B)
        await beta.ask("/panda")
        page = await fill(beta)
        assert "is connected to PandaPon" in page
        assert "https://panda.example/pandapon/callbacks/" in page
        await harness.until_state(B, "running")
        assert "Watching" in await beta.ask(f"/panda watch {ORDER}")
        await beta.until(beta.channel)
        assert "is connected" in await beta.ask("/panda connect")
    for secret in (keys.access_key, keys.access_secret, harness.slack.teams[B].token, CLIENT_SECRET):
        assert secret not in harness.dump("public") + harness.dump(f"team_{B.lower()}")
        assert secret not in log.getvalue()
    shown = str([(message.text, message.blocks) for message in beta.private()]) + page
    assert keys.access_key not in shown
    assert keys.access_secret not in shown


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("access_secret", "wrong-secret-canary", "PandaPon refuses this key and secret"),
        ("access_key", "another-key", "PandaPon refuses this key and secret"),
        ("access_key", "two words", "a sign that no key has"),
        ("access_key", "k\u200bey", "a sign that no key has"),
        ("user_id", "七", "a sign that no key has"),
        ("access_secret", "   ", "Copy it from PandaPon's console"),
    ],
)
async def test_wrong_keys_are_refused_in_the_form_and_nothing_is_stored(
    harness: HostHarness, field: str, value: str, sentence: str
) -> None:
    """The workspace stays unconnected; the right keys are taken afterwards."""
    with logged("debug") as log:
        beta = await harness.install(B)
        await beta.ask("/panda status")
        assert sentence in await fill(beta, **{field: value})
        assert harness.rows("SELECT * FROM accounts") == []
        assert "not connected" in await beta.ask("/panda status")
        assert "is connected to PandaPon" in await fill(beta)
    assert "wrong-secret-canary" not in log.getvalue()


async def test_a_silent_pandapon_stores_nothing(harness: HostHarness) -> None:
    """The page says so; the form can be sent again."""
    beta = await harness.install(B)
    await beta.ask("/panda")
    beta.pandapon.faults.down = True
    assert "PandaPon" in await fill(beta)
    assert harness.rows("SELECT * FROM accounts") == []
    beta.pandapon.faults.down = False
    assert "is connected to PandaPon" in await fill(beta)


async def test_only_those_who_manage_the_workspace_enter_its_keys(harness: HostHarness) -> None:
    """Tom has installed nothing and is no admin; as an admin he may. A forged form is refused, too."""
    beta = await harness.install(B)
    await beta.ask("/panda", user="tom")
    message, action_id = beta.button("Connect PandaPon", "tom", "#orders")
    assert (await beta.slack.press("tom", message, action_id)).ok
    await beta.until(lambda: any("Only the workspace's admins" in words(message) for message in beta.private("tom")))
    assert beta.slack.workspace.views == {}
    beta.slack.workspace.user("tom").is_admin = True
    assert "is connected to PandaPon" in await fill(beta, "tom")
    await harness.until_state(B, "running")
    beta.slack.workspace.user("tom").is_admin = False
    view = next(view for view in beta.slack.workspace.views.values())
    view["callback_id"] = "connect_pandapon"
    values = {name: {"value": {"value": "stolen"}} for name in ("access_key", "access_secret", "user_id")}
    ack = await beta.slack.submit("tom", view["id"], values)
    assert ack.ok
    assert "stolen" not in str(open_keys(harness, B))


def open_keys(harness: HostHarness, team: str) -> Any:
    assert harness.host is not None
    [row] = [row for row in harness.rows("SELECT * FROM accounts") if row["id"] == team]
    return harness.host.vault.open(f"account:{team}", row["sealed"])


async def test_the_keys_can_be_changed_and_the_push_address_stays(harness: HostHarness) -> None:
    """The bot goes on with the new keys; the account's own rate stays."""
    beta = await harness.connect(B)
    assert harness.host is not None
    await harness.host.accounts.connect(B, keys_of(B), "", 7.5)
    await beta.until(lambda: beta.bot.settings.pandapon_rate_per_second == 7.5)
    before = open_keys(harness, B)["callback_token"]
    beta.pandapon.access_secret = "renewed-secret-0001"
    await beta.ask("/panda connect")
    message, action_id = beta.button("Change the keys", "mei", "#orders")
    assert (await beta.slack.press("mei", message, action_id)).ok
    await beta.until(lambda: beta.slack.workspace.views)
    keys = keys_of(B)
    values = {
        name: {"value": {"value": value}}
        for name, value in (
            ("access_key", keys.access_key),
            ("access_secret", "renewed-secret-0001"),
            ("user_id", keys.user_id),
        )
    }
    former = beta.bot
    ack = await beta.slack.submit("mei", next(iter(beta.slack.workspace.views)), values)
    assert ack.ok
    await beta.until(lambda: beta.bot is not former)
    assert open_keys(harness, B)["access_secret"] == "renewed-secret-0001"
    assert open_keys(harness, B)["callback_token"] == before
    assert harness.rows("SELECT rate_per_second FROM accounts") == [{"rate_per_second": 7.5}]
    assert beta.bot.settings.pandapon_rate_per_second == 7.5
    assert "Watching" in await beta.ask(f"/panda watch {ORDER}")


# --- the flow ---------------------------------------------------------------------------------------------------------


async def test_an_installation_needs_the_state_and_the_browser_that_began_it(harness: HostHarness) -> None:
    """A foreign state, a used one, an old one, none, another browser, a refused code: nothing is installed."""
    back = f"{harness.base_url}/slack/oauth_redirect"

    async def comes_back(**query: str) -> int:
        state = query.pop("cookie", query.get("state", ""))
        headers = {"Cookie": f"slack-app-oauth-state={state}"} if state else {}
        async with aiohttp.ClientSession() as browser, browser.get(back, params=query, headers=headers) as page:
            assert "xoxb" not in await page.text()
            return page.status

    async def state() -> str:
        assert harness.host is not None
        return await OAuthStates(harness.host.directory, harness.clock).async_issue()

    code = harness.slack.grant(A, MEI)
    good = await state()
    assert await comes_back(code=code, state="made-up") == 401
    assert await comes_back(code=code) == 400
    assert await comes_back(code=code, state=good, cookie="another") == 400
    assert await comes_back(state=good) == 401
    assert await comes_back(code=code, state=good) == 401  # used by the request before
    assert await comes_back(code="made-up", state=await state()) == 401
    assert await comes_back(error="access_denied", state=await state()) == 200
    old = await state()
    harness.clock.advance(timedelta(minutes=11))
    assert await comes_back(code=code, state=old) == 401
    assert harness.rows("SELECT * FROM installations") == []
    assert await comes_back(code=code, state=await state()) == 200
    assert [row["id"] for row in harness.rows("SELECT * FROM installations")] == [A]


async def test_a_silent_slack_installs_nothing_and_says_so(harness: HostHarness) -> None:
    """Neither a page of the server's own nor a half installation."""
    await harness.slack.__aexit__()
    status, page = 0, ""
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{harness.base_url}/slack/install") as first:
            cookie = first.cookies["slack-app-oauth-state"].value
        async with browser.get(
            f"{harness.base_url}/slack/oauth_redirect",
            params={"code": "c", "state": cookie},
            headers={"Cookie": f"slack-app-oauth-state={cookie}"},
        ) as last:
            status, page = last.status, await last.text()
    assert status == 503
    assert "nothing was installed" in page
    assert harness.rows("SELECT * FROM installations") == []


async def test_a_code_is_in_no_log(harness: HostHarness) -> None:
    """Bolt logs a refused code; only the reason is ours."""
    with logged("debug") as log:
        async with aiohttp.ClientSession() as browser:
            async with browser.get(f"{harness.base_url}/slack/install") as first:
                cookie = first.cookies["slack-app-oauth-state"].value
            await browser.get(
                f"{harness.base_url}/slack/oauth_redirect",
                params={"code": "canary-code-77", "state": cookie},
                headers={"Cookie": f"slack-app-oauth-state={cookie}"},
            )
    assert "invalid_code" in log.getvalue()
    assert "canary-code-77" not in log.getvalue()
    assert cookie not in log.getvalue()


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_an_uninstalled_workspace_stops_and_its_token_is_forgotten(harness: HostHarness) -> None:
    """Its data stays for a return; the other workspace goes on. People read one sentence."""
    beta, alpha = await harness.connect(B), await harness.connect(A)
    assert "Watching" in await beta.ask(f"/panda watch {ORDER}")
    await harness.slack.uninstall(B)
    await harness.until_state(B, "gone")
    row = {row["id"]: row for row in harness.rows("SELECT * FROM installations")}[B]
    assert row["sealed"] == ""
    assert row["revoked_at"] is not None
    calls = len(beta.slack.calls)
    assert (await beta.type("/panda status")).payload == {
        "response_type": "ephemeral",
        "text": "pandabot is not installed in this workspace, so I do nothing here.",
    }
    assert "running normally" in await alpha.ask("/panda status")
    assert len(beta.slack.calls) == calls
    await harness.install(B)
    await harness.until_state(B, "running")
    assert ORDER[-6:] in await harness.of(B).ask("/panda watches")


async def test_a_late_event_of_a_former_installation_ends_nothing(harness: HostHarness) -> None:
    """Slack may send it after the app was installed again; Slack accepts the new token, so it stays."""
    beta = await harness.connect(B)
    for event in ({"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOTPANDA"]}}):
        assert (await beta.slack.event(event)).ok

    def checks() -> int:
        return sum(call.method == "auth.test" for call in beta.slack.calls)

    await until(lambda: checks() >= 4)  # installed, started, and one for each event
    assert harness.rows("SELECT revoked_at FROM installations") == [{"revoked_at": None}]
    assert (await beta.slack.event({"type": "tokens_revoked", "tokens": {"oauth": [MEI], "bot": []}})).ok
    assert "running normally" in await beta.ask("/panda status")


async def test_an_unknown_workspace_gets_one_sentence_and_nothing_else(harness: HostHarness) -> None:
    """By command, button, form, shortcut and event: no call to Slack, no row, no post."""
    await harness.connect(A)
    stranger = harness.slack.teams[UNKNOWN].server
    before = harness.dump("public")
    ack = await stranger.slash("mei", "#orders", "/panda", f"watch {ORDER}")
    assert ack.payload["text"] == "pandabot is not installed in this workspace, so I do nothing here."
    room = stranger.workspace.channel("orders")
    button = {"type": "button", "action_id": "run:1", "text": {"type": "plain_text", "text": "Go"}, "value": "status"}
    message = stranger.workspace.post(room, "U0BOTPANDA", "a", blocks=[{"type": "actions", "elements": [button]}])
    assert (await stranger.press("mei", message, "run:1")).ok
    await until(lambda: any("not installed" in message.text for message in stranger.workspace.ephemeral[1:]))
    assert (await stranger.shortcut("mei", message, "track_message")).ok
    await until(
        lambda: len([message for message in stranger.workspace.ephemeral if "not installed" in message.text]) == 3
    )
    assert (await stranger.event({"type": "app_home_opened", "user": MEI, "channel": "D0", "tab": "home"})).ok
    assert {call.method for call in stranger.calls} == {"response_url"}
    assert harness.dump("public") == before
    assert harness.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'team_t0cccccc3'") == []


async def test_guests_and_strangers_do_not_connect_a_workspace(harness: HostHarness) -> None:
    """The usual admission holds for the form as well."""
    beta = await harness.install(B)
    beta.slack.workspace.users["U0EVE00009"] = User("U0EVE00009", "eve", "Eve", is_restricted=True)
    beta.slack.workspace.channel("orders").members.add("U0EVE00009")
    assert "only full members" in await beta.ask("/panda connect", user="eve")
