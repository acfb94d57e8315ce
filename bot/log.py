"""Logging for the process: one line an event, harmless whoever wrote what is in it."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING, TextIO

from bot.redaction import Redaction
from pandapon.errors import PandaPonError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

LONGEST_TRACE = 8_000  # characters of a traceback
MOST_CAUSES = 5
# These print addresses, payloads or whole requests at INFO and DEBUG.
TALKATIVE = ("httpx", "httpcore", "aiohttp", "slack_sdk", "slack_bolt", "asyncio")
SILENT = ("apscheduler", "stamina")  # what a job or a call fails with in the end is told by whoever runs it
# Errors whose words name code, files or our own sentences. Others may quote what was read: a name, an address.
OURS = (StorageError, AttributeError, TypeError, NameError, ImportError, RecursionError, OSError)
# What Bolt says of itself to whoever writes an app, in many lines and with parts of payloads.
CHATTER = ("Unhandled request", "As you gave `client` as well", "A global middleware (")


class LineFormatter(logging.Formatter):
    """The text of a record, and of its traceback, without secrets, phones and controls; cut to length.

    Being the last step before the stream, it sees what every logger and every library says.
    """

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """One line, and below it, indented, the lines of a traceback."""
        name = self._redaction.line(record.name, 100)
        head = f"{self.formatTime(record)} {record.levelname:7} {name}  {self._redaction.line(_message(record))}"
        lines = [head, *self._below(record)]
        return "\n".join(lines)

    def _below(self, record: logging.LogRecord) -> Iterator[str]:
        if record.exc_info and record.exc_info[1] is not None:
            trace = self._redaction.clean("\n".join(_trace(record.exc_info[1])), LONGEST_TRACE)
            yield from (f"    {self._redaction.line(line)}" for line in trace.splitlines())


def configure(level: str, secrets: Sequence[str], stream: TextIO | None = None) -> None:
    """Set up the root logger, and what else a process writes to its error stream. Never called at import."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(Redaction(secrets)))
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
