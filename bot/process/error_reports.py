"""Sends logged errors to Sentry, or to a service with its protocol. Only this module imports Sentry's library.

A report holds no more than the error's log line, and is made by the same formatter: the event, the error's type, the
frames and a few fields. The library reads nothing by itself: no locals, no requests, no breadcrumbs, no list of
packages, no name of the machine. It sends from its own thread.
"""

from __future__ import annotations

import linecache
import logging
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentry_sdk import Client

from bot.process.log import EntryFormatter, causes, words
from bot.process.log_throttle import ThrottleFilter, WarningRelay
from bot.process.proxies import proxy_for
from bot.process.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.process.redaction import Redaction
    from bot.settings import Shared

log = logging.getLogger(__name__)

WARNING_EVERY = 600.0  # seconds between two log lines about the same trouble with the service
REPEAT_EVERY = 60.0  # seconds between two reports of the same error
FLUSH_SECONDS = 2.0  # how long a stop waits for reports that are not sent yet
MOST_FRAMES = 50  # the innermost ones of an error
# Fields of a log line that a report may hold; ids of orders, posts, channels and people do not leave this machine.
KEPT = ("job", "kind", "error", "reason", "request", "trace_id", "span_id")
OURS = ("bot", "handlers", "storage", "tracking", "pandapon", "sandbox")


@contextmanager
def reported(settings: Shared, redaction: Redaction) -> Iterator[None]:
    """Report the errors that are logged during the block. At its end the reports that are not sent yet are sent."""
    WarningRelay(log, "error reports cannot be sent", WARNING_EVERY).take("urllib3")
    client = _client(settings)
    handler = _Handler(client, redaction)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        client.close(timeout=FLUSH_SECONDS)


def _client(settings: Shared) -> Client:
    assert settings.sentry_dsn is not None
    dsn = settings.sentry_dsn.get_secret_value()
    proxy = proxy_for(dsn, settings) or ""  # empty: none, whatever the environment says
    return Client(
        dsn=dsn,
        release=VERSION,
        environment=settings.sentry_environment,
        server_name="",
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        enable_metrics=False,
        enable_backpressure_handling=False,
        propagate_traces=False,
        traces_sample_rate=None,
        spotlight=False,
        debug=False,
        http_proxy=proxy,
        https_proxy=proxy,
        ca_certs=str(settings.certificates) if settings.certificates else None,
    )


class _Handler(logging.Handler):
    """Sends a report of each log record of level ERROR or above."""

    def __init__(self, client: Client, redaction: Redaction) -> None:
        super().__init__(logging.ERROR)
        self._client, self._redaction, self._formatter = client, redaction, EntryFormatter(redaction)
        self.addFilter(ThrottleFilter(REPEAT_EVERY))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._client.capture_event(self._event(record))
        except Exception:  # noqa: BLE001  as logging's own handlers: a report that fails must not stop the work
            self.handleError(record)

    def _event(self, record: logging.LogRecord) -> Any:
        entry = self._formatter.entry(record)
        error = record.exc_info[1] if record.exc_info else None
        return {
            "level": "fatal" if record.levelno >= logging.CRITICAL else "error",
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": entry.logger,
            "logentry": {"message": entry.event},
            "contexts": {"log": {name: entry.fields[name] for name in KEPT if name in entry.fields}},
            # Sentry wants the innermost cause first.
            "exception": {"values": [self._exception(cause) for cause in causes(error)][::-1]},
        }

    def _exception(self, error: BaseException) -> dict[str, Any]:
        frames = [
            self._frame(frame.f_globals.get("__name__", ""), frame.f_code.co_name, frame.f_code.co_filename, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
        ]
        return {
            "type": type(error).__name__,
            "module": type(error).__module__,
            "value": self._redaction.line(words(error)),
            "stacktrace": {"frames": frames[-MOST_FRAMES:]},
        }

    def _frame(self, module: str, function: str, path: str, line: int) -> dict[str, Any]:
        """Describe a frame by its module: the path would name the folders and the user of the machine."""
        return {
            "module": module,
            "filename": f"{module.replace('.', '/')}.py",
            "function": function,
            "lineno": line,
            "context_line": self._redaction.line(linecache.getline(path, line).strip()),
            "in_app": module.partition(".")[0] in OURS,
        }
