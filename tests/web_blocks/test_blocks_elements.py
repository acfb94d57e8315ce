"""Every element: what is sent when it is worked, what the state holds, and the dialog that asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from support.block_board import Board

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def option(value: str, text: str = "") -> Json:
    return {"text": plain(text or value.title()), "value": value}


A, B, C = option("a"), option("b"), option("c", ":package: C &amp; co")
CONFIRM = {
    "title": plain("Stop watching?"),
    "text": {"type": "mrkdwn", "text": "*All* news ends."},
    "confirm": plain("Stop"),
    "deny": plain("Keep"),
    "style": "danger",
}


def actions(element: Json) -> Json:
    return {"type": "actions", "block_id": "b", "elements": [{"action_id": "x", **element}]}


def sent(element: Json, **told: Any) -> Json:
    return {"type": element["type"], "block_id": "b", "action_id": "x", **told}


async def test_button(board: Board) -> None:
    """A button tells its value and its text."""
    element = {"type": "button", "text": plain("Show :package:"), "value": "v", "style": "primary"}
    await board.draw(actions(element))
    await board.page.get_by_role("button", name="Show 📦").click()
    assert await board.sent(1) == [sent(element, text=element["text"], value="v")]


async def test_link_button(board: Board) -> None:
    """A button with an address is a link that also tells the app; an unsafe address leaves a mere button."""
    element = {"type": "button", "text": plain("Open"), "url": "https://x.cn/a", "value": "v"}
    await board.draw(actions(element))
    async with board.page.context.expect_page() as opened:
        await board.page.get_by_role("link", name="Open").click()
    await (await opened.value).close()
    assert [act["value"] for act in await board.sent(1)] == ["v"]
    await board.draw(actions({**element, "url": "javascript:alert(1)"}))
    await board.page.get_by_role("button", name="Open").click()
    await expect(board.root.get_by_role("link")).to_have_count(0)


async def test_confirm(board: Board) -> None:
    """The dialog asks first: no, or Escape, sends nothing; yes sends the action once."""
    element = {"type": "button", "text": plain("Unwatch"), "value": "v", "style": "danger", "confirm": CONFIRM}
    await board.draw(actions(element))
    dialog = board.page.get_by_role("dialog", name="Stop watching?")
    for leave in ("Keep", "Escape", "Stop"):
        assert await board.sent() == []
        await board.page.get_by_role("button", name="Unwatch").click()
        await expect(dialog).to_contain_text("All news ends.")
        if leave == "Escape":
            await board.page.keyboard.press("Escape")
        else:
            await dialog.get_by_role("button", name=leave).click()
        await expect(dialog).to_have_count(0)
    assert [act["value"] for act in await board.sent(1)] == ["v"]


async def test_confirm_of_a_menu(board: Board) -> None:
    """Who says no to a choice sees the menu as it was before."""
    element = {"type": "static_select", "options": [A, B], "initial_option": A, "confirm": CONFIRM}
    await board.draw(actions(element))
    menu = board.page.get_by_role("combobox")
    await menu.select_option("B")
    await board.page.get_by_role("button", name="Keep").click()
    await expect(menu.locator("option:checked")).to_have_text("A")
    assert await board.sent() == []
    assert (await board.state())["b"]["x"]["selected_option"] == A


@pytest.mark.parametrize("grouped", [False, True])
async def test_static_select(board: Board, grouped: bool) -> None:
    """A menu tells the whole option; until one is chosen it shows its placeholder and the state says null."""
    element: Json = {"type": "static_select", "placeholder": plain("Pick one")}
    groups = [{"label": plain("First"), "options": [A, B]}, {"label": plain("Second"), "options": [C]}]
    element |= {"option_groups": groups} if grouped else {"options": [A, B, C]}
    await board.draw(actions(element))
    menu = board.page.get_by_label("Pick one")
    assert await board.state() == {"b": {"x": {"type": "static_select", "selected_option": None}}}
    await menu.select_option("📦 C & co")
    assert await board.sent(1) == [sent(element, selected_option=C)]
    assert await board.state() == {"b": {"x": {"type": "static_select", "selected_option": C}}}


@pytest.mark.parametrize(
    ("kind", "label", "told"),
    [
        ("users_select", "Tom Weber", {"selected_user": "U2"}),
        ("channels_select", "#urgent", {"selected_channel": "C2"}),
        ("conversations_select", "#urgent", {"selected_conversation": "C2"}),
        ("conversations_select", "Mei Lin", {"selected_conversation": "U1"}),
    ],
)
async def test_rosters(board: Board, kind: str, label: str, told: Json) -> None:
    """People and channels are offered by name and told by id."""
    element = {"type": kind, "placeholder": plain("Who or where")}
    await board.draw(actions(element))
    await board.page.get_by_label("Who or where").select_option(label)
    assert await board.sent(1) == [sent(element, **told)]
    assert (await board.state())["b"]["x"] == {"type": kind, **told}


@pytest.mark.parametrize(
    ("kind", "include", "offered"),
    [
        ("channels_select", None, ["#orders"]),
        ("conversations_select", ["public"], ["#orders"]),
        ("conversations_select", ["private"], ["buyers (private)"]),
        ("conversations_select", ["public", "private"], ["#orders", "buyers (private)"]),
        ("conversations_select", ["im"], ["Mei Lin", "pandabot"]),
        ("conversations_select", ["mpim"], []),
        ("conversations_select", None, ["#orders", "buyers (private)", "Mei Lin", "pandabot"]),
    ],
)
async def test_what_a_menu_of_channels_offers(
    board: Board, kind: str, include: list[str] | None, offered: list[str]
) -> None:
    """Public and private channels and people are told apart, and a direct conversation is no channel."""
    element: Json = {"type": kind, "placeholder": plain("Where")}
    channels = {"C1": ("orders", "public"), "C2": ("buyers", "private"), "D1": ("pandabot", "im")}
    await board.draw(
        actions(element | ({"filter": {"include": include}} if include else {})),
        channels={id_: {"name": name, "kind": kind} for id_, (name, kind) in channels.items()},
        users={"U1": {"name": "mei", "real_name": "Mei Lin"}, "U2": {"name": "pandabot", "is_bot": True}},
    )
    options = await board.page.get_by_label("Where").locator("option").all_inner_texts()
    assert options == ["Where", *offered]


@pytest.mark.parametrize(
    ("kind", "fields", "labels", "told"),
    [
        ("multi_static_select", {"options": [A, B, C], "initial_options": [A]}, ["B"], {"selected_options": [A, B]}),
        ("multi_users_select", {"initial_users": ["U2"]}, ["Mei Lin"], {"selected_users": ["U1", "U2"]}),
        ("multi_channels_select", {}, ["#orders"], {"selected_channels": ["C1"]}),
        (
            "multi_conversations_select",
            {"filter": {"include": ["im"]}},
            ["Mei Lin", "Tom Weber"],
            {"selected_conversations": ["U1", "U2"]},
        ),
    ],
)
async def test_multi_selects(board: Board, kind: str, fields: Json, labels: list[str], told: Json) -> None:
    """A menu of many unfolds, and tells all that is chosen once it is folded again."""
    element = {"type": kind, "placeholder": plain("Pick some"), **fields}
    await board.draw(actions(element))
    summary = board.root.locator("summary")
    await summary.press("Enter")
    for label in labels:
        await board.page.get_by_role("checkbox", name=label).check()
    assert await board.sent() == []
    assert (await board.state())["b"]["x"] == {"type": kind, **told}
    await board.page.keyboard.press("Escape")
    await expect(summary).to_contain_text(labels[-1])
    await expect(summary).to_be_focused()
    assert await board.sent(1) == [sent(element, **told)]


async def test_multi_select_limit(board: Board) -> None:
    """No more can be chosen than the element allows; folding with nothing new tells nothing."""
    element = {"type": "multi_static_select", "options": [A, B], "max_selected_items": 1}
    await board.draw(actions(element))
    await board.root.locator("summary").click()
    await board.page.get_by_role("checkbox", name="A").check()
    await expect(board.page.get_by_role("checkbox", name="B")).to_be_disabled()
    await board.page.get_by_role("checkbox", name="A").uncheck()
    await board.page.get_by_role("heading", name="Blocks").click()
    await expect(board.root.locator("details")).not_to_have_attribute("open", "")
    assert await board.sent() == []


async def test_external_select(board: Board) -> None:
    """The app is asked for options while one types, from the least length on; arrows and Enter choose."""
    element = {"type": "external_select", "placeholder": plain("Search"), "min_query_length": 2}
    await board.draw(actions(element), answers=[A, C])
    field = board.page.get_by_role("combobox", name="Search")
    await field.press_sequentially("p")
    await field.press_sequentially("a")
    await expect(board.page.get_by_role("option")).to_have_count(2)
    assert await board.asked() == [["b", "x", "pa"]]
    await field.press("ArrowUp")
    await expect(board.page.get_by_role("option", selected=True)).to_have_text("📦 C & co")
    await field.press("Enter")
    await expect(field).to_have_value("📦 C & co")
    await expect(board.page.get_by_role("option")).to_have_count(0)
    assert await board.sent(1) == [sent(element, selected_option=C)]
    assert (await board.state())["b"]["x"] == {"type": "external_select", "selected_option": C}


async def test_external_select_without_results(board: Board) -> None:
    """No results is said; an option in short form comes back whole; leaving keeps the old choice."""
    element = {"type": "external_select", "min_query_length": 0, "initial_option": A}
    await board.draw(actions(element))
    field = board.page.get_by_role("combobox")
    await field.fill("zzz")
    await expect(board.page.get_by_role("status")).to_have_text("No results")
    await field.blur()
    await expect(field).to_have_value("A")
    await board.draw(actions(element), answers=[{"text": "Short", "value": "s"}])
    await field.fill("sho")
    await board.page.get_by_role("option", name="Short").click()
    whole = {"text": {"type": "plain_text", "text": "Short"}, "value": "s"}
    assert await board.sent(1) == [sent(element, selected_option=whole)]


async def test_multi_external_select(board: Board) -> None:
    """Chosen options stand before the field as buttons that take them out again."""
    element = {"type": "multi_external_select", "min_query_length": 1, "initial_options": [A]}
    await board.draw(actions(element), answers=[B])
    await board.page.get_by_role("combobox").fill("b")
    await board.page.get_by_role("option", name="B").click()
    await board.page.get_by_role("button", name="Remove A").click()
    assert await board.sent(2) == [sent(element, selected_options=[A, B]), sent(element, selected_options=[B])]
    assert (await board.state())["b"]["x"] == {"type": "multi_external_select", "selected_options": [B]}


async def test_overflow(board: Board) -> None:
    """The ⋯ menu opens, moves with arrows, and tells the option; Escape closes it and gives the focus back."""
    element = {"type": "overflow", "options": [A, {**B, "url": "https://x.cn/b"}, C]}
    await board.draw(actions(element))
    opener = board.page.get_by_role("button", name="More")
    await opener.click()
    await expect(board.page.get_by_role("menuitem", name="A")).to_be_focused()
    await expect(board.page.get_by_role("menuitem", name="B")).to_have_attribute("href", "https://x.cn/b")
    await board.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await opener.press("Enter")
    await board.page.keyboard.press("End")
    await board.page.keyboard.press("Enter")
    await expect(board.page.get_by_role("menu")).to_have_count(0)
    assert await board.sent(1) == [sent(element, selected_option=C)]
    assert await board.state() == {}


async def test_checkboxes(board: Board) -> None:
    """Checkboxes tell all that is checked, with text and description drawn."""
    described = {**B, "text": {"type": "mrkdwn", "text": "*B*"}, "description": plain("the second")}
    element = {"type": "checkboxes", "options": [A, described], "initial_options": [A]}
    await board.draw(actions(element))
    await board.page.get_by_label("the second").check()
    assert await board.sent(1) == [sent(element, selected_options=[A, described])]
    assert (await board.state())["b"]["x"] == {"type": "checkboxes", "selected_options": [A, described]}
    await expect(board.root.locator("strong")).to_have_text("B")


async def test_radio_buttons(board: Board) -> None:
    """One of the options is told; who says no to it keeps the former one."""
    element = {"type": "radio_buttons", "options": [A, B], "initial_option": A}
    await board.draw(actions(element))
    await board.page.get_by_role("radio", name="B").check()
    assert await board.sent(1) == [sent(element, selected_option=B)]
    await board.draw(actions({**element, "confirm": CONFIRM}))
    await board.page.get_by_role("radio", name="B").click()
    await board.page.get_by_role("button", name="Keep").click()
    await expect(board.page.get_by_role("radio", name="A")).to_be_checked()
    assert (await board.state())["b"]["x"] == {"type": "radio_buttons", "selected_option": A}


@pytest.mark.parametrize(
    ("kind", "initial", "typed", "told"),
    [
        ("datepicker", {"initial_date": "2026-05-20"}, "2026-05-21", {"selected_date": "2026-05-21"}),
        (
            "timepicker",
            {"initial_time": "09:00", "timezone": "Asia/Shanghai"},
            "21:45",
            {"selected_time": "21:45"},
        ),
        ("datepicker", {}, "", {"selected_date": None}),
    ],
)
async def test_pickers(board: Board, kind: str, initial: Json, typed: str, told: Json) -> None:
    """Dates and times are told as Slack writes them."""
    element = {"type": kind, **initial}
    await board.draw(actions(element))
    field = board.page.get_by_label({"datepicker": "Date", "timepicker": "Time"}[kind])
    await expect(field).to_have_value(next(iter(initial.values()), ""))
    if typed:
        await field.fill(typed)
        assert await board.sent(1) == [sent(element, **told)]
    assert (await board.state())["b"]["x"] == {"type": kind, **told}


async def test_feedback_and_icon(board: Board) -> None:
    """Feedback and icon buttons tell what was pressed."""
    element = {
        "type": "feedback_buttons",
        "action_id": "f",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    icon = {"type": "icon_button", "action_id": "i", "icon": "trash", "text": plain("Delete"), "value": "gone"}
    await board.draw({"type": "context_actions", "block_id": "b", "elements": [element, icon]})
    await board.page.get_by_role("button", name="Bad").click()
    await board.page.get_by_role("button", name="Delete").click()
    assert [(act["action_id"], act["value"]) for act in await board.sent()] == [("f", "down"), ("i", "gone")]


async def test_accessory(board: Board) -> None:
    """An element beside a section acts under the section's block id."""
    section = {
        "type": "section",
        "block_id": "s",
        "text": plain("Order"),
        "accessory": {**actions({"type": "button", "text": plain("Go"), "value": "1"})["elements"][0]},
    }
    await board.draw(section)
    await board.page.get_by_role("button", name="Go").click()
    assert [(act["block_id"], act["action_id"]) for act in await board.sent()] == [("s", "x")]


async def test_unknown_element(board: Board) -> None:
    """An element that is not known is named where it would stand, and its neighbours work."""
    go = {"type": "button", "action_id": "g", "text": plain("Go")}
    seen = await board.draw({"type": "actions", "elements": [{"type": "hologram", "depth": 3}, go]})
    assert "Unsupported element: hologram" in seen
    await expect(board.page.get_by_role("button", name="Go")).to_be_visible()
