"""Every sentence a person reads passes here: gettext with the language of the current task."""

from __future__ import annotations

import gettext
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN = "pandabot"
LANGUAGES = (("en", "English"), ("zh_CN", "简体中文"))  # each in its own words
LOCALE_DIR = Path(__file__).parent.parent / "locale"

# A context variable, not a global: two people with two languages are answered at the same time.
_language: ContextVar[str] = ContextVar("language", default="en")


def _(message: str) -> str:
    """The message in the current language. Values are filled in afterwards, with ``.format``."""
    return _catalogue(_language.get()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The form that the current language uses for ``n``; ``{n}`` is still to be filled in."""
    return _catalogue(_language.get()).ngettext(one, many, n)


def set_language(code: str) -> None:
    """From now on this language in the current task and those that it starts."""
    _language.set(code)


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Answer in this language inside the block, e.g. ``zh_CN``; one without a catalogue falls back to English."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[code.replace("-", "_")], fallback=True)
