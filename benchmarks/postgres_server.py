"""A private PostgreSQL server in a temporary folder, for benchmarks and tests; it needs no rights elsewhere."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
COMMON = """
listen_addresses = ''
max_connections = 300
"""


class PrivateServer:
    """A server that runs until it is removed, reached by a socket in its folder."""

    def __init__(self, programs: Path, configuration: str = "") -> None:
        """``configuration``: further lines of postgresql.conf."""
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pandabot-postgres-"))
        self.user = _unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.data), "-U", "pandabot", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{COMMON}{configuration}\nunix_socket_directories = '{self.folder}'\n")
        self.start()

    @property
    def data(self) -> Path:
        """The folder of its files."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The address of its first database."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The address of a database on this server."""
        return f"postgresql://pandabot@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; ``immediate``: like a crash."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603  its programs are those of the system's package
            [str(self._programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            user=self.user or None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )


def _unprivileged() -> str:
    """Return the user to run the server as, since it refuses to run as root; empty: the present user."""
    if os.geteuid():
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, of the newest version; None: PostgreSQL is not installed."""
    places = sorted(place for pattern in PLACES for place in Path("/").glob(pattern.removeprefix("/")))
    if initdb := shutil.which("initdb"):
        places.append(Path(initdb).resolve().parent)
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)
