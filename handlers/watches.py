"""Watching orders in channels: start, stop, undo, list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.errors_in_words import BETWEEN_PEOPLE
from handlers.outcomes import WatchResult
from handlers.stored import keys_of
from handlers.views import notices, watches
from handlers.views.help import help as help_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.outcomes import WatchOutcome
    from handlers.requests import ListWatches, Unwatch, WatchOrders
    from handlers.turn import Turn
    from handlers.views.message import Message
    from pandapon.shipment import Platform
    from storage.watch import Watch
    from tracking.values import Filter

PAGE_SIZE = 10


async def start(turn: Turn, request: WatchOrders) -> Message:
    """Watch orders in a channel; without ids, explain how and show what the channel watches."""
    if not request.ids:
        return await explain(turn)
    channel = request.channel or turn.channel
    return await start_in(
        turn, request.ids, channel, filter_=request.filter, platform=request.platform, typed_in=request.typed_in
    )


async def start_in(
    turn: Turn,
    ids: Sequence[str],
    channel: str,
    *,
    filter_: Filter | None = None,
    platform: Platform | None = None,
    typed_in: str = "",
) -> Message:
    """Watch orders in a channel that is known to be allowed. ``typed_in``: how one types it, if it is another one."""
    chosen = (await turn.ctx.store.channels.get(channel)).settings
    default = chosen.filter or turn.ctx.default_filter
    outcomes = await turn.ctx.tracker.watch(
        ids, channel=channel, filter_=filter_, user=turn.user, platform=platform, default=default
    )
    if turn.is_between_people and channel == turn.channel:
        outcomes = [_between_people(one) for one in outcomes]
    return watches.outcomes(outcomes, channel, typed_in)


def _between_people(outcome: WatchOutcome) -> WatchOutcome:
    """Slack shows the bot no direct message that it is not part of, and lets nobody invite it there."""
    is_unseen = outcome.result is WatchResult.REFUSED and outcome.reason in {"channel_not_found", "not_in_channel"}
    return replace(outcome, reason=BETWEEN_PEOPLE) if is_unseen else outcome


async def explain(turn: Turn) -> Message:
    """The bare ``/panda watch``: its help, and this channel's list."""
    rows, total = await turn.ctx.store.watches.of_channel(turn.channel, 0, PAGE_SIZE)
    listed = await _listed(turn, rows, total, 1, turn.channel)
    helped = help_view("watch")
    return helped.followed_by(listed)


async def stop(turn: Turn, request: Unwatch) -> Message:
    """Stop watching orders in a channel. Offers Undo; says which ids were not watched."""
    channel = request.channel or turn.channel
    return await stop_in(turn, request.ids, channel, request.typed_in)


async def stop_in(turn: Turn, ids: Sequence[str], channel: str, typed_in: str = "") -> Message:
    """Stop watching orders in a channel that is known to be allowed; ``ids`` may be waybills of theirs."""
    store = turn.ctx.store
    keys = {text: await keys_of(store, text) for text in ids}
    each = list(dict.fromkeys(key for found in keys.values() for key in found))
    ended = await store.watches.end(turn.ctx.clock(), channel, each, turn.user)
    turn.ctx.wake()
    done = {watch.key for watch in ended}
    return watches.ended(ended, channel, [text for text in ids if not done.intersection(keys[text])], typed_in)


async def undo_stop(turn: Turn, ended: Sequence[Watch]) -> Message:
    """Bring back watches that were just ended."""
    restored = await turn.ctx.store.watches.restore(turn.ctx.clock(), [watch.id for watch in ended], turn.user)
    turn.ctx.wake()
    return watches.restored(restored, ended[0].channel if ended else turn.channel)


async def resume(turn: Turn, watch: Watch | None) -> Message:
    """Go on with a watch that was paused because Slack refused its posts; None: it is not there any more."""
    resumed = watch and await turn.ctx.store.watches.resume(turn.ctx.clock(), watch.id, turn.user)
    turn.ctx.wake()
    return watches.resumed(resumed)


async def resume_channel(turn: Turn, channel: str) -> Message:
    """Go on with every paused watch of a channel; the button stands in a direct message to their owner."""
    resumed = await turn.ctx.store.watches.resume_channel(turn.ctx.clock(), channel, turn.user)
    turn.ctx.wake()
    return notices.resumed(channel, len(resumed))


async def listing(turn: Turn, request: ListWatches) -> Message:
    """What a channel watches: state, filter, who and when."""
    channel = request.channel or turn.channel
    rows, total = await turn.ctx.store.watches.of_channel(channel, (request.page - 1) * PAGE_SIZE, PAGE_SIZE)
    return await _listed(turn, rows, total, request.page, channel)


async def _listed(turn: Turn, rows: list[Watch], total: int, page: int, channel: str) -> Message:
    muted = await turn.ctx.store.channels.get(channel)
    return watches.listing(rows, total, page, channel, PAGE_SIZE, muted, turn.ctx.clock())
