"""Who may do what: one permission for commands, buttons, forms and shortcuts, asked for the thing's own channel."""

from __future__ import annotations

import asyncio
import json
from dataclasses import is_dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.async_app import AsyncApp
from support import forged
from support.bot_harness import ORDER, BotHarness, running, words
from support.commands import COMMANDS
from support.patience import PATIENCE

from handlers.access.permissions import Need
from handlers.blocks import action_ids
from handlers.listeners import UndeclaredError, declarations, register
from handlers.wire import requests
from handlers.writing.wizard import FLOW
from pandapon.shipment import OrderRef
from sandbox.pandapon.demo import SECOND
from sandbox.slack.faults import Fault
from sandbox.slack.workspace import BOT_USER, User
from storage.alarm import Alarm
from tracking.values import Filter, Leg, News, NewsToPost, Severity, Stall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET, ORDERS, URGENT = "G0SECRET05", "C0ORDERS01", "C0URGENT02"
EVERYONE = frozenset(Filter)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them; the bot is in #secret with Tom, Mei is not."""
    async with running(tmp_path) as harness:
        harness.slack.workspace.channel("secret").members.add(BOT_USER)
        yield harness


# --- what each listener acts on ---------------------------------------------------------------------------------------


async def test_every_listener_says_what_it_acts_on(harness: BotHarness) -> None:
    """The whole list: who adds a listener adds it here, and thinks of whom it is to ask."""
    assert harness.bot is not None
    listed = [
        (listener.kind, listener.name if isinstance(listener.name, str) else "…", listener.subject.name)
        for listener in declarations(harness.bot.app)
    ]
    named = "the channel that the command names, or in which it is typed"
    of_button = "the channel that the button's command names, or in which it is pressed"
    of_watching = "the channel that the button's watch command names, or in which it is pressed"
    of_unwatching = "the channel that the button's unwatch command names, or in which it is pressed"
    alarm = "the alarm whose number the button carries, and the channels that watch its order"
    carried = "the channel that the button carries"
    nothing = "nothing: it is only acknowledged, or said to be from an older version"
    person = "nothing but what the person may see"
    of_line = "a line of the cart that this person was shown"
    of_request = "the request for an approval whose number the button carries"
    of_request_form = "the request for an approval whose number the form carries"
    of_choice = "the subject of the form that the option opens, or else the channel of its command"
    refund = "a refund that is read again, for a person who may change refunds"
    acts = ("letter", "letter_review", "return", "return_review", "change", "change_review", "cancel")
    assert listed == [
        *(("command", command, named) for command in COMMANDS.slash_commands()),
        ("action", "run:", of_button),
        ("action", "show:", of_button),
        ("shortcut", "search_picture", "nothing but the message, which the person sees"),
        ("action", "search_picture", person),
        ("view", "search_picture", person),
        ("action", "share_product", "the channel in which it is pressed, and a product that is looked up again"),
        ("view", "add_to_cart", "the form that this person opened, as the bot remembers it"),
        ("action", "add_to_cart", "a product that is looked up again, for a person who may change the cart"),
        ("action", "add_choice", "the form that this person opened, as the bot remembers it"),
        ("action", "cart_more", of_line),
        ("action", "cart_less", of_line),
        ("action", "cart_remove", of_line),
        ("action", "cart_undo", "a line that this person removed from the cart"),
        ("action", "cart_quantity", of_line),
        ("view", "cart_quantity", "the line for which this person opened the form, as the bot remembers it"),
        *pages("address", "fill", "review", forgets=True),
        ("action", "add_address", "nothing but the list of addresses, for a person who may change it"),
        ("action", "change_address", "a saved address that is looked up again, for a person who may change it"),
        *pages("order", "nowhere", "fill", "review"),
        ("action", "order_cart", "the cart that this person was shown"),
        ("action", "buy_now", "products that are looked up again, for a person who may order"),
        *pages("act", "pay", "pay_all", "cancel", "receive", "warehouse", "warehouse_review"),
        ("action", "order_act", "orders that are read again, for a person who may order"),
        ("action", "act_resume", "the act that was offered to this person, as the bot remembers it"),
        ("action", "pay_page", nothing),
        *pages("freight", "receiver", "service", "review")[:3],
        *pages("parcels", "fill", "review")[:2],
        *pages("freight", forgets=True),
        *pages("parcels"),
        ("action", "ship_abroad", "orders that are read again"),
        ("action", "tell_parcels", "an order that is read again, for a person who may tell the warehouse"),
        *pages("estimate", "fill", "offers", forgets=True),
        ("action", "estimate_freight", "a product that is looked up again"),
        *pages("refund", "lines", "reason", "review", forgets=True),
        ("action", "ask_refund", "an order that is read again, for a person who may ask for refunds"),
        *pages("refund_act", *acts, forgets=True),
        *(("action", f"refund_{act}", refund) for act in ("letter", "return", "change", "cancel")),
        ("action", "watch_here", of_watching),
        ("action", "unwatch_here", of_unwatching),
        ("action", "undo_watch", of_unwatching),
        *(
            ("action", name, "the watches whose numbers the button carries, and their channels")
            for name in ("end_new_watches", "undo_unwatch")
        ),
        ("action", "resume_watch", "the watch whose number the button carries, and its channel"),
        ("action", "resume_channel", carried),
        ("action", "filter_all", carried),
        ("action", "preview_digest", f"{carried}, to look at"),
        ("action", "edit_settings", carried),
        ("view", "channel_settings", "the channel of the settings form"),
        ("action", "approval_approve", of_request),
        ("action", "approval_withdraw", of_request),
        ("action", "approval_decline", of_request),
        ("action", "approval_ask", of_request),
        ("view", "approval_decline", of_request_form),
        ("view", "approval_ask", of_request_form),
        ("action", "approval_resume", of_request),
        ("shortcut", "track_message", "nothing but the message, which the person sees"),
        ("shortcut", "watch_message", "the channel of the message"),
        ("shortcut", "find_orders", person),
        ("action", "find_orders", person),
        ("view", "find_orders", "the channel chosen in the form, where it is to watch"),
        ("action", "alarm_seen", alarm),
        ("action", "alarm_snooze", alarm),
        ("action", "alarm_take", alarm),
        ("action", "seller_message", alarm),
        ("action", "undo_for_all", "the line whose number the button carries, and the channel to which it was said"),
        ("event", "app_home_opened", person),
        ("action", "refresh_home", person),
        ("action", "search_products", person),
        ("action", "choose_settings", person),
        ("view", "search_products", person),
        ("view", "choose_settings", "the channel chosen in the form, to see and change its settings"),
        ("action", "my_orders", person),
        ("action", "menu:", of_choice),
        ("command", "…", named),
        ("action", "…", nothing),
        ("shortcut", "…", nothing),
        ("view", "…", nothing),
        ("view_closed", "…", nothing),
        ("options", "…", nothing),
        ("event", "…", nothing),
    ]
    every = {value for name, value in vars(action_ids).items() if name.isupper()}
    ids = {name for kind, name, _subject in listed if kind in {"action", "view", "shortcut"}} - {"…"}
    assert every == {name for name in ids if not name.startswith(FLOW)}


def pages(form: str, *steps: str, presses: tuple[str, ...] = (), forgets: bool = False) -> list[tuple[str, str, str]]:
    """The listeners of a form of several pages."""
    own = "the form that this person opened, as the bot remembers it"
    views = [("view", f"{FLOW}{form}:{step}", own) for step in steps]
    closing = [("view_closed", f"{FLOW}{form}:", own)] if forgets else []
    return [*views, *(("action", f"{FLOW}{form}:{press}:", own) for press in ("back", *presses)), *closing]


async def test_every_command_says_what_it_wants_of_a_channel() -> None:
    """Those that name a channel look at it or change it, and the others name none."""
    needs = {kind: declared.need_of(requests.WatchOrders(("1",))) for kind, declared in COMMANDS.answers.items()}
    every = {member for member in vars(requests).values() if isinstance(member, type) and is_dataclass(member)}
    assert {kind.__name__ for kind in needs} == {request.__name__ for request in every}
    named = {kind for kind in needs if "channel" in getattr(kind, "__dataclass_fields__", {})}
    assert named == {kind for kind, need in needs.items() if need}
    looking = {requests.ListWatches, requests.ShowSettings, requests.Start, requests.Why}
    assert {kind for kind, need in needs.items() if need is Need.READ} == looking


@pytest.mark.parametrize("kind", ["command", "action", "shortcut", "view", "view_closed", "options", "event"])
async def test_a_listener_that_does_not_say_it_stops_the_start(harness: BotHarness, kind: str) -> None:
    """Whenever it came: before the others, or after them and before the start."""
    assert harness.bot is not None

    async def careless(ack: Any) -> None:
        await ack()

    early = AsyncApp(token="xoxb-1", signing_secret="s", request_verification_enabled=False)
    getattr(early, kind)("careless")(careless)
    with pytest.raises(UndeclaredError, match="careless does not declare what it acts on"):
        register(early, harness.bot.context)
    getattr(harness.bot.app, kind)("careless")(careless)
    with pytest.raises(UndeclaredError, match="careless"):
        await harness.bot.start()


# --- somebody outside a private channel -------------------------------------------------------------------------------


async def watched_in_secret(harness: BotHarness) -> dict[str, str]:
    """Tom watches two orders in #secret, one watch is paused, one has ended, and there is an alarm: their numbers."""
    assert harness.bot is not None
    store, now = harness.bot.store, harness.clock()
    assert "Watching 2" in await harness.ask(f"/panda watch {ORDER} {SECOND}", user="tom", channel="#secret")
    by_order = {watch.key.partition(":")[2]: watch for watch in (await store.watches.of_channel(SECRET, 0, 9))[0]}
    key, stall = by_order[ORDER].key, Stall(Leg.DOMESTIC, now, timedelta(hours=48))
    told = NewsToPost("stall:1", News(OrderRef.from_key(key), None, stall=stall), Severity.PROBLEM, EVERYONE)
    await store.alarms.open(now, Alarm(key, "stall:1", stall), told, None)
    alarm = (await store.alarms.of_orders([key]))[key]
    assert "Stopped" in await harness.ask(f"/panda unwatch {SECOND}", user="tom", channel="#secret")
    return {"watch": str(by_order[ORDER].id), "ended": str(by_order[SECOND].id), "alarm": str(alarm.id)}


def presses(ids: dict[str, str]) -> list[tuple[str, str]]:
    """Each button that acts on a channel, with what it carries."""
    return [
        ("undo_unwatch:1", ids["ended"]),
        ("end_new_watches:1", ids["watch"]),
        ("resume_watch:1", ids["watch"]),
        ("resume_channel:1", SECRET),
        ("edit_settings:1", SECRET),
        ("preview_digest:1", SECRET),
        ("filter_all:1", f"{SECRET} all"),
        ("alarm_seen:1", ids["alarm"]),
        ("alarm_snooze:1", ids["alarm"]),
        ("alarm_take:1", ids["alarm"]),
        ("unwatch_here:1", f"unwatch {ORDER} in <#{SECRET}>"),
        ("undo_watch:1", f"unwatch {ORDER} in <#{SECRET}>"),
        ("watch_here:1", f"watch {SECOND} in <#{SECRET}>"),
        ("run:1", f"mute in <#{SECRET}> 24h"),
        ("run:2", f"unmute {ORDER} in <#{SECRET}>"),
        ("run:3", f"watch all in <#{SECRET}>"),
        ("run:4", f"unwatch all in <#{SECRET}>"),
        ("run:5", f"watches in <#{SECRET}>"),
        ("run:6", f"settings in <#{SECRET}>"),
        ("run:7", f"why {ORDER} in <#{SECRET}>"),
        ("show:1", f"why {ORDER} in <#{SECRET}>"),
        ("menu:1", f"mute {ORDER} in <#{SECRET}> 24h"),
        ("menu:2", f"why {ORDER} in <#{SECRET}>"),
        ("menu:3", f"edit_settings {SECRET}"),
    ]


@pytest.mark.parametrize("where", ["#orders", "#secret"])
async def test_somebody_outside_presses_nothing(harness: BotHarness, where: str) -> None:
    """Nothing is done, stored or shown, wherever the payload says that it was pressed."""
    ids = await watched_in_secret(harness)
    await harness.several_ticks(4)  # what the watching set going has come to rest
    before, views = forged.rows(harness), dict(harness.slack.workspace.views)
    for action, value in presses(ids):
        payload = forged.press(harness, action, value, channel=where)
        told = await forged.answered(harness, payload, channel=where)
        assert "you are not in it" in told, (action, told)
        assert ORDER not in told
    await harness.several_ticks(2)
    assert forged.rows(harness) == before
    assert harness.slack.workspace.views == views


async def test_somebody_inside_presses_everything(harness: BotHarness) -> None:
    """The same buttons for a member, from another channel: all is done, and called by its own channel's name."""
    ids = await watched_in_secret(harness)
    for action, value in presses(ids):
        if action.startswith("run:4"):
            continue
        told = await forged.answered(harness, forged.press(harness, action, value, user="tom"), user="tom")
        assert "you are not in it" not in told, action
        assert f"<#{ORDERS}>" not in told, (action, told)
        if action.startswith(("undo_unwatch", "unwatch_here", "run:1", "run:3", "run:5", "run:6", "run:7")):
            assert f"<#{SECRET}>" in told, (action, told)
    assert any(view["private_metadata"] == SECRET for view in harness.slack.workspace.views.values())


async def test_somebody_who_left_is_outside(harness: BotHarness) -> None:
    """Nobody stays a member of a channel for a while longer: Slack is asked each time."""
    harness.slack.workspace.channel("secret").members.add("U0MEI00001")
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}", channel="#secret")
    harness.slack.workspace.channel("secret").members.discard("U0MEI00001")
    assert "you are not in it" in await harness.ask(f"/panda unwatch {ORDER} in #secret")
    undo = forged.press(harness, "undo_watch:1", f"unwatch {ORDER} in <#{SECRET}>")
    assert "you are not in it" in await forged.answered(harness, undo)


def chosen(**fields: Any) -> dict[str, Any]:
    """The settings form, filled in."""
    option = {"text": {"type": "plain_text", "text": "x", "emoji": True}, "value": "default"}
    usual: dict[str, Any] = {
        "filter": {"value": {"type": "static_select", "selected_option": option}},
        "time_zone": {"value": {"type": "static_select", "selected_option": {"value": "Europe/Berlin"}}},
    }
    return usual | fields


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [(SECRET, "you are not in it"), ("D0TOM00002", "owner's alone"), ("C0NOWHERE9", "you are not in it")],
)
async def test_somebody_outside_saves_no_settings(harness: BotHarness, channel: str, sentence: str) -> None:
    """The form's hidden channel is not believed: the person is asked about, and told in the form."""
    before = forged.rows(harness)
    ack = await forged.send(harness, forged.submission(harness, action_ids.SETTINGS_MODAL, channel, chosen()))
    assert ack.payload["response_action"] == "update"
    assert sentence in json.dumps(ack.payload["view"], ensure_ascii=False)
    assert forged.rows(harness) == before
    tom = forged.submission(harness, action_ids.SETTINGS_MODAL, SECRET, chosen(), user="tom")
    assert f"<#{SECRET}>" in json.dumps((await forged.send(harness, tom)).payload["view"], ensure_ascii=False)
    assert forged.rows(harness)["channels"] != before["channels"]


async def test_somebody_outside_watches_nothing_by_the_form(harness: BotHarness) -> None:
    """A channel of the finding form is asked for like one that was typed."""
    values = {
        "orders": {"value": {"type": "plain_text_input", "value": ORDER}},
        "what": {"value": {"type": "radio_buttons", "selected_option": {"value": "watch"}}},
        "channel": {"value": {"type": "conversations_select", "selected_conversation": SECRET}},
    }
    before = forged.rows(harness)
    ack = await forged.send(harness, forged.submission(harness, action_ids.FIND_ORDERS, "", values))
    assert "you are not in it" in json.dumps(ack.payload["view"])
    assert forged.rows(harness) == before


async def test_who_is_not_in_a_public_channel_only_looks(harness: BotHarness) -> None:
    """As in Slack itself: anybody may look into a public channel; to change what it gets, one joins it."""
    harness.slack.workspace.channel("urgent").members.discard("U0MEI00001")
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}", user="tom", channel="#urgent")
    before = forged.rows(harness)
    for line in ("watches", "settings", f"why {ORDER}"):
        assert f"<#{URGENT}>" in await harness.ask(f"/panda {line} in #urgent"), line
    for line in (f"watch {SECOND}", f"unwatch {ORDER}", "mute", f"unmute {ORDER}", "watch all", "unwatch all"):
        assert "Join it and try again" in await harness.ask(f"/panda {line} in #urgent"), line
    for action, value in (
        ("resume_channel:1", URGENT),
        ("edit_settings:1", URGENT),
        ("unwatch_here:1", f"unwatch {ORDER}"),
    ):
        payload = forged.press(harness, action, value, channel="#urgent")
        assert "Join it" in await forged.answered(harness, payload, channel="#urgent")
    assert forged.rows(harness) == before
    harness.slack.workspace.channel("urgent").members.add("U0MEI00001")
    assert "Stopped" in await harness.ask(f"/panda unwatch {ORDER} in #urgent")


async def test_an_alarm_belongs_to_each_channel_that_watches(harness: BotHarness) -> None:
    """Watched in #secret and in #orders, it is Mei's too; in #secret alone it is not, and watched nowhere nobody's."""
    ids = await watched_in_secret(harness)
    payload = forged.press(harness, "alarm_take:1", ids["alarm"])
    assert "you are not in it" in await forged.answered(harness, payload)
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    payload = forged.press(harness, "alarm_take:1", ids["alarm"])
    assert "You've got it" in await forged.answered(harness, payload)
    await harness.ask(f"/panda unwatch {ORDER}")
    await harness.ask(f"/panda unwatch {ORDER}", user="tom", channel="#secret")
    payload = forged.press(harness, "alarm_seen:1", ids["alarm"])
    assert "no longer exists" in await forged.answered(harness, payload)


async def test_undo_of_two_channels_needs_both(harness: BotHarness) -> None:
    """Numbers of other channels' watches, slipped in between one's own, bring nothing back."""
    ids = await watched_in_secret(harness)
    await harness.ask(f"/panda watch {SECOND}")
    await harness.ask(f"/panda unwatch {SECOND}")
    assert harness.bot is not None
    mine = max(row[0] for row in forged.rows(harness)["watches"])
    before = forged.rows(harness)
    payload = forged.press(harness, "undo_unwatch:1", f"{mine},{ids['ended']}")
    assert "you are not in it" in await forged.answered(harness, payload)
    assert forged.rows(harness) == before
    assert f"<#{ORDERS}>" in await forged.answered(harness, forged.press(harness, "undo_unwatch:1", str(mine)))


# --- where Slack does not answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("conversations.members", times=9, error="internal_error"),
        Fault("conversations.members", times=9, status=503),
        Fault("conversations.members", times=9, error="missing_scope"),
        Fault("conversations.members", times=9, applied=True, text="[]"),
        Fault("conversations.members", times=9, applied=True, text='{"ok": true}'),
    ],
    ids=["internal error", "503", "no scope", "a list", "no members"],
)
async def test_slacks_silence_opens_no_other_channel(
    harness: BotHarness, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """Elsewhere it is refused in words; where it is typed Slack vouches for the person by delivering it at all."""
    harness.slack.faults.plan(fault)
    for channel in ("#secret", "#urgent"):
        assert "nothing was done" in await harness.ask(f"/panda watch {ORDER} in {channel}")
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    assert "unexpected error" not in caplog.text


async def test_a_channel_that_slack_pages_through_for_ever(harness: BotHarness) -> None:
    """Nobody waits for the end of it."""
    endless = {"ok": True, "members": ["U1"], "response_metadata": {"next_cursor": "again"}}
    harness.slack.faults.plan(Fault("conversations.members", times=500, applied=True, text=json.dumps(endless)))
    async with asyncio.timeout(PATIENCE):
        assert "nothing was done" in await harness.ask(f"/panda watch {ORDER} in #urgent")
    asked = [call for call in harness.slack.calls if call.method == "conversations.members"]
    assert len(asked) <= 50


# --- other workspaces, other apps, outsiders --------------------------------------------------------------------------


def foreign_installations() -> list[Any]:
    """What in a payload names another installation."""
    return [
        pytest.param({"team_id": "T0OTHER99"}, id="team"),
        pytest.param({"team": {"id": "T0OTHER99", "domain": "other"}}, id="team of a button"),
        pytest.param({"api_app_id": "A0OTHER99"}, id="app"),
        pytest.param({"team_id": "T0OTHER99", "enterprise_id": "E0OTHER9"}, id="enterprise"),
    ]


@pytest.mark.parametrize("change", foreign_installations())
@pytest.mark.parametrize("outsiders", ["none", "all"])
async def test_another_workspace_or_app_gets_nothing(tmp_path: Path, change: dict[str, Any], outsiders: str) -> None:
    """Rightly signed as it is; whoever lets outsiders in lets no other installation in."""
    async with running(tmp_path, slack_outsiders=outsiders) as harness:
        before = forged.rows(harness)
        for made in (
            forged.command(harness, f"watch {ORDER}"),
            forged.command(harness, "orders"),
            forged.press(harness, "watch_here:1", f"watch {ORDER}"),
            forged.press(harness, "run:1", f"track {ORDER}"),
        ):
            payload = made | change
            if "team" in change and "command" in made:
                continue
            if "team_id" in change and "team" in made:
                payload = made | {"team": {"id": change["team_id"], "domain": "other"}}
            assert "another workspace" in await forged.answered(harness, payload)
        assert forged.rows(harness) == before
        assert "PandaPon" not in " ".join(words(message) for message in harness.private())


async def test_an_installation_for_a_whole_organisation(harness: BotHarness) -> None:
    """Each workspace of it is served, another organisation is not."""
    answer = {"ok": True, "team_id": "T0PANDA01", "enterprise_id": "E0PANDA01", "is_enterprise_install": True}
    harness.slack.faults.plan(Fault("auth.test", times=9, applied=True, text=json.dumps(answer)))
    ours = {"team_id": "T0BRANCH9", "enterprise_id": "E0PANDA01"}
    theirs = ours | {"enterprise_id": "E0OTHER99"}
    assert "another workspace" in await forged.answered(harness, forged.command(harness, "help") | theirs)
    assert "another workspace" not in await forged.answered(harness, forged.command(harness, "help") | ours)


KINDS = {
    "multi-channel guest": User("U0GUEST007", "guest", "Gus Guest", is_restricted=True),
    "single-channel guest": User("U0GUEST007", "guest", "Gus Guest", is_ultra_restricted=True),
    "another company": User("U0GUEST007", "guest", "Gus Guest", team="T0FOREIGN"),
}
LET_IN = {"none": set(), "guests": {"multi-channel guest", "single-channel guest"}, "all": set(KINDS)}


def invite(harness: BotHarness, kind: str) -> None:
    """Somebody from outside, in #orders and nowhere else."""
    guest = KINDS[kind]
    harness.slack.workspace.users[guest.id] = guest
    harness.slack.workspace.channel("orders").members.add(guest.id)


@pytest.mark.parametrize("outsiders", ["none", "guests", "all"])
@pytest.mark.parametrize("kind", list(KINDS))
async def test_outsiders_are_refused_unless_they_are_let_in(tmp_path: Path, kind: str, outsiders: str) -> None:
    """By default only full members use the bot, others get a sentence; who is let in sees the channels they are in."""
    async with running(tmp_path, slack_outsiders=outsiders) as harness:
        invite(harness, kind)
        assert "Watching" in await harness.ask(f"/panda watch {ORDER} in #urgent")
        is_in = kind in LET_IN[outsiders]
        before = forged.rows(harness)
        for line in ("help", "orders", f"track {ORDER}", "watches", "status"):
            assert ("full members" in await harness.ask(f"/panda {line}", user="guest")) is not is_in, line
        for line in ("watches", "settings", f"why {ORDER}", f"watch {SECOND}", f"unwatch {ORDER}", "mute"):
            told = await harness.ask(f"/panda {line} in #urgent", user="guest")
            assert ("you are not in it" if is_in else "full members") in told, line
        by_name = await harness.ask(f"/panda watch {ORDER} in urgent", user="guest")
        assert ("can't find a channel" if is_in else "full members") in by_name
        for action, value in (("unwatch_here:1", f"unwatch {ORDER} in <#{URGENT}>"), ("edit_settings:1", URGENT)):
            told = await forged.answered(harness, forged.press(harness, action, value, user="guest"), user="guest")
            assert ("you are not in it" if is_in else "full members") in told
        assert forged.rows(harness) == before
        told = await harness.ask(f"/panda watch {SECOND}", user="guest")
        assert ("Watching" in told) is is_in


async def test_an_outsiders_home_form_and_shortcuts(harness: BotHarness) -> None:
    """Where there is no private answer, the sentence stands in App Home and in the form."""
    invite(harness, "another company")
    event = {"type": "app_home_opened", "user": "U0GUEST007", "channel": "D0", "tab": "home"}
    assert (await harness.slack.event(event)).ok
    await harness.until(lambda: "U0GUEST007" in harness.slack.workspace.homes)
    assert "full members" in json.dumps(harness.slack.workspace.homes["U0GUEST007"]["blocks"])
    assert (await harness.slack.global_shortcut("guest", "find_orders")).ok
    await harness.until(lambda: bool(harness.slack.workspace.views))
    assert any("full members" in json.dumps(form["blocks"]) for form in harness.slack.workspace.views.values())
    message = await harness.say(f"look at {ORDER}")
    for shortcut in ("track_message", "watch_message"):
        assert "full members" in await harness.shortcut(shortcut, message, user="guest")
    values = {"orders": {"value": {"type": "plain_text_input", "value": ORDER}}}
    ack = await forged.send(harness, forged.submission(harness, action_ids.FIND_ORDERS, "", values, user="guest"))
    assert "full members" in json.dumps(ack.payload["view"])
    ack = await forged.send(
        harness, forged.submission(harness, action_ids.SETTINGS_MODAL, ORDERS, chosen(), user="guest")
    )
    assert "full members" in json.dumps(ack.payload["view"])
    assert forged.rows(harness)["channels"] == []


@pytest.mark.parametrize(
    ("fault", "served"),
    [
        (Fault("users.info", times=9, error="missing_scope"), True),
        (Fault("users.info", times=9, error="unknown_method"), True),
        (Fault("users.info", times=9, error="user_not_found"), True),
        (Fault("users.info", times=9, error="internal_error"), False),
        (Fault("users.info", times=9, status=503), False),
        (Fault("users.info", times=9, drop=True), False),
        (Fault("users.info", times=9, applied=True, text="[]"), False),
    ],
    ids=["no scope", "no such method", "not found", "internal error", "503", "no answer", "a list"],
)
async def test_slack_does_not_say_what_somebody_is(harness: BotHarness, fault: Fault, served: bool) -> None:
    """An installation without users:read goes on as before; a fault refuses who was never seen, and nobody else."""
    assert "/panda" in await harness.ask("/panda help", user="tom")
    harness.slack.faults.plan(fault)
    assert ("Slack did not confirm who you are" in await harness.ask("/panda help")) is not served
    assert "/panda search" in await harness.ask("/panda help", user="tom")
    mei = harness.slack.workspace.user("mei")
    mei.team = "T0FOREIGN"
    if served:  # the payload of a button names the workspace, whether or not Slack says more
        assert harness.bot is not None
        harness.bot.context.admission._known.clear()
        assert "full members" in await forged.answered(harness, forged.press(harness, "run:1", "help"))


async def test_a_colleague_in_another_workspace_of_the_organisation(harness: BotHarness) -> None:
    """Of the same organisation is of the same company."""
    answer = {"ok": True, "team_id": "T0PANDA01", "enterprise_id": "E0PANDA01", "bot_id": "B0PANDA01"}
    profile = {"id": "U0MEI00001", "team_id": "T0BRANCH9", "enterprise_user": {"enterprise_id": "E0PANDA01"}}
    harness.slack.faults.plan(Fault("auth.test", times=9, applied=True, text=json.dumps(answer)))
    whole = json.dumps({"ok": True, "user": profile})
    harness.slack.faults.plan(Fault("users.info", applied=True, text=whole))
    assert "/panda search" in await harness.ask("/panda help")
