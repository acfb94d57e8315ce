"""The roles of a process: which part of the work it does. On PostgreSQL any number of processes share it."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings, Shared


class Role(StrEnum):
    """A part of the work. A process without a role starts nothing of it."""

    WEB = "web"  # takes Slack's requests and PandaPon's pushes, answers people, and sends the posts that it queued
    POLL = "poll"  # reads orders that are due
    SEND = "send"  # posts to Slack
    JOBS = "jobs"  # everything periodic: alarms, digests, order lists, unclear writes, pruning


ALL = frozenset(Role)


def parse(text: str) -> frozenset[Role]:
    """Read comma-separated roles. Raises ValueError with a sentence for a person."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [role.value for role in Role]
    if wrong := next((name for name in names if name not in known), None):
        raise ValueError(f"there is no role {wrong!r}; the roles are {', '.join(known)}")
    if not names:
        raise ValueError(f"a process needs a role; the roles are {', '.join(known)}")
    return frozenset(Role(name) for name in names)


@dataclass(frozen=True, slots=True)
class Part:
    """This process's part of the work. ``worker``: its name on leases. ``shares``: other processes may work, too."""

    roles: frozenset[Role] = ALL
    worker: str = ""
    shares: bool = False

    @property
    def sends(self) -> bool:
        """Whether this process posts to Slack. One that answers people does, so that their cards are posted at once."""
        return bool(self.roles & {Role.SEND, Role.WEB})


def part_of(settings: Settings, roles: frozenset[Role]) -> Part:
    """Return what a process with these roles does. Raises ValueError where SQLite would have to share its file."""
    shares = settings.database_file is None
    if not shares and roles != ALL:
        raise ValueError("a SQLite file takes one process, which has all roles: leave --roles out, or use PostgreSQL")
    return Part(roles, name_of_process(settings) if shares else settings.worker, shares)


def name_of_process(settings: Shared) -> str:
    """Return the name that the settings give this process, else a new one, which no lease of a former process bears."""
    return settings.worker or f"{socket.gethostname()}-{secrets.token_hex(4)}"
