"""Translation of every sentence that a person reads: gettext in the language of the current task."""

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
LANGUAGES = (("en", "English"), ("zh_CN", "简体中文"), ("th", "ไทย"))  # code, and the language's own name
LOCALE_DIR = Path(__file__).parent.parent / "locale"

# A context variable, not a global: two people with two languages are answered at the same time.
_language: ContextVar[str] = ContextVar("language", default="en")


def _(message: str) -> str:
    """The message in the current language. The caller fills in values with ``.format`` afterwards."""
    return _catalogue(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The plural form that the current language uses for ``n``. The caller fills in ``{n}``."""
    return _catalogue(_language.get()).ngettext(singular, plural, n)


def set_language(code: str) -> None:
    """Use this language from now on in the current task and in the tasks that it starts."""
    _language.set(code)


def language() -> str:
    """The code of the current language, e.g. ``zh_CN``."""
    return _language.get()


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Use this language inside the block, e.g. ``zh_CN``. A language without a catalogue falls back to English."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[code.replace("-", "_")], fallback=True)
