"""Products that look like a picture: of a message, uploaded in a form, or behind a link; through both stand-ins."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import BotHarness, running, words

from handlers.blocks import action_ids
from handlers.wire.requests import SearchPicture
from pandapon.shipment import Platform
from sandbox.pandapon import pictures
from sandbox.pandapon.goods import PICTURES
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack.blocks import check_view
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

RED_DRESS = pictures.draw("dress", "red")
INTERNAL = {"type": "image", "image_url": "http://127.0.0.1:1/a.png", "alt_text": "a"}
SEARCH = "/v2/alibaba/product/image/query"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot, which knows where Taobao is searched and where the pictures are."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS) as harness:
        harness.pandapon.pictures = PICTURES
        yield harness


async def shared(
    harness: BotHarness, *contents: bytes, channel: str = "orders", name: str = "dress.png", **fields: Any
) -> Message:
    """A message of Tom's with these files."""
    files = [harness.slack.web_api.files.keep("U0TOM00002", name, content, **fields) for content in contents]
    return await harness.slack.say("tom", channel, "like this?", files=files)


def uploads(harness: BotHarness, content: bytes, name: str = "photo.png") -> dict[str, Any]:
    """The form's state with a file that Mei has chosen in it."""
    file = harness.slack.web_api.files.keep("U0MEI00001", name, content)
    return {"picture": {"value": {"files": [{"id": file.id}]}}}


async def opened(harness: BotHarness, line: str = "/panda picture") -> str:
    """Type the command; return the id of the form that opens."""
    before = set(harness.slack.workspace.views)
    await harness.ask(line)
    (view,) = set(harness.slack.workspace.views) - before
    assert check_view(sent(harness, view)) == []
    return str(view)


def sent(harness: BotHarness, view: str) -> dict[str, Any]:
    shown = harness.slack.workspace.views[view]
    return {key: shown[key] for key in ("type", "title", "submit", "close", "blocks") if shown.get(key)}


def page(harness: BotHarness, view: str) -> str:
    return json.dumps(harness.slack.workspace.views[view]["blocks"], ensure_ascii=False)


def first_title(text: str) -> str:
    match = re.search(r"\*1\. (.*?)\*", text)
    assert match, text
    return match[1]


async def test_a_picture_in_a_message(harness: BotHarness) -> None:
    """The shortcut finds what looks like it on both platforms, with pictures; Details and Compare lead on."""
    answer = await harness.shortcut(action_ids.SEARCH_PICTURE, await shared(harness, RED_DRESS))
    assert "Products like this picture" in answer
    assert "红色连衣裙" in first_title(answer)
    assert "1688" in answer
    assert "Taobao" in answer
    newest = harness.private()[-1]
    assert next(block["accessory"]["image_url"] for block in newest.blocks if "accessory" in block).startswith(PICTURES)
    assert "红色 / M" in await harness.press("Details 1")
    assert "Comparing 4 products" in await harness.press("Compare the first 4")
    assert harness.channel() == []


async def test_another_picture_finds_other_things(harness: BotHarness) -> None:
    """It is the picture that decides, not its name."""
    mug = await shared(harness, pictures.draw("mug", "blue"), name="red dress.png")
    assert "蓝色陶瓷马克杯" in first_title(await harness.shortcut(action_ids.SEARCH_PICTURE, mug))


async def test_pages_platforms_sorting(harness: BotHarness) -> None:
    """The buttons ask for the same picture again; 1688 sorts, and Taobao does not offer it."""
    await harness.shortcut(action_ids.SEARCH_PICTURE, await shared(harness, RED_DRESS))
    first_page = words(harness.private()[-1])
    assert "Cheapest" not in first_page + str(labels(harness))
    assert await harness.press("Next page") != first_page
    alone = await harness.press("1688")
    assert "Taobao · " in first_page
    assert "Taobao · " not in alone
    cheapest = await harness.press("Cheapest")
    prices = [float(price) for price in re.findall(r"¥([0-9.]+)", cheapest)]
    assert prices == sorted(prices)
    assert len(prices) > 3
    await harness.press("Taobao")
    assert "Cheapest" not in labels(harness)
    asked = [request.body for request in harness.pandapon.requests if request.path == SEARCH]
    assert asked[-1]["sort"] == '{"price":"asc"}'


async def test_the_form(harness: BotHarness) -> None:
    """The command opens it; a picture is uploaded, a platform chosen; the results stand in its next page."""
    view = await opened(harness)
    chosen = {"platform": {"value": {"selected_option": {"value": "1688"}}}}
    assert (await harness.slack.submit("mei", view, uploads(harness, RED_DRESS) | chosen)).ok
    await harness.until(lambda: "红色连衣裙" in page(harness, view))
    assert check_view(sent(harness, view)) == []
    assert "Details 1" in page(harness, view)
    assert {request.path for request in harness.pandapon.requests if "image" in request.path} == {SEARCH}


async def test_the_form_of_one_platform_and_of_the_button(harness: BotHarness) -> None:
    """The command's platform is chosen already; the answer's button opens the form anew."""
    view = await opened(harness, "/panda 找图 --taobao")
    assert '"initial_option": {"text": {"type": "plain_text", "text": "Taobao"' in page(harness, view)
    message, action = harness.button("Open the form again", "mei", "#orders")
    before = set(harness.slack.workspace.views)
    assert (await harness.slack.press("mei", message, action)).ok
    await harness.until(lambda: set(harness.slack.workspace.views) != before)


async def test_a_form_that_slack_does_not_open(harness: BotHarness) -> None:
    """The answer offers its button, and nothing is lost."""
    harness.slack.faults.plan(Fault("views.open", error="expired_trigger_id"))
    assert "Which picture?" in await harness.ask("/panda picture")
    assert "Choose a picture…" in labels(harness)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7", "is not a picture that I can read"), (b"", "is empty"), (bytes(6_000_000), "is too large")],
)
async def test_a_file_that_is_no_picture_is_marked_in_the_form(
    harness: BotHarness, content: bytes, sentence: str
) -> None:
    """The sentence stands at the field, and the form stays."""
    view = await opened(harness)
    ack = await harness.slack.submit("mei", view, uploads(harness, content))
    assert sentence in ack.payload["errors"]["picture"]
    ack = await harness.slack.submit("mei", view, {"picture": {"value": {"files": []}}})
    assert ack.payload["errors"] == {"picture": "Choose a picture."}
    assert harness.pandapon.count("image") == 0


async def test_several_pictures(harness: BotHarness) -> None:
    """The person chooses. What is chosen is looked up by an opaque id, and is theirs alone."""
    message = await shared(harness, RED_DRESS, pictures.draw("mug", "blue"))
    answer = await harness.shortcut(action_ids.SEARCH_PICTURE, message)
    assert "2 pictures in that message. Which one?" in answer
    value = next(
        block["accessory"]["value"] for block in reversed(harness.private()[-1].blocks) if "accessory" in block
    )
    assert "蓝色陶瓷马克杯" in first_title(await harness.press("Search picture 2"))
    refused = await forged.answered(harness, forged.press(harness, "show:1", value, user="tom"), user="tom")
    assert "belongs to somebody else" in refused


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("picture x", "older version"),
        ("picture F000000001", "older version"),
        ("picture http://169.254.169.254/latest", "older version"),
        (f"picture {'A' * 24}.1", "too old"),
        (f"picture {'A' * 24}.0", "older version"),
        (f"picture {'A' * 24}.1 --taobao --sort price", "older version"),
    ],
)
async def test_a_forged_picture(harness: BotHarness, value: str, sentence: str) -> None:
    """A button's value is read as if a stranger had sent it: no file and no address of their choice is fetched."""
    answer = await forged.answered(harness, forged.press(harness, "show:1", value))
    assert sentence in answer
    assert [call.method for call in harness.slack.calls if call.method.startswith("files")] == []


async def test_a_number_beyond_the_files(harness: BotHarness) -> None:
    """The id is right, and there is no such picture."""
    await harness.shortcut(action_ids.SEARCH_PICTURE, await shared(harness, RED_DRESS))
    flow = re.search(r"[A-Za-z0-9_-]{24}(?=\.1)", json.dumps(harness.private()[-1].blocks))
    assert flow
    answer = await forged.answered(harness, forged.press(harness, "show:1", f"picture {flow[0]}.2"))
    assert "too old" in answer


async def test_no_picture(harness: BotHarness) -> None:
    """Words, a file that is no picture, a link to a page: one sentence, with the way to upload one."""
    document = harness.slack.web_api.files.keep("U0TOM00002", "list.pdf", b"%PDF")
    for message in (
        await harness.say("nothing here"),
        await harness.say("<https://example.com/page.html> and <https://example.com/png>"),
        await harness.slack.say("tom", "orders", "see", files=[document]),
    ):
        assert "There is no picture in that message" in await harness.shortcut(action_ids.SEARCH_PICTURE, message)


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "image", "image_url": "http://169.254.169.254/latest/a.png", "alt_text": "a"}],
        [{"type": "image", "image_url": "https://localhost/a.png", "alt_text": "a"}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": INTERNAL}],
    ],
)  # fmt: skip
async def test_an_internal_address_in_a_message(harness: BotHarness, blocks: list[dict[str, Any]]) -> None:
    """Whoever writes a message chooses the address; none that is not public is opened."""
    message = await harness.slack.say("tom", "orders", "look", blocks=blocks)
    answer = await harness.shortcut(action_ids.SEARCH_PICTURE, message)
    assert "I open only links to public web pages" in answer
    assert harness.pandapon.count("/img/") == 0


async def test_a_picture_behind_a_link(harness: BotHarness) -> None:
    """In a preview, in a block, in the text, and typed: the picture is fetched and searched by."""
    address = f"{PICTURES}/img/A001-1688-demo.png"
    preview = await harness.say("look at this shop")
    preview.attachments = [{"id": 1, "fallback": "dress", "image_url": address, "title": "A dress"}]
    block = [{"type": "image", "image_url": address, "alt_text": "dress"}]
    for message in (
        preview,
        await harness.slack.say("tom", "orders", "block", blocks=block),
        await harness.say(f"<{address}?x=1&amp;y=2>"),
    ):
        assert "白色连衣裙" in first_title(await harness.shortcut(action_ids.SEARCH_PICTURE, message))
    assert "白色连衣裙" in first_title(await harness.ask(f"/panda picture {address}"))


async def test_a_link_that_cannot_be_opened(harness: BotHarness) -> None:
    """Nobody answers under that name, or not with a picture, or with none at all."""
    assert "couldn't open the link" in await harness.ask("/panda picture https://nobody.example.com/a.png")
    assert "couldn't open the link" in await harness.ask(f"/panda picture {PICTURES}/pay/1")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("/panda picture 红色连衣裙", "is not a link to a picture"),
        ("/panda picture http://127.0.0.1/a.png", "is not a link to a picture"),
        ("/panda picture https://a.example.com/a.png b", "is not a link to a picture"),
        ("/panda picture https://a.example.com/a.png --taobao --sort price", "Taobao can neither sort"),
        ("/panda picture --colour red", "no option"),
    ],
)
async def test_what_is_no_link_is_a_sentence(harness: BotHarness, typed: str, sentence: str) -> None:
    """With the command that was probably meant."""
    assert sentence in await harness.ask(typed)


async def test_a_file_of_a_channel_without_the_bot(harness: BotHarness) -> None:
    """Slack does not show it; the sentence says what to do."""
    message = await shared(harness, RED_DRESS, channel="random")
    answer = await harness._answered(
        lambda: harness.slack.shortcut("mei", message, action_ids.SEARCH_PICTURE), "mei", "random"
    )
    assert "Invite me" in answer


async def test_without_the_scope(harness: BotHarness) -> None:
    """An installation of before: Slack's page for signing in is explained, and nothing is searched."""
    harness.slack.web_api.scopes -= {"files:read"}
    answer = await harness.shortcut(action_ids.SEARCH_PICTURE, await shared(harness, RED_DRESS))
    assert "permission files:read" in answer
    assert harness.pandapon.count("image") == 0


async def test_taobao_without_its_path(tmp_path: Path) -> None:
    """Nobody has published it: 1688's results stand, with the setting's name; Taobao alone is refused with it."""
    async with running(tmp_path) as harness:
        harness.pandapon.pictures = PICTURES
        answer = await harness.shortcut(action_ids.SEARCH_PICTURE, await shared(harness, RED_DRESS))
        assert "红色连衣裙" in first_title(answer)
        assert "PANDAPON_PATHS" in answer
        assert "PANDAPON_PATHS" in await harness.press("Taobao")


async def test_pandapon_refuses_a_picture(harness: BotHarness) -> None:
    """Its words are shown: this stand-in takes PNG alone."""
    gif = await shared(harness, b"GIF89a and more", name="a.gif")
    assert "沙箱仅支持 PNG" in await harness.shortcut(action_ids.SEARCH_PICTURE, gif)


async def test_a_hostile_name(harness: BotHarness) -> None:
    """A file's name and a picture's description notify nobody and link nowhere."""
    evil = "<!channel> <@U0TOM00002> *b* https://evil.example .png"
    message = await shared(harness, RED_DRESS, b"%PDF", name=evil, mimetype="image/png")
    await harness.shortcut(action_ids.SEARCH_PICTURE, message)
    shown = words(harness.private()[-1]) + await harness.press("Search picture 2")
    assert not re.search(r"<[!@]|https://evil", shown)


@pytest.mark.parametrize(
    "request_",
    [
        SearchPicture(),
        SearchPicture("https://a.example.com/a.png?x=1&y='2'"),
        SearchPicture(f"{'A-_' * 8}.9", Platform.ALIBABA, 3, "-price"),
        SearchPicture("https://a.example.com/a.png", Platform.TAOBAO, 2),
    ],
)
async def test_a_request_is_read_back(harness: BotHarness, request_: SearchPicture) -> None:
    """The text that a button carries is the same request."""
    assert harness.bot is not None
    assert harness.bot.context.commands.read(request_.command()) == request_


def labels(harness: BotHarness) -> list[str]:
    """The labels of the buttons of the newest private message."""
    rows = [block for block in harness.private()[-1].blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]
