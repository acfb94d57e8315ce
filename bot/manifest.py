"""The Slack app manifest: the one list of commands, shortcuts, scopes and events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
# Beside this package in a wheel, at the top of the tree in a checkout.
PLACES = (HERE / "manifest.yml", HERE.parent / "manifest.yml")


def read() -> dict[str, Any]:
    """The manifest as data. Raises FileNotFoundError when the installation lacks it."""
    for place in PLACES:
        if place.is_file():
            manifest: dict[str, Any] = yaml.safe_load(place.read_text(encoding="utf-8"))
            return manifest
    raise FileNotFoundError("manifest.yml is not part of this installation")


def scopes() -> frozenset[str]:
    """The bot scopes that the app asks for."""
    return frozenset(read()["oauth_config"]["scopes"]["bot"])


def commands() -> list[dict[str, str]]:
    """The slash commands with their description and usage hint."""
    return list(read()["features"]["slash_commands"])
