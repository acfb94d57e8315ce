"""A channel's settings in words, and the form that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import field, option, plain
from handlers.blocks.i18n import LANGUAGES, _
from handlers.blocks.parts import filter_words, here, muted_line
from handlers.blocks.people import name
from handlers.blocks.settings_words import load_words, settings_lines, thread_choices
from handlers.blocks.text import code, slack_date
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
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
) -> Message:
    """Show a channel's settings, with buttons to change them and to preview the digest.

    ``next_digest``: when it is posted; None: the channel gets none. ``week``: the posts that last week's news would
    have caused with these settings.
    """
    lines = settings_lines(channel.settings, next_digest, now)
    if channel.muted_until and channel.muted_until > now:
        lines.insert(0, muted_line(channel.muted_by, channel.muted_until, now))
    lines += [_subscribed(subscription) for subscription in subscriptions]
    buttons = [
        el.button(_("Change…"), f"{action_ids.EDIT_SETTINGS}:1", channel.channel, "primary"),
        el.button(_("Preview the digest"), f"{action_ids.PREVIEW_DIGEST}:1", channel.channel),
    ]
    last = _("With these settings, last week's news meant {load} here.").format(load=load_words(week))
    head = _("Settings {where}").format(where=here(channel.channel))
    blocks = [
        el.section(f"⚙️ *{head}*"),
        el.section("\n".join(f"• {line}" for line in lines)),
        el.context(last, *_changed_by(channel, now)),
        *el.actions(buttons),
    ]
    return el.message(blocks)


def modal(channel: str, chosen: ChannelSettings) -> View:
    """Make the form. Each block's id is the name of a setting, and ``private_metadata`` is the channel."""
    blocks = [
        field(_("News of orders watched here"), "filter", _select(_filters(), chosen.filter or "default")),
        _checks("filter_all", _("Already watched"), [("yes", _("Also for orders that are already watched here"))], []),
        field(_("Where news appears"), "threads", _radio(thread_choices(), chosen.threads)),
        field(_("Quiet from"), "quiet_from", _time(chosen.quiet_from), optional=True),
        field(_("Quiet to"), "quiet_to", _time(chosen.quiet_to), optional=True),
        _checks(
            "break_through",
            _("In quiet hours"),
            [("yes", _("Problems are posted in quiet hours too"))],
            ["yes"] if chosen.break_through else [],
        ),
        field(_("Daily digest at"), "digest_at", _time(chosen.digest_at), optional=True),
        field(
            _("Language"),
            "language",
            _select([("default", _("The bot's default")), *LANGUAGES], chosen.language or "default"),
        ),
        field(
            _("Time zone"),
            "time_zone",
            {"type": "plain_text_input", "action_id": "value", "initial_value": chosen.time_zone, "max_length": 60},
            hint=_("A name such as Asia/Shanghai or Europe/Berlin. It applies to the times above."),
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
    channel: str, chosen: ChannelSettings, next_digest: datetime | None, loads: tuple[Load, Load], now: datetime
) -> View:
    """Confirm the settings. ``loads``: the posts of last week's news with the former settings, and with these."""
    before, after = loads
    compared = _("With these settings last week would have meant {after} here, instead of {before}.").format(
        after=load_words(after), before=load_words(before)
    )
    words = "\n".join(f"• {line}" for line in settings_lines(chosen, next_digest, now))
    head = _("Saved {where}").format(where=here(channel))
    return _page([el.section(f"✅ *{head}*\n{words}"), el.section(compared)])


def working() -> View:
    """Make the page that stands while last week's news is counted, which takes a while in a busy channel."""
    return _page([el.section(_("⏳ Saving…"))])


def not_saved(reason: Message) -> View:
    """Make the page that says why nothing was saved."""
    return _page(reason.blocks)


def _page(blocks: list[Block]) -> View:
    return {"type": "modal", "title": plain(_("Channel settings")), "close": plain(_("Done")), "blocks": blocks}


def _filters() -> list[tuple[str, str]]:
    return [
        ("default", _("The bot's default")),
        *((filter_, filter_words(filter_)) for filter_ in Filter),
    ]


def _subscribed(subscription: Subscription) -> str:
    orders = _("Watches every order")
    if subscription.status:
        orders = _("Watches every order that is {status}").format(status=code(subscription.status))
    return _("{what}: {filter}, by {user}").format(
        what=orders, filter=filter_words(subscription.filter), user=name(subscription.created_by)
    )


def _changed_by(channel: Channel, now: datetime) -> list[str]:
    if not channel.updated_by or channel.updated_at is None:
        return []
    return [
        _("Last changed by {user} {time}").format(
            user=name(channel.updated_by), time=slack_date(channel.updated_at, now)
        )
    ]


def _select(options: Sequence[tuple[str, str]], chosen: str) -> Block:
    choices = [option(*pair) for pair in options]
    initial = next((choice for choice in choices if choice["value"] == chosen), choices[0])
    return {"type": "static_select", "action_id": "value", "options": choices, "initial_option": initial}


def _radio(options: Sequence[tuple[str, str]], chosen: str) -> Block:
    return _select(options, chosen) | {"type": "radio_buttons"}


def _time(chosen: str) -> Block:
    element: Block = {"type": "timepicker", "action_id": "value"}
    return element | ({"initial_time": chosen} if chosen else {})


def _checks(name: str, label: str, options: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Block:
    choices = [option(*pair) for pair in options]
    element: Block = {"type": "checkboxes", "action_id": "value", "options": choices}
    if initial := [choice for choice in choices if choice["value"] in chosen]:
        element["initial_options"] = initial
    return field(label, name, element, optional=True)
