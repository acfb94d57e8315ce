"""Messages that are not about a single order: changes that a person made for a whole channel, and notices. Pure values.

A change is told to its channel in one line with an Undo button, and holds the facts that Undo needs. Times are aware.
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
    """Orders were muted, or the whole channel."""

    until: datetime
    ids: tuple[str, ...] = ()  # order ids as typed; empty: the channel
    former: datetime | None = None  # the (latest) end of the mutes that this one replaced; None: it replaced none
    # By each order's key, the end of the mute that this one replaced; None: the order was not muted. Empty: the channel
    # was muted, or an earlier version stored the message.
    orders: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmuted(ChannelChange):
    """A person ended the mute of orders, or that of the channel, early."""

    ids: tuple[str, ...] = ()  # order ids as typed; empty: the channel
    former: datetime | None = None  # when the (last) mute would have ended
    still: tuple[str, ...] = ()  # ids of the orders that keep a mute of their own after the channel's mute ended
    orders: Mapping[str, datetime | None] = field(default_factory=dict)  # as in Muted


@dataclass(frozen=True, slots=True)
class WatchingAll(ChannelChange):
    """The channel watches all orders of the account, or all in one state."""

    orders: int  # the number of orders whose watches opened at once
    filter: Filter | None = None  # None: no subscription with a filter is left
    status: str = ""  # the state; empty: any
    former: Filter | None = None  # the subscription's filter before; None: the subscription is new
    subscription: int = 0  # its id; 0: an earlier version stored the message


@dataclass(frozen=True, slots=True)
class StoppedAll(ChannelChange):
    """Every subscription of the channel ended, or its subscription to the orders in one state."""

    at: datetime
    status: str = ""  # the state; empty: any
    still: tuple[str, ...] = ()  # the states of the remaining subscriptions; an empty state: any
    passed_on: tuple[int, ...] = ()  # ids of the watches that went over to a remaining subscription


@dataclass(frozen=True, slots=True)
class SettingsChanged(ChannelChange):
    """The channel's settings changed, and perhaps the filters of its watches."""

    settings: ChannelSettings
    former: ChannelSettings
    filter_all: Filter | None = None  # the new filter of all watches and subscriptions; None: they kept theirs
    former_filters: Mapping[str, Sequence[int]] = field(default_factory=dict)  # ids of watches, by their former filter
    former_subscriptions: Mapping[str, Sequence[int]] = field(default_factory=dict)  # ids of subscriptions, likewise


@dataclass(frozen=True, slots=True)
class OrdersChanged(ChannelChange):
    """Somebody acted on orders that the channel watches. The bot cannot undo that.

    ``act``: ``paid``, ``cancelled``, ``received`` or ``moved`` (to another warehouse).
    """

    act: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefundRequested(ChannelChange):
    """A refund of a watched order was asked for. The message cannot undo it. ``fen``: the amount asked back."""

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
    """The rules of an earlier version told orders as delivered that were not."""

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
    thread: str = ""  # Slack's ts of the message that this one answers or updates; empty: it is a new message
    by: str = ""  # the person who asks a question
    text: str = ""  # of the question


@dataclass(frozen=True, slots=True)
class WriteSettled(Notice):
    """The result of a write whose answer was lost is known; the person who made the write is told."""

    write: str  # its id
    is_reversed: bool = False  # PandaPon's late answer contradicts the result that the person was told
