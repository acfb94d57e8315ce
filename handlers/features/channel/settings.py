"""A channel's settings: filter, threads, quiet hours, daily digest, language, time zone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import CHANNEL, CHANNEL_TO_LOOK_AT, Subject, channel_claim
from handlers.blocks import action_ids
from handlers.blocks.forms import is_checked, value_of
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import LANGUAGES, _, set_language
from handlers.blocks.settings_words import Defaults
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Button, Command, Feature, Form, Opener
from handlers.features.channel import settings_views, time_zones
from handlers.features.channel.changes import count_last_week, store_settings
from handlers.interactions.announcing import announce
from handlers.parsing.options import read_options
from handlers.parsing.targets import take_channel
from handlers.parsing.words import Verb
from handlers.posts import digest
from handlers.wire import payloads
from handlers.wire.requests import ShowSettings
from tracking.channel_settings import THREADS, ChannelSettings, revert_change
from tracking.digest_schedule import next_digest
from tracking.messages import SettingsChanged
from tracking.values import Filter

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.channel_filters import ByFilter


@dataclass(frozen=True, slots=True)
class FilledSettings:
    """The filled settings form. ``filter_all``: existing watches get the filter too; ``wrong``: sentences by field."""

    settings: ChannelSettings
    filter_all: bool = False
    wrong: dict[str, str] = field(default_factory=dict)


def read_settings(command: TypedCommand) -> ShowSettings:
    """Read ``settings``. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    if words:
        problem = _("{word} is not a channel; to change its settings, press the button in this command's answer")
        raise command.refuse(problem.format(word=code(words[0].text, 40)), suggestion="/panda settings")
    return ShowSettings(where.channel)


async def show_settings(interaction: Interaction, request: ShowSettings) -> Message:
    """Show the channel's settings, and how many posts they would have caused last week."""
    channel = request.channel or interaction.channel
    ctx = interaction.ctx
    stored = await ctx.store.channels.get(channel)
    return settings_views.settings(
        stored,
        ctx.clock(),
        subscriptions=await ctx.store.subscriptions.active(channel),
        next_digest=next_digest(stored.settings, ctx.clock()),
        week=await count_last_week(ctx, channel, stored.settings),
        defaults=_defaults(ctx),
    )


async def preview(interaction: Interaction, channel: str) -> Message:
    """Show the daily digest as it would be posted now."""
    ctx = interaction.ctx
    return digest.daily(await ctx.preview_digest(channel), channel, ctx.links, ctx.clock())


async def open_form(interaction: Interaction, channel: str) -> View:
    """Make the form, filled with the channel's present settings: a field that the person leaves alone stays the same.

    The time zone of the person's Slack is only a suggestion.
    """
    ctx = interaction.ctx
    chosen = (await ctx.store.channels.get(channel)).settings
    own = ctx.people.of(interaction.user).time_zone
    zones = await asyncio.to_thread(time_zones.groups, [chosen.time_zone, own, "UTC"], ctx.clock())
    suggested = own if own != chosen.time_zone and time_zones.is_zone(own) else ""
    return settings_views.modal(channel, chosen, zones, _defaults(ctx), suggested)


def read_form(values: dict[str, Any]) -> FilledSettings:
    """Read the form's ``state.values``. The result has a sentence for each wrong field."""
    filter_ = value_of(values, "filter", "selected_option")
    threads = value_of(values, "threads", "selected_option")
    begin, end = value_of(values, "quiet_from", "selected_time"), value_of(values, "quiet_to", "selected_time")
    zone = value_of(values, "time_zone", "selected_option")
    language = value_of(values, "language", "selected_option")
    wrong: dict[str, str] = {}
    if begin and not end:
        wrong["quiet_to"] = _("Quiet hours need an end as well; or leave both fields empty.")
    if end and not begin:
        wrong["quiet_from"] = _("Quiet hours need a start as well; or leave both fields empty.")
    if begin and begin == end:
        wrong["quiet_to"] = _("Start and end are the same. To get no updates at all, use /panda mute.")
    if not time_zones.is_zone(zone):
        wrong["time_zone"] = _("Choose a time zone, such as Asia/Shanghai or Europe/Berlin.")
    settings = ChannelSettings(
        filter=Filter(filter_) if filter_ in set(Filter) else "",
        threads=threads if threads in THREADS else "auto",  # type: ignore[arg-type]  # ``in`` does not narrow a str
        quiet_from=begin,
        quiet_to=end,
        break_through=is_checked(values, "break_through"),
        digest_at=value_of(values, "digest_at", "selected_time"),
        language=language if language in dict(LANGUAGES) else "",  # type: ignore[arg-type]  # ``in`` does not narrow a str
        time_zone=zone,
    )
    return FilledSettings(settings, is_checked(values, "filter_all"), wrong)


async def save(interaction: Interaction, channel: str, filled: FilledSettings) -> View:
    """Store the settings. The form's next page compares last week's posts under the former and the new settings."""
    ctx, user, settings = interaction.ctx, interaction.user, filled.settings
    former = (await ctx.store.channels.get(channel)).settings
    before = await count_last_week(ctx, channel, former)
    filter_ = settings.filter if filled.filter_all and settings.filter else None
    after = await count_last_week(ctx, channel, settings, filter_)
    await store_settings(ctx, channel, settings, user)
    filters = await ctx.store.watches.set_filters(ctx.clock(), channel, filter_, user) if filter_ else ({}, {})
    if any(filters) or settings != former:
        await announce(ctx, channel, SettingsChanged(user, settings, former, filter_, *filters))
    ctx.languages.put(channel, settings.language)
    set_language(ctx.languages.of_reader(ctx.people.of(user), channel))
    ctx.wake()
    now, loads = ctx.clock(), (before, after)
    return settings_views.saved(channel, settings, next_digest(settings, now), loads, now, defaults=_defaults(ctx))


async def undo_settings(interaction: Interaction, channel: str, change: SettingsChanged) -> bool:
    """Restore the former settings, and the former filters where the change replaced them.

    A setting or a filter that somebody has changed since then stays as it is. Return whether anything was restored.
    """
    ctx, user = interaction.ctx, interaction.user
    present = (await ctx.store.channels.get(channel)).settings
    settings = revert_change(present, change.settings, change.former)
    if settings != present:
        await store_settings(ctx, channel, settings, user)
        ctx.languages.put(channel, settings.language)
    restored = await _restore_filters(interaction, channel, change)
    lines = [SettingsChanged(user, settings, settings, *filters) for filters in restored]
    if settings != present:
        lines[:1] = [replace(line, former=present) for line in lines[:1]] or [SettingsChanged(user, settings, present)]
    for line in lines:
        await announce(ctx, channel, line)
    return bool(lines)


async def _restore_filters(
    interaction: Interaction, channel: str, change: SettingsChanged
) -> list[tuple[Filter, ByFilter, ByFilter]]:
    """Restore the filters that a change replaced.

    Return a tuple for each restored filter: the filter, and the watches and the subscriptions that got it back, by the
    filter that they had until now.
    """
    ctx, filter_ = interaction.ctx, change.filter_all
    if not filter_:
        return []
    former = change.former_filters, change.former_subscriptions
    restored = await ctx.store.watches.restore_filters(
        ctx.clock(), channel, filter_, former=former, actor=interaction.user
    )
    watches, subscriptions = restored
    return [
        (
            Filter(name),
            {filter_: watches.get(name, [])},
            {filter_: subscriptions[name]} if name in subscriptions else {},
        )
        for name in dict.fromkeys([*watches, *subscriptions])
    ]


def _defaults(ctx: Context) -> Defaults:
    return Defaults(ctx.default_filter, ctx.languages.default)


async def _channel_of_form(interaction: Interaction, _filled: FilledSettings) -> Claim:
    return channel_claim(payloads.text(interaction.body, "view", "private_metadata"), Need.CHANGE)


def _help() -> HelpPage:
    return HelpPage(
        _("Channel settings"),
        _("Which updates, where they appear, quiet hours, digest, language and time zone."),
        (("/panda settings", _("here")), ("/panda settings in #purchasing", _("in another channel"))),
    )


FORM = Subject("the channel of the settings form", _channel_of_form)

FEATURE = Feature(
    commands=(
        Command(Verb("settings", ("setting", "config", "configure", "preferences", "设置")), read_settings, _help),
    ),
    answers=(Answer(ShowSettings, show_settings, Need.READ, is_repeatable=True),),
    buttons=(Button(action_ids.PREVIEW_DIGEST, CHANNEL_TO_LOOK_AT, preview),),
    openers=(Opener("action", action_ids.EDIT_SETTINGS, CHANNEL, open_form),),
    forms=(Form(action_ids.SETTINGS_MODAL, FORM, read_form, save, settings_views.working, settings_views.not_saved),),
    undo={SettingsChanged: undo_settings},
)
