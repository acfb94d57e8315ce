"""Notices: to a person about paused watches and settled changes, to a channel about corrections after an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.write_words import outcome_words

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from tracking.writes import Write


def corrected(orders: int) -> Message:
    """The line that a channel gets after an upgrade that corrects orders. ``orders``: their number."""
    line = ngettext(
        "🩹 {n} order reported as delivered wasn't. Its card shows where it is now.",
        "🩹 {n} orders reported as delivered weren't. Their cards show where they are now.",
        orders,
    ).format(n=orders)
    return el.message([el.section(line)])


def paused(channel: str, reason: str, orders: int) -> Message:
    """The direct message to a person whose watches in a channel are paused, because Slack refuses posts there.

    ``channel``: its id. ``reason``: Slack's error. ``orders``: the number of this person's watches there.
    """
    head = ngettext(
        "⏸ *I had to pause the {n} order that you watch {where}*",
        "⏸ *I had to pause the {n} orders that you watch {where}*",
        orders,
    ).format(n=orders, where=_("in {channel}").format(channel=el.channel(channel)) if el.channel(channel) else "")
    why = channel_error(reason, channel)
    kept = _(
        "Their updates are kept. They are posted when you press Resume, or by themselves once I can post there again."
    )
    return el.message(
        [
            el.section(f"{head}\n{why}"),
            el.context(kept),
            *el.actions([el.button(_("Resume"), f"{action_ids.RESUME_CHANNEL}:1", channel, "primary")]),
        ]
    )


def resumed(channel: str, orders: int) -> Message:
    """The answer to a press on Resume. ``orders``: the number of watches resumed."""
    if not orders:
        return el.message([el.section(_("Nothing is paused there any longer."))])
    words = ngettext(
        "▶️ Updates of {n} order are posted {where} again.", "▶️ Updates of {n} orders are posted {where} again.", orders
    )
    where = _("in {channel}").format(channel=el.channel(channel)) if el.channel(channel) else _("here")
    return el.message([el.section(words.format(n=orders, where=where))])


def settled(write: Write, *, is_reversed: bool = False) -> Message:
    """The direct message to a person about a change of theirs whose outcome was unclear until now.

    ``is_reversed``: an earlier message about this change reported another outcome.
    """
    head = _("About a change of yours that was unclear:")
    if is_reversed:
        head = _("PandaPon has answered after all. This is what holds, not what I said before:")
    return el.message([el.section(f"{head}\n{outcome_words(write)}")])
