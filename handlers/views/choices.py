"""What a channel chose, in words, and the modal in which it chooses otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import actions
from handlers.i18n import LANGUAGES, _, ngettext
from handlers.order_states import caveat
from handlers.people import name
from handlers.requests import Unmute, UnwatchAll, WatchAll
from handlers.text import code, when
from handlers.views import elements as el
from handlers.views.forms import field, option, plain
from handlers.views.parts import filter_words, here, muted_line, run_button
from pandapon.shipment import Platform
from tracking.channel_settings import FEW
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.outcomes import Joined
    from handlers.views.message import Block, Message
    from storage.channel import Channel
    from storage.subscription import Subscription
    from tracking.channel_settings import ChannelSettings, Load

View = dict[str, Any]


def settings(  # noqa: PLR0917  everything that the answer says
    channel: Channel,
    chosen: ChannelSettings,
    subscriptions: Sequence[Subscription],
    next_digest: datetime | None,
    week: Load,
    now: datetime,
) -> Message:
    """The channel's choices and what they meant last week."""
    chosen_lines = lines(chosen, next_digest, now)
    if channel.muted_until and channel.muted_until > now:
        chosen_lines.insert(0, muted_line(channel.muted_by, channel.muted_until, now))
    chosen_lines += [_subscribed(one) for one in subscriptions]
    buttons = [
        el.button(_("Change…"), f"{actions.EDIT_SETTINGS}:1", channel.channel, "primary"),
        el.button(_("Preview the digest"), f"{actions.PREVIEW_DIGEST}:1", channel.channel),
    ]
    last = _("With these settings, last week's news meant {load} here.").format(load=load_words(week))
    head = _("Settings {where}").format(where=here(channel.channel))
    blocks = [
        el.section(f"⚙️ *{head}*"),
        el.section("\n".join(f"• {line}" for line in chosen_lines)),
        el.context(last, *_changed_by(channel, now)),
        *el.actions(buttons),
    ]
    return el.message(blocks)


def modal(channel: str, chosen: ChannelSettings) -> View:
    """The form. Its values come back under the names of the settings."""
    blocks = [
        field(_("News of orders watched here"), "filter", _select(_filters(), chosen.filter or "default")),
        _checks("filter_all", _("Already watched"), [("yes", _("Also for orders that are already watched here"))], []),
        field(_("Where news appears"), "threads", _radio(_threads(), chosen.threads)),
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
        "callback_id": actions.SETTINGS_MODAL,
        "private_metadata": channel,
        "title": plain(_("Channel settings")),
        "submit": plain(_("Save")),
        "close": plain(_("Cancel")),
        "blocks": blocks,
    }


def saved(
    channel: str, chosen: ChannelSettings, next_digest: datetime | None, loads: tuple[Load, Load], now: datetime
) -> View:
    """What was saved, and what it would have meant: the dry run over last week."""
    before, after = loads
    compared = _("With these settings last week would have meant {after} here, instead of {before}.").format(
        after=load_words(after), before=load_words(before)
    )
    words = "\n".join(f"• {line}" for line in lines(chosen, next_digest, now))
    head = _("Saved {where}").format(where=here(channel))
    return _page([el.section(f"✅ *{head}*\n{words}"), el.section(compared)])


def working() -> View:
    """While last week's news is counted, which takes a while where there was much."""
    return _page([el.section(_("⏳ Saving…"))])


def not_saved(reason: Message) -> View:
    """What went wrong instead."""
    return _page(reason.blocks)


def _page(blocks: list[Block]) -> View:
    return {"type": "modal", "title": plain(_("Channel settings")), "close": plain(_("Done")), "blocks": blocks}


def load_words(load: Load) -> str:
    """How much a channel has to read."""
    channel = ngettext("{n} message in the channel", "{n} messages in the channel", load.channel).format(n=load.channel)
    if not load.thread:
        return channel
    return _("{channel} and {n} in threads").format(channel=channel, n=load.thread)


def muted(channel: str, ids: Sequence[str], until: datetime, missing: Sequence[str], now: datetime) -> Message:
    """What is quiet now, and how to undo it."""
    blocks: list[Block] = []
    if ids or not missing:
        what = ", ".join(code(one) for one in ids[:12]) if ids else _("everything {where}").format(where=here(channel))
        words = _("🔕 *Muted {what} until {time}*\nCards keep showing the current state, and the log keeps all news.")
        blocks.append(el.section(words.format(what=what, time=when(until, now))))
        blocks += el.actions([run_button(_("Undo"), 1, Unmute(tuple(ids), channel or None))])
    blocks += _not_watched(missing, channel)
    return el.message(blocks)


def unmuted(channel: str, ids: Sequence[str], missing: Sequence[str]) -> Message:
    """News comes again."""
    blocks: list[Block] = []
    if ids or not missing:
        what = ", ".join(code(one) for one in ids[:12]) if ids else _("everything {where}").format(where=here(channel))
        blocks.append(el.section(_("🔔 *News is posted again: {what}*").format(what=what)))
    return el.message(blocks + _not_watched(missing, channel))


def _all_or_most(joined: Joined) -> str:
    if not joined.is_new:
        return _("👀 *Still watching all {where}*")
    if joined.later or joined.never:
        return _("👀 *The orders of the account are watched {where}*")
    return _("👀 *Every order of the account is watched {where}*")


def watching_all(channel: str, status: str, filter_: str, joined: Joined) -> Message:
    """Every order of the account is watched from now on, or how many are not."""
    head = _all_or_most(joined)
    about = ngettext("{n} order joined now", "{n} orders joined now", joined.count).format(n=joined.count)
    if joined.later:
        about += "; " + ngettext(
            "{n} more is looked through in the next minutes",
            "{n} more are looked through in the next minutes",
            joined.later,
        ).format(n=joined.later)
    if joined.never:
        about += "; " + ngettext(
            "{n} older one is more than I look through, and is not watched",
            "{n} older ones are more than I look through, and are not watched",
            joined.never,
        ).format(n=joined.never)
    lines = [
        head.format(where=here(channel)) + (f" (`{status}`)" if status else ""),
        _("{joined}; new ones join automatically. An order's card is posted with its first news.").format(joined=about),
        _("Posts: {filter}").format(filter=filter_words(filter_)),
    ]
    undo = run_button(_("Stop watching all"), 1, UnwatchAll(channel or None))
    untold = caveat(status, list(Platform))
    return el.message([el.section("\n".join(lines)), *([el.context(untold)] if untold else []), *el.actions([undo])])


def unwatched_all(channel: str, subscriptions: int, ended: int) -> Message:
    """The end of it."""
    if not subscriptions:
        return el.message([el.section(_("There was no `watch all` {where}.").format(where=here(channel)))])
    words = ngettext(
        "*Stopped watching all {where}*; {n} order is no longer followed.",
        "*Stopped watching all {where}*; {n} orders are no longer followed.",
        ended,
    )
    return el.message(
        [
            el.section(words.format(where=here(channel), n=ended)),
            el.context(_("Orders that somebody watched by id stay watched.")),
            *el.actions([run_button(_("Watch all again"), 1, WatchAll(channel or None))]),
        ]
    )


def lines(chosen: ChannelSettings, next_digest: datetime | None, now: datetime) -> list[str]:
    """The channel's choices, one a line."""
    told = filter_words(chosen.filter) if chosen.filter else _("the bot's default")
    said = [_("New watches post: {filter}").format(filter=told), dict(_threads())[chosen.threads]]
    if chosen.quiet:
        quiet = _("Quiet from {begin} to {end} ({zone})").format(
            begin=chosen.quiet_from, end=chosen.quiet_to, zone=code(chosen.time_zone)
        )
        exception = _("except for problems") if chosen.break_through else _("without exception")
        said.append(f"{quiet}, {exception}")
    else:
        said.append(_("No quiet hours"))
    if chosen.digest and not next_digest:
        said.append(_("Daily digest at {time} ({zone})").format(time=chosen.digest_at, zone=code(chosen.time_zone)))
    elif next_digest:
        digest = _("Daily digest at {time} ({zone}), next {next}")
        said.append(digest.format(time=chosen.digest_at, zone=code(chosen.time_zone), next=when(next_digest, now)))
    else:
        said.append(_("No daily digest"))
    if chosen.language:
        said.append(_("Language: {language}").format(language=dict(LANGUAGES)[chosen.language]))
    return said


def _filters() -> list[tuple[str, str]]:
    return [
        ("default", _("The bot's default")),
        *((one, filter_words(one)) for one in Filter),
    ]


def _threads() -> list[tuple[str, str]]:
    return [
        ("auto", _("Milestones in the channel too; over {n} orders: only what to act on").format(n=FEW)),
        ("milestones", _("In the order's thread; every milestone in the channel too")),
        ("broadcast", _("In the order's thread; deliveries, problems and money in the channel too")),
        ("problems", _("In the order's thread; problems in the channel too")),
        ("thread", _("Only in the order's thread")),
        ("channel", _("Always in the channel, no threads")),
    ]


def _subscribed(one: Subscription) -> str:
    what = (
        _("Watches every order")
        if not one.status
        else _("Watches every order that is {status}").format(status=code(one.status))
    )
    return _("{what}: {filter}, by {user}").format(
        what=what, filter=filter_words(one.filter), user=name(one.created_by)
    )


def _changed_by(channel: Channel, now: datetime) -> list[str]:
    if not channel.updated_by or channel.updated_at is None:
        return []
    return [
        _("Last changed by {user} {time}").format(user=name(channel.updated_by), time=when(channel.updated_at, now))
    ]


def _not_watched(missing: Sequence[str], channel: str) -> list[Block]:
    if not missing:
        return []
    words = ngettext("{ids} is not watched {where}.", "{ids} are not watched {where}.", len(missing))
    return [el.section(words.format(ids=", ".join(code(one) for one in missing[:12]), where=here(channel)))]


def _select(options: Sequence[tuple[str, str]], chosen: str) -> Block:
    made = [option(*one) for one in options]
    initial = next((one for one in made if one["value"] == chosen), made[0])
    return {"type": "static_select", "action_id": "value", "options": made, "initial_option": initial}


def _radio(options: Sequence[tuple[str, str]], chosen: str) -> Block:
    return _select(options, chosen) | {"type": "radio_buttons"}


def _time(chosen: str) -> Block:
    element: Block = {"type": "timepicker", "action_id": "value"}
    return element | ({"initial_time": chosen} if chosen else {})


def _checks(name: str, label: str, options: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Block:
    made = [option(*one) for one in options]
    element: Block = {"type": "checkboxes", "action_id": "value", "options": made}
    if initial := [one for one in made if one["value"] in chosen]:
        element["initial_options"] = initial
    return field(label, name, element, optional=True)
