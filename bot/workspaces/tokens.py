"""Renews the Slack tokens of workspaces whose app has token rotation, and gives them to the running bots.

A token lasts 12 hours, and a refresh token fetches the next pair [stated: docs.slack.dev/authentication/
using-token-rotation]. Slack's page says that the refresh token is revoked then, and names no time in which it is taken
again. So one process at a time renews a token, by a claim on its row; the answer is stored before anybody uses it.

If that answer is lost, the token that is in use goes on until it expires [inferred: the page says nothing of an earlier
end]. It is renewed two hours before, as slack_sdk does, so that this leaves time: the same refresh token is tried again
and again, and if Slack refuses it, the log, ``/metrics`` and ``pandabot check`` ask for a new installation, which takes
one click and keeps everything. slack_sdk's own rotator is not used, since it knows neither claims nor our clock, and
ignores unexpected answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING

from bot.clients.slack import EXPIRED, BotToken, web_client
from bot.clients.slack_errors import FAILURES, Failure, Verdict, classify
from bot.process.failpoints import point
from bot.process.redaction import hide
from bot.workspaces.secrets import InstallationSecret, open_installation, seal_installation
from bot.workspaces.vault import SealedError
from pandapon import log_context
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.workspaces.settings import HostSettings
    from bot.workspaces.vault import Vault
    from storage.workspaces.directory import Directory
    from storage.workspaces.records import Installation

log = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(hours=2)  # how long before its end a token is renewed; at most a sixth of its lifetime
LEASE = timedelta(minutes=1)  # of a claim to renew a token; longer than the call and the storing take
AGAIN = timedelta(minutes=10)  # until a refresh token that Slack has refused is tried again
WAIT_SECONDS = 5.0  # how long an expired token waits for another process that renews it
STEP_SECONDS = 0.2
STORE_PAUSES = (0.2, 1.0, 3.0, 10.0)  # seconds between tries to store the only pair that Slack takes; the last repeats
STOP_SECONDS = 60.0  # how long a stop waits for that
PASSING = frozenset({Verdict.NOT_SENT, Verdict.UNCERTAIN})  # verdicts after which the next call may succeed


@dataclass(frozen=True, slots=True)
class StoredToken:
    """The stored token of an installation, and the revision of its row.

    ``tried_until``: before then no other process tries to renew it; None: anyone may.
    """

    secret: InstallationSecret
    revision: int
    tried_until: datetime | None = None

    @property
    def renew_at(self) -> datetime | None:
        """When the token is renewed; None: it does not expire."""
        return datetime.fromtimestamp(self.secret.renew_at, UTC) if self.secret.refresh_token else None

    def apply_to(self, token: BotToken) -> bool:
        """Put the stored token into a bot's. Returns False if the bot had it already."""
        is_new = token.value != self.secret.bot_token
        token.value, token.revision, token.renew_at = self.secret.bot_token, self.revision, self.renew_at
        return is_new


@dataclass
class Tokens:
    """The tokens of all workspaces. ``refused``: by workspace, Slack's code for a refresh token that it refuses."""

    directory: Directory
    vault: Vault
    settings: HostSettings
    session: aiohttp.ClientSession
    clock: Callable[[], datetime]
    refused: dict[str, str] = field(default_factory=dict)
    _at_work: dict[str, asyncio.Task[StoredToken]] = field(default_factory=dict)

    async def of(self, installation: Installation) -> StoredToken:
        """Return the token of an installation, renewed if its time has come. Raises SealedError and StorageError."""
        current = self._opened(installation)
        if self.is_due(current.renew_at):
            return await self.renew(installation.id)
        self.refused.pop(installation.id, None)  # it was installed again
        return current

    def of_bot(self, id_: str, current: StoredToken) -> BotToken:
        """Return the token for a bot, which is renewed also when Slack says that it has expired.

        If Slack refuses it for another reason, the bot takes the stored token: another process may have renewed it.
        """
        token = BotToken(current.secret.bot_token)

        async def renew(code: str) -> None:
            try:
                newest = await self.renew(id_, expired=token.value if code == EXPIRED else "")
            except (StorageError, SealedError) as error:
                log.warning("newest token cannot be read", extra={"workspace": id_, "error": str(error)})
            else:
                newest.apply_to(token)

        if current.secret.refresh_token:
            token.renew = renew
        current.apply_to(token)
        return token

    def is_due(self, renew_at: datetime | None) -> bool:
        """Whether the time of a renewal has come."""
        return renew_at is not None and self.clock() >= renew_at

    async def renew(self, id_: str, *, expired: str = "") -> StoredToken:
        """Renew a token if its time has come, or if it is still the one that Slack has called expired.

        Returns the token that is stored then, also if Slack did not renew it. A second caller in this process waits
        for the first, and a caller that gives up does not end the work. Raises SealedError and StorageError.
        """
        task = self._at_work.get(id_)
        if task is None:
            task = asyncio.create_task(self._renew(id_, expired))
            self._at_work[id_] = task
            task.add_done_callback(lambda _task: self._at_work.pop(id_, None))
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Finish the renewals under way: an answer that is not stored may be the only token."""
        if tasks := set(self._at_work.values()):
            _done, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    async def _renew(self, id_: str, expired: str) -> StoredToken:
        with log_context.bound(workspace=id_):
            current = await self._stored(id_)
            is_wanted = self.is_due(current.renew_at) or (bool(expired) and current.secret.bot_token == expired)
            if not current.secret.refresh_token or not is_wanted:
                return self._renewed(id_, current)
            now, installations = self.clock(), self.directory.installations
            if not await installations.claim_renewal(now, id_, current.revision, now + LEASE):
                return await self._of_another(id_, current, expired)
            answer = await self._ask(current.secret.refresh_token)
            if isinstance(answer, Failure):
                return await self._failed(id_, current, answer)
            point("after_renewal")
            return await self._keep(id_, current, answer)

    async def _of_another(self, id_: str, current: StoredToken, expired: str) -> StoredToken:
        """Return the token that another process is renewing. If the present one has expired, wait a while for it."""
        now, former = self.clock(), current.revision
        current = await self._stored(id_)
        if current.tried_until is not None and current.tried_until > now + LEASE:
            self.refused.setdefault(id_, "refused to another process")
            return current
        has_ended = bool(expired) or now.timestamp() >= current.secret.expires_at
        for _ in range(round(WAIT_SECONDS / STEP_SECONDS) if has_ended else 0):
            if current.revision != former:
                break
            await asyncio.sleep(STEP_SECONDS)
            current = await self._stored(id_)
        return self._renewed(id_, current) if current.revision != former else current

    def _renewed(self, id_: str, current: StoredToken) -> StoredToken:
        """Return a token that was renewed or replaced, and forget the refusal, which was of the former token."""
        self.refused.pop(id_, None)
        return current

    async def _ask(self, refresh_token: str) -> InstallationSecret | Failure:
        """Fetch the next pair. The returned secret holds nothing but the pair and its times."""
        settings = self.settings.of_workspace("", None, None)
        # Not patient: a call that is made again would use the refresh token up.
        client = web_client(settings, self.session, patient=False, on_rate_limit=lambda: None)
        try:
            answer = await client.oauth_v2_access(
                client_id=self.settings.slack_client_id,
                client_secret=self.settings.slack_client_secret.get_secret_value(),
                grant_type="refresh_token",
                refresh_token=refresh_token,
            )
        except FAILURES as error:
            return classify(error)
        return _pair(answer, self.clock()) or Failure(Verdict.UNCERTAIN, "odd_answer")

    async def _failed(self, id_: str, current: StoredToken, failure: Failure) -> StoredToken:
        """Return the present token. The next try comes when the claim ends, or :data:`AGAIN` after a refusal."""
        if failure.verdict in PASSING:
            log.warning("Slack did not renew the token, tried again", extra={"error": failure.code})
            return current
        if (stored := await self._stored(id_)).revision != current.revision:
            return self._renewed(id_, stored)  # by another process, with the same refresh token
        await self.directory.installations.put_off_renewal(id_, current.revision, self.clock() + AGAIN)
        if id_ not in self.refused:
            log.error(
                "the app must be installed again, as Slack does not renew its token", extra={"error": failure.code}
            )
        self.refused[id_] = failure.code
        return current

    async def _keep(self, id_: str, current: StoredToken, pair: InstallationSecret) -> StoredToken:
        """Store the new pair, and try until that succeeds: nobody else has the pair."""
        hide([pair.bot_token, pair.refresh_token])
        self.refused.pop(id_, None)
        secret = replace(
            current.secret,
            bot_token=pair.bot_token,
            refresh_token=pair.refresh_token,
            renew_at=pair.renew_at,
            expires_at=pair.expires_at,
        )
        sealed = seal_installation(self.vault, id_, secret)
        for pause in chain(STORE_PAUSES, repeat(STORE_PAUSES[-1])):
            try:
                is_stored = await self.directory.installations.renew(id_, current.revision, sealed)
                log.info("token was renewed", extra={"stored": is_stored})
                return await self._stored(id_)
            except StorageError as error:
                log.warning("renewed token is not stored yet", extra={"error": str(error)})
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _stored(self, id_: str) -> StoredToken:
        row = await self.directory.installations.get(id_)
        if row is None or row.revoked_at is not None:
            raise StorageError("The app is not installed there any more.")
        return self._opened(row)

    def _opened(self, row: Installation) -> StoredToken:
        return StoredToken(open_installation(self.vault, row), row.token_revision, row.renewing_until)


def lifetime(now: datetime, seconds: float) -> tuple[float, float]:
    """Return when a token that lasts ``seconds`` from now is renewed, and when it expires, in seconds since 1970."""
    before = min(RENEW_BEFORE.total_seconds(), seconds / 6)
    return now.timestamp() + seconds - before, now.timestamp() + seconds


def _pair(answer: AsyncSlackResponse, now: datetime) -> InstallationSecret | None:
    """Return the new token, its refresh token and its times; None where Slack's answer lacks one of them."""
    token, refresh_token = answer.get("access_token"), answer.get("refresh_token")
    seconds = 0.0
    with contextlib.suppress(TypeError, ValueError):
        seconds = float(answer.get("expires_in") or 0)
    if not isinstance(token, str) or not isinstance(refresh_token, str) or not token or not refresh_token:
        return None
    if not 0 < seconds < float("inf"):
        return None
    renew_at, expires_at = lifetime(now, seconds)
    return InstallationSecret(
        token, "", "", "", "", refresh_token=refresh_token, renew_at=renew_at, expires_at=expires_at
    )
