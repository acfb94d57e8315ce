"""The Slack app manifest: the one list of commands, shortcuts, scopes and events."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

PACKAGE = Path(__file__).resolve().parents[1]
CREATE_APP = "https://api.slack.com/apps?new_app=1&manifest_json="
_LINK = re.compile(re.escape(CREATE_APP) + r"[A-Za-z0-9%._~-]*")
# Beside this package in a wheel, at the top of the tree in a checkout.
PLACES = (PACKAGE / "manifest.yml", PACKAGE.parent / "manifest.yml")
# libyaml's loader takes a tenth of the time; not every installation has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read() -> dict[str, Any]:
    """Return the manifest as data. Raises FileNotFoundError when the installation lacks it."""
    for place in PLACES:
        if place.is_file():
            text = place.read_text(encoding="utf-8")
            manifest: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506  both are safe  # nosec B506
            return manifest
    raise FileNotFoundError("manifest.yml is not part of this installation")


def scopes() -> frozenset[str]:
    """Return the bot scopes that the app asks for."""
    return frozenset(read()["oauth_config"]["scopes"]["bot"])


def commands() -> list[dict[str, str]]:
    """Return the slash commands, each with its description and usage hint."""
    return list(read()["features"]["slash_commands"])


def create_app_link() -> str:
    """Return the address that opens Slack's "create an app" page with this manifest filled in."""
    text = json.dumps(read(), ensure_ascii=False, separators=(",", ":"))
    return f"{CREATE_APP}{quote(text, safe='')}"


def renew_link(document: Path) -> None:
    """Replace the link in a document by the present one."""
    text = document.read_text(encoding="utf-8")
    document.write_text(_LINK.sub(lambda _: create_app_link(), text), encoding="utf-8")


if __name__ == "__main__":  # python -m bot.commands.manifest README.md
    renew_link(Path(sys.argv[1]))
