"""The card of a watch: the message that always shows an order's present state, above the thread of its updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.expectation import expected_words
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import action_words
from handlers.blocks.message import Layout, Message
from handlers.blocks.order_acts import act_label, possible_acts
from handlers.blocks.parts import (
    display_name,
    facts_of,
    filter_words,
    form_option,
    freshness_of,
    heading,
    muted_line,
    newest_first,
    order_name,
    paragraphs,
    ref_of,
    run_option,
    short_name,
    show_button,
    standing_of,
)
from handlers.blocks.people import name
from handlers.blocks.punctuation import listed
from handlers.blocks.refunds import refund_lines, refunds_of
from handlers.blocks.standing import standing
from handlers.blocks.text import sanitize_id, slack_date
from handlers.posts import alarms
from handlers.posts.parcels import last_scan, more_parcels, no_parcel, parcel_lines
from handlers.wire.requests import (
    ActOnOrders,
    AskRefund,
    ContactSeller,
    Mute,
    Track,
    Unmute,
    Unwatch,
    WatchOrders,
    Why,
)
from pandapon.shipment import Milestone
from pandapon.times import CHINA
from storage.watch import EndReason, WatchState
from tracking.severity import required_actions
from tracking.values import News

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from handlers.blocks.message import Block
    from pandapon.models import Order
    from pandapon.shipment import OrderRef
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot

LISTED = 25  # orders named in a list


def card(
    snapshot: OrderSnapshot,
    watch: Watch,
    now: datetime,
    *,
    alarm: Alarm | None = None,
    muted: tuple[str, datetime] | None = None,
    zone: tzinfo = CHINA,
    may_act: bool = False,
) -> Message:
    """The parent message of a watch's thread: state and title, a line for each parcel, the last scan, who watches.

    ``alarm``: the order's open alarm. ``muted``: who muted the order's updates, and until when. ``zone``: the zone of
    the channel, for the dates on which the order is expected. ``may_act``: the card offers to pay the order and to
    confirm its receipt.
    """
    order = snapshot.order or watch.order
    state = standing(snapshot.milestone, order, snapshot.shipment.parcels, now=now)
    small_print = [
        expected_words(snapshot, now, zone),
        *facts_of(order, snapshot.ref),
        state.says,
        _why(watch),
        _unchanged(snapshot, watch, now),
    ]
    layout = Layout(
        [el.header(heading(state, order, snapshot.ref))],
        tail=[
            el.context(" · ".join(part for part in small_print if part)),
            *el.actions(
                _buttons(watch, snapshot.milestone, muted, now, acts=possible_acts(order) if may_act and order else ())
            ),
        ],
    )
    notes = [muted_line(*muted, now)] if muted else []
    notes += [*_actions(snapshot), *([alarms.line(alarm, now)] if alarm else [])]
    notes += refund_lines(refunds_of(snapshot, order, now), order, now)
    if notes:
        layout.add(el.section("\n".join(notes)))
    _add_parcels(layout, snapshot, order, now, state.words)
    return el.message(layout.blocks, whole=order_name(snapshot.ref))


def watch_list(watches: Sequence[Watch], by: str, now: datetime | None = None) -> Message:
    """The message for several orders that were watched at once; each order gets its card with its first update.

    ``by``: the user id of the person who watches them. ``now``: see :func:`standing`.
    """
    words = ngettext(
        "👀 *{user} is watching {n} order here* · {filter}",
        "👀 *{user} is watching {n} orders here* · {filter}",
        len(watches),
    )
    filters = dict.fromkeys(filter_words(watch.filter) for watch in watches)
    head = words.format(user=name(by), n=len(watches), filter=listed(filters))
    layout = Layout([el.section(head)], tail=[el.context(_("Each order gets a card here with its first update."))])
    lines = [_listed(watch, now) for watch in watches[:LISTED]]
    if watches[LISTED:]:
        lines.append(_("and {n} more").format(n=len(watches) - LISTED))
    for chunk in paragraphs(lines):
        layout.add(el.section("\n".join(chunk)))
    return el.message(layout.blocks, whole=", ".join(sanitize_id(ref_of(watch).order_id) for watch in watches[:LISTED]))


def _listed(watch: Watch, now: datetime | None) -> str:
    ref = ref_of(watch)
    line = f"{standing_of(watch, now).state} · {display_name(watch.order, ref, 60)}"
    return line if line.endswith(short_name(ref)) else f"{line} · {short_name(ref)}"


def _add_parcels(layout: Layout, snapshot: OrderSnapshot, order: Order | None, now: datetime, heading: str) -> None:
    lines = parcel_lines(snapshot, order, now, heading)
    if not lines:
        if why := no_parcel(snapshot, order):
            layout.add(el.section(why))
        return
    scan = last_scan(snapshot)
    shown = 0
    for chunk in paragraphs([*lines, *([scan] if scan else [])]):
        if not layout.add(el.section("\n".join(chunk))):
            layout.note(el.context(more_parcels(len(lines) - shown)))
            break
        shown += len(chunk)


def _actions(snapshot: OrderSnapshot) -> list[str]:
    """The actions that the newest scans of the parcels require of a person."""
    nodes = tuple(newest for parcel in snapshot.shipment.parcels for newest in newest_first(parcel.nodes)[:1])
    asked = required_actions(News(snapshot.ref, snapshot.milestone, nodes, parcels=snapshot.shipment.parcels))
    return [_("✋ *Action needed:* {what}").format(what=action_words(action)) for action in asked]


def _unchanged(snapshot: OrderSnapshot, watch: Watch, now: datetime) -> str:
    """The time of the last change. The card is edited only at changes, so the time of a reading would soon be old."""
    if snapshot.stale_since is not None:
        return freshness_of(snapshot, now, relative=False)
    return _("no change since {time}").format(time=slack_date(snapshot.moved_at or watch.created_at, now))


def _why(watch: Watch) -> str:
    """Who watches the order, and with which filter; or why nobody watches it any more."""
    by, updates = name(watch.created_by), filter_words(watch.filter)
    if watch.state is WatchState.ENDED:
        return _ended(watch)
    if watch.state is WatchState.PAUSED:
        return _("Watched by {user} ({filter}), paused: {reason}").format(
            user=by, filter=updates, reason=channel_error(watch.reason, watch.channel)
        )
    return _("Watched by {user} · {filter}").format(user=by, filter=updates)


def _ended(watch: Watch) -> str:
    if watch.reason == EndReason.ARCHIVED:
        return _("The order is over; it is no longer followed.")
    if watch.reason == EndReason.SILENT:
        return _("No update for too long; it is no longer followed.")
    return _("No longer watched.")


def _buttons(
    watch: Watch,
    stands: Milestone | None,
    muted: tuple[str, datetime] | None,
    now: datetime,
    acts: Sequence[str] = (),
) -> list[Block]:
    ref = ref_of(watch)
    track = show_button(_("Track"), 1, Track(ref.order_id, ref.platform))
    if watch.state is WatchState.ENDED:
        again = WatchOrders((ref.order_id,), watch.channel, platform=ref.platform).command()
        return [track, el.button(_("Watch again"), f"{action_ids.WATCH_HERE}:1", again)]
    # The card has the act that the order waits for: payment, or after the delivery also the confirmation of receipt.
    # The order's page has the other acts.
    ready = {"pay", "receive"} if stands is Milestone.DELIVERED else {"pay"}
    wanted = [act for act in acts if act in ready]
    options = [
        run_option(_("Stop watching"), Unwatch((ref.order_id,), watch.channel)),
        _mute_option(watch, muted, now),
        run_option(_("Message the seller"), ContactSeller(order_id=ref.order_id, platform=ref.platform)),
        run_option(_("What was posted, and why"), Why(ref.order_id, watch.channel)),
        _refund_option(ref) if _is_refund_likely(stands) else _settings_option(watch),
    ]
    named = (ref.order_id,)
    waiting = [show_button(act_label(act), 2, ActOnOrders(act, named, ref.platform)) for act in wanted]
    return [track, *waiting, el.overflow(options, f"{action_ids.MENU}1")]


def _is_refund_likely(stands: Milestone | None) -> bool:
    """Whether the menu offers a refund rather than the settings: Slack allows five options, and four are always needed.

    A cancelled order can have no refund.
    """
    if stands is None or stands is Milestone.CANCELLED:
        return False
    return stands.is_problem or stands is Milestone.DELIVERED


def _refund_option(ref: OrderRef) -> tuple[str, str]:
    return run_option(_("Refund…"), AskRefund(ref.order_id, ref.platform))


def _settings_option(watch: Watch) -> tuple[str, str]:
    return form_option(_("Channel settings"), action_ids.EDIT_SETTINGS, watch.channel)


def _mute_option(watch: Watch, muted: tuple[str, datetime] | None, now: datetime) -> tuple[str, str]:
    ids = (ref_of(watch).order_id,)
    if watch.muted_until and watch.muted_until > now:
        return run_option(_("Unmute"), Unmute(ids, watch.channel))
    if muted:
        return run_option(_("Unmute the channel"), Unmute((), watch.channel))
    return run_option(_("Mute for 24 hours"), Mute(ids, watch.channel))
