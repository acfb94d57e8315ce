"""A channel's settings in words, and the form that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import Choice, checkbox, field, grouped_select, plain, radio, select, time_picker
from handlers.blocks.i18n import LANGUAGES, _
from handlers.blocks.parts import filter_words, in_channel, muted_line
from handlers.blocks.people import name
from handlers.blocks.punctuation import clauses, sentences
from handlers.blocks.settings_words import (
    Defaults,
    above_few,
    filter_choice,
    language_choice,
    load_words,
    settings_lines,
    thread_choices,
)
from handlers.blocks.text import code, slack_date
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from handlers.features.channel.time_zones import Groups
    from storage.channel import Channel
    from storage.subscription import Subscription
    from tracking.channel_settings import ChannelSettings, Load

View = dict[str, Any]


def settings(
    channel: Channel,
    now: datetime,
    *,
    subscriptions: Sequence[Subscription],
    next_digest: datetime | None,
    week: Load,
    defaults: Defaults,
) -> Message:
    """Show a channel's settings, with buttons to change them and to preview the digest.

    ``next_digest``: the time of the next digest; None: the channel gets no digest. ``week``: the posts that last week's
    news would have caused with these settings.
    """
    lines = settings_lines(channel.settings, next_digest, now, defaults)
    if channel.muted_until and channel.muted_until > now:
        lines.insert(0, muted_line(channel.muted_by, channel.muted_until, now))
    lines += [_subscribed(subscription) for subscription in subscriptions]
    buttons = [
        el.button(_("Change…"), f"{action_ids.EDIT_SETTINGS}:1", channel.channel, "primary"),
        el.button(_("Preview the digest"), f"{action_ids.PREVIEW_DIGEST}:1", channel.channel),
    ]
    last = _("With these settings, last week you'd have seen {load}.").format(load=load_words(week))
    head = _("Settings {where}").format(where=in_channel(channel.channel))
    blocks = [
        el.section(f"⚙️ *{head}*"),
        el.section("\n".join(f"• {line}" for line in lines)),
        el.context(last, *_changed_by(channel, now)),
        *el.actions(buttons),
    ]
    return el.message(blocks)


def modal(channel: str, chosen: ChannelSettings, zones: Groups, defaults: Defaults, suggested_zone: str = "") -> View:
    """Make the form. Each block's id is the name of a setting, and ``private_metadata`` is the channel.

    ``zones``: the time zones to choose from, in groups. ``suggested_zone``: the person's own; empty: suggest none.
    """
    languages = [Choice("default", language_choice("", defaults)), *(Choice(*pair) for pair in LANGUAGES)]
    blocks = [
        field(_("New orders"), "filter", select(_filters(defaults), chosen.filter or "default")),
        _checked("filter_all", _("Orders watched so far"), _("Apply to orders already watched here")),
        field(
            _("Where updates appear"),
            "threads",
            radio(thread_choices(), chosen.threads),
            hint=_("Automatic: {above}.").format(above=above_few()),
        ),
        field(_("Quiet hours start"), "quiet_from", time_picker(chosen.quiet_from), optional=True),
        field(_("Quiet hours end"), "quiet_to", time_picker(chosen.quiet_to), optional=True),
        _checked("break_through", _("During quiet hours"), _("Still post problems"), is_checked=chosen.break_through),
        field(_("Daily digest at"), "digest_at", time_picker(chosen.digest_at), optional=True),
        field(
            _("Language"),
            "language",
            select(languages, chosen.language or "default"),
            hint=_("For everything posted in this channel. Answers to you are in the language of your Slack."),
        ),
        field(
            _("Time zone"),
            "time_zone",
            grouped_select(zones, chosen.time_zone, _("Choose a city")),
            hint=_zone_hint(suggested_zone),
        ),
    ]
    return {
        "type": "modal",
        "callback_id": action_ids.SETTINGS_MODAL,
        "private_metadata": channel,
        "title": plain(_("Channel settings")),
        "submit": plain(_("Save")),
        "close": plain(_("Cancel")),
        "blocks": blocks,
    }


def saved(
    channel: str,
    chosen: ChannelSettings,
    next_digest: datetime | None,
    loads: tuple[Load, Load],
    now: datetime,
    *,
    defaults: Defaults,
) -> View:
    """Confirm the settings. ``loads``: last week's posts under the former settings, and under the new ones."""
    words = "\n".join(f"• {line}" for line in settings_lines(chosen, next_digest, now, defaults))
    head = _("Saved {where}").format(where=in_channel(channel))
    return _page([el.section(f"✅ *{head}*\n{words}"), *_compared(*loads)])


def _compared(before: Load, after: Load) -> list[Block]:
    if before == after:
        return []
    words = _("With these settings, last week you'd have seen {after} instead of {before}.")
    return [el.section(words.format(after=load_words(after), before=load_words(before)))]


def working() -> View:
    """Make the page that is shown while last week's news is counted, which takes a while in a busy channel."""
    return _page([el.section(_("⏳ Saving…"))])


def not_saved(reason: Message) -> View:
    """Make the page that says why nothing was saved."""
    return _page(reason.blocks)


def _page(blocks: list[Block]) -> View:
    return {"type": "modal", "title": plain(_("Channel settings")), "close": plain(_("Done")), "blocks": blocks}


def _zone_hint(suggested: str) -> str:
    hint = _("For the times above. Type a city or a name such as Europe/Berlin to find it in the list.")
    return sentences([hint, _("Your own is {zone}.").format(zone=suggested)]) if suggested else hint


def _filters(defaults: Defaults) -> list[Choice]:
    return [
        Choice("default", filter_choice("", defaults)),
        *(Choice(filter_, filter_words(filter_)) for filter_ in Filter),
    ]


def _subscribed(subscription: Subscription) -> str:
    orders = _("Watching every order: {filter}")
    if subscription.status:
        orders = _("Watching every order that is {status}: {filter}")
    news = filter_words(subscription.filter)
    by = _("by {user}").format(user=name(subscription.created_by))
    return clauses([orders.format(status=code(subscription.status), filter=news), by])


def _changed_by(channel: Channel, now: datetime) -> list[str]:
    if not channel.updated_by or channel.updated_at is None:
        return []
    return [
        _("Last changed by {user} {time}").format(
            user=name(channel.updated_by), time=slack_date(channel.updated_at, now)
        )
    ]


def _checked(name: str, label: str, words: str, *, is_checked: bool = False) -> Block:
    return field(label, name, checkbox(Choice("yes", words), is_checked=is_checked), optional=True)
