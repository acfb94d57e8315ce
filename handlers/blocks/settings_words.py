"""A channel's settings in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import LANGUAGES, _, ngettext
from handlers.blocks.parts import filter_words
from handlers.blocks.text import code, slack_date
from tracking.channel_settings import FEW

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.channel_settings import ChannelSettings, Load


def settings_lines(chosen: ChannelSettings, next_digest: datetime | None, now: datetime) -> list[str]:
    """The channel's settings, one a line, as Slack text. ``next_digest``: None where no time is to be named."""
    news = filter_words(chosen.filter) if chosen.filter else _("the bot's default")
    lines = [_("New watches post: {filter}").format(filter=news), dict(thread_choices())[chosen.threads]]
    if chosen.quiet:
        quiet = _("Quiet from {begin} to {end} ({zone})").format(
            begin=chosen.quiet_from, end=chosen.quiet_to, zone=code(chosen.time_zone)
        )
        exception = _("except for problems") if chosen.break_through else _("without exception")
        lines.append(f"{quiet}, {exception}")
    else:
        lines.append(_("No quiet hours"))
    if chosen.digest and not next_digest:
        lines.append(_("Daily digest at {time} ({zone})").format(time=chosen.digest_at, zone=code(chosen.time_zone)))
    elif next_digest:
        digest = _("Daily digest at {time} ({zone}), next {next}")
        lines.append(
            digest.format(time=chosen.digest_at, zone=code(chosen.time_zone), next=slack_date(next_digest, now))
        )
    else:
        lines.append(_("No daily digest"))
    if chosen.language:
        lines.append(_("Language: {language}").format(language=dict(LANGUAGES)[chosen.language]))
    return lines


def thread_choices() -> list[tuple[str, str]]:
    """The values of ``ChannelSettings.threads``, each with its meaning in words, as forms list them."""
    return [
        ("auto", _("Milestones in the channel too; over {n} orders: only what to act on").format(n=FEW)),
        ("milestones", _("In the order's thread; every milestone in the channel too")),
        ("broadcast", _("In the order's thread; deliveries, problems and money in the channel too")),
        ("problems", _("In the order's thread; problems in the channel too")),
        ("thread", _("Only in the order's thread")),
        ("channel", _("Always in the channel, no threads")),
    ]


def load_words(load: Load) -> str:
    """The number of messages that a load brings to a channel and its threads."""
    channel = ngettext("{n} message in the channel", "{n} messages in the channel", load.channel).format(n=load.channel)
    if not load.thread:
        return channel
    return _("{channel} and {n} in threads").format(channel=channel, n=load.thread)
