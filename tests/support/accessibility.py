"""Checks a page with axe-core for what keeps people from using it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from playwright.async_api import Page

SERIOUS = {"serious", "critical"}
COLOURS = ["color-contrast", "link-in-text-block"]
ALL_BUT_COLOURS = {"rules": {rule: {"enabled": False} for rule in COLOURS}}
COLOURS_ALONE = {"runOnly": COLOURS}


async def violations(page: Page, options: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the violations of axe's rules on a page. ``options``: see ``axe.run``.

    Nodes that pass are not listed: finding their selectors takes axe four times as long as the rules.
    """
    results = await Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    return list(results.response["violations"])
