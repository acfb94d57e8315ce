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
# The places of the parts that show something in colours or surroundings in which none before them does. What axe judges
# by stands here for each element and for all around it: whether its text counts, the styles as computed, whichever rule
# they come from, whether words stand beside a link, and whether it sticks out onto the ground of another.
PARTS = "main > section, main > nav li"
KINDS = """(parts) => {
  const styles = ["color", "backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode", "textShadow",
    "textDecorationLine", "borderBottomStyle", "fontSize", "fontWeight", "display", "visibility", "position"];
  const attributes = ["class", "style", "type", "role", "href", "disabled", "aria-disabled", "open", "hidden"];
  const letters = (text) => Math.min(2, (text.match(/[\\p{L}\\p{N}]/gu) ?? []).length);
  const own = (one) => [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("");
  const given = (one, name) => (name === "href" ? one.hasAttribute(name) : one.getAttribute(name));
  const isAmongWords = (link) => {
    let block = link.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const rest = block.cloneNode(true);
    rest.querySelectorAll("a").forEach((other) => other.remove());
    return letters(rest.textContent) > 0;
  };
  const sticksOut = (one, parent) => {
    const inner = one.getBoundingClientRect(), outer = parent.getBoundingClientRect();
    return inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1
      || inner.bottom > outer.bottom + 1;
  };
  const seen = new Map();
  let isNew = false;
  const look = (one, around) => {
    const computed = getComputedStyle(one);
    const kind = JSON.stringify([around, one.tagName, ...attributes.map((name) => given(one, name)),
      ...styles.map((name) => computed[name]), letters(own(one)), sticksOut(one, one.parentElement),
      one.tagName === "A" && isAmongWords(one)]);
    isNew ||= !seen.has(kind);
    if (!seen.has(kind)) seen.set(kind, seen.size);
    for (const child of one.children) look(child, seen.get(kind));
  };
  return [...document.querySelectorAll(parts)].flatMap((part, at) => {
    isNew = false;
    look(part, -1);
    return isNew ? [at] : [];
  });
}"""
KEEP = """([parts, kept]) => document.querySelectorAll(parts).forEach((one, at) => kept.includes(at) || one.remove())"""
PALE = "@media (prefers-color-scheme: dark) { #message-300 .bk-text { color: #333; } }"
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
        await leave_one_of_each_kind(page)
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


async def test_what_one_message_alone_shows_is_looked_at(browser: Browser, drawn: Path) -> None:
    """Words that a rule makes pale in one message and one scheme; nearly all messages are of the same kinds."""
    page = await browser.new_page(color_scheme="light")
    try:
        await page.goto(drawn.as_uri())
        await page.add_style_tag(content=PALE)
        await leave_one_of_each_kind(page)
        assert await page.locator("main > section").count() < len(catalogue()) / 4
        await page.emulate_media(color_scheme="dark")
        [(rule, nodes)] = await serious(page, COLOURS_ALONE)
        assert (rule, len(nodes) > 0) == ("color-contrast", True)
    finally:
        await page.close()


async def leave_one_of_each_kind(page: Page) -> None:
    """Drop the messages in which axe's rules on colours have nothing to judge that they have not in an earlier one."""
    await page.evaluate(IN_ENGLISH)
    kept: set[int] = set()
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        kept.update(await page.evaluate(KINDS, PARTS))
    await page.evaluate(KEEP, [PARTS, sorted(kept)])


async def serious(page: Page, options: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The rules with a serious violation, each with its first nodes."""
    problems = await violations(page, options)
    return [
        (violation["id"], [node["html"] for node in violation["nodes"]][:3])
        for violation in problems
        if violation["impact"] in SERIOUS
    ]


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
