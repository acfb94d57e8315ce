"""News in a card's thread: the state and title, the actions needed, and the scans that report them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.expectation import late_headline
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import action_words
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import (
    carrier_link,
    display_name,
    newest_first,
    node_line,
    order_name,
    paragraphs,
    short_name,
)
from handlers.blocks.punctuation import labelled, listed
from handlers.blocks.refunds import news_lines
from handlers.blocks.standing import delivered, of_milestone, of_step, platform_word
from handlers.blocks.text import money, sanitize_id, short_ids
from handlers.posts import alarms
from handlers.posts.scans import scan_lines
from pandapon.milestones import is_with_finance
from pandapon.shipment import Milestone, OrderRef
from tracking.severity import required_actions
from tracking.values import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot
    from tracking.values import News

# States on the way. In a thread, the sign before a scan's words is enough to report them.
_TOLD_BY_SIGN = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.ARRIVED, Milestone.OUT_FOR_DELIVERY})
MAX_LINES = 12  # lines of each kind in the headline
MAX_OTHERS = 5  # orders in the same parcel that are named


def news(
    news: News,
    snapshot: OrderSnapshot | None,
    watch: Watch,
    now: datetime,
    *,
    cleared: Alarm | None = None,
    same_parcel: Sequence[str] = (),
    in_thread: bool = False,
) -> Message:
    """The news of one reading: state and title, the new scans, and in small print the ids and the edited scans.

    The card above says who watches the order and how to stop watching, so the news does not.

    ``cleared``: the stall alarm that this movement ends. ``same_parcel``: keys of other watched orders whose goods are
    in the same parcel; the message names them, since the channel gets the news of a parcel only once. ``in_thread``:
    only the order's thread shows the message. The card above has the title and the ids, so the blocks leave them out;
    the text keeps them, for the notifications of people who follow the thread.
    """
    order = (snapshot.order if snapshot else None) or watch.order
    title, heads = display_name(order, news.ref), _headlines(news, order, now)
    state = heads[0] if heads else of_milestone(news.milestone).bold
    named, states = [f"{state} · {title}", *heads[1:]], _named(news, order)
    ending = [alarms.end_line(cleared, news.milestone)] if cleared else []
    context = _ids(news, snapshot, same_parcel)
    whole = _message([*named, *ending], news, watch, now, context=context, named=states)
    if not in_thread:
        return whole
    if _is_said_by_scan(news, heads):
        heads = []
    context = context[-1:] if same_parcel else []
    states = states if heads and news.steps else {}
    short = _message([*heads, *ending], news, watch, now, context=context, named=states, in_thread=True)
    return Message(whole.text, short.blocks)


def _named(news: News, order: Order | None) -> dict[Milestone | None, Sequence[str]]:
    """The states that the headline names, by milestone, with their words and reasons."""
    named: dict[Milestone | None, Sequence[str]] = {}
    for step in _shown_steps(news):
        state = of_step(step, order, news.nodes)
        named[step.after] = (state.words, state.reason)
    return named or {news.milestone: (of_milestone(news.milestone).words,)}


def _shown_steps(news: News) -> Sequence[Step]:
    """The steps of the order as a whole; where there are none, the steps of its parcels."""
    return ([step for step in news.steps if not step.waybill] or news.steps)[:MAX_LINES]


def _is_said_by_scan(news: News, heads: Sequence[str]) -> bool:
    """Whether the news is a single step to a state that needs no reason, and a single scan whose sign reports it."""
    if len(heads) != 1 or len(news.steps) != 1 or len(news.nodes) != 1:
        return False
    step, node = news.steps[0], news.nodes[0]
    return node.milestone is step.after and step.after in _TOLD_BY_SIGN


def _message(
    lines: Sequence[str],
    news: News,
    watch: Watch,
    now: datetime,
    *,
    context: Sequence[str],
    named: Mapping[Milestone | None, Sequence[str]],
    in_thread: bool = False,
) -> Message:
    tail = [el.context(" · ".join(context))] if context else []
    layout = Layout(tail=tail)
    is_of_several = len(_concerned(news)) > 1 or (in_thread and len(news.parcels) > 1)
    numbers = _numbers(news) if is_of_several else {}
    scans = scan_lines(watch, news, named, numbers, now)
    shown = -len(lines)
    for chunk in paragraphs([*lines, *scans]):
        if not layout.add(el.section("\n".join(chunk))):
            break
        shown += len(chunk)
    if hidden := len(news.nodes) - max(0, shown):
        layout.note(el.context(_and_updates(hidden, any_shown=shown > 0)))
    if news.edited:
        count, example = _edits(news.edited, now)
        if not layout.note(el.context(labelled(count, example))):
            layout.note(el.context(count))
    return el.message(layout.blocks, whole=order_name(news.ref))


def _ids(news: News, snapshot: OrderSnapshot | None, same_parcel: Sequence[str]) -> list[str]:
    """The order that the news is about, its parcel or parcels, and the other orders in the same parcel."""
    parts = [short_name(news.ref)]
    shipped = snapshot.shipment.parcels if snapshot and snapshot.shipment.parcels else news.parcels
    concerned = _concerned(news)
    numbered = [(n, parcel) for n, parcel in enumerate(shipped, 1) if parcel.waybill in concerned]
    if len(numbered) == 1:
        n, parcel = numbered[0]
        if len(shipped) > 1:
            parts.append(_("parcel {n} of {total}").format(n=n, total=len(shipped)))
        number = sanitize_id(parcel.waybill)
        parts.append(carrier_link(parcel, number) or number)
    if news.has_milestone and (part := delivered(news.parcels)):
        parts.append(part)
    if same_parcel:
        names = listed(short_name(OrderRef.from_key(key)) for key in same_parcel[:MAX_OTHERS])
        ellipsis = "…" if same_parcel[MAX_OTHERS:] else ""
        parts.append(_("same parcel: {others}").format(others=names + ellipsis))
    return parts


def _concerned(news: News) -> set[str]:
    """The tracking numbers that the news is about."""
    nodes = (*news.nodes, *news.edited)
    return {node.waybill for node in nodes} | {step.waybill for step in news.steps if step.waybill}


def _numbers(news: News) -> dict[str, str]:
    """The short tracking numbers, by which the parcels of the news can be told apart."""
    return short_ids({parcel.waybill for parcel in news.parcels} | _concerned(news))


def _headlines(news: News, order: Order | None, now: datetime) -> list[str]:
    """The events, each on a line: the state first, then the required actions. Plain scans are no events."""
    steps = _shown_steps(news)
    actions = [action_words(action) for action in required_actions(news)]
    lines = [*(_step(step, news, order, actions) for step in steps), *_repeats(news)]
    lines += [_("✋ *Action needed:* {what}").format(what=action) for action in actions]
    if news.settled and not steps:
        lines.append(_settled(order))
    if news.price:
        before, after = (money(amount) for amount in news.price)
        lines.append(_("💴 *Price changed*: {before} → {after}").format(before=before, after=after))
    lines += news_lines(news, order, now)
    if news.late:
        lines.append(late_headline(news.late, now))
    lines += [_renumbered(old, new) for old, new in news.renumbered[:MAX_LINES]]
    with_step = {step.waybill for step in news.steps}
    lines += [_added(waybill) for waybill in news.added[:MAX_LINES] if waybill not in with_step]
    if not lines and news.edited and not news.nodes:
        lines = [_("✏️ *Details were added*")]
    return lines


def _settled(order: Order | None) -> str:
    """The line that an order no longer waits for payment, with the platform's word if a finance team must still pay."""
    line = _("💳 *No longer waiting for payment*")
    if order is None or not is_with_finance(order.platform, order.status_code):
        return line
    return labelled(line, platform_word(order))


def _added(waybill: str) -> str:
    return _("📦 *Another parcel*: {number}").format(number=f"`{sanitize_id(waybill)}`")


def _renumbered(old: str, new: str) -> str:
    return _("🏷️ *New tracking number*: {old} continues as {new}").format(
        old=f"`{sanitize_id(old)}`", new=f"`{sanitize_id(new)}`"
    )


def _step(step: Step, news: News, order: Order | None, actions: Iterable[str]) -> str:
    """The state after a step. Its reason is left out if the line of a required action says the same."""
    state = of_step(step, order, news.nodes)
    name = state.bold if state.reason in actions else state.headline
    if step.waybill and len(_concerned(news)) > 1:
        name = _("{state}: parcel {number}").format(state=name, number=_numbers(news)[step.waybill])
    return name


def _repeats(news: News) -> list[str]:
    """The problems that a new scan repeats; the state stays the same, so no step reports them."""
    waybills = set(news.repeats) - {step.waybill for step in news.steps}
    new = {step.after for step in news.steps if not step.waybill}  # of the order as a whole
    parcels = [parcel for parcel in news.parcels if parcel.waybill in waybills and parcel.milestone not in new]
    return [_repeated(parcel, news) for parcel in parcels[:MAX_LINES]]


def _repeated(parcel: Parcel, news: News) -> str:
    assert parcel.milestone is not None  # only parcels with a problem repeat it
    state = of_step(Step(None, parcel.milestone, parcel.waybill), nodes=news.nodes)
    words = _("{emoji} *{state}*, again").format(emoji=state.sign, state=state.words)
    if len(_concerned(news)) > 1:
        words = _("{state}: parcel {number}").format(state=words, number=_numbers(news)[parcel.waybill])
    return f"{words} · {state.reason}" if state.reason else words


def _and_updates(n: int, *, any_shown: bool) -> str:
    if any_shown:
        return ngettext("and {n} other update", "and {n} other updates", n).format(n=n)
    return ngettext("{n} new update", "{n} new updates", n).format(n=n)


def _edits(edited: tuple[Node, ...], now: datetime) -> tuple[str, str]:
    """The number of edited scans in words, and the newest of them."""
    n = len(edited)
    count = ngettext("{n} earlier update was filled in", "{n} earlier updates were filled in", n).format(n=n)
    return count, node_line(newest_first(edited)[0], now)
