"""Logging for the process: one line an event, secrets and phone numbers blotted out at the root."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = "***"
# Slack tokens, response URLs and socket tickets, callback paths, mainland mobile numbers.
PATTERNS = re.compile(
    r"xox[abp]-[\w-]+|xapp-[\w-]+|(?<=/services/)\S+|(?<=/commands/)\S+|(?<=/actions/)\S+|(?<=ticket=)[^\s&\"']+"
    r"|(?<=/pandapon/callbacks/)[^\s\"']+|(?<!\d)1[3-9]\d{9}(?!\d)",
)
# These print URLs, payloads or whole requests at INFO and DEBUG.
TALKATIVE = ("httpx", "httpcore", "aiohttp.access", "slack_sdk", "slack_bolt", "asyncio")


class Redactor(logging.Filter):
    """Blots secrets out of the final text of every record, tracebacks included."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = tuple(sorted((s for s in secrets if s), key=len, reverse=True))

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return PATTERNS.sub(MASK, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's text by its clean form; every record passes."""
        record.msg, record.args = self.clean(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        return True


def configure(level: str, secrets: Sequence[str], stream: TextIO | None = None) -> None:
    """Set up the root logger. Called by the process, never at import."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s  %(message)s"))
    handler.addFilter(Redactor(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # A tick that takes longer than its interval is no news; what a job fails with is told by bot.scheduler.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
