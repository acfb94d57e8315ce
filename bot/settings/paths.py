"""Paths from the settings. No shell expands them, so ``~`` is expanded here, and a ``$`` is refused."""

from __future__ import annotations

from pathlib import Path


def path_of(written: str | Path) -> Path:
    """Return the path without blanks at its ends, with ``~`` as the home folder. Raises ValueError."""
    text = str(written).strip()
    if not text:
        raise ValueError("must name a file or a folder")
    if "$" in text:
        raise ValueError("must be a path without $, since no shell replaces that here; ~ is the home folder")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("begins with ~, and there is no such home folder: write the whole path") from None
