"""Draws every message of the bot in every language on one HTML page, with the renderer of the demo's page.

``make gallery`` writes it to ``gallery/index.html``, which needs no server and no script. It fetches nothing from
other hosts: products have the pictures that the demo draws. It also draws the README's pictures from some entries.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp.test_utils import TestServer
from support import block_board, readme_pictures
from support.chromium import chromium
from support.message_catalogue import catalogue

from handlers.blocks.i18n import LANGUAGES, use_language
from sandbox.pandapon import pictures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

Json = dict[str, Any]

# The reader of each language: locale and time zone.
READERS = {"en": ("en-US", "Europe/Berlin"), "zh_CN": ("zh-CN", "Asia/Shanghai"), "th": ("th-TH", "Asia/Bangkok")}
STYLE = """
html, body { height: auto; }
body { overflow: visible; padding: 16px 24px; }
main > section { margin: 24px 0; }
.languages { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; margin-top: 8px; }
.languages > div { min-width: 0; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; }
nav { columns: 4 220px; font-size: 13px; }
@media (max-width: 1000px) { .languages { grid-template-columns: minmax(0, 1fr); } }
"""
DRAW = """async ({ messages, languages, readers, style, now, picture }) => {
  const { renderBlocks } = await import("/static/blocks/index.js");
  const element = (tag, props, ...children) => {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children);
    return made;
  };
  document.title = "Every message of pandabot";
  const names = Object.keys(messages[languages[0][0]]);
  const context = (code) => ({ users: {}, channels: {}, locale: readers[code][0], timeZone: readers[code][1],
    surface: "message", heading: 3, now: () => now * 1000, act: () => {}, options: async () => [] });
  const drawn = ([code, name], key) => element("div", { lang: readers[code][0], title: name },
    element("small", {}, name), renderBlocks(messages[code][key], context(code)));
  const sections = names.map((key, at) => element("section", { id: `message-${at}` }, element("h2", {}, key),
    element("div", { className: "languages" }, ...languages.map((language) => drawn(language, key)))));
  const links = names.map((key, at) => element("li", {}, element("a", { href: `#message-${at}` }, key)));
  const contents = element("nav", { ariaLabel: "Messages" }, element("ul", {}, ...links));
  document.querySelector("main").replaceChildren(element("h1", {}, document.title), contents, ...sections);
  for (const image of document.images) image.src = picture;
  for (const link of document.querySelectorAll("link")) link.remove();
  for (const script of document.querySelectorAll("script")) script.remove();
  document.head.append(element("style", {}, style));
}"""


async def draw(page: Page) -> str:
    """Draw the gallery on a page of :mod:`support.block_board`. Returns it as one HTML document."""
    messages = {}
    for code, _name in LANGUAGES:
        with use_language(code):
            messages[code] = catalogue()
    sheets = [block_board.STATIC / "style" / f"{name}.css" for name in ("base", "blocks")]
    picture = base64.b64encode(pictures.draw("dress", "red")).decode()
    setting: Json = {
        "messages": messages,
        "languages": LANGUAGES,
        "readers": READERS,
        "style": "\n".join([*(sheet.read_text(encoding="utf-8") for sheet in sheets), STYLE]),
        "now": block_board.NOW,
        "picture": f"data:image/png;base64,{picture}",
    }
    await page.evaluate(DRAW, setting)
    await page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    return await page.content()


@contextlib.asynccontextmanager
async def board(browser: Browser) -> AsyncIterator[Page]:
    """A page of :mod:`support.block_board` that fetches nothing from other hosts: their pictures are replaced."""
    async with TestServer(block_board.app()) as server:
        page = await browser.new_page()
        ours = str(server.make_url("/"))
        await page.route(lambda address: not address.startswith((ours, "data:")), lambda route: route.abort())
        await page.goto(ours)
        yield page
        await page.close()


async def write(browser: Browser, folder: Path) -> Path:
    """Write the gallery into a folder, and return its file."""
    async with board(browser) as page:
        document = await draw(page)
    return _kept(folder / "index.html", document.encode())


async def illustrate(browser: Browser, folder: Path) -> tuple[Path, Path]:
    """Write the README's pictures into a folder, and return their files."""
    async with board(browser) as page:
        drawn = await readme_pictures.channel(page)
    return _kept(folder / "demo.png", drawn), _kept(folder / "demo.svg", readme_pictures.terminal().encode())


def _kept(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


async def main(folder: str, documents: str) -> None:
    """Write the gallery and the README's pictures, and say where they are."""
    async with chromium() as browser:
        path = await write(browser, Path(folder))
        drawn = await illustrate(browser, Path(documents))
    sys.stdout.write(f"Every message in every language: {path}\nThe README's pictures: {drawn[0]}, {drawn[1]}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
