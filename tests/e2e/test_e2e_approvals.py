"""Approvals: asked for once, decided once by somebody else, told to the asker, and each misuse refused and recorded."""

from __future__ import annotations

import asyncio
import io
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import approval_wizard, forged
from support.bot_harness import running, words
from support.wizard_steps import open_by, press_in_page, send_page, text_of, typed

from bot.commands.audit import write_csv
from bot.database import reading
from handlers.features.all import FEATURES
from pandapon.shipment import Platform
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack.faults import Fault
from sandbox.slack.workspace import User
from tracking.approvals import ApprovalState
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

    from sandbox.slack.workspace import Message
    from tracking.approvals import Approval

MEI, TOM, ANN = "U0MEI00001", "U0TOM00002", "U0ANN00003"
RULES = f"5:{TOM},50:{TOM}+{ANN}"


@asynccontextmanager
async def asking(folder: Path, **extra: Any) -> AsyncIterator[BotHarness]:
    """A bot whose form needs Tom above 5 yuan; a piece costs a yuan. Ann is in #orders, too."""
    features = (*FEATURES, approval_wizard.FEATURE)
    given = {"pandapon_paths": OWN_PATHS, "writes": "cart", "approvals": RULES} | extra
    async with running(folder, features=features, **given) as harness:
        harness.slack.workspace.users[ANN] = User(ANN, "ann", "Ann Ray")
        harness.slack.workspace.channel("#orders").members.add(ANN)
        yield harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """The bot with the rules above."""
    async with asking(tmp_path) as harness:
        yield harness


# --- steps ------------------------------------------------------------------------------------------------------------


async def ask_for(harness: BotHarness, pieces: int = 7, *, user: str = "mei", channel: str = "#orders") -> None:
    """Fill in the form, and confirm it."""
    await harness.ask("/panda rehearse", user=user, channel=channel)
    await open_by(harness, "Buy", user=user, channel=channel)
    await send_page(harness, typed(pieces=str(pieces)), user=user)
    await send_page(harness, user=user)


async def request_in(harness: BotHarness, channel: str = "#orders", *, count: int = 1) -> Message:
    """Wait for so many requests in a channel; return the newest."""
    await harness.until(lambda: len(requests_in(harness, channel)) >= count)
    return requests_in(harness, channel)[-1]


def requests_in(harness: BotHarness, channel: str = "#orders", viewer: str = "mei") -> list[Message]:
    """The requests in a channel, or in a person's conversation with the bot."""
    return [
        message
        for message in harness.slack.visible(channel, viewer)
        if message.by_bot and "asks for approval" in message.text
    ]


def direct_messages(harness: BotHarness, user: str) -> list[Message]:
    """What the bot wrote to a person directly."""
    own = [channel for channel in harness.slack.workspace.channels.values() if channel.id.startswith("D")]
    messages = [message for channel in own for message in channel.messages.values() if user in channel.members]
    return [message for message in messages if message.by_bot]


async def press(harness: BotHarness, message: Message, label: str, user: str, *, value: str = "") -> str:
    """Press a button of a message; return what the person is told."""
    action = action_of(message, label)
    channel = harness.slack.workspace.channels[message.channel]
    before = len(harness.private(user, channel.id))
    ack = await harness.slack.press(user, message, action, **({"value": value} if value else {}))
    assert ack.ok
    await harness.idle()
    await harness.until(lambda: len(harness.private(user, channel.id)) > before)
    return words(harness.private(user, channel.id)[-1])


def action_of(message: Message, label: str) -> str:
    """The id of a button."""
    every = [element for block in message.blocks for element in block.get("elements") or [] if "action_id" in element]
    return next(str(element["action_id"]) for element in every if label in element["text"]["text"])


def labels(message: Message) -> list[str]:
    """The buttons of a message."""
    every = [element for block in message.blocks for element in block.get("elements") or [] if "action_id" in element]
    return [element["text"]["text"] for element in every]


async def stored(harness: BotHarness, number: int = 1) -> Approval:
    """A request as it is stored."""
    assert harness.bot is not None
    asked = await harness.bot.store.approvals.get(number)
    assert asked is not None
    return asked


async def audit_trail(harness: BotHarness) -> list[Write]:
    """The audit trail, oldest first."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 100))[0][::-1]


async def steps(harness: BotHarness) -> list[tuple[str, str, str]]:
    """The trail's operation, actor and reason of each record about approvals."""
    records = [write for write in await audit_trail(harness) if write.operation.startswith("approval")]
    return [(write.operation, write.actor, write.reason) for write in records]


def in_cart(harness: BotHarness) -> list[int]:
    """The quantities in the cart: what the form buys."""
    return [entry.quantity for entry in harness.pandapon.account.carts[Platform.ALIBABA].values()]


async def until_told(harness: BotHarness, user: str, text: str) -> Message:
    """Wait until the bot has written this to a person; return the message."""
    await harness.until(lambda: any(text in words(message) for message in direct_messages(harness, user)))
    return next(message for message in reversed(direct_messages(harness, user)) if text in words(message))


async def run_approvals_job(harness: BotHarness, later: timedelta) -> None:
    """Let time pass, and the job run."""
    assert harness.bot is not None
    harness.clock.advance(later)
    harness.hurry("approvals")
    await harness.several_ticks()


async def fill(harness: BotHarness, label: str, message: Message, user: str, **field: str) -> str:
    """Open a form of a message by its button, fill in its field, and send it; return what it says then."""
    views = len(harness.slack.workspace.views)
    assert (await harness.slack.press(user, message, action_of(message, label))).ok
    await harness.until(lambda: len(harness.slack.workspace.views) > views)
    await send_page(harness, typed(**field), user=user)
    return text_of(harness)


async def unchanged(harness: BotHarness, state: ApprovalState = ApprovalState.WAITING) -> None:
    """Nothing was decided, nothing bought."""
    assert (await stored(harness)).state is state
    assert in_cart(harness) == []


# --- the way it should go ---------------------------------------------------------------------------------------------


async def test_ask_approve_and_go_on(harness: BotHarness) -> None:
    """Below the amount nobody is asked; above it Tom is, once; Mei hears and goes on with a fresh page."""
    await ask_for(harness, 5)
    assert in_cart(harness) == [5]
    await ask_for(harness, 7)
    assert "Asked" in text_of(harness)
    assert "A-1" in text_of(harness)
    assert in_cart(harness) == [5]
    message = await request_in(harness)
    assert message.notifies == {TOM}
    told = words(message)
    for part in ("mei", "A-1", "¥7", "please wrap it", "杭州"):
        assert part in told, part
    assert "13812345678" not in told
    assert labels(message) == ["Approve", "Decline…", "Ask…"]

    answer = await press(harness, message, "Approve", "tom")
    assert "Approved by tom" in answer
    outcome = await until_told(harness, MEI, "Approved by tom")
    await harness.until(lambda: labels(message) == [])
    assert "Approved by tom" in words(message)
    assert len(requests_in(harness)) == 1

    views = len(harness.slack.workspace.views)
    assert (await harness.slack.press("mei", outcome, action_of(outcome, "Place the order"))).ok
    await harness.until(lambda: len(harness.slack.workspace.views) > views and "7 pieces?" in text_of(harness))
    await send_page(harness)
    assert in_cart(harness) == [12]
    made = next(write for write in await audit_trail(harness) if write.approved_by)
    assert (made.approved_by, made.state, made.amount_fen) == (TOM, WriteState.DONE, 700)
    assert [step[:2] for step in await steps(harness)] == [("approval.ask", MEI), ("approval.approve", TOM)]


async def test_decline_with_a_reason_that_is_hostile(harness: BotHarness) -> None:
    """The reason reaches Mei as plain words: it mentions nobody and formats nothing. She asks again."""
    await ask_for(harness)
    message = await request_in(harness)
    hostile = "<!channel> *no* <@U0TOM00002> <https://evil.example|click> `x` 13812345678"
    assert "Declined by tom" in await fill(harness, "Decline", message, "tom", reason=hostile)
    outcome = await until_told(harness, MEI, "Declined by tom")
    assert outcome.notifies == set()
    told = words(outcome)
    assert "<!channel>" not in told
    assert "<https" not in told
    assert "13812345678" not in told
    await unchanged(harness, ApprovalState.DECLINED)
    declined = (await audit_trail(harness))[-1]
    assert declined.change is not None
    assert "no" in declined.change.details
    file = io.StringIO()
    with reading(harness.settings) as conn:
        write_csv(conn, file)
    rows = [row for row in file.getvalue().splitlines() if ",A-1," in row]
    assert ["approval.decline" in row for row in rows] == [True, False]
    assert "13812345678" not in file.getvalue()
    await ask_for(harness)
    assert len({message.text for message in [await request_in(harness, count=2)]}) == 1
    assert (await stored(harness, 2)).state is ApprovalState.WAITING


async def test_a_decline_needs_a_reason(harness: BotHarness) -> None:
    """An empty one is marked at its field."""
    await ask_for(harness)
    message = await request_in(harness)
    views = len(harness.slack.workspace.views)
    await harness.slack.press("tom", message, action_of(message, "Decline"))
    await harness.until(lambda: len(harness.slack.workspace.views) > views)
    assert await send_page(harness, typed(reason="  "), user="tom") == {"reason": "Write a few words."}
    await unchanged(harness)


async def test_a_question_goes_into_the_thread_and_mentions_the_asker(harness: BotHarness) -> None:
    """Mei is notified there; the buttons stay."""
    await ask_for(harness)
    message = await request_in(harness)
    assert "goes to mei" in await fill(harness, "Ask", message, "tom", question="why 7? <!here>")
    [reply] = await harness.replies(message, 1)
    assert reply.notifies == {MEI}
    assert "why 7?" in words(reply)
    assert labels(message) == ["Approve", "Decline…", "Ask…"]
    assert ("approval.question", TOM, "") in await steps(harness)


async def test_two_approvers_at_once_the_first_counts(harness: BotHarness) -> None:
    """Above 50 yuan Tom and Ann may; both press at the same moment."""
    await ask_for(harness, 60)
    message = await request_in(harness)
    assert message.notifies == {TOM, ANN}
    action = action_of(message, "Approve")
    acks = await asyncio.gather(*(harness.slack.press(user, message, action) for user in ("tom", "ann")))
    assert all(ack.ok for ack in acks)
    await until_told(harness, MEI, "Approved by")
    by = (await stored(harness)).by
    late = "ann" if by == TOM else "tom"
    await harness.until(lambda: any("too late" in words(message) for message in harness.private(late)))
    assert [step[0] for step in await steps(harness)].count("approval.approve") == 2
    refused = next(step for step in await steps(harness) if step[2])
    assert refused[1:] == (ANN if by == TOM else TOM, "already_decided")
    assert len([message for message in direct_messages(harness, MEI) if "Approved by" in words(message)]) == 1


# --- misuse: refused and recorded -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "label", "reason"),
    [
        ("mei", "Approve", "own_request"),
        ("mei", "Decline", "own_request"),
        ("ann", "Approve", "not_an_approver"),
        ("ann", "Ask", "not_an_approver"),
    ],
)
async def test_who_may_not_decide(harness: BotHarness, user: str, label: str, reason: str) -> None:
    """The asker, and a stranger to the list of this amount."""
    await ask_for(harness)
    message = await request_in(harness)
    answer = await press(harness, message, label, user)
    assert "Nobody decides" in answer if user == "mei" else "not among those" in answer
    await unchanged(harness)
    assert (await steps(harness))[-1][1:] == (ANN if user == "ann" else MEI, reason)
    assert "Not done: " in await harness.ask("/panda audit")


@pytest.mark.parametrize("value", ["", "x", "99", "1:100", "-1", "1,1", "1 ", "9" * 30, "<@U0TOM00002>"])
async def test_a_forged_value_does_nothing(harness: BotHarness, value: str) -> None:
    """No number, an unknown one, a number with an amount behind it; from a person who may decide."""
    await ask_for(harness)
    await request_in(harness)
    for action in ("approval_approve:1", "approval_resume:1"):
        await forged.answered(harness, forged.press(harness, action, value, user="tom"), user="tom")
    await unchanged(harness)
    assert [step[1:] for step in (await steps(harness))[1:]] == [(TOM, "unknown_approval")] * 2


@pytest.mark.parametrize(
    ("callback", "values"),
    [("approval_decline", typed(reason="no")), ("approval_ask", typed(question="why?"))],
)
@pytest.mark.parametrize("user", ["mei", "ann"])
async def test_a_forged_form_does_nothing(
    harness: BotHarness, callback: str, values: dict[str, Any], user: str
) -> None:
    """Sent by those who may not open it."""
    await ask_for(harness)
    message = await request_in(harness)
    await forged.send(harness, forged.submission(harness, callback, "1", values, user))
    await unchanged(harness)
    assert (await steps(harness))[-1][2] in {"own_request", "not_an_approver"}
    assert harness.thread(message) == []


async def test_a_replay_after_the_decision_changes_nothing(harness: BotHarness) -> None:
    """Approve after a decline, and a decline that was open meanwhile."""
    await ask_for(harness)
    message = await request_in(harness)
    action = action_of(message, "Approve")
    await fill(harness, "Decline", message, "tom", reason="too dear")
    answer = await forged.answered(harness, forged.press(harness, action, "1", user="tom"), user="tom")
    assert "too late" in answer
    await forged.send(harness, forged.submission(harness, "approval_decline", "1", typed(reason="twice"), "tom"))
    asked = await stored(harness)
    assert (asked.state, asked.reason) == (ApprovalState.DECLINED, "too dear")
    assert [step[2] for step in await steps(harness)][-2:] == ["already_decided"] * 2


async def test_a_decision_after_the_expiry_is_refused(harness: BotHarness) -> None:
    """Before the job has run, and after it."""
    await ask_for(harness)
    message = await request_in(harness)
    action = action_of(message, "Approve")
    harness.clock.advance(timedelta(days=3, seconds=1))
    answer = await forged.answered(harness, forged.press(harness, action, "1", user="tom"), user="tom")
    assert "too late" in answer
    await run_approvals_job(harness, timedelta(minutes=5))
    outcome = await until_told(harness, MEI, "Expired")
    assert labels(outcome) == []
    await harness.until(lambda: labels(message) == [])
    answer = await forged.answered(harness, forged.press(harness, action, "1", user="tom"), user="tom")
    assert "too late" in answer
    await unchanged(harness, ApprovalState.EXPIRED)
    assert [step[2] for step in await steps(harness)].count("approval_expired") == 2


@pytest.mark.parametrize("action", ["approval_withdraw:1", "approval_resume:1"])
async def test_another_person_neither_withdraws_nor_goes_on(harness: BotHarness, action: str) -> None:
    """Tom approves, and presses Mei's buttons."""
    await ask_for(harness)
    message = await request_in(harness)
    if "resume" in action:
        await press(harness, message, "Approve", "tom")
    before = (await stored(harness)).state
    answer = await forged.answered(harness, forged.press(harness, action, "1", user="tom"), user="tom")
    assert "Only the person who asked" in answer
    await unchanged(harness, before)
    assert (await steps(harness))[-1][1:] == (TOM, "not_the_asker")


async def test_the_only_approver_cannot_ask_themselves(tmp_path: Path) -> None:
    """Tom's own order goes to the next higher list; without one nobody is asked, and he is told so."""
    async with asking(tmp_path) as harness:
        await ask_for(harness, 7, user="tom")
        assert (await request_in(harness)).notifies == {ANN}
    async with asking(tmp_path / "alone", approvals=f"5:{TOM}") as harness:
        await ask_for(harness, 7, user="tom")
        assert "nobody but you" in text_of(harness)
        assert requests_in(harness) == []
        assert (await steps(harness)) == [("approval.ask", TOM, "nobody_else")]


# --- more money, other things, the same again -------------------------------------------------------------------------


async def test_confirming_again_asks_no_second_time(harness: BotHarness) -> None:
    """Back and confirm again, and a double click: one request."""
    await ask_for(harness)
    await request_in(harness)
    await press_in_page(harness, "◀ Back")
    await send_page(harness)
    assert "A-1" in text_of(harness)
    assert len(requests_in(harness)) == 1


@pytest.mark.parametrize("approved", [False, True])
async def test_more_money_is_asked_for_anew(harness: BotHarness, *, approved: bool) -> None:
    """An approval of 7 yuan does not allow 8; a waiting request is withdrawn for the new one."""
    await ask_for(harness)
    message = await request_in(harness)
    if approved:
        await press(harness, message, "Approve", "tom")
    await press_in_page(harness, "◀ Back")
    await press_in_page(harness, "◀ Back")
    await send_page(harness, typed(pieces="8"))
    await send_page(harness)
    assert "A-2" in text_of(harness)
    assert in_cart(harness) == []
    newest = await request_in(harness, count=2)
    assert "¥8" in words(newest)
    assert (await stored(harness)).state is (ApprovalState.APPROVED if approved else ApprovalState.WITHDRAWN)
    if not approved:
        await harness.until(lambda: "Withdrawn" in words(message))


async def test_an_approval_is_used_once(harness: BotHarness) -> None:
    """After the purchase the same button shows the result, and another form is asked for anew."""
    await ask_for(harness)
    await press(harness, await request_in(harness), "Approve", "tom")
    outcome = await until_told(harness, MEI, "Approved by tom")
    await press_in_page(harness, "◀ Back")
    await send_page(harness)
    assert in_cart(harness) == [7]
    assert "Added" in await press(harness, outcome, "Place the order", "mei")
    await ask_for(harness)
    assert "A-2" in text_of(harness)
    assert in_cart(harness) == [7]


async def test_the_asker_withdraws(harness: BotHarness) -> None:
    """In the form that waits; the message shows it, and Tom comes too late."""
    await ask_for(harness)
    message = await request_in(harness)
    await press_in_page(harness, "Withdraw")
    assert "Withdrawn by mei" in text_of(harness)
    await harness.until(lambda: "Withdrawn by mei" in words(message))
    await unchanged(harness, ApprovalState.WITHDRAWN)


# --- time -------------------------------------------------------------------------------------------------------------


async def test_a_reminder_after_a_day_once_and_a_form_that_lives_as_long(harness: BotHarness) -> None:
    """Tom is reminded in the thread; he approves on the third day; Mei goes on with her form on the fifth."""
    await ask_for(harness)
    message = await request_in(harness)
    await run_approvals_job(harness, timedelta(hours=25))
    [reminder] = await harness.replies(message, 1)
    assert reminder.notifies == {TOM}
    await run_approvals_job(harness, timedelta(hours=25))
    assert len(harness.thread(message)) == 1
    await press(harness, message, "Approve", "tom")
    outcome = await until_told(harness, MEI, "Approved by tom")
    await run_approvals_job(harness, timedelta(days=2))
    views = len(harness.slack.workspace.views)
    await harness.slack.press("mei", outcome, action_of(outcome, "Place the order"))
    await harness.until(lambda: len(harness.slack.workspace.views) > views and "7 pieces?" in text_of(harness))
    await send_page(harness)
    assert in_cart(harness) == [7]


# --- where it is asked ------------------------------------------------------------------------------------------------


async def test_in_the_channel_of_the_settings(tmp_path: Path) -> None:
    """Wherever Mei asks."""
    async with asking(tmp_path) as sample:
        urgent = sample.slack.workspace.channel("#urgent").id
    async with asking(tmp_path / "second", approvals_channel=urgent) as harness:
        await ask_for(harness)
        await request_in(harness, "#urgent")
        assert requests_in(harness) == []


async def test_asked_in_a_direct_message_each_approver_gets_one(tmp_path: Path) -> None:
    """The members of a user group, without the asker; when one has decided, the other's message says so."""
    async with asking(tmp_path, approvals="5:S0FINANCE") as harness:
        harness.slack.workspace.groups["S0FINANCE"] = {TOM, ANN, MEI}
        own = harness.slack.workspace.direct(MEI).id
        await ask_for(harness, channel=own)
        to_tom, to_ann = await until_told(harness, TOM, "asks for approval"), await until_told(harness, ANN, "A-1")
        assert direct_messages(harness, MEI) == [] or "asks for approval" not in words(
            direct_messages(harness, MEI)[-1]
        )
        await press(harness, to_tom, "Approve", "tom")
        await until_told(harness, MEI, "Approved by tom")
        await harness.until(lambda: labels(to_ann) == [] and labels(to_tom) == [])
        assert "Approved by tom" in words(to_ann)


async def test_an_approver_who_is_not_in_the_channel_gets_it_directly_as_well(harness: BotHarness) -> None:
    """A mention there would not reach her; both messages are brought up to date, and both remind."""
    harness.slack.workspace.channel("#orders").members.remove(ANN)
    await ask_for(harness, 60)
    message = await request_in(harness)
    to_ann = await until_told(harness, ANN, "asks for approval")
    assert direct_messages(harness, TOM) == []
    await run_approvals_job(harness, timedelta(hours=25))
    await until_told(harness, ANN, "still waits")
    await press(harness, to_ann, "Approve", "ann")
    await harness.until(lambda: labels(message) == [] and labels(to_ann) == [])
    assert "Approved by ann" in words(message)


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "channel_not_found"])
async def test_a_channel_that_takes_no_posts(harness: BotHarness, error: str) -> None:
    """The approvers get it directly, and the asker hears why."""
    harness.slack.faults.plan(Fault("chat.postMessage", 1, error, channel=_orders(harness)))
    await ask_for(harness)
    await harness.until(lambda: not harness.slack.faults.planned)
    harness.hurry("approvals")
    message = await until_told(harness, TOM, "asks for approval")
    await until_told(harness, MEI, "I could not post your request")
    await press(harness, message, "Approve", "tom")
    await until_told(harness, MEI, "Approved by tom")


async def test_an_asker_without_direct_messages_hears_in_the_thread(harness: BotHarness) -> None:
    """With a mention, and the button."""
    own = harness.slack.workspace.direct(MEI).id
    for target in (own, MEI):
        harness.slack.faults.plan(Fault("chat.postMessage", 1, "messages_tab_disabled", channel=target))
    await ask_for(harness)
    message = await request_in(harness)
    await press(harness, message, "Approve", "tom")
    [reply] = await harness.replies(message, 1)
    assert reply.notifies == {MEI}
    assert labels(reply) == ["Place the order"]


async def test_slack_down_when_asking(harness: BotHarness) -> None:
    """The request is recorded and posted once when Slack is back, whatever it did with the first try."""
    harness.slack.faults.plan(Fault("chat.postMessage", 2, status=503, channel=_orders(harness)))
    harness.slack.faults.plan(Fault("chat.postMessage", 1, drop=True, applied=True, channel=_orders(harness)))
    await ask_for(harness)
    assert "A-1" in text_of(harness)
    await harness.until(lambda: not harness.slack.faults.planned)
    message = await request_in(harness)
    await asyncio.sleep(3)
    assert len(requests_in(harness)) == 1
    await press(harness, message, "Approve", "tom")
    await until_told(harness, MEI, "Approved by tom")


def _orders(harness: BotHarness) -> str:
    return str(harness.slack.workspace.channel("#orders").id)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed_", ["approvals", "审批", "approval"])
async def test_the_list(harness: BotHarness, typed_: str) -> None:
    """What waits for Tom with its buttons; Mei's own with its state, and Withdraw."""
    await ask_for(harness)
    await request_in(harness)
    answer = await harness.ask(f"/panda {typed_}", user="tom")
    assert "A-1" in answer
    assert "Your requests" not in answer
    assert "Approved by tom" in await press(harness, harness.private("tom")[-1], "Approve", "tom")
    answer = await harness.ask(f"/panda {typed_}")
    assert "Nothing waits for you" in answer
    assert "Approved by tom" in answer
    assert "Place the order" in labels(harness.private("mei")[-1])
    assert "Nothing waits for you" in await harness.ask("/panda approvals", user="ann")


async def test_a_delegate_decides_while_tom_is_away(harness: BotHarness) -> None:
    """Ann is mentioned in his place, and decides; afterwards she may not any more. She cannot for herself."""
    assert "may decide in your place" in await harness.ask("/panda approvals away @ann until 5 Mar", user="tom")
    await ask_for(harness)
    message = await request_in(harness)
    assert message.notifies == {ANN}
    await press(harness, message, "Approve", "ann")
    assert (await stored(harness)).by == ANN
    await ask_for(harness, user="ann")
    own = await request_in(harness, count=2)
    assert "Nobody decides" in await press(harness, own, "Approve", "ann")
    assert "You are away" in await harness.ask("/panda approvals", user="tom")
    await harness.ask("/panda approvals back", user="tom")
    await ask_for(harness, 8)
    third = await request_in(harness, count=3)
    assert third.notifies == {TOM}
    assert "not among those" in await press(harness, third, "Approve", "ann")
    assert ("approval.away", TOM, "") in await steps(harness)


async def test_an_approver_who_asks_is_not_served_by_their_own_delegate(harness: BotHarness) -> None:
    """Tom is away, names Mei, and asks: Ann of the next list decides, not Mei."""
    await harness.ask("/panda approvals away @mei", user="tom")
    await ask_for(harness, 7, user="tom")
    message = await request_in(harness)
    assert "not among those" in await press(harness, message, "Approve", "mei")
    await unchanged(harness)


@pytest.mark.parametrize(
    ("line", "user", "says"),
    [
        ("away @tom", "mei", "nobody has to decide"),
        ("away @tom", "tom", "Name somebody else"),
        ("away", "tom", "Who decides in your place?"),
        ("away @ann until someday", "tom", "is no day that I know"),
        ("away @ann until 2026-03-01", "tom", "That day is over"),
        ("away @ann until 30 Feb", "tom", "is no day that I know"),
        ("everything", "tom", "takes"),
        ("back", "tom", "You were not away"),
    ],
)
async def test_wrong_words_change_nothing(harness: BotHarness, line: str, user: str, says: str) -> None:
    """One sentence each."""
    assert says in await harness.ask(f"/panda approvals {line}", user=user)
    assert harness.bot is not None
    assert await harness.bot.store.approvals.away(harness.clock()) == []
