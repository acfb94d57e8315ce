"""Makes the databases in ``tests/storage/databases``: each by the bot of that version, between both stand-ins.

Not run by the tests. At a release, a maintainer runs it in a checkout with complete history::

    PYTHONPATH=tests .venv/bin/python -m support.make_old_database            # of HEAD
    PYTHONPATH=tests .venv/bin/python -m support.make_old_database COMMIT …

It builds each version from its own hashed lock in a folder (``--folder`` keeps it for the next time) and lets its bot
go through the events of :mod:`support.old_bot_life`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from support.old_bot_life import Version, run_version
from support.old_database import FILES, pack

ROOT = Path(__file__).resolve().parents[2]
MIGRATION = re.compile(r'name="(\d{4})_')
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r")


def git(*arguments: str) -> bytes:
    """Return what git prints. Raises CalledProcessError."""
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True).stdout  # noqa: S603, S607  by hand


def build(commit: str, folder: Path) -> Version:
    """Check a version out, and install its packages; one environment serves all versions with the same lock."""
    commit = git("rev-parse", "--short=7", commit).decode().strip()
    checkout = folder / commit
    checkout.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "x", "-C", checkout], input=git("archive", commit), check=True)  # noqa: S603, S607  by hand
    lock = checkout / "requirements.lock"
    environment = folder / f"venv-{hashlib.sha256(lock.read_bytes()).hexdigest()[:8]}"
    python = environment / "bin" / "python"
    if not (environment / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)  # noqa: S603  by hand
        subprocess.run([python, *PIP, lock], check=True)  # noqa: S603  by hand
        (environment / ".complete").touch()
    texts = [path.read_text() for path in sorted((checkout / "storage").rglob("*.py")) if "migrations" in str(path)]
    newest = max(number for text in texts for number in MIGRATION.findall(text))
    return Version(commit, int(newest), checkout, python)


def make(commit: str, folder: Path) -> None:
    """Make the files of one version."""
    version = build(commit, folder)
    with tempfile.TemporaryDirectory() as data:
        database, conversations = asyncio.run(run_version(version, Path(data)))
    for path in (FILES / f"{version.name}.sql.xz", FILES / f"{version.name}.slack.json.xz"):
        pack(path, database if path.name.endswith(".sql.xz") else conversations)
        print(path.name, path.stat().st_size)  # noqa: T201  a maintainer reads it


def main() -> None:
    """Make the files of the named commits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commits", nargs="*", default=["HEAD"])
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for commit in chosen.commits:
            make(commit, chosen.folder or Path(temporary))


if __name__ == "__main__":
    main()
