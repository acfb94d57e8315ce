"""What a person gets back when a command cannot be carried out as typed."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  it is an answer to a person, not a fault
    """A command that was not understood, with the command that would be.

    ``understood`` and ``problem`` are ready to show as Slack text: whatever a person typed is escaped in them.
    ``try_`` is the whole corrected command as one would type it, slash included; empty when there is none.
    """

    def __init__(self, *, understood: str, problem: str, try_: str = "") -> None:
        super().__init__(problem)
        self.understood = understood
        self.problem = problem
        self.try_ = try_
