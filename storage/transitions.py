"""Which state of a post can follow which: the outbox's rules in one table, which the tests hold every database to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.post import PostState

if TYPE_CHECKING:
    from collections.abc import Mapping

S = PostState

# A claim makes "sending" of "pending"; Slack's answer, or its absence, makes one of the others of that. Whatever is not
# known to have been refused is looked up ("uncertain") before it can be sent again.
TRANSITIONS: Mapping[PostState, frozenset[PostState]] = {
    S.PENDING: frozenset(
        {
            S.SENDING,  # claimed
            S.HELD,  # its channel was paused
            S.BATCHED,  # goes out within a batch
            S.SKIPPED,  # the edit of a card that is gone
            S.FAILED,  # its card was refused, or its channel for good
            S.UNCERTAIN,  # a card that is asked for again and may stand there
        }
    ),
    S.SENDING: frozenset(
        {
            S.SENT,
            S.PENDING,  # refused for now, or waits for its card
            S.UNCERTAIN,  # no answer, or the process died
            S.HELD,  # quiet hours, a mute, or its channel was paused
            S.BATCHED,  # the first of a batch
            S.SKIPPED,  # muted, or told with another order
            S.FAILED,  # refused for good
        }
    ),
    S.UNCERTAIN: frozenset(
        {
            S.SENT,  # found
            S.PENDING,  # not found
            S.HELD,  # its channel was paused
            S.FAILED,  # its channel refuses for good
        }
    ),
    S.HELD: frozenset(
        {
            S.PENDING,  # the hold is over
            S.UNCERTAIN,  # the same, of one that was under way when its channel was paused
            S.FAILED,  # its card was refused, or its channel for good
        }
    ),
    S.BATCHED: frozenset({S.SENT, S.FAILED}),  # with its batch
    # A watch has one card row and one refresh row: each is revived when it is needed again.
    S.SENT: frozenset({S.PENDING, S.HELD, S.UNCERTAIN}),
    S.SKIPPED: frozenset({S.PENDING, S.HELD, S.UNCERTAIN}),
    S.FAILED: frozenset({S.PENDING, S.HELD, S.UNCERTAIN}),
}
REVIVED = frozenset({"card", "refresh"})  # the kinds of which a settled row can live again
