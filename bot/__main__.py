"""`python -m bot` is `pandabot`."""

from __future__ import annotations

import io
import sys

from bot.process.garbage import collect_seldom

# httpx imports its own command line, with all of rich and pygments, wherever they are installed. None stands for a
# module that cannot be imported, and httpx has a way without it.
NEEDLESS = "httpx._main"


def main() -> None:
    """The console script."""
    collect_seldom()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # couriers' words, on a terminal that has no Chinese
    sys.modules[NEEDLESS] = None  # type: ignore[assignment]  # the import system takes it so
    from bot.cli import main  # noqa: PLC0415  what it imports is most of the start

    main()


if __name__ == "__main__":
    main()
