"""`python -m bot` is `pandabot`."""

from __future__ import annotations

from bot.process.garbage import collect_seldom


def main() -> None:
    """The console script."""
    collect_seldom()
    from bot.cli import main  # noqa: PLC0415  what it imports is most of the start

    main()


if __name__ == "__main__":
    main()
