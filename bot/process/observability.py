"""Traces and error reports for the time that the process runs, where the settings ask for them."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.process.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.settings import Shared


@contextmanager
def observed(settings: Shared, env_file: Path | None = None) -> Iterator[None]:
    """Trace the block and report its errors. ``env_file``: holds further variables of OpenTelemetry.

    The libraries of the extras are imported only here and only then.
    """
    redaction = Redaction(settings.secrets())
    with ExitStack() as on:
        if settings.collector:
            from bot.process.tracing import traced  # noqa: PLC0415  of an extra

            on.enter_context(traced(settings, redaction, env_file))
        if settings.sentry_dsn is not None:
            from bot.process.error_reports import reported  # noqa: PLC0415  of an extra

            on.enter_context(reported(settings, redaction))
        yield
