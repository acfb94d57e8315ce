"""Buttons, forms and shortcuts of other versions and of nobody's making: a sentence or silence, never an incident."""

from __future__ import annotations

import copy
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import ORDER, BotHarness, running
from support.effort import examples
from support.patience import AT_ONCE

from handlers.blocks import action_ids
from handlers.features.all import FEATURES

if TYPE_CHECKING:
    from pathlib import Path

OLDER = "This button is from an older version of me"
BUTTONS = (action_ids.RUN, *(button.id for feature in FEATURES for button in feature.buttons), "edit_settings")
PLAIN = ("find_orders", "refresh_home", "search_products", "choose_settings")  # carry nothing that is read
ODD: list[Any] = [
    "",
    " ",
    "x",
    "9" * 30,
    "²",
    "١٢٣",
    "-1",
    "1.5",
    "1,",
    ",",
    "1,x",
    "0x10",
    "null",
    "C",
    "c0orders01",
    "C0ORDERS01 ",
    "<#C0ORDERS01>",
    "../etc",
    "'; DROP TABLE watches; --",
    "watch",
    "unwatch",
    "unwatch x",
    "order 12",
    "\u202e" + ORDER,
    "a" * 3000,
    5,
    -1.5,
    True,
    None,
    [],
    {},
    ["unwatch", ORDER],
    {"value": "1"},
]
# What is right for one of them and odd for all the others.
OTHERS = {
    "help": {"run:"},
    "status": {"run:"},
    "1": {"undo_unwatch", "end_new_watches", "undo_for_all", "resume_watch", "alarm_", "seller_message", "approval_"},
}
OTHERS |= {"C0ORDERS01": {"resume_channel", "preview_digest", "edit_settings"}}
OTHERS |= {f"unwatch {ORDER}": {"run:", "unwatch_here", "undo_watch"}, f"watch {ORDER}": {"run:", "watch_here"}}
OTHERS |= {f"track {ORDER}": {"run:", "watch_here"}, "unwatch all": {"run:"}, "watch all": {"run:"}}
# An id alone reads as "track" does.
FITS = {"watch": {"run:", "watch_here"}, "\u202e" + ORDER: {"run:", "watch_here"}}


def fits(action: str, value: Any) -> bool:
    """Whether this button may carry it."""
    known = (OTHERS | FITS).get(value, set()) if isinstance(value, str) else set()
    return any(action.startswith(prefix) for prefix in known)


@pytest.mark.parametrize("action", BUTTONS)
async def test_what_a_button_cannot_carry(harness: BotHarness, action: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each button with each odd value: the same sentence, nothing done, no incident."""
    before = forged.rows(harness)
    for value in (*ODD, *OTHERS):
        if not fits(action, value):
            payload = forged.press(harness, f"{action}:1" if action != "run:" else "run:1", value)
            told = await forged.answered(harness, payload)
            # Slack sends texts; what sends anything else may be turned away at the door, without a word.
            assert OLDER in told or (told == "" and not isinstance(value, str)), value
    assert forged.rows(harness) == before
    assert "unexpected error" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("value", ["999", "9" * 18])
async def test_rows_that_are_not_there(harness: BotHarness, value: str) -> None:
    """A number that could be one of ours, and is none any more, gets an answer that says so."""
    for action, sentence in (
        ("undo_unwatch:1", "Nothing was undone"),
        ("end_new_watches:1", "Nothing was undone"),
        ("undo_for_all:1", "undone already"),
        ("resume_watch:1", "no longer watched"),
        ("alarm_seen:1", "no longer exists"),
        ("approval_approve:1", "no such request"),
    ):
        assert sentence in await forged.answered(harness, forged.press(harness, action, value))


# --- payloads of other shapes -----------------------------------------------------------------------------------------

MALFORMED = 400  # by HTTP, where it is turned away before it is understood
MISSING = object()
SHAPES: list[Any] = [MISSING, None, "", "x", 7, [], {}, ["x"], {"id": 7}, {"id": None}, [{}], [None]]
PLACES = ["user", "channel", "container", "message", "response_url", "trigger_id", "team", "view", "state"]
BOLTS = {"user", "channel", "team"}  # of which Bolt itself reads the id: a number there comes no further than to Bolt
OPENING = {"edit_settings", "find_orders"}  # a form, by a trigger that Slack has to know
DEEP = [("user", "id"), ("channel", "id"), ("user", "team_id"), ("actions", 0, "value"), ("actions", 0, "block_id")]


def reshaped(payload: dict[str, Any], place: tuple[Any, ...], shape: Any) -> dict[str, Any]:
    """The payload with something else in that place, or nothing."""
    made = copy.deepcopy(payload)
    inner: Any = made
    for step in place[:-1]:
        inner = inner[step]
    if shape is MISSING:
        inner.pop(place[-1], None)
    else:
        inner[place[-1]] = shape
    return made


def pressed(harness: BotHarness, action: str) -> dict[str, Any]:
    """A press that is right, of a button that does something where it can."""
    values = {"run:": "watches", "watch_here": f"watch {ORDER}", "unwatch_here": f"unwatch {ORDER}"}
    values |= {"undo_watch": f"unwatch {ORDER}", "resume_channel": "C0ORDERS01", "preview_digest": "C0ORDERS01"}
    values |= {"edit_settings": "C0ORDERS01"}
    return forged.press(harness, f"{action}1" if action == "run:" else f"{action}:1", values.get(action, "1"))


def is_elsewhere(action: str, place: tuple[Any, ...], shape: Any) -> bool:
    """Told by others: what Bolt makes of a number for an object, and what Slack says to a form with a bad trigger."""
    return (place[0] in BOLTS and len(place) == 1 and shape == 7) or (place[0] == "trigger_id" and action in OPENING)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_payloads_of_any_shape(tmp_path: Path, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever stands in a place of a press, it is acknowledged and makes no incident."""
    places = [*((place,) for place in PLACES), *DEEP]
    every = [
        combination
        for combination in itertools.product((*BUTTONS, *PLAIN, "gone"), places, SHAPES)
        if not is_elsewhere(*combination)
    ]
    async with running(tmp_path, mode=mode) as harness:
        for action, place, shape in every[:: examples(11, 1)]:
            payload = reshaped(pressed(harness, action), place, shape)
            ack = await forged.send(harness, payload)
            assert ack.ok or ack.status == MALFORMED, (action, place, shape)
        await harness.several_ticks(1)
    assert "unexpected error" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("callback", ["channel_settings", "find_orders", "gone"])
async def test_forms_of_any_shape(harness: BotHarness, callback: str, caplog: pytest.LogCaptureFixture) -> None:
    """The same for forms: what is not a field's value is an empty field."""
    before = forged.rows(harness)
    fields = ["filter", "threads", "quiet_from", "time_zone", "break_through", "orders", "what", "channel"]
    shapes = [shape for shape in SHAPES if shape is not MISSING]
    for name, shape in list(itertools.product(fields, shapes))[:: examples(5, 1)]:
        for held in (shape, {"value": shape}, {"value": {"value": shape, "selected_option": shape}}):
            payload = forged.submission(harness, callback, "x", {name: held})
            ack = await forged.send(harness, payload)
            assert ack.ok or ack.status == MALFORMED, held
    for shape in (candidate for candidate in shapes if candidate != 7):
        payload = forged.submission(harness, callback, "C0ORDERS01", {})
        for place in (("view", "state"), ("view", "state", "values"), ("view", "private_metadata"), ("user",)):
            ack = await forged.send(harness, reshaped(payload, place, shape))
            assert ack.ok or ack.status == MALFORMED, (place, shape)
    assert forged.rows(harness) == before
    assert "unexpected error" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_settings_with_a_wrong_channel_in_the_form(harness: BotHarness) -> None:
    """A form whose hidden channel is none says so, and saves nothing."""
    zone = {"time_zone": {"value": {"type": "static_select", "selected_option": {"value": "Asia/Shanghai"}}}}
    for metadata in ("", "x", "1", "c0orders01", "9" * 30, f"unwatch {ORDER}"):
        ack = await forged.send(harness, forged.submission(harness, "channel_settings", metadata, zone))
        assert OLDER in json.dumps(ack.payload["view"])
    assert forged.rows(harness)["channels"] == []


# --- where there is nothing to answer by ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["socket", "http"])
@pytest.mark.parametrize("action", ["gone", "gone:1", "refresh_home:9", "run:1", "undo_unwatch:1", "alarm_seen:1"])
async def test_a_press_in_app_home(tmp_path: Path, mode: str, action: str, caplog: pytest.LogCaptureFixture) -> None:
    """Slack hands over no way to answer there. An unknown button is acknowledged at once, and the home comes anew."""
    async with running(tmp_path, mode=mode) as harness:
        ack = await forged.send(harness, forged.press_in_home(harness, action))
        assert ack.ok or ack.status == 400  # a payload without a name is refused
        assert ack.seconds < AT_ONCE
        if action.startswith(("gone", "refresh")):
            await harness.until(lambda: "U0MEI00001" in harness.slack.workspace.homes)
    assert "unexpected error" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("mode", ["socket", "http"])
@pytest.mark.parametrize("callback", ["gone", "", "track_message", "panda\n"])
async def test_an_unknown_global_shortcut(
    tmp_path: Path, mode: str, callback: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Acknowledged at once; there is nothing to show and nowhere to say so."""
    async with running(tmp_path, mode=mode) as harness:
        payload = {"type": "shortcut", "callback_id": callback, "user": {"id": "U0MEI00001", "team_id": "T0PANDA01"}}
        ack = await forged.send(harness, payload | {"trigger_id": harness.slack.interactions.new_trigger()})
        assert ack.ok or (not callback and ack.status == MALFORMED)  # a payload without a name is refused
        assert ack.seconds < AT_ONCE
    assert "unexpected error" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_an_unknown_button_in_a_form(harness: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    """The form stays as it is."""
    payload = forged.press_in_home(harness, "gone:1")
    payload["view"]["type"] = "modal"
    assert (await forged.send(harness, payload)).ok
    assert harness.slack.workspace.homes == {}
    assert "unexpected error" not in caplog.text


async def test_an_unknown_button_of_an_outsider(harness: BotHarness) -> None:
    """Whoever may not use the bot gets no home by it either, but the reason."""
    harness.slack.workspace.user("mei").is_restricted = True
    assert (await forged.send(harness, forged.press_in_home(harness, "gone:1"))).ok
    await harness.until(lambda: "U0MEI00001" in harness.slack.workspace.homes)
    assert "full members" in json.dumps(harness.slack.workspace.homes["U0MEI00001"]["blocks"])
