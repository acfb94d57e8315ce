"""A channel's settings in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks.forms import Choice
from handlers.blocks.i18n import LANGUAGES, _, ngettext
from handlers.blocks.parts import filter_words
from handlers.blocks.punctuation import bracketed, clauses
from handlers.blocks.text import code, slack_date
from tracking.channel_settings import FEW
from tracking.values import Filter

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.channel_settings import ChannelSettings, Load


@dataclass(frozen=True, slots=True)
class Defaults:
    """The bot's own settings, which hold where a channel chose nothing."""

    filter: str = Filter.ALL
    language: str = "en"


def settings_lines(
    chosen: ChannelSettings, next_digest: datetime | None, now: datetime, defaults: Defaults | None = None
) -> list[str]:
    """The channel's settings, each on a line, as Slack text.

    ``next_digest``: None leaves its time out. ``defaults``: None shows a default as the word "default" alone.
    """
    return [
        _("New orders: {filter}").format(filter=filter_choice(chosen.filter, defaults)),
        _thread_line(chosen.threads),
        _quiet_line(chosen),
        _digest_line(chosen, next_digest, now),
        _("Language: {language}").format(language=language_choice(chosen.language, defaults)),
        _("Time zone: {zone}").format(zone=code(chosen.time_zone)),
    ]


def filter_choice(filter_: str, defaults: Defaults | None) -> str:
    """A filter in words; for an empty filter the default with the word "default"."""
    return filter_words(filter_) if filter_ else _default(filter_words(defaults.filter) if defaults else "")


def language_choice(language: str, defaults: Defaults | None) -> str:
    """A language by its own name; for an empty code the default with the word "default"."""
    names = dict(LANGUAGES)
    return names[language] if language else _default(names[defaults.language] if defaults else "")


def _default(words: str) -> str:
    return bracketed(words, _("default")) if words else _("default")


def thread_choices() -> list[Choice]:
    """The values of ``ChannelSettings.threads``, each with its meaning in words, as forms list them."""
    return [
        Choice("auto", _("Automatic: milestones in the channel")),
        Choice("milestones", _("Thread + every milestone in the channel")),
        Choice("broadcast", _("Thread + deliveries, problems and price changes in the channel")),
        Choice("problems", _("Thread + problems in the channel")),
        Choice("thread", _("Thread only")),
        Choice("channel", _("Always in the channel, no threads")),
    ]


def load_words(load: Load) -> str:
    """The number of messages that a load brings to a channel and its threads."""
    channel = ngettext("{n} channel message", "{n} channel messages", load.channel).format(n=load.channel)
    if not load.thread:
        return channel
    return _("{channel} and {n} in threads").format(channel=channel, n=load.thread)


def above_few() -> str:
    """The rest of the words for "automatic": the posts that a channel with more than ``FEW`` orders shows."""
    return _("above {n} orders, only what needs action").format(n=FEW)


def _thread_line(threads: str) -> str:
    words = next(choice.words for choice in thread_choices() if choice.value == threads)
    return _("{automatic}; {above}").format(automatic=words, above=above_few()) if threads == "auto" else words


def _quiet_line(chosen: ChannelSettings) -> str:
    if not chosen.quiet:
        return _("No quiet hours")
    hours = _("Quiet hours from {begin} to {end}").format(begin=chosen.quiet_from, end=chosen.quiet_to)
    exception = _("problems still get through") if chosen.break_through else _("without exception")
    return clauses([hours, exception])


def _digest_line(chosen: ChannelSettings, next_digest: datetime | None, now: datetime) -> str:
    if not chosen.digest:
        return _("No daily digest")
    line = _("Daily digest at {time}").format(time=chosen.digest_at)
    following = _("next {time}").format(time=slack_date(next_digest, now)) if next_digest else ""
    return clauses([line, following])
