"""Wrong input: one private sentence with the corrected command, and nothing changes."""

from __future__ import annotations

import re

import pytest
from support import forged
from support.bot_harness import ORDER, BotHarness

from sandbox.pandapon.demo import SECOND, TAOBAO
from sandbox.slack.faults import Fault
from sandbox.slack.workspace import User


async def nothing_changed(harness: BotHarness) -> bool:
    """No channel heard anything, and no watch is stored."""
    assert harness.bot is not None
    health = await harness.bot.store.upkeep.health(harness.clock())
    posted = [call for call in harness.slack.calls if call.method == "chat.postMessage" and call.answer.get("ok")]
    return health.watches == 0 and not posted


@pytest.mark.parametrize(
    ("typed", "understood", "corrected"),
    [
        ("/panda serch 连衣裙", "serch", "/panda search 连衣裙"),
        ("/panda order", "order", "/panda order 2542285634920880794"),
        ("/panda order 12345", "12345", "/panda order"),
        ("/panda track", "track", "/panda track"),
        ("/panda watch 12345", "12345", "/panda watch"),
        (f"/panda watch {ORDER} 777", "777", f"/panda watch {ORDER}"),
        ("/panda unwatch 12345", "12345", "/panda unwatch"),
        ("/panda search 连衣裙 --max cheap", "cheap", "/panda search 连衣裙"),
        ("/panda search 连衣裙 --sotr price", "--sotr", "/panda search 连衣裙 --sort price"),
        ("/panda search 连衣裙 --min 90 --max 10", "90", "/panda search 连衣裙"),
        ("/panda-order abc", "abc", "/panda"),
    ],
)
async def test_a_mistake_is_answered_with_the_corrected_command(
    harness: BotHarness, typed: str, understood: str, corrected: str
) -> None:
    """The sentence repeats what was understood and prints a command to copy."""
    answer = await harness.ask(typed)
    assert understood in answer
    assert corrected in answer
    assert await nothing_changed(harness)


async def test_the_corrected_command_can_be_copied_as_it_is(harness: BotHarness) -> None:
    """What the refusal proposes is understood when it is sent."""
    answer = await harness.ask(f"/panda watch {ORDER} 777")
    proposed = re.search(r"Try: `([^`]+)`", answer)
    assert proposed is not None
    assert "Watching" in await harness.ask(proposed[1])


async def test_an_id_of_the_other_platform_is_named_as_such(harness: BotHarness) -> None:
    """A Taobao id asked on 1688 is found where it is, and said so."""
    answer = await harness.ask(f"/panda order {TAOBAO} --1688")
    assert "Taobao" in answer
    assert f"/panda order {TAOBAO}" in answer
    answer = await harness.ask(f"/panda watch {TAOBAO} --1688")
    assert "Taobao" in answer
    assert await nothing_changed(harness)


async def test_the_corrected_platform_keeps_what_was_asked(harness: BotHarness) -> None:
    """A track command is corrected to a track command, with its options."""
    answer = await harness.ask(f"/panda track {ORDER} --taobao --all")
    assert f"Try: `/panda track {ORDER} --1688 --all`" in answer
    assert "78012345678901" in await harness.ask(f"/panda track {ORDER} --1688 --all")


async def test_hints_name_the_channel(harness: BotHarness) -> None:
    """What is watched in another channel is listed there, so the command to copy says where."""
    answer = await harness.ask(f"/panda watch {ORDER} in #urgent")
    assert "`/panda watches in #urgent`" in answer
    assert "Stopped" in await harness.ask(f"/panda unwatch {ORDER} in #urgent")
    assert "`/panda watches in #urgent`" in await harness.ask(f"/panda unwatch {ORDER} in #urgent")
    assert "`/panda watches`" in await harness.ask(f"/panda watch {ORDER}")


async def test_the_shortcuts_advertise_their_own_command(harness: BotHarness) -> None:
    """Where a message names no order, the watch shortcut offers to watch one and the track shortcut to track one."""
    message = await harness.say("good morning")
    for verb in ("watch", "track"):
        assert f"/panda {verb} 2542" in await harness.shortcut(f"{verb}_message", message)


async def test_an_unknown_order_is_not_watched(harness: BotHarness) -> None:
    """Nobody can watch what no platform knows."""
    answer = await harness.ask("/panda watch 2542285634920000000")
    assert "2542285634920000000" in answer
    assert await nothing_changed(harness)
    assert "2542285634920000000" in await harness.ask("/panda track 2542285634920000000")


@pytest.mark.parametrize("channel", ["#secret", "#no-such-channel"])
async def test_a_channel_that_the_bot_cannot_see_is_refused(harness: BotHarness, channel: str) -> None:
    """The answer says how to invite the bot, and keeps quiet about what is in there."""
    answer = await harness.ask(f"/panda watch {ORDER} in {channel}")
    assert "/invite" in answer
    assert await nothing_changed(harness)


async def test_an_archived_channel_is_refused_by_its_card(harness: BotHarness) -> None:
    """The card is the proof: where it cannot be posted, no watch stays."""
    answer = await harness.ask(f"/panda watch {ORDER} in #oldies")
    assert "archived" in answer
    assert await nothing_changed(harness)


async def test_a_private_channel_is_only_for_its_members(harness: BotHarness) -> None:
    """A watch must not be a way to write where one cannot read."""
    harness.slack.workspace.channel("secret").members.add("U0BOTPANDA")
    assert "/invite" in await harness.ask(f"/panda watch {ORDER} in #secret", user="mei")
    assert await nothing_changed(harness)
    assert "Watching" in await harness.ask(f"/panda watch {ORDER} in #secret", user="tom")


async def test_a_direct_conversation_is_its_owners_alone(harness: BotHarness) -> None:
    """Nobody lists or stops what somebody else watches in their own conversation with the bot."""
    direct = harness.slack.workspace.direct("U0MEI00001")
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}", user="mei", channel=direct.id)
    for line in (f"/panda watches in <#{direct.id}|>", f"/panda unwatch {ORDER} in <#{direct.id}|>"):
        answer = await harness.ask(line, user="tom")
        assert "owner's alone" in answer
        assert "Undo" not in answer
    assert "1 order" in await harness.ask("/panda watches", user="mei", channel=direct.id)


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
async def test_a_fault_of_slack_opens_no_private_channel(harness: BotHarness, method: str) -> None:
    """What Slack does not confirm is refused, in words, and changes nothing."""
    harness.slack.workspace.channel("secret").members.add("U0BOTPANDA")
    harness.slack.faults.plan(Fault(method, error="internal_error"))
    answer = await harness.ask(f"/panda watch {ORDER} in #secret", user="mei")
    assert "did not confirm" in answer
    assert await nothing_changed(harness)


async def test_a_private_channel_cannot_be_guessed(harness: BotHarness) -> None:
    """To somebody outside, a private channel that the bot is in and one that does not exist look the same."""
    secret = harness.slack.workspace.channel("secret")
    secret.members.add("U0BOTPANDA")
    for command in (f"/panda watch {ORDER} in {{}}", "/panda watches in {}", "/panda mute in {}"):
        inside = await harness.ask(command.format("secret"), user="mei")
        nowhere = await harness.ask(command.format("nosuch"), user="mei")
        assert inside == nowhere.replace("nosuch", "secret")
        assert secret.id not in inside


async def test_bare_commands_are_help(harness: BotHarness) -> None:
    """A bare /panda says how to go on; a bare /panda watch is help and this channel's list."""
    assert "/panda help" in await harness.ask("/panda")
    empty = await harness.ask("/panda watch")
    assert "/panda watch" in empty
    await harness.ask(f"/panda watch {ORDER}")
    assert ORDER in await harness.ask("/panda watch")


async def test_an_unknown_button_says_that_it_is_old(harness: BotHarness) -> None:
    """A button of a version long gone still gets an answer."""
    assert harness.bot is not None
    old = [{"type": "actions", "elements": [{"type": "button", "action_id": "gone", "text": text("Old")}]}]
    harness.slack.workspace.post_ephemeral("C0ORDERS01", "U0MEI00001", "old", blocks=old)
    assert "older version" in await harness.press("Old")


async def test_a_redelivered_command_is_carried_out_once(harness: BotHarness) -> None:
    """Slack may deliver one command twice; the second changes nothing and says nothing."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda unwatch {ORDER}")
    seen: list[dict[str, object]] = []
    deliver = harness.slack.sockets.send

    async def remember(kind: str, payload: dict[str, object], seconds: float, attempt: int = 0) -> object:
        seen.append(payload)
        return await deliver(kind, payload, seconds, attempt)

    harness.slack.sockets.send = remember  # type: ignore[method-assign, assignment]  # the test wraps it
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda unwatch {ORDER}")
    before = len(harness.private())
    await harness.slack.deliver("slash_commands", seen[0])
    await harness.several_ticks()
    assert len(harness.private()) == before
    assert harness.bot is not None
    assert (await harness.bot.store.upkeep.health(harness.clock())).watches == 0


def text(label: str) -> dict[str, str]:
    return {"type": "plain_text", "text": label}


async def test_a_number_that_slack_took_for_a_telephones(harness: BotHarness) -> None:
    """Typed, and in a message that has a text and nothing else: the shortcut reads it there, too."""
    marked = f"<tel:{ORDER}|{ORDER}>"
    assert "78012345678901" in await forged.answered(harness, forged.command(harness, f"track {marked}"))
    message = await harness.say(f"订单号：{marked}")
    assert message.blocks == []
    assert ORDER in await harness.shortcut("track_message", message)
    assert "Watching" in await harness.shortcut("watch_message", message)


@pytest.mark.parametrize("people", [("mei", "tom"), ("mei", "tom", "ann")], ids=["two people", "a group"])
async def test_a_direct_message_between_people_cannot_be_posted_in(
    harness: BotHarness, people: tuple[str, ...]
) -> None:
    """Nobody can invite an app there, so nobody is told to: the answer asks for a channel."""
    harness.slack.workspace.users["U0ANN00003"] = User("U0ANN00003", "ann", "Ann")
    direct = harness.slack.workspace.between(*people)
    for line in (f"/panda watch {ORDER}", f"/panda-watch {ORDER} {SECOND} problems"):
        answer = await harness.ask(line, channel=direct.id)
        assert "can't be invited there" in answer
        assert "/invite" not in answer
        assert f"Try: `/panda watch {ORDER}" in answer
        assert "in #orders`" in answer
    message = await harness.say(f"look at {ORDER}", channel=direct.id)
    answer = await harness.shortcut("watch_message", message)
    assert "can't be invited there" in answer
    assert "/invite" not in answer
    assert await nothing_changed(harness)
    assert "78012345678901" in await harness.ask(f"/panda track {ORDER}", channel=direct.id)
    assert "Watching" in await harness.ask(f"/panda watch {ORDER} in #orders", channel=direct.id)


async def test_a_private_channel_without_the_bot_still_says_to_invite_it(harness: BotHarness) -> None:
    """Into a channel it can be invited."""
    answer = await harness.ask(f"/panda watch {ORDER}", user="tom", channel="#secret")
    assert "/invite @pandabot" in answer
