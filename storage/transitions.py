"""The states that can follow each state of a post. The tests check every change in every test database against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.post import PostKind, PostState

if TYPE_CHECKING:
    from collections.abc import Mapping

S = PostState

# A claim turns "pending" into "sending"; Slack's answer, or its absence, decides the next state. A post that was
# perhaps sent is "uncertain": the channel is searched for it before it can be sent again.
TRANSITIONS: Mapping[PostState, frozenset[PostState]] = {
    S.PENDING: frozenset(
        {
            S.SENDING,  # claimed
            S.HELD,  # its channel was paused
            S.BATCHED,  # goes out within a batch
            S.SKIPPED,  # the refresh of a card that was deleted
            S.FAILED,  # its card was refused, or its channel for good
            S.UNCERTAIN,  # its card is requested again, and may have been posted
        }
    ),
    S.SENDING: frozenset(
        {
            S.SENT,
            S.PENDING,  # refused for the moment, or waits for its card
            S.UNCERTAIN,  # no answer, or the process died
            S.HELD,  # quiet hours, a mute, or its channel was paused
            S.BATCHED,  # its batch was claimed in its place
            S.SKIPPED,  # muted, or told with another order
            S.FAILED,  # refused for good
        }
    ),
    S.UNCERTAIN: frozenset(
        {
            S.SENT,  # found in the channel
            S.PENDING,  # not found
            S.HELD,  # its channel was paused
            S.FAILED,  # its channel refuses for good
        }
    ),
    S.HELD: frozenset(
        {
            S.PENDING,  # the hold is over
            S.UNCERTAIN,  # the hold is over; it was being sent when its channel was paused
            S.FAILED,  # its card was refused, or its channel for good
        }
    ),
    S.BATCHED: frozenset({S.SENT, S.FAILED}),  # together with its batch
    # A watch has one card row and one refresh row, which are revived whenever they are needed again.
    S.SENT: frozenset({S.PENDING, S.HELD, S.UNCERTAIN}),
    S.SKIPPED: frozenset({S.PENDING, S.HELD, S.UNCERTAIN}),
    S.FAILED: frozenset({S.PENDING, S.HELD, S.UNCERTAIN}),
}
REVIVED = frozenset({PostKind.CARD, PostKind.REFRESH})  # the kinds whose settled rows can be revived
