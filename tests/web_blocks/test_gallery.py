"""The gallery: every message in every language on one page that needs nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from support import gallery, readme_pictures
from support.accessibility import ALL_BUT_COLOURS, COLOURS_ALONE, SERIOUS, violations
from support.message_catalogue import catalogue

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

DOCS = Path(__file__).parents[2] / "docs"
IN_ENGLISH = "() => document.querySelectorAll('.languages > :not([lang=en-US])').forEach((text) => text.remove())"
BROKEN = """() => {
  const section = document.querySelector("main > section");
  section.innerHTML = "<button></button><p class=\'pale\'>These words are pale.</p>";
  document.querySelector("main").replaceChildren(section);
  document.head.insertAdjacentHTML("beforeend",
    "<style>@media (prefers-color-scheme: dark) { .pale { background: #222; color: #333; } }</style>");
}"""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def drawn(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery's file. It is the same for all tests, and drawing it takes long."""
    return await gallery.write(browser, tmp_path_factory.mktemp("gallery"))


async def test_every_message_in_every_language(browser: Browser, drawn: Path) -> None:
    """Each message of the catalogue is there in each language, and the file asks for nothing from elsewhere."""
    names = catalogue().keys()
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        await page.goto(drawn.as_uri())
        assert await page.locator("main h2").all_text_contents() == list(names)
        for locale in ("en-US", "zh-CN", "th-TH"):
            texts = page.locator(f".languages > [lang='{locale}']")
            assert await texts.count() == len(names)
            empty = await texts.evaluate_all("all => all.filter((one) => one.children.length < 2).length")
            assert empty == 0
        assert await page.get_by_text("Unsupported").count() == 0
        assert await page.locator("[lang='th-TH'] .bk-button").first.text_content() not in {None, ""}
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    finally:
        await page.close()


async def test_no_serious_violation(browser: Browser, drawn: Path) -> None:
    """axe-core finds nothing serious in any message; in light and in dark, which are the same in every language."""
    page = await browser.new_page(color_scheme="light")
    try:
        await page.goto(drawn.as_uri())
        assert await serious(page, ALL_BUT_COLOURS) == []
        await page.evaluate(IN_ENGLISH)
        assert await serious(page, COLOURS_ALONE) == []
        await page.emulate_media(color_scheme="dark")
        assert await serious(page, COLOURS_ALONE) == []
    finally:
        await page.close()


async def test_what_a_reader_could_not_use_is_found(browser: Browser, drawn: Path) -> None:
    """A button without a name, and words in the colour of their ground in one scheme alone."""
    page = await browser.new_page(color_scheme="light")
    try:
        await page.goto(drawn.as_uri())
        await page.evaluate(BROKEN)
        assert [rule for rule, _ in await serious(page, ALL_BUT_COLOURS)] == ["button-name"]
        assert await serious(page, COLOURS_ALONE) == []
        await page.emulate_media(color_scheme="dark")
        assert [rule for rule, _ in await serious(page, COLOURS_ALONE)] == ["color-contrast"]
    finally:
        await page.close()


async def serious(page: Page, options: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The rules with a serious violation, each with its first nodes."""
    found = await violations(page, options)
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found if one["impact"] in SERIOUS]


# --- the README's pictures --------------------------------------------------------------------------------------------


async def test_the_pictures_in_the_readme_are_current() -> None:
    """The terminal's picture byte for byte, the page's by the messages it was drawn from. `make gallery` draws them."""
    assert (DOCS / "demo.svg").read_text(encoding="utf-8") == readme_pictures.terminal()
    assert readme_pictures.stamp((DOCS / "demo.png").read_bytes()) == readme_pictures.digest()


async def test_the_pictures_are_drawn_from_the_gallery(browser: Browser, tmp_path: Path) -> None:
    """A PNG that carries its digest, and a picture that needs nothing from elsewhere."""
    png, svg = await gallery.illustrate(browser, tmp_path)
    picture = png.read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert readme_pictures.stamp(picture) == readme_pictures.digest()
    words = "".join(ET.fromstring(svg.read_text(encoding="utf-8")).itertext())  # noqa: S314  written a moment ago
    assert "Pick it up by" in words.replace("\u00a0", " ")
    assert set(readme_pictures.blocks()) < set(catalogue())
    assert not re.search(r"font-face|url\(h|cdn", svg.read_text(encoding="utf-8"))
