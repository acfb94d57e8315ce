"""The error of a start."""

from __future__ import annotations


class StartError(Exception):
    """The process, or the bot of one workspace, cannot start; the message says why and what to do."""
