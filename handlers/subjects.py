"""What each listener acts on. It is loaded, and its channels are asked for, before the act; no id is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers import channels, finder, payloads, requests
from handlers.grammar import Refusal, parse
from handlers.outcomes import OutdatedError
from handlers.permissions import Claim, Need, ask
from storage.watch import WatchState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.payloads import Body
    from handlers.requests import Request
    from handlers.turn import Turn
    from handlers.views.message import Message

_ROW = re.compile(r"[0-9]{1,18}")  # what fits into a row's number
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
ROWS = 500  # of one button, whose value Slack cuts at 2,000 characters

# What each command wants of the channel that it names or stands in; None: nothing, it is about orders and goods.
NEEDS: dict[type[Request], Need | None] = {
    requests.Search: None,
    requests.ShowOrder: None,
    requests.ListOrders: None,
    requests.Track: None,
    requests.WatchOrders: Need.CHANGE,
    requests.WatchAll: Need.CHANGE,
    requests.Unwatch: Need.CHANGE,
    requests.UnwatchAll: Need.CHANGE,
    requests.ListWatches: Need.READ,
    requests.Mute: Need.CHANGE,
    requests.Unmute: Need.CHANGE,
    requests.ShowSettings: Need.READ,
    requests.Why: Need.READ,
    requests.Help: None,
    requests.Status: None,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a listener acts on, by a name for people, and how it is found in what Slack sent.

    ``find`` raises OutdatedError for a payload in which it is not, and whatever answers the person better.
    """

    name: str
    find: Callable[[Turn, Body], Awaitable[Claim]]


async def claimed(turn: Turn, body: Body, subject: Subject) -> Any:
    """The one check between a listener and its act: the subject, for somebody who may act on it.

    Raises ForbiddenError and what ``subject.find`` raises.
    """
    person = await turn.ctx.admission.admit(turn.client, body)
    claim = await subject.find(turn, body)
    await ask(turn, person, claim)
    return claim.what


async def permitted(
    turn: Turn, body: Body, subject: Subject, act: Callable[[Turn, Any], Awaitable[Message]]
) -> Message:
    """The act's answer. Raises what :func:`claimed` and the act raise."""
    return await act(turn, await claimed(turn, body, subject))


async def claim_of(turn: Turn, request: Request) -> Claim:
    """What a command acts on: the channel that it names, else the one in which it was typed. Raises Refusal."""
    need = NEEDS[type(request)]
    if need is None:
        return Claim(request)
    typed = getattr(request, "channel", None)
    channel = await channels.find(turn, typed)
    if isinstance(request, requests.WatchOrders) and not request.ids:
        need = Need.READ  # it only says how to, and what is watched
    unseen = channels.unknown(typed) if typed and channel != typed else None
    named: Any = replace(request, channel=channel or None)  # type: ignore[arg-type]  # those with a need have one
    return Claim(named, (channel,), need, unseen=unseen)


def button(name: str, *kinds: type[Request]) -> Subject:
    """A button that carries a command, of these kinds only where some are named."""

    async def find(turn: Turn, body: Body) -> Claim:
        text = payloads.value(body)
        try:
            request = parse(text)
        except Refusal as error:
            raise OutdatedError from error
        if not text.strip() or (kinds and type(request) not in kinds):
            raise OutdatedError
        return await claim_of(turn, request)

    return Subject(name, find)


async def _typed(turn: Turn, body: Body) -> Claim:
    return await claim_of(turn, parse(payloads.text(body, "text"), command=payloads.text(body, "command")))


async def _nothing(_turn: Turn, body: Body) -> Claim:
    return Claim(body)


async def _message(turn: Turn, body: Body) -> Claim:
    return Claim(payloads.table(body, "message"), (turn.channel,))


async def _watch(turn: Turn, body: Body) -> Claim:
    [row] = _rows(payloads.value(body), most=1)
    watch = await turn.ctx.store.watches.get(row)
    return Claim(watch, (watch.channel,) if watch else ())


async def _watches(turn: Turn, body: Body) -> Claim:
    found = [await turn.ctx.store.watches.get(row) for row in _rows(payloads.value(body), most=ROWS)]
    watches = [watch for watch in found if watch]
    return Claim(watches, tuple(dict.fromkeys(watch.channel for watch in watches)))


async def _alarm(turn: Turn, body: Body) -> Claim:
    """An alarm belongs to its order, and so to each channel that watches it: first of all to where it was pressed."""
    [row] = _rows(payloads.value(body), most=1)
    alarm = await turn.ctx.store.alarms.get(row)
    watches = await turn.ctx.store.watches.of_orders([alarm.key]) if alarm else []
    places = [watch.channel for watch in watches if watch.state is not WatchState.ENDED]
    places.sort(key=lambda channel: channel != turn.channel)
    return Claim((alarm if places else None, payloads.table(body, "message")), tuple(places), any_of=True)


def _channel(need: Need) -> Callable[[Turn, Body], Awaitable[Claim]]:
    async def find(_turn: Turn, body: Body) -> Claim:
        return _one_channel(payloads.value(body), need)

    return find


async def _settings(_turn: Turn, body: Body) -> Claim:
    return _one_channel(payloads.text(body, "view", "private_metadata"), Need.CHANGE)


async def _found(_turn: Turn, body: Body) -> Claim:
    """The form that looks orders up acts on a channel only where it is to watch them in one."""
    filled = finder.read_form(payloads.table(body, "view", "state", "values"))
    return Claim(filled, (filled.channel,) if filled.what == "watch" else ())


async def _line(turn: Turn, body: Body) -> Claim:
    """It was said to a channel, and what it takes back is that channel's."""
    [row] = _rows(payloads.value(body), most=1)
    channel = await turn.ctx.store.channels.of_line(row)
    return Claim(row, (channel,) if channel else ())


def _one_channel(channel: str, need: Need) -> Claim:
    if not _CHANNEL.fullmatch(channel):
        raise OutdatedError
    return Claim(channel, (channel,), need)


def _rows(text: str, most: int) -> list[int]:
    """The numbers of rows, joined by commas."""
    parts = text.split(",")
    if len(parts) > most or not all(_ROW.fullmatch(one) for one in parts):
        raise OutdatedError
    return [int(one) for one in parts]


TYPED = Subject("the channel that the command names, or in which it is typed", _typed)
COMMAND = button("the channel that the button's command names, or in which it is pressed")
WATCHING = button("the same, of a command that watches", requests.Track, requests.WatchOrders)
UNWATCHING = button("the same, of a command that stops watching", requests.Unwatch)
MESSAGE = Subject("the channel of the message", _message)
WATCH = Subject("the watch whose number the button carries, and its channel", _watch)
WATCHES = Subject("the watches whose numbers the button carries, and their channels", _watches)
ALARM = Subject("the alarm whose number the button carries, and the channels that watch its order", _alarm)
LINE = Subject("the line whose number the button carries, and the channel to which it was said", _line)
CHANNEL = Subject("the channel that the button carries", _channel(Need.CHANGE))
LOOKED_AT = Subject("the channel that the button carries, to look at", _channel(Need.READ))
SETTINGS = Subject("the channel of the settings form", _settings)
FOUND = Subject("the channel chosen in the form, where it is to watch", _found)
PERSON = Subject("nothing but what the person may see", _nothing)
NOTHING = Subject("nothing: it is only acknowledged, or said to be from an older version", _nothing)
