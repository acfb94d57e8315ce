"""The tokens of an installed app: a single permanent token or, with token rotation, one pair after another.

With rotation a token expires after some time, and its refresh token fetches the next pair, once. Slack's page on token
rotation says that a refresh token is revoked when it is used. It is not known whether Slack accepts it again after a
lost answer, nor whether the former token stays valid to its end. So both can be tried: ``forgives``, ``revokes``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.slack.workspace import SlackError

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class Tokens:
    """The tokens of the app in one workspace. ``lasts``: seconds; 0: the app has no token rotation."""

    team: str
    lasts: float = 0
    forgives: bool = False  # the former refresh token is accepted until the token that it fetched is used
    revokes: bool = False  # the former token is revoked when the next one is made
    newest: str = ""
    refresh_token: str = ""
    former_refresh_token: str = ""
    revoked: set[str] = field(default_factory=set)
    _ends: dict[str, datetime | None] = field(default_factory=dict)

    def install(self, now: datetime) -> None:
        """Make a first token, which revokes all former ones."""
        self.revoked |= set(self._ends)
        self._ends, self.former_refresh_token = {}, ""
        self._make(now)

    def refresh(self, refresh_token: str, now: datetime) -> None:
        """Make the next pair. Raises SlackError for a refresh token that is not accepted."""
        if refresh_token not in self.refresh_tokens:
            raise SlackError("invalid_refresh_token")
        if self.revokes:
            self.revoked |= set(self._ends)
            self._ends = {}
        self._make(now)
        self.former_refresh_token = refresh_token if self.forgives else ""

    def end(self) -> None:
        """Revoke all tokens."""
        self.revoked |= set(self._ends)
        self._ends, self.newest, self.refresh_token, self.former_refresh_token = {}, "", "", ""

    def knows(self, token: str) -> bool:
        """Whether a token was made for this workspace; it may have ended."""
        return bool(token) and (token in self._ends or token in self.revoked)

    def check(self, token: str, now: datetime) -> None:
        """Note the use of a token. Raises SlackError for one that has ended."""
        if token in self.revoked:
            raise SlackError("token_revoked")
        end = self._ends[token]
        if end is not None and now >= end:
            raise SlackError("token_expired")
        if token == self.newest:
            self.former_refresh_token = ""

    @property
    def valid(self) -> list[str]:
        """The tokens that are not revoked. Some of them may have expired."""
        return list(self._ends)

    @property
    def refresh_tokens(self) -> set[str]:
        """The refresh tokens that are accepted now."""
        return {self.refresh_token, self.former_refresh_token} - {""}

    @property
    def answer(self) -> dict[str, object]:
        """The part of the answer of oauth.v2.access that holds the newest pair."""
        pair: dict[str, object] = {"access_token": self.newest, "token_type": "bot"}
        return pair | ({"expires_in": round(self.lasts), "refresh_token": self.refresh_token} if self.lasts else {})

    def _make(self, now: datetime) -> None:
        kind = "xoxe.xoxb-1" if self.lasts else "xoxb"
        self.newest = f"{kind}-{self.team}-{secrets.token_hex(60 if self.lasts else 8)}"
        self._ends[self.newest] = now + timedelta(seconds=self.lasts) if self.lasts else None
        self.refresh_token = f"xoxe-1-{secrets.token_hex(60)}" if self.lasts else ""
