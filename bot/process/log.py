"""Logging for the process: one line an event, with secrets and control characters removed."""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TextIO

from bot.process.redaction import Redaction
from pandapon import log_context, spans
from pandapon.errors import PandaPonError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

# The attributes of every record. Any other attribute comes from ``extra``.
STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}
LONGEST_FIELD = 300  # characters
LONGEST_TRACE = 8_000  # characters of a traceback
MOST_CAUSES = 5
# These libraries log addresses, payloads or whole requests at INFO and DEBUG.
TALKATIVE = ("httpx", "httpcore", "aiohttp", "slack_sdk", "slack_bolt", "asyncio", "urllib3", "sentry_sdk")
SILENT = ("apscheduler", "stamina")  # the caller of a job or request logs its final failure
# Errors whose text names code, files or our own sentences. Other errors may quote data: a name, an address.
OURS = (StorageError, AttributeError, TypeError, NameError, ImportError, RecursionError, OSError)
# Beginnings of Bolt's hints to app developers: many lines, with parts of payloads.
# The last one holds the code of an installation.
CHATTER = (
    "Unhandled request",
    "As you gave `client` as well",
    "A global middleware (",
    "Failed to fetch oauth.v2.access result",
)


class Entry(NamedTuple):
    """One event. Every text is shortened, and without secrets, phone numbers and control characters."""

    time: datetime  # aware, the machine's zone
    level: str
    logger: str
    event: str
    fields: dict[str, str]
    trace: list[str]  # lines of the traceback


class EntryFormatter(logging.Formatter):
    """Makes an :class:`Entry` of a record. It is the last step before the stream, so it sees every library's records.

    Its fields are the record's ``extra``, those bound to the current task (``pandapon.log_context``), and the ids of
    the present span (``pandapon.spans``) where the process is traced. We use the standard library's ``extra`` and not
    structlog: the client stays usable alone, records of libraries take the same path, and one formatter is enough.
    """

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def entry(self, record: logging.LogRecord) -> Entry:
        """Return the record's event, redacted."""
        clean = self._redaction.line
        fields = {**log_context.fields(), **spans.ids(), **{k: v for k, v in vars(record).items() if k not in STANDARD}}
        return Entry(
            datetime.fromtimestamp(record.created).astimezone(),
            record.levelname.lower(),
            clean(record.name, 100),
            clean(_message(record)),
            {
                name: clean(_shown(value), LONGEST_FIELD)
                for name, value in fields.items()
                if value is not None and value != ""
            },
            list(self._trace(record)),
        )

    def _trace(self, record: logging.LogRecord) -> Iterator[str]:
        if record.exc_info and record.exc_info[1] is not None:
            trace = self._redaction.clean("\n".join(_trace(record.exc_info[1])), LONGEST_TRACE)
            yield from (self._redaction.line(line) for line in trace.splitlines())


class LineFormatter(EntryFormatter):
    """For people: ``time LEVEL logger  event name=value …``, and below it, indented, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the lines of a traceback."""
        entry = self.entry(record)
        fields = "".join(f" {name}={_quoted(value)}" for name, value in entry.fields.items())
        time = entry.time.strftime("%Y-%m-%d %H:%M:%S") + f",{entry.time.microsecond // 1000:03}"
        head = f"{time} {entry.level.upper():7} {entry.logger}  {entry.event}{fields}"
        return "\n".join([head, *(f"    {line}" for line in entry.trace)])


class JsonFormatter(EntryFormatter):
    """For machines: one JSON object a line. A field with the name of a fixed key (time, level, …) is left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        entry = self.entry(record)
        fixed = {"time": entry.time.isoformat(), "level": entry.level, "logger": entry.logger, "event": entry.event}
        trace = {"trace": entry.trace} if entry.trace else {}
        return json.dumps({**entry.fields, **fixed, **trace}, ensure_ascii=False)


FORMATS = {"line": LineFormatter, "json": JsonFormatter}


def configure(level: str, secrets: Sequence[str], stream: TextIO | None = None, *, form: str = "line") -> None:
    """Set up the root logger, warnings and the hooks for unhandled errors. Call it at the start, never at import.

    ``level``: a name of logging's levels. ``stream``: standard error when None. ``form``: a key of ``FORMATS``.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FORMATS[form](Redaction(secrets)))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)  # noqa: FBT003  its only argument
    sys.excepthook = _unhandled
    threading.excepthook = lambda args: _unhandled(args.exc_type, args.exc_value, args.exc_traceback)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def for_bolt() -> logging.Logger:
    """Return the logger for Bolt and its Socket Mode client, whose own loggers copy its level and filters.

    Without it they take the root's level and print whole payloads at DEBUG.
    """
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(_is_no_chatter)
    return logger


def _is_no_chatter(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(CHATTER)


def _message(record: logging.LogRecord) -> str:
    """Return the record's text, with each error among its arguments as :func:`words` shows it."""
    if record.name == "asyncio":  # its further lines show an error with its whole text
        return record.getMessage().partition("\n")[0]
    args = record.args
    if isinstance(args, tuple):
        args = tuple(words(arg) if isinstance(arg, BaseException) else arg for arg in args)
    try:
        return str(record.msg) % args if args else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _shown(value: object) -> str:
    return words(value) if isinstance(value, BaseException) else str(value)


def _quoted(value: str) -> str:
    """Quote a value that is empty or holds blanks, quotes or ``=``, so that programs can split the line."""
    return json.dumps(value, ensure_ascii=False) if not value or set(value) & set(' "=') else value


def words(error: BaseException) -> str:
    """Return what is safe to log of an error: PandaPon's code, our own sentence, else only its type."""
    if isinstance(error, PandaPonError):
        return error.brief
    if isinstance(error, OURS) and str(error):
        return str(error)
    return type(error).__name__


def _trace(error: BaseException) -> Iterator[str]:
    """Yield the error's frames, the newest last, then those of its causes."""
    for at, cause in enumerate(causes(error)):
        if at:
            yield "because of:"
        for entry in traceback.format_tb(cause.__traceback__):
            yield from entry.rstrip().splitlines()
        kind, safe = type(cause).__name__, words(cause)
        yield kind if safe == kind else f"{kind}: {safe}"


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, its cause, the cause of that, and so on, at most :data:`MOST_CAUSES` of them."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _unhandled(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    logging.getLogger("pandabot").critical("the process failed", exc_info=error)
