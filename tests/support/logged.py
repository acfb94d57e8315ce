"""Everything that a bot logs in a test, as JSON at debug level, to look for what must not be there."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import TYPE_CHECKING

from bot.process import log
from bot.process.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@contextlib.contextmanager
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Collect each line as ``LOG_FORMAT=json`` writes it, without any secret to redact."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.FORMATS["json"](Redaction(())))
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
