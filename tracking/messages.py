"""Messages about no single order: changes that a person made for a whole channel, and notices. Pure values.

A change is told to its channel in one line with Undo, and holds what Undo needs. Times are aware.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tracking.channel_settings import ChannelSettings
    from tracking.values import Filter


@dataclass(frozen=True, slots=True)
class ChannelChange:
    """A change that a person made for everybody in a channel."""

    by: str  # the person's id in Slack


@dataclass(frozen=True, slots=True)
class Muted(ChannelChange):
    """Orders were muted, or the channel."""

    until: datetime
    ids: tuple[str, ...] = ()  # order ids as typed; empty: the channel
    former: datetime | None = None  # the end of the mute that this one replaced, the latest of several; None: none
    # By key of each order, the end of the mute that this one replaced; None: it was not muted. Empty: the channel, or
    # an earlier version stored the line.
    orders: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmuted(ChannelChange):
    """The mute of orders ended early, or that of the channel."""

    ids: tuple[str, ...] = ()  # order ids as typed; empty: the channel
    former: datetime | None = None  # when the mute would have ended, the latest of several
    still: tuple[str, ...] = ()  # order ids that stay muted by themselves where the channel's mute ended
    orders: Mapping[str, datetime | None] = field(default_factory=dict)  # as in Muted


@dataclass(frozen=True, slots=True)
class WatchingAll(ChannelChange):
    """The channel watches all orders of the account, or all in one state."""

    orders: int  # that joined at once
    filter: Filter | None = None  # None: there is no subscription left that names one
    status: str = ""  # the state; empty: any
    former: Filter | None = None  # the filter of the subscription before; None: the subscription began
    subscription: int = 0  # its id; 0: an earlier version stored the line


@dataclass(frozen=True, slots=True)
class StoppedAll(ChannelChange):
    """Every subscription of the channel ended, or that to the orders in one state."""

    at: datetime
    status: str = ""  # the state; empty: any
    still: tuple[str, ...] = ()  # the states of the subscriptions that stand; an empty one: any
    passed_on: tuple[int, ...] = ()  # ids of the watches that belong to one of these now


@dataclass(frozen=True, slots=True)
class SettingsChanged(ChannelChange):
    """The channel's settings changed, and perhaps the filters of its watches."""

    settings: ChannelSettings
    former: ChannelSettings
    filter_all: Filter | None = None  # the new filter of watches and subscriptions; None: they kept theirs
    former_filters: Mapping[str, Sequence[int]] = field(default_factory=dict)  # by filter, the ids of its watches
    former_subscriptions: Mapping[str, Sequence[int]] = field(default_factory=dict)  # likewise


@dataclass(frozen=True, slots=True)
class OrdersChanged(ChannelChange):
    """Somebody acted on orders that the channel watches. It cannot be undone.

    ``act``: ``paid``, ``cancelled``, ``received`` or ``moved`` (to another warehouse).
    """

    act: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefundRequested(ChannelChange):
    """A refund of a watched order was asked for. It cannot be undone here. ``fen``: what is asked back."""

    key: str  # of the order
    title: str  # of the goods
    fen: int
    with_return: bool


@dataclass(frozen=True, slots=True)
class WatchList:
    """Several watches that a person opened at once; the channel is told of them in one message."""

    by: str  # the person's id in Slack
    watches: tuple[int, ...]  # their ids, at least one


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that the bot sends by itself, to a person or to a channel."""


@dataclass(frozen=True, slots=True)
class WatchesPaused(Notice):
    """Slack refuses posts in a channel, so a person's watches there are paused."""

    channel: str
    reason: str  # Slack's error code
    orders: int  # the person's watches there


@dataclass(frozen=True, slots=True)
class OrdersCorrected(Notice):
    """Orders were told as delivered and were not, by the rules of an earlier version."""

    orders: int


@dataclass(frozen=True, slots=True)
class Reminder(Notice):
    """A snoozed alarm is due again."""

    alarm: int  # the alarm's id
    person: str  # who snoozed it
    channel: str  # where it was snoozed


class ApprovalPart(StrEnum):
    """The messages about a request for an approval."""

    REQUEST = "request"  # with the buttons of the approvers; brought up to date when somebody has decided
    REMINDER = "reminder"  # to the approvers, once
    QUESTION = "question"  # of an approver to the asker
    OUTCOME = "outcome"  # to the asker
    UNPOSTED = "unposted"  # to the asker: Slack does not take the request where it belongs


@dataclass(frozen=True, slots=True)
class ApprovalMessage(Notice):
    """A message about a request for an approval; it shows the request as it is when the message is sent."""

    approval: int  # the request's number
    part: ApprovalPart
    reader: str = ""  # the only person who gets it; empty: a channel
    thread: str = ""  # Slack's id of the message that it answers or brings up to date; empty: it is one of its own
    by: str = ""  # who asks a question
    text: str = ""  # of the question


@dataclass(frozen=True, slots=True)
class WriteSettled(Notice):
    """It is known at last what became of a write whose answer was lost; the person who made it is told."""

    write: str  # its id
    is_reversed: bool = False  # PandaPon's answer came late and says something else than a reading had shown
