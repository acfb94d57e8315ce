"""Restores what a command changes in its whole process: the loggers, and the hooks for unhandled errors."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.process.log import SILENT, TALKATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

# The root logger, those that the bot keeps quiet, and the one that traces and error reports give other handlers.
CHANGED = ("", *TALKATIVE, *SILENT, "opentelemetry")


@contextmanager
def restored_logging() -> Iterator[None]:
    """Restore the loggers' handlers and levels and the hooks for unhandled errors after the block.

    Otherwise later tests would see no warning of a library, and an error in a thread would fail none of them.
    """
    loggers = [logging.getLogger(name) for name in CHANGED]
    before = [(logger, logger.level, logger.propagate, logger.handlers[:]) for logger in loggers]
    in_threads, elsewhere = threading.excepthook, sys.excepthook
    try:
        yield
    finally:
        for logger, level, propagate, handlers in before:
            logger.setLevel(level)
            logger.propagate = propagate
            logger.handlers[:] = handlers
        threading.excepthook, sys.excepthook = in_threads, elsewhere
        logging.captureWarnings(False)  # noqa: FBT003  its only argument
