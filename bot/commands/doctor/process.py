"""The parts about the machine, the settings, and the process that runs here."""

from __future__ import annotations

import platform
import re
import sqlite3
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_origin

import aiohttp
from pydantic import SecretStr

from bot.process.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Shared

SECONDS = 3.0  # for each question to the running bot
LIBRARIES = (
    "slack-bolt",
    "slack-sdk",
    "httpx",
    "apscheduler",
    "sqlite-utils",
    "pydantic",
    "aiohttp",
    "babel",
    "psycopg",
)
HARMLESS = frozenset({"stall_rest"})  # free-text settings that cannot name a person, a team or a machine


def machine() -> Iterator[tuple[str, object]]:
    """Yield the versions."""
    yield "pandabot", VERSION
    yield "Python", f"{platform.python_implementation()} {platform.python_version()} ({sys.platform})"
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "SQLite", sqlite3.sqlite_version
    versions = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version for each in distributions()}
    for name in LIBRARIES:
        yield name, versions.get(name, "not installed")


def given_settings(settings: Shared) -> Iterator[tuple[str, object]]:
    """Yield the names of all settings that were given, with their values only if they are no secret and name nobody."""
    for name, declared in type(settings).model_fields.items():
        value = getattr(settings, name)
        if value is not None and value != declared.get_default(call_default_factory=True):
            is_choice = get_origin(declared.annotation) is Literal or name in HARMLESS
            yield name.upper(), value if is_choice else _shown(value)


def _shown(value: Any) -> object:
    """Return a number, a switch or a choice as it is. Free text may name somebody, so it only counts as given."""
    if isinstance(value, SecretStr):
        return f"given, {len(value.get_secret_value())} characters"
    if type(value) is str:  # free text; a choice would be a member of an enum
        return f"given, {len(value.split(','))} entries" if "," in value else "given"
    return "given" if isinstance(value, Path) else value


async def running(settings: Shared) -> str:
    """Return the answers of ``/readyz`` and ``/metrics`` of a bot that runs here."""
    host = "127.0.0.1" if settings.http_host in {"0.0.0.0", "::"} else settings.http_host  # noqa: S104  where it listens
    base = f"http://{host}:{settings.http_port}"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
            texts = []
            for path in ("/readyz", "/metrics"):
                async with session.get(base + path) as answer:
                    lines = (await answer.text()).splitlines()
                    texts.append("\n".join(line for line in lines if not line.startswith("#")))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return f"No bot answers at {base}: {type(error).__name__}."
    return "```\n" + "\n\n".join(texts) + "\n```"
