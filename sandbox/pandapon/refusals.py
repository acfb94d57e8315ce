"""Refusals of the stand-in, which become envelopes whose code is not 200."""

from __future__ import annotations


class RefusedError(Exception):
    """A refusal. The codes are invented, because the vendor's table of codes could not be read."""

    def __init__(self, code: int | str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text
