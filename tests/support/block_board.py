"""A page with nothing but the Block Kit renderer: it draws blocks, and reports visible text, state and actions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from support.patience import PATIENCE_MS

import sandbox.web

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Locator, Page

Json = dict[str, Any]

STATIC = Path(sandbox.web.__file__).parent / "static"
NOW = 1_779_264_000  # 20 May 2026, 08:00 UTC
USERS = {"U1": {"name": "mei", "real_name": "Mei Lin"}, "U2": {"name": "tom", "real_name": "Tom Weber"}}
CHANNELS = {"C1": {"name": "orders"}, "C2": {"name": "urgent"}}

_HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blocks</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/style/base.css">
<link rel="stylesheet" href="/static/style/blocks.css"></head>
<body style="overflow: auto"><main><h1>Blocks</h1><h2>One message</h2><div id="root"></div></main></body></html>"""

_DRAW = """async ({ blocks, mrkdwn, context, answers, now }) => {
  const { renderBlocks, renderMrkdwn, readState, showErrors } = await import("/static/blocks/index.js");
  const root = document.getElementById("root");
  window.acts = [];
  window.asked = [];
  const whole = {
    ...context,
    now: () => new Date(now * 1000),
    act: (action) => window.acts.push(action),
    options: async (...question) => { window.asked.push(question); return answers; },
  };
  window.state = () => readState(root);
  window.errors = (found) => showErrors(root, found);
  root.replaceChildren(mrkdwn === null ? renderBlocks(blocks, whole) : renderMrkdwn(mrkdwn, whole));
}"""


async def _html(_: web.Request) -> web.Response:
    return web.Response(text=_HTML, content_type="text/html")


def app() -> web.Application:
    """Serves the page and the demo's static files."""
    made = web.Application()
    made.router.add_get("/", _html)
    made.router.add_static("/static", STATIC)
    return made


class Board:
    """The page. Each drawing may set the reader's time zone and locale."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root: Locator = page.locator("#root")
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda dialog: self.problems.append(f"a script ran: {dialog.message}"))

    async def draw(self, *blocks: Json, answers: Sequence[Json] = (), **context: Any) -> str:
        """Draw blocks; return the visible text."""
        return await self._draw({"blocks": list(blocks), "mrkdwn": None}, answers, context)

    async def write(self, mrkdwn: str, **context: Any) -> str:
        """Draw a mrkdwn text; return the visible text."""
        return await self._draw({"blocks": [], "mrkdwn": mrkdwn}, (), context)

    async def markup(self, mrkdwn: str) -> str:
        """Draw a mrkdwn text; return its markup."""
        await self.write(mrkdwn)
        return await self.root.inner_html()

    async def state(self) -> Json:
        """Return typed and chosen values, in Slack's shape."""
        state: Json = await self.page.evaluate("window.state()")
        return state

    async def sent(self, count: int = 0) -> list[Json]:
        """Wait for ``count`` actions since the last drawing, and return all of them."""
        await self.page.wait_for_function("count => window.acts.length >= count", arg=count, timeout=PATIENCE_MS)
        acts: list[Json] = await self.page.evaluate("window.acts")
        return acts

    async def asked(self) -> list[list[str]]:
        """Return the requests for options since the last drawing."""
        questions: list[list[str]] = await self.page.evaluate("window.asked")
        return questions

    async def show_errors(self, errors: dict[str, str]) -> None:
        await self.page.evaluate("errors => window.errors(errors)", errors)

    async def _draw(self, content: Json, answers: Sequence[Json], context: Json) -> str:
        now = context.pop("now", NOW)
        told = {
            "users": USERS,
            "channels": CHANNELS,
            "locale": "en-GB",
            "timeZone": "Asia/Shanghai",
            "surface": "message",
        } | context
        await self.page.evaluate(_DRAW, {**content, "context": told, "answers": list(answers), "now": now})
        text = await self.root.inner_text()
        assert self.problems == []
        return text
