"""What changes a channel for all is said to all, in one line that names who did it and takes it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers.stored import keys_of
from handlers.views import lines
from storage import codec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.context import Context
    from handlers.turn import Turn
    from handlers.views.message import Message


async def say(ctx: Context, channel: str, by: str, what: str, **facts: Any) -> None:
    """Tell a channel. ``what``: see ``handlers.views.lines``; ``undo`` among the facts is what Undo needs to know."""
    await ctx.store.channels.say(ctx.clock(), channel, {"line": what, "by": by, **facts})
    ctx.wake()


async def set_mute(turn: Turn, channel: str, ids: Sequence[str], until: datetime | None) -> list[str]:
    """Mute or unmute orders or all, and say so. Returns the ids that are not watched there."""
    store, now = turn.ctx.store, turn.ctx.clock()
    keys = {one: await keys_of(store, one) for one in ids}
    each = list(dict.fromkeys(key for found in keys.values() for key in found))
    before = await _muted_until(turn, channel, each if ids else None)
    if ids:
        done = await store.watches.mute(now, channel, each, until, turn.user)
    else:
        await store.channels.mute(now, channel, until, turn.user)
    missing = [one for one in ids if not set(keys[one]) & set(done)]
    found = [one for one in ids if one not in missing]
    if found or not ids:
        undo = {"until": before.isoformat() if before else ""}
        if until:
            await say(turn.ctx, channel, turn.user, "mute", ids=found, until=until.isoformat(), undo=undo)
        elif before:  # that what was not muted is not muted is no news
            await say(turn.ctx, channel, turn.user, "unmute", ids=found, undo=undo)
    return missing


async def undo(turn: Turn, line: int) -> Message:
    """Take back what a line says, once; everybody reads that, too."""
    taken = await turn.ctx.store.channels.take_line(line)
    if taken is None:
        return lines.too_late()
    channel, facts = taken
    former, store, now = facts.get("undo") or {}, turn.ctx.store, turn.ctx.clock()
    match facts["line"]:
        case "mute" | "unmute":
            until = datetime.fromisoformat(former["until"]) if former.get("until") else None
            await set_mute(turn, channel, facts.get("ids") or [], until if until and until > now else None)
        case "watch all":
            await _undo_watch_all(turn, channel, facts)
        case "unwatch all":
            n = await store.subscriptions.resubscribe(now, channel, datetime.fromisoformat(former["at"]), turn.user)
            standing = await store.subscriptions.active(channel)
            filter_ = standing[-1].filter if standing else ""
            await say(turn.ctx, channel, turn.user, "watch all", n=n, filter=filter_, undo={})
        case "settings":
            await _undo_settings(turn, channel, facts)
    turn.ctx.wake()
    return lines.undone()


async def _undo_watch_all(turn: Turn, channel: str, facts: dict[str, Any]) -> None:
    """The filter that stood before, or the end of it."""
    former = facts["undo"].get("filter")
    if former:
        n = (await turn.ctx.desk.subscribe(channel, facts.get("status", ""), former, turn.user)).count
        await say(
            turn.ctx, channel, turn.user, "watch all", n=n, filter=former, status=facts.get("status", ""), undo={}
        )
    else:
        await unwatch_all(turn, channel)


async def unwatch_all(turn: Turn, channel: str) -> tuple[int, int]:
    """End every `watch all` of a channel, and say so. Returns how many ended, and how many watches with them."""
    now = turn.ctx.clock()
    subscriptions, ended = await turn.ctx.store.subscriptions.unsubscribe(now, channel, turn.user)
    if subscriptions:
        await say(turn.ctx, channel, turn.user, "unwatch all", undo={"at": now.isoformat()})
    return subscriptions, ended


async def _undo_settings(turn: Turn, channel: str, facts: dict[str, Any]) -> None:
    former = facts["undo"]
    settings = codec.load_settings(former["settings"])
    await turn.ctx.desk.save(channel, settings, turn.user, filter_all=False)
    if former.get("filters"):
        await turn.ctx.store.watches.restore_filters(turn.ctx.clock(), channel, former["filters"], turn.user)
    turn.ctx.languages.put(channel, settings.language)
    now = {"settings": facts["settings"]}
    await say(turn.ctx, channel, turn.user, "settings", settings=former["settings"], undo=now)


async def _muted_until(turn: Turn, channel: str, keys: Sequence[str] | None) -> datetime | None:
    """Until when all of a channel, or the longest of these orders, is muted now."""
    store, now = turn.ctx.store, turn.ctx.clock()
    if keys is None:
        times = [(await store.channels.get(channel)).muted_until]
    else:
        times = [watch.muted_until for watch in await store.watches.of_orders(keys) if watch.channel == channel]
    return max((time for time in times if time and time > now), default=None)
