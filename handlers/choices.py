"""What channels choose: all orders, mutes, settings; and the log that says why something was posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers import aloud
from handlers.errors import explain
from handlers.i18n import LANGUAGES, _, speak
from handlers.payloads import part
from handlers.stored import keys_of
from handlers.text import code
from handlers.views import choices, digest, errors
from handlers.views.forms import VALUE, value_of
from handlers.views.why import why as why_view
from storage import codec
from tracking.channel_settings import THREADS, ChannelSettings
from tracking.values import Filter

if TYPE_CHECKING:
    from handlers.context import Context
    from handlers.requests import Mute, ShowSettings, Unmute, UnwatchAll, WatchAll, Why
    from handlers.turn import Turn
    from handlers.views.message import Message

NEWS_SHOWN = 12


async def watch_all(turn: Turn, request: WatchAll) -> Message:
    """Watch every order of the account; those that are known now join at once, as a baseline."""
    channel = request.channel or turn.channel
    chosen = (await turn.ctx.store.channels.get(channel)).settings
    standing = [one for one in await turn.ctx.store.subscriptions.active(channel) if one.status == request.status]
    kept = standing[0].filter if standing else None
    filter_ = request.filter or kept or chosen.filter or turn.ctx.default_filter
    joined = await turn.ctx.desk.subscribe(channel, request.status, filter_, turn.user)
    if joined.is_new or filter_ != kept:
        undo = {} if joined.is_new else {"filter": kept or ""}
        facts = {"n": joined.count, "status": request.status, "filter": filter_, "undo": undo}
        await aloud.say(turn.ctx, channel, turn.user, "watch all", **facts)
    return choices.watching_all(channel, request.status, filter_, joined)


async def unwatch_all(turn: Turn, request: UnwatchAll) -> Message:
    """End it, with the watches it brought."""
    channel = request.channel or turn.channel
    subscriptions, ended = await aloud.unwatch_all(turn, channel)
    return choices.unwatched_all(channel, subscriptions, ended)


async def mute(turn: Turn, request: Mute) -> Message:
    """Keep quiet about some orders, or all, for a while."""
    now = turn.ctx.clock()
    channel, until = request.channel or turn.channel, now + request.span
    missing = await aloud.set_mute(turn, channel, request.ids, until)
    found = [one for one in request.ids if one not in missing]
    return choices.muted(channel, found, until, missing, now)


async def unmute(turn: Turn, request: Unmute) -> Message:
    """Let news come again."""
    channel = request.channel or turn.channel
    missing = await aloud.set_mute(turn, channel, request.ids, None)
    return choices.unmuted(channel, [one for one in request.ids if one not in missing], missing)


async def show(turn: Turn, request: ShowSettings) -> Message:
    """What the channel chose, and what that meant last week."""
    channel = request.channel or turn.channel
    ctx = turn.ctx
    stored = await ctx.store.channels.get(channel)
    chosen = stored.settings
    week = await ctx.desk.dry_run(channel, chosen)
    subscriptions = await ctx.store.subscriptions.active(channel)
    return choices.settings(stored, chosen, subscriptions, ctx.desk.next_digest(chosen), week, ctx.clock())


async def preview(turn: Turn, channel: str) -> Message:
    """The digest as it would go out now."""
    return digest.summary(await turn.ctx.desk.preview(channel), turn.ctx.clock())


async def why(turn: Turn, request: Why) -> Message:
    """Why an order's news was posted here, or not. Says nothing that the store does not know."""
    ctx = turn.ctx
    channel = request.channel or turn.channel
    keys = await keys_of(ctx.store, request.text)
    if not keys:
        words = _("I have no record of {id}: nobody has watched it. {command} starts.")
        command = code(f"/panda watch {request.text}")
        return errors.failure(words.format(id=code(request.text), command=command))
    log = await ctx.store.delivery_log.of_order(keys[0], channel, NEWS_SHOWN)
    watch = next((one for one in await ctx.store.watches.of_orders(keys) if one.channel == channel), None)
    look, news = await ctx.desk.history(keys[0], log)
    return why_view(look, channel, watch, list(zip(log, news, strict=True)), ctx.clock())


async def form(ctx: Context, channel: str) -> dict[str, Any]:
    """The modal with what the channel has now."""
    return choices.modal(channel, (await ctx.store.channels.get(channel)).settings)


def read_form(values: dict[str, Any]) -> tuple[ChannelSettings, bool, dict[str, str]]:
    """What was filled in: the settings, whether the filter goes for all, and what is wrong by field."""
    filter_ = value_of(values, "filter", "selected_option")
    threads = value_of(values, "threads", "selected_option")
    begin, end = value_of(values, "quiet_from", "selected_time"), value_of(values, "quiet_to", "selected_time")
    zone = value_of(values, "time_zone", "value").strip()
    language = value_of(values, "language", "selected_option")
    wrong: dict[str, str] = {}
    if begin and not end:
        wrong["quiet_to"] = _("Quiet hours need an end as well; or leave both fields empty.")
    if end and not begin:
        wrong["quiet_from"] = _("Quiet hours need a start as well; or leave both fields empty.")
    if begin and begin == end:
        wrong["quiet_to"] = _("Start and end are the same. To hear nothing at all, use /panda mute.")
    if not _is_zone(zone):
        wrong["time_zone"] = _("That is not a time zone. Try Asia/Shanghai, Europe/Berlin or America/New_York.")
    settings = ChannelSettings(
        filter=Filter(filter_) if filter_ in set(Filter) else "",
        threads=threads if threads in THREADS else "auto",  # type: ignore[arg-type]  # it is one of them
        quiet_from=begin,
        quiet_to=end,
        break_through=bool(_checked(values, "break_through")),
        digest_at=value_of(values, "digest_at", "selected_time"),
        language=language if language in dict(LANGUAGES) else "",  # type: ignore[arg-type]  # it is one of them
        time_zone=zone,
    )
    return settings, bool(_checked(values, "filter_all")), wrong


async def save(ctx: Context, channel: str, user: str, settings: ChannelSettings, *, filter_all: bool) -> dict[str, Any]:
    """Keep the settings; the form's next page says what they would have meant last week, or what went wrong."""
    try:
        return await _save(ctx, channel, user, settings, filter_all=filter_all)
    except Exception as error:  # noqa: BLE001  the form is the only place where this person can be answered
        return choices.not_saved(explain(error))


async def _save(
    ctx: Context, channel: str, user: str, settings: ChannelSettings, *, filter_all: bool
) -> dict[str, Any]:
    former = (await ctx.store.channels.get(channel)).settings
    before = await ctx.desk.dry_run(channel, former)
    filter_ = settings.filter if filter_all and settings.filter else None
    after = await ctx.desk.dry_run(channel, settings, filter_=filter_)
    undo = {
        "settings": codec.dump_settings(former),
        "filters": await ctx.store.watches.filters(channel) if filter_ else {},
    }
    await ctx.desk.save(channel, settings, user, filter_all=filter_all)
    if filter_ or settings != former:
        await aloud.say(
            ctx, channel, user, "settings", settings=codec.dump_settings(settings), filter_all=filter_ or "", undo=undo
        )
    ctx.languages.put(channel, settings.language)
    speak(ctx.languages.of(channel))
    ctx.wake()
    return choices.saved(channel, settings, ctx.desk.next_digest(settings), (before, after), ctx.clock())


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _checked(values: dict[str, Any], name: str) -> list[Any]:
    found = part(values, name, VALUE, "selected_options")
    return found if isinstance(found, list) else []
