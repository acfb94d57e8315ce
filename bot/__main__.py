"""`python -m bot` is `pandabot`."""

from __future__ import annotations

import io
import sys

from bot.process.garbage import collect_less_often

# `import httpx` also imports httpx's own command line, and with it all of rich and pygments where they are installed.
# None in sys.modules makes that import fail, and httpx then goes on without its command line.
HTTPX_COMMAND_LINE = "httpx._main"


def main() -> None:
    """The console script."""
    collect_less_often()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # couriers write Chinese, which some terminals cannot encode
    sys.modules[HTTPX_COMMAND_LINE] = None  # type: ignore[assignment]  # the import system allows None
    from bot.cli import main  # noqa: PLC0415  its imports take most of the start

    main()


if __name__ == "__main__":
    main()
