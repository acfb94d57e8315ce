"""The gallery: every message in every language on one page that needs nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from support import gallery, readme_pictures
from support.message_catalogue import catalogue

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

DOCS = Path(__file__).parents[2] / "docs"
SERIOUS = {"serious", "critical"}
FETCHED = re.compile(r"""(?:src|href)="(?!data:|\#)[^"]*"|url\(|@import""")


async def test_every_message_in_every_language(browser: Browser, tmp_path: Path) -> None:
    """Each message of the catalogue is there in each language, and the file asks for nothing from elsewhere."""
    path = await gallery.write(browser, tmp_path)
    names = catalogue().keys()
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        await page.goto(path.as_uri())
        assert await page.locator("main h2").all_text_contents() == list(names)
        for locale in ("en-US", "zh-CN", "th-TH"):
            drawn = page.locator(f".languages > [lang='{locale}']")
            assert await drawn.count() == len(names)
            empty = await drawn.evaluate_all("all => all.filter((one) => one.children.length < 2).length")
            assert empty == 0
        assert await page.get_by_text("Unsupported").count() == 0
        assert await page.locator("[lang='th-TH'] .bk-button").first.text_content() not in {None, ""}
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    finally:
        await page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_serious_violation(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """axe-core finds nothing serious in any message, in light and in dark."""
    path = await gallery.write(browser, tmp_path)
    page = await browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    try:
        await page.goto(path.as_uri())
        found = (await Axe().run(page)).response["violations"]
    finally:
        await page.close()
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found if one["impact"] in SERIOUS] == []


# --- the README's pictures --------------------------------------------------------------------------------------------


async def test_the_pictures_in_the_readme_are_current() -> None:
    """The terminal's picture byte for byte, the page's by the messages it was drawn from. `make gallery` draws them."""
    assert (DOCS / "demo.svg").read_text(encoding="utf-8") == readme_pictures.terminal()
    assert readme_pictures.stamp((DOCS / "demo.png").read_bytes()) == readme_pictures.digest()


async def test_the_pictures_are_drawn_from_the_gallery(browser: Browser, tmp_path: Path) -> None:
    """A PNG that carries its digest, and a picture that needs nothing from elsewhere."""
    png, svg = await gallery.illustrate(browser, tmp_path)
    drawn = png.read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert readme_pictures.stamp(drawn) == readme_pictures.digest()
    words = "".join(ET.fromstring(svg.read_text(encoding="utf-8")).itertext())  # noqa: S314  written a moment ago
    assert "Pick it up by" in words.replace("\u00a0", " ")
    assert set(readme_pictures.blocks()) < set(catalogue())
    assert not re.search(r"font-face|url\(h|cdn", svg.read_text(encoding="utf-8"))
