"""A person always gets an answer, in time and in words, whatever Slack refuses and whoever hangs."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support import forged
from support.bot_harness import ORDER, BotHarness, running, words
from support.patience import timed

from sandbox.pandapon.demo import TAOBAO
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime
    from pathlib import Path

    from sandbox.slack.workspace import Message
    from storage.pace import Pace

SHORT = 5.0  # seconds that a question has in the tests that use them up
WAITS = ["3600", "inf", "1e30", "99999999999", "soon", "-1", "nan", "Fri, 31 Dec 9999 23:59:59 GMT", "９"]


@pytest.fixture
async def hurried(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """The same, where a question has but a few seconds."""
    async with running(tmp_path, answer_seconds=SHORT) as harness:
        yield harness


def direct_messages(harness: BotHarness, user: str = "mei") -> list[Message]:
    """What stands in a person's own conversation with the bot."""
    return list(harness.slack.workspace.direct(harness.slack.workspace.user(user).id).messages.values())


def buttons(harness: BotHarness) -> list[str]:
    """The labels of the buttons of the newest answer."""
    rows = [block for block in harness.private()[-1].blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]


def is_sentence(text: str, caplog: pytest.LogCaptureFixture) -> bool:
    """Whether that is a sentence for people: no incident's number, and no traceback in the log."""
    return "give your pandabot admin this number" not in text and "Traceback" not in caplog.text


# --- by which way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410, 500, 403, 429])
async def test_a_response_url_that_takes_nothing(harness: BotHarness, status: int) -> None:
    """Used up, expired or failing: the whole answer comes as an ephemeral message, blocks included."""
    harness.slack.faults.plan(Fault("response_url", times=100, status=status))
    assert (await harness.type("/panda help")).ok
    await harness.until(lambda: bool(harness.private()))
    assert "/panda search" in words(harness.private()[-1])
    assert harness.private()[-1].blocks


async def test_a_used_up_response_url(harness: BotHarness) -> None:
    """Its five uses are over before the app gets it."""
    harness.slack.interactions.spent_urls = True
    assert (await harness.type("/panda help")).ok
    await harness.until(lambda: bool(harness.private()))
    assert "/panda search" in words(harness.private()[-1])


async def test_blocks_that_slack_refuses(harness: BotHarness) -> None:
    """The URL takes the text alone, and the channel is not bothered."""
    harness.slack.faults.plan(Fault("response_url", status=400))
    assert (await harness.type("/panda help")).ok
    await harness.until(lambda: bool(harness.private()))
    assert harness.private()[-1].blocks == []
    assert "/panda search" in harness.private()[-1].text
    assert not any(call.method == "chat.postEphemeral" for call in harness.slack.calls)


@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_blocks_format"])
async def test_blocks_that_slack_refuses_in_the_channel_too(harness: BotHarness, code: str) -> None:
    """The text alone comes there."""
    harness.slack.faults.plan(Fault("response_url", times=100, status=404))
    harness.slack.faults.plan(Fault("chat.postEphemeral", error=code))
    assert (await harness.type("/panda help")).ok
    await harness.until(lambda: bool(harness.private()))
    assert (harness.private()[-1].blocks, direct_messages(harness)) == ([], [])


@pytest.mark.parametrize(
    "code", ["user_not_in_channel", "channel_not_found", "messages_tab_disabled", "tomorrows_word"]
)
async def test_a_channel_in_which_nobody_can_be_answered(harness: BotHarness, code: str) -> None:
    """The answer comes directly, without buttons that would act on another conversation."""
    harness.slack.faults.plan(Fault("response_url", times=100, status=404))
    harness.slack.faults.plan(Fault("chat.postEphemeral", times=100, error=code))
    assert (await harness.type(f"/panda track {ORDER}")).ok
    await harness.until(lambda: any(ORDER in words(message) for message in direct_messages(harness)))
    blocks = [block for message in direct_messages(harness) for block in message.blocks if block["type"] == "actions"]
    buttons = [button["value"] for block in blocks for button in block["elements"]]
    assert buttons
    assert all(value.partition(" ")[0] in {"track", "order"} for value in buttons)


async def test_no_conversation_takes_an_answer(harness: BotHarness) -> None:
    """It comes as a form and, where that is refused as well, in App Home."""
    for method in ("chat.postEphemeral", "chat.postMessage"):
        harness.slack.faults.plan(Fault(method, times=1000, error="restricted_action"))
    harness.slack.faults.plan(Fault("response_url", times=1000, status=404))
    assert (await harness.type("/panda help")).ok
    await harness.until(lambda: bool(harness.slack.workspace.views))
    [form] = harness.slack.workspace.views.values()
    assert "/panda search" in json.dumps(form["blocks"])
    harness.slack.interactions.spent_triggers = True
    assert (await harness.type("/panda help")).ok
    await harness.until(lambda: "U0MEI00001" in harness.slack.workspace.homes)
    assert "/panda search" in json.dumps(harness.slack.workspace.homes["U0MEI00001"]["blocks"])


# --- what Slack refused -----------------------------------------------------------------------------------------------

REFUSALS = [
    Fault("conversations.list", times=9, error="missing_scope"),
    Fault("conversations.list", times=9, error="token_revoked"),
    Fault("conversations.list", times=9, error="a_word_of_tomorrow"),
    Fault("conversations.list", times=9, error="internal_error"),
    Fault("conversations.list", times=9, status=503),
    Fault("conversations.list", times=9, drop=True),
    Fault("conversations.list", times=9, text="[]"),
    Fault("conversations.list", times=9, text='{"ok": true}'),
    Fault("conversations.list", times=9, text='{"ok": true, "channels": [1, null], "response_metadata": []}'),
    Fault("conversations.list", times=9, text='"ok"'),
    Fault("conversations.list", times=9, text="null"),
    Fault("conversations.list", times=9, text='{"ok": false, "error": ["x"]}'),
    Fault("conversations.list", times=9, text='{"ok": '),
    Fault("conversations.list", times=9, text="[" * 100_000),
    *(Fault("conversations.list", times=9, retry_after=seconds) for seconds in WAITS),
]


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.error or fault.text[:20] or str(fault.retry_after))
async def test_a_channels_name_that_slack_does_not_look_up(
    harness: BotHarness, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """The person reads what Slack said and what to do, at once, and nothing is watched."""
    harness.slack.faults.plan(fault)
    began = time.monotonic()
    answer = await harness.ask(f"/panda watch {ORDER} in #nosuch")
    assert time.monotonic() - began < 8
    assert "Slack" in answer or "I can't find a channel" in answer
    assert is_sentence(answer, caplog)
    assert harness.bot is not None
    assert (await harness.bot.store.upkeep.health(harness.clock())).watches == 0


@pytest.mark.parametrize("method", ["conversations.list", "conversations.members"])
@pytest.mark.parametrize("goes_round", [True, False], ids=["in circles", "on and on"])
async def test_a_list_without_end(
    harness: BotHarness, method: str, goes_round: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack's cursors never end: some pages are asked for, and the person is told."""
    real, asked = harness.slack.web_api._methods[method], 0

    def endless(arguments: dict[str, object]) -> dict[str, object]:
        nonlocal asked
        asked += 1
        answer = real({**arguments, "cursor": ""})
        rows: dict[str, list[object]] = {name: [] for name in ("channels", "members") if name in answer}
        return answer | rows | {"response_metadata": {"next_cursor": "again" if goes_round else f"page{asked}"}}

    monkeypatch.setitem(harness.slack.web_api._methods, method, endless)
    target = "#nosuch" if method == "conversations.list" else "#urgent"
    text = await harness.ask(f"/panda watch {ORDER} in {target}")
    assert "too long" in text or "did not confirm" in text
    assert asked <= (2 if goes_round else 50)


FORMS = ["expired_trigger_id", "exchanged_trigger_id", "internal_error", "invalid_trigger_id", "a_word_of_tomorrow"]


@pytest.mark.parametrize("code", FORMS)
@pytest.mark.parametrize("by", ["shortcut", "App Home", "settings"])
async def test_a_form_that_slack_does_not_open(
    harness: BotHarness, code: str, by: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A sentence says what Slack said and what to do, also where it hands over no URL to answer by."""
    await harness.ask("/panda settings")
    harness.slack.faults.plan(Fault("views.open", times=100, error=code))
    if by == "settings":
        sentence = await harness.press("Change")
    else:
        if by == "shortcut":
            assert (await harness.slack.global_shortcut("mei", "find_orders")).ok
        else:
            assert (await forged.send(harness, forged.press_in_home(harness, "find_orders:1"))).ok
        await harness.until(lambda: bool(direct_messages(harness)))
        [message] = direct_messages(harness)
        sentence = words(message)
    assert code in sentence
    assert "again" in sentence
    assert is_sentence(sentence, caplog)


async def test_a_form_that_was_closed_before_its_answer(harness: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    """The answer has no page to come to: the person is told directly."""
    harness.slack.faults.plan(Fault("views.update", times=100, error="not_found"))
    harness.pandapon.faults.delay = 2.5
    assert (await harness.slack.global_shortcut("mei", "find_orders")).ok
    await harness.until(lambda: bool(harness.slack.workspace.views))
    [view] = harness.slack.workspace.views
    typed = {"orders": {"value": {"type": "plain_text_input", "value": ORDER}}}
    assert (await harness.slack.submit("mei", view, typed)).ok
    await harness.until(lambda: bool(direct_messages(harness)))
    [message] = direct_messages(harness)
    assert "form was closed" in words(message)
    assert is_sentence(words(message), caplog)


async def test_watch_says_why_pandapon_refuses(harness: BotHarness) -> None:
    """The same reason that `track` gives: a refused key is nothing that passes in a minute."""
    for fault, reason in (
        (401, "refused the bot's access key"),
        (503, "is having problems"),
        (429, "Too many requests"),
    ):
        harness.pandapon.faults.status = fault
        for command in ("track", "watch"):
            assert reason in await harness.ask(f"/panda {command} {TAOBAO}"), (command, fault)


async def test_a_watch_that_pandapon_hindered_is_tried_again_by_a_press(harness: BotHarness) -> None:
    """The button watches what was asked for, with the filter that was asked for; a watch that began offers Undo."""
    harness.pandapon.faults.status = 503
    await harness.ask(f"/panda watch {TAOBAO} problems")
    assert buttons(harness) == ["Try again"]
    harness.pandapon.faults.status = 0
    assert "Watching 1 order" in await harness.press("Try again")
    assert buttons(harness) == ["Undo"]
    assert "problems only" in await harness.ask("/panda watches")


# --- waits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wait", WAITS)
async def test_slack_asks_for_a_wait_while_somebody_waits(harness: BotHarness, wait: str) -> None:
    """A permission that is not confirmed in a person's patience is refused in words, whatever wait Slack asks for."""
    harness.slack.workspace.channel("secret").members.add("U0BOTPANDA")
    for method in ("conversations.info", "conversations.members"):
        harness.slack.faults.plan(Fault(method, times=100, retry_after=wait))
    began = time.monotonic()
    answer = await harness.ask("/panda watches in #secret")
    assert "did not confirm" in answer or "I can't find a channel" in answer
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("mode", ["socket", "http"])
@pytest.mark.parametrize("fault", [{"retry_after": "3600"}, {"retry_after": "inf"}, {"text": "[]"}, {"status": 500}])
async def test_slack_does_not_say_who_the_bot_is(tmp_path: Path, mode: str, fault: dict[str, object]) -> None:
    """The bot starts all the same, and serves whoever asks something."""
    harness = BotHarness(tmp_path, mode, {})
    await harness.pandapon.start()
    await harness.slack.start()
    harness.slack.faults.plan(Fault("auth.test", times=1000, **fault))  # type: ignore[arg-type]  # fields of it
    try:
        began = time.monotonic()
        await harness.start_bot()
        assert time.monotonic() - began < 5
        assert ORDER in await harness.ask(f"/panda track {ORDER}")
    finally:
        await harness.stop_bot()
        await harness.slack.stop()
        await harness.pandapon.stop()


@pytest.mark.parametrize("wait", ["inf", "1e30", "99999999999", "soon", "-1", "7200"])
async def test_no_wait_silences_a_channel(harness: BotHarness, wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not sensible counts as half a minute, and more than an hour as an hour: then the news comes, once."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel()
    harness.slack.faults.plan(Fault("chat.postMessage", retry_after=wait))
    assert harness.bot is not None
    pauses: list[float] = []
    outbox = harness.bot.store.outbox
    pause = outbox.pause

    async def noted(channel: str, until: datetime, pace: Pace) -> None:
        pauses.append(round((until - harness.clock()).total_seconds()))
        await pause(channel, until, pace)

    monkeypatch.setattr(outbox, "pause", noted)
    scan = "快件已发往 广州分拨中心"
    harness.scan(scan)
    await harness.until(lambda: bool(pauses))
    assert pauses == [3600 if wait == "7200" else 30]
    harness.clock.advance(timedelta(hours=1, seconds=1))  # the parcel moves on in that hour: more news may follow
    await harness.until(lambda: bool(harness.thread(card)))
    await harness.several_ticks(4)
    assert [scan in words(reply) for reply in harness.thread(card)].count(True) == 1


# --- one budget -------------------------------------------------------------------------------------------------------


HANGING = [{"delay": 60.0}, {"drip": 0.5}]


@pytest.mark.parametrize("fault", HANGING, ids=["hangs", "drips"])
@pytest.mark.parametrize(
    "line",
    ["track 2542285634920111111", "search 连衣裙", "orders", "watch 2542285634920222222", "order 78012345678902"],
)
async def test_pandapon_hangs(hurried: BotHarness, fault: dict[str, float], line: str) -> None:
    """A working line at once, and within the question's time a sentence that says what failed."""
    for name, value in fault.items():
        setattr(hurried.pandapon.faults, name, value)
    async with timed(SHORT + 0.5):
        assert (await hurried.type(f"/panda {line}")).ok
        async with timed(2.0):
            await hurried.until(lambda: bool(hurried.private()))
        assert hurried.private()[0].text.startswith("⏳")
        await hurried.until(lambda: "PandaPon didn't respond in time" in words(hurried.private()[-1]))


@pytest.mark.parametrize("fault", HANGING, ids=["hangs", "drips"])
@pytest.mark.parametrize("verb", ["track", "order"])
async def test_what_is_stored_is_shown_first(hurried: BotHarness, fault: dict[str, float], verb: str) -> None:
    """With its age beneath the working line, while PandaPon is asked; then that it did not answer."""
    await hurried.ask(f"/panda watch {ORDER}")
    seen = len(hurried.private())
    hurried.clock.advance(timedelta(hours=2))
    for name, value in fault.items():
        setattr(hurried.pandapon.faults, name, value)
    async with timed(SHORT + 0.5):
        assert (await hurried.type(f"/panda {verb} {ORDER}")).ok
        async with timed(2.0):
            await hurried.until(lambda: len(hurried.private()) > seen)
        first = words(hurried.private()[-1])
        assert first.startswith("⏳")
        assert ORDER in first
        assert "As of" in first
        await hurried.until(lambda: len(hurried.private()) > seen + 1)
    assert "hasn't responded since" in words(hurried.private()[-1])
    hurried.pandapon.faults.clear()  # or the bot's end waits for the poll whose answer still drips


async def test_slack_hangs_while_somebody_waits(hurried: BotHarness) -> None:
    """A permission that Slack never confirms, and a list that never comes."""
    hurried.slack.faults.plan(Fault("conversations.list", times=9, delay=30))
    async with timed(SHORT + 0.5):
        assert (await hurried.type(f"/panda watch {ORDER} in #nosuch")).ok
        await hurried.until(lambda: bool(hurried.private()) and "Slack didn't respond" in words(hurried.private()[-1]))


@contextmanager
def locked(harness: BotHarness) -> Iterator[None]:
    """Another process holds the database's lock."""
    with closing(sqlite3.connect(harness.settings.database_path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("line", [f"track {ORDER}", f"watch {ORDER}", "watches", "mute 1h"])
async def test_another_process_holds_the_database(hurried: BotHarness, line: str) -> None:
    """A sign of life within 3 s, an answer within the question's time; afterwards nothing is done behind one's back."""
    with locked(hurried):
        async with timed(SHORT + 0.5):
            assert (await hurried.type(f"/panda {line}")).ok
            async with timed(3.0):
                await hurried.until(lambda: bool(hurried.private()))
            await hurried.until(lambda: not hurried.private()[-1].text.startswith("⏳"))
        answer = words(hurried.private()[-1])
    assert "database" in answer or ORDER in answer
    await hurried.until(lambda: hurried.bot is not None and not hurried.bot.context.in_hand)
    await asyncio.sleep(0.3)
    assert hurried.channel() == []


async def test_a_button_while_the_database_is_held(hurried: BotHarness) -> None:
    """The pressed message itself gives the sign of life."""
    await hurried.ask(f"/panda track {ORDER}")
    before = words(hurried.private()[-1])
    message, action = hurried.button("Refresh", "mei", "#orders")
    with locked(hurried):
        async with timed(3.0):
            assert (await hurried.slack.press("mei", message, action)).ok
            await hurried.until(lambda: words(hurried.private()[-1]) != before)


async def test_app_home_while_the_database_is_held(hurried: BotHarness) -> None:
    """It says what is wrong, in the home."""
    user = hurried.slack.workspace.user("mei").id
    event = {"type": "app_home_opened", "user": user, "channel": "D0", "tab": "home", "event_ts": "1.2"}
    with locked(hurried):
        async with timed(SHORT + 0.5):
            assert (await hurried.slack.event(event)).ok
            await hurried.until(lambda: user in hurried.slack.workspace.homes)
        assert "database" in json.dumps(hurried.slack.workspace.homes[user]["blocks"])
