"""The rows of the shared tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation of the app. ``id``: the workspace's id, or the organisation's if it was installed for all of it.

    ``sealed``: the sealed token and its details; empty: the installation was revoked. Each change of the installation
    changes ``revision``; each new installation or renewal of its token raises ``token_revision``.
    """

    id: str
    enterprise_id: str  # of the organisation (Enterprise Grid); empty: it belongs to no organisation
    team_id: str  # empty: installed for the whole organisation
    name: str
    sealed: str
    installed_at: datetime
    revoked_at: datetime | None = None
    revision: int = 0
    token_revision: int = 0
    renewing_until: datetime | None = None  # until then no process may claim the token's renewal; None: any process may

    @property
    def is_for_organisation(self) -> bool:
        """Whether the app was installed for all workspaces of an organisation."""
        return not self.team_id


@dataclass(frozen=True, slots=True)
class Account:
    """The PandaPon account of an installation. ``sealed``: its sealed keys."""

    id: str  # of the installation
    sealed: str
    rate_per_second: float | None  # requests per second; None: as in the settings
    connected_at: datetime
    connected_by: str  # Slack user id of a person; empty: the operator
    revision: int = 0


def owner_of_installation(id_: str) -> str:
    """Return the name under which an installation's secret is sealed."""
    return f"installation:{id_}"


def owner_of_account(id_: str) -> str:
    """Return the name under which an account's secret is sealed."""
    return f"account:{id_}"
