"""The rows of the shared tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation of the app. ``id``: the workspace's id, or the organisation's where it was installed for all.

    ``sealed``: the sealed token with what belongs to it; empty once the installation was revoked. ``revision`` differs
    after each change, and ``token_revision`` also after each renewal of a token that expires.
    """

    id: str
    enterprise_id: str  # of the organisation (Enterprise Grid); empty: it belongs to none
    team_id: str  # empty: installed for the whole organisation
    name: str
    sealed: str
    installed_at: datetime
    revoked_at: datetime | None = None
    revision: int = 0
    token_revision: int = 0
    renewing_until: datetime | None = None  # before then no process tries to renew the token; None: any may

    @property
    def is_for_organisation(self) -> bool:
        """Whether the app was installed for all workspaces of an organisation."""
        return not self.team_id


@dataclass(frozen=True, slots=True)
class Account:
    """The PandaPon account of an installation. ``sealed``: its sealed keys."""

    id: str  # of the installation
    sealed: str
    rate_per_second: float | None  # requests; None: the setting's
    connected_at: datetime
    connected_by: str  # a person's id in Slack; empty: the operator
    revision: int = 0


def owner_of_installation(id_: str) -> str:
    """Return the name under which an installation's secret is sealed."""
    return f"installation:{id_}"


def owner_of_account(id_: str) -> str:
    """Return the name under which an account's secret is sealed."""
    return f"account:{id_}"
