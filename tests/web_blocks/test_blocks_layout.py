"""Every block: what is seen of it, what a screen reader gets, and that nothing is dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from support.accessibility import violations
from support.block_samples import OURS, SHARED, mrkdwn, plain
from support.view_samples import HOSTILE, VERY_HOSTILE

from sandbox.slack.schemas import errors

if TYPE_CHECKING:
    from support.block_board import Board

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]
SQUARE = 0.9  # a Chinese character is as wide as high; the box that stands for a missing one is narrower
SEEN = {
    "section": ["Shipped 📦 to 杭州", "Show"],
    "fields": ["Paid\n¥107.80", "Seller 雪纺"],
    "header": ["Order 裙子"],
    "context": ["as of now", "and plainly"],
    "divider": [],
    "actions": ["Track", "Why?"],
    "image": ["The dress"],
    "rich_text": [
        "Order 2542285634920880794 is bold slanted gone the shop 📦 裙子 @here #b3123f",
        "first\nsecond",
        "inner",
        "quoted words",
        "raw  words\nbelow",
    ],
    "table": ["Parcel\tScans", "SF1234567890123\t7"],
    "plan": ["Tracking", "✓\nComplete: Reading the order", "Waiting for news"],
    "task_card": ["asked PandaPon", "two parcels", "the order"],
    "card": ["Dress", "red", "¥49.90 a piece", "Track"],
    "carousel": ["Dress", "Skirt"],
    "alert": ["Warning: ", "PandaPon is slow"],
    "markdown": ["News", "Two parcels, one late:", "first\nsecond"],
    "container": ["Parcels", "inside"],
    "mentions": ["@Mei Lin #orders @S1 @T1 2026-05-21 00:30"],
    "video": ["How it is packed", "Mei · X", "One minute"],
    "file": ["File: F1 (remote)"],
    "data_table": ["Scans a day", "Monday\t1,200"],
    "data_visualization": ["Orders", "Taobao\t3\t75%", "1688\t1\t25%"],
    "folded": ["Folded"],
    "slack_file": ["Picture: A scan"],
}


@pytest.mark.parametrize("name", [*SHARED, *OURS])
async def test_every_block(board: Board, name: str) -> None:
    """Each block that Slack publishes is drawn with all its words."""
    seen = await board.draw((SHARED | OURS)[name])
    squeezed = " ".join(seen.split())
    for text in SEEN[name]:
        assert " ".join(text.split()) in squeezed
    assert "Unsupported" not in seen
    await expect(board.root.locator(".bk-block").first).to_be_attached()


async def test_samples_are_slacks() -> None:
    """The samples keep to the shapes that Slack publishes."""
    known = {name: block for name, block in (SHARED | OURS).items() if name != "data_visualization"}
    assert {name: errors("Blocks", [block]) for name, block in known.items()} == {name: [] for name in known}


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        ({"type": "hologram", "block_id": "h", "depth": 3}, "Unsupported block: hologram"),
        ({"type": "constructor"}, "Unsupported block: constructor"),
        ({"no": "type"}, "Unsupported block: (without a type)"),
        ({"type": "actions", "elements": 7}, "Unsupported block: actions"),
        ({"type": "rich_text", "elements": [{"type": "rich_text_poem"}]}, "Unsupported element: rich_text_poem"),
        ({"type": "table", "rows": [[{"type": "raw_smell"}]]}, "Unsupported cell: raw_smell"),
        ({"type": "input", "label": {"text": "L"}, "element": {"type": "dial"}}, "Unsupported element: dial"),
        ({"type": "plan", "title": "P", "tasks": [{"type": "dream"}]}, "Unsupported block: dream"),
    ],
)
async def test_unknown(board: Board, block: Json, seen: str) -> None:
    """What is unknown or broken is shown as such, with its JSON to unfold; what stands around it is drawn."""
    around = {"type": "section", "text": plain("before and after")}
    text = await board.draw(around, block, around)
    assert seen in text
    assert text.count("before and after") == 2
    await board.root.get_by_text(seen).click()
    await expect(board.root.locator("pre").first).to_contain_text("{")


async def test_hostile_text(board: Board) -> None:
    """Ten thousand characters from outside are text wherever they stand: no script, no picture, no break-out."""
    tags = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'" + HOSTILE
    escaped = tags.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    seen = await board.draw(
        {"type": "section", "text": mrkdwn(escaped), "fields": [plain(tags)]},
        {"type": "header", "text": plain(tags)},
        {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain(tags)}]},
        {"type": "image", "image_url": "javascript:alert(1)", "alt_text": tags, "title": plain(tags)},
        {"type": "section", "text": mrkdwn(VERY_HOSTILE)},
        {"type": tags},
    )
    assert seen.count("<script>alert(1)</script>") >= 6
    assert await board.root.locator("script, img, iframe").count() == 0
    assert await board.root.get_by_role("link").evaluate_all("links => links.every(link => /^https?:/.test(link.href))")
    width = await board.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


async def test_picture_that_does_not_load(board: Board) -> None:
    """A picture keeps its description for those who cannot see it, and never tells where it was shown."""
    await board.draw(SHARED["image"])
    shown = board.page.get_by_role("img", name="A red dress")
    await expect(shown).to_have_attribute("referrerpolicy", "no-referrer")


async def test_tables_and_groups_have_names(board: Board) -> None:
    """Roles and names reach a screen reader: a table's head, a row's head, cards, levels in words."""
    await board.draw(OURS["data_table"], SHARED["carousel"], SHARED["alert"])
    await expect(board.page.get_by_role("table", name="Scans a day")).to_be_visible()
    await expect(board.page.get_by_role("columnheader", name="Scans")).to_be_visible()
    await expect(board.page.get_by_role("rowheader", name="Monday")).to_be_visible()
    await expect(board.page.get_by_role("group", name="Dress")).to_be_visible()
    await expect(board.page.get_by_role("note")).to_contain_text("Warning:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe(board: Board, scheme: str) -> None:
    """Axe finds nothing serious in any block, in light and in dark."""
    await board.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    try:
        await board.draw(*SHARED.values(), *OURS.values(), {"type": "hologram"})
        problems = await violations(board.page)
    finally:
        await board.page.emulate_media(color_scheme="light")
    assert [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in problems
        if violation["impact"] in {"serious", "critical"}
    ] == []


async def test_narrow(board: Board) -> None:
    """At 360 px nothing sticks out sideways."""
    await board.page.set_viewport_size({"width": 360, "height": 700})
    try:
        await board.draw(*SHARED.values(), *OURS.values())
        width = await board.page.evaluate("document.documentElement.scrollWidth")
    finally:
        await board.page.set_viewport_size({"width": 1280, "height": 720})
    assert width <= 360


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (360, 1)])
async def test_fields_stand_in_two_columns(board: Board, width: int, columns: int) -> None:
    """As in Slack two fields stand in a row however wide the screen is, and one where it is narrow."""
    block = {"type": "section", "fields": [mrkdwn(f"*Name {number}*\nvalue") for number in range(6)]}
    size = board.page.viewport_size
    assert size
    await board.page.set_viewport_size({"width": width, "height": size["height"]})
    try:
        await board.draw(block)
        tops = await board.root.locator(".bk-fields > *").evaluate_all(
            "fields => fields.map(one => one.getBoundingClientRect().top)"
        )
    finally:
        await board.page.set_viewport_size(size)
    assert [tops.count(top) for top in sorted(set(tops))] == [columns] * (6 // columns)


async def test_an_apostrophe_is_narrow(board: Board) -> None:
    """Latin text is set in a Latin face: a Chinese one has wide apostrophes and quotes."""
    widths = {}  # of a character, in parts of the font's size
    for text in ("’", "中"):
        await board.write(text * 20)
        widths[text] = await board.root.evaluate(
            "root => { const range = new Range(); range.selectNodeContents(root);"
            " return range.getBoundingClientRect().width / 20 / parseFloat(getComputedStyle(root).fontSize); }"
        )
    if widths["中"] < SQUARE:
        pytest.skip("no Chinese font is installed (Debian: fonts-noto-cjk)")
    assert widths["’"] < 0.4 * widths["中"]
