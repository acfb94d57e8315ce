"""Undoes what a command sets up for its whole process: the log, and the hooks for errors that nobody handles."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.process.log import SILENT, TALKATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

# The root, those that the log makes quieter, and those whose records go another way while traces or reports are on.
CHANGED = ("", *TALKATIVE, *SILENT, "opentelemetry")


@contextmanager
def restored_logging() -> Iterator[None]:
    """Give the loggers their handlers and levels back after the block, and errors in threads to whom they went before.

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
