"""manifest.yml and the code name the same things, proved in both directions and by use."""

from __future__ import annotations

import pytest
from support.bot_harness import ORDER, BotHarness
from support.commands import COMMANDS

from bot.commands import manifest
from handlers.blocks import action_ids
from handlers.features.all import FEATURES

MANIFEST = manifest.read()["features"]


@pytest.fixture(scope="module")
def declared_shortcuts() -> dict[str, str]:
    return {shortcut["callback_id"]: shortcut["type"] for shortcut in MANIFEST["shortcuts"]}


def test_commands_are_the_same_both_ways() -> None:
    """What the manifest declares is what the code registers, and nothing else."""
    assert [command["command"] for command in MANIFEST["slash_commands"]] == COMMANDS.slash_commands()


def test_the_hints_are_those_of_the_declarations() -> None:
    """Slack shows what the code says of itself; the common command's hint names commands that there are."""
    hints = {command["command"]: command["usage_hint"] for command in MANIFEST["slash_commands"]}
    common = hints.pop("/panda").split(" | ")
    assert hints == {f"/panda-{name}": command.slash for name, command in COMMANDS.declared.items() if command.slash}
    assert set(common) <= set(COMMANDS.declared)
    assert len(common) > 5


def test_shortcuts_are_the_same_both_ways(declared_shortcuts: dict[str, str]) -> None:
    """The same for shortcuts: three on messages, one anywhere."""
    shortcuts = [shortcut.callback_id for feature in FEATURES for shortcut in feature.message_shortcuts]
    shortcuts += [opener.id for feature in FEATURES for opener in feature.openers if opener.kind == "shortcut"]
    assert list(declared_shortcuts) == shortcuts
    assert declared_shortcuts == {
        action_ids.SEARCH_PICTURE: "message",
        action_ids.TRACK_MESSAGE: "message",
        action_ids.WATCH_MESSAGE: "message",
        action_ids.FIND_ORDERS: "global",
    }


def test_events_are_the_same_both_ways() -> None:
    """Each event that the app subscribes to has its listener, and the other way round."""
    assert manifest.read()["settings"]["event_subscriptions"]["bot_events"] == [
        listener.name for feature in FEATURES for listener in feature.listeners if listener.kind == "event"
    ]


def test_the_manifest_keeps_slacks_limits() -> None:
    """Commands up to 32 characters, shortcut names up to 24, hints and descriptions short enough to be taken."""
    for command in MANIFEST["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
        assert command["should_escape"] is True
    for shortcut in MANIFEST["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    assert len(manifest.read()["display_information"]["description"]) <= 140


async def test_every_declared_command_is_answered(harness: BotHarness) -> None:
    """Each command of the manifest gets its help, not the catch-all's silence."""
    for command in MANIFEST["slash_commands"]:
        assert "/panda" in await harness.ask(f"{command['command']} help")


async def test_every_declared_shortcut_is_answered(harness: BotHarness) -> None:
    """Each shortcut of the manifest works on a message."""
    message = await harness.say(f"please look at {ORDER}")
    for shortcut in MANIFEST["shortcuts"]:
        if shortcut["type"] == "message":
            named = "no picture" if shortcut["callback_id"] == action_ids.SEARCH_PICTURE else ORDER[-6:]
            assert named in await harness.shortcut(shortcut["callback_id"], message)
        else:
            before = set(harness.slack.workspace.views)
            assert (await harness.slack.global_shortcut("mei", shortcut["callback_id"])).ok
            await harness.until(lambda before=before: set(harness.slack.workspace.views) != before)  # type: ignore[misc]  # mypy knows no defaults in lambdas


async def test_every_method_the_bot_calls_is_covered_by_its_scopes(harness: BotHarness) -> None:
    """A tour of the main job meets no missing_scope under exactly the manifest's scopes."""
    await harness.ask(f"/panda watch {ORDER} in #urgent")
    await harness.ask(f"/panda watch {ORDER} in #buyers")
    harness.scan("快件已发往 广州分拨中心")
    await harness.until(
        lambda: len(harness.channel("#urgent")) == 1 and bool(harness.thread(harness.channel("#urgent")[0]))
    )
    assert harness.bot is not None
    await harness.bot.slack.conversations_history(channel="C0ORDERS01")
    assert [call.method for call in harness.slack.calls if call.answer.get("error") == "missing_scope"] == []
