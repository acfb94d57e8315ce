"""Logging for the process: one line an event, harmless whoever wrote what is in it."""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TextIO

from bot.process.redaction import Redaction
from pandapon import log_context
from pandapon.errors import PandaPonError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

# What each record has; whatever else it has is an ``extra``.
STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}
LONGEST_FIELD = 300  # characters
LONGEST_TRACE = 8_000  # characters of a traceback
MOST_CAUSES = 5
# These print addresses, payloads or whole requests at INFO and DEBUG.
TALKATIVE = ("httpx", "httpcore", "aiohttp", "slack_sdk", "slack_bolt", "asyncio")
SILENT = ("apscheduler", "stamina")  # what a job or a call fails with in the end is told by whoever runs it
# Errors whose words name code, files or our own sentences. Others may quote what was read: a name, an address.
OURS = (StorageError, AttributeError, TypeError, NameError, ImportError, RecursionError, OSError)
# What Bolt says of itself to whoever writes an app, in many lines and with parts of payloads.
CHATTER = ("Unhandled request", "As you gave `client` as well", "A global middleware (")


class Entry(NamedTuple):
    """One event, harmless: secrets, phones and controls are out of every text, and each has its limit."""

    time: datetime  # aware, the machine's zone
    level: str
    logger: str
    event: str
    fields: dict[str, str]
    trace: list[str]  # lines of the traceback


class EntryFormatter(logging.Formatter):
    """The last step before the stream: it sees what every logger and every library says.

    Fields are the record's ``extra`` and those of the task at work (``pandapon.log_context``). The standard library's
    ``extra`` was chosen over structlog: the client can be used alone, libraries' records take the same way, and a
    formatter of this size is all that is missing.
    """

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def entry(self, record: logging.LogRecord) -> Entry:
        """The record's event, redacted."""
        clean = self._redaction.line
        fields = {**log_context.fields(), **{k: v for k, v in vars(record).items() if k not in STANDARD}}
        return Entry(
            datetime.fromtimestamp(record.created).astimezone(),
            record.levelname.lower(),
            clean(record.name, 100),
            clean(_message(record)),
            {name: clean(_shown(value), LONGEST_FIELD) for name, value in fields.items() if value not in {None, ""}},
            list(self._trace(record)),
        )

    def _trace(self, record: logging.LogRecord) -> Iterator[str]:
        if record.exc_info and record.exc_info[1] is not None:
            trace = self._redaction.clean("\n".join(_trace(record.exc_info[1])), LONGEST_TRACE)
            yield from (self._redaction.line(line) for line in trace.splitlines())


class LineFormatter(EntryFormatter):
    """For people: ``time LEVEL logger  event name=value …``, and below it, indented, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, or some more with a traceback."""
        one = self.entry(record)
        fields = "".join(f" {name}={_quoted(value)}" for name, value in one.fields.items())
        when = one.time.strftime("%Y-%m-%d %H:%M:%S") + f",{one.time.microsecond // 1000:03}"
        head = f"{when} {one.level.upper():7} {one.logger}  {one.event}{fields}"
        return "\n".join([head, *(f"    {line}" for line in one.trace)])


class JsonFormatter(EntryFormatter):
    """For machines: one JSON object a line. An event's fields stand beside its own names and never take their place."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        one = self.entry(record)
        own = {"time": one.time.isoformat(), "level": one.level, "logger": one.logger, "event": one.event}
        trace = {"trace": one.trace} if one.trace else {}
        return json.dumps({**one.fields, **own, **trace}, ensure_ascii=False)


FORMATS = {"line": LineFormatter, "json": JsonFormatter}


def configure(level: str, secrets: Sequence[str], stream: TextIO | None = None, *, form: str = "line") -> None:
    """Set up the root logger, and what else a process writes to its error stream. Never called at import.

    ``form``: a name of ``FORMATS``.
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
    """The logger for Bolt and its Socket Mode client. Their own ones copy this one's level and filters.

    Without it they take the root's level, and print whole payloads at DEBUG.
    """
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(_is_no_chatter)
    return logger


def _is_no_chatter(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(CHATTER)


def _message(record: logging.LogRecord) -> str:
    """The record's text; an error among its arguments is shown as :func:`_words` shows it."""
    if record.name == "asyncio":  # below its first line it shows the error that nobody awaited, with all its words
        return record.getMessage().partition("\n")[0]
    args = record.args
    if isinstance(args, tuple):
        args = tuple(_words(one) if isinstance(one, BaseException) else one for one in args)
    try:
        return str(record.msg) % args if args else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _shown(value: object) -> str:
    return _words(value) if isinstance(value, BaseException) else str(value)


def _quoted(value: str) -> str:
    """A value with blanks or quotes in it, so that a line can be taken apart again."""
    return json.dumps(value, ensure_ascii=False) if not value or set(value) & set(' "=') else value


def _words(error: BaseException) -> str:
    """What may be told of an error: our own sentences, PandaPon's code, else its kind."""
    if isinstance(error, PandaPonError):
        return error.brief
    if isinstance(error, OURS) and str(error):
        return str(error)
    return type(error).__name__


def _trace(error: BaseException | None) -> Iterator[str]:
    """The error's frames, the newest last, and below them those of what it came from."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        for entry in traceback.format_tb(error.__traceback__):
            yield from entry.rstrip().splitlines()
        kind = type(error).__name__
        words = _words(error)
        yield kind if words == kind else f"{kind}: {words}"
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            yield "because of:"
        error = cause


def _unhandled(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    logging.getLogger("pandabot").critical("the process failed", exc_info=error)
