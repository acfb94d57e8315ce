"""The status of the bot as a message, faults first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.punctuation import bracketed, clauses, listed, sentence, sentences
from handlers.blocks.text import ago, code, escape, slack_date, span, truncate
from storage.errors import CorruptFileError, DiskFullError
from storage.post import PostState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handlers.blocks.message import Message
    from handlers.interactions.ports import BackupState, Report
    from storage.errors import StorageError
    from storage.upkeep import Health, Watched

LATE = timedelta(hours=1)
BEHIND = timedelta(minutes=1)  # orders that wait no longer than this are on schedule
RECENT = timedelta(minutes=15)  # an older response does not show that PandaPon responds now
LONG_LOG = 8 * 1024 * 1024  # bytes; SQLite truncates its log at half of this, unless another program keeps reading
WAITING = (PostState.PENDING, PostState.SENDING, PostState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class PushCounts:
    """The number of messages that PandaPon pushed in the last 24 hours, and why some of them were of no use."""

    count: int = 0
    unknown_orders: int = 0  # of ``count``: about an order that is not stored here
    unknown_types: int = 0  # of ``count``: of a type that this version does not know
    last_at: datetime | None = None
    kinds: tuple[str, ...] = ()  # the most frequent of the unknown types, as sent


def status(
    health: Health, watched: Watched, report: Report, now: datetime, *, pushed: PushCounts | None = None
) -> Message:
    """Show the state of PandaPon, polling, delivery, watches and database. ``pushed`` None: pushes are switched off."""
    headline = (
        _("⚠️ Some things need attention")
        if _needs_attention(health, report, now)
        else _("✅ Everything is running normally")
    )
    lines = [
        _pandapon(report, now),
        _polling(health, report, now),
        _delivery(health, report, now),
        _watching(watched, health),
        *_database(report.copies, now),
    ]
    if report.refunds_refused:
        lines.insert(1, _refunds(report.refunds_refused))
    if pushed is not None:
        lines.insert(2, _pushes(pushed, now))
    lines = [*_machine(health, report), *lines]
    blocks = [el.section(f"*{headline}*"), el.section("\n".join(f"• {line}" for line in lines))]
    footer = [
        f"pandabot {escape(report.version)}",
        _("running for {span}").format(span=span(now - report.started_at)),
        _("connected by Socket Mode") if report.slack_mode == "socket" else _("connected by HTTP"),
        escape(health.engine_version) or "–",
    ]
    return el.message([*blocks, el.context(" · ".join(footer))])


def _needs_attention(health: Health, report: Report, now: datetime) -> bool:
    copies = report.copies
    unsafe = copies and (copies.is_damaged or copies.failed or copies.restored)
    undelivered = (
        report.token_refused
        or report.unknown_refusals
        or health.paused
        or health.lost
        or health.outbox.get(PostState.UNCERTAIN, 0)
    )
    unread = report.pandapon_down_since or health.stale_orders or _is_late(report, now)
    return bool(undelivered or unread or unsafe or report.stopped or report.clock_off_by or health.trouble)


def _is_late(report: Report, now: datetime) -> bool:
    """Whether the poller's last tick is so long ago that the poller must hang; a long queue may take some minutes."""
    return report.last_tick_at is not None and now - report.last_tick_at > max(LATE, report.poll_interval * 10)


def _machine(health: Health, report: Report) -> Iterator[str]:
    """Yield what is wrong with the machine: its disk, the scheduler, its clock, the database's log."""
    if health.trouble:
        yield _(
            "Nothing can be written to the database, so no order is read and nothing is posted until that is fixed: "
            "{why}"
        ).format(why=_storage_error(health.trouble))
    if report.stopped:
        job, silence = report.stopped
        yield _("The job {job} has shown no sign of life for {span}. Restart the bot.").format(
            job=code(job), span=span(silence)
        )
    if report.clock_off_by is not None:
        words = (
            _("This machine's clock is {span} behind PandaPon's. Alerts wait until it is set.")
            if report.clock_off_by > timedelta()
            else _("This machine's clock is {span} ahead of PandaPon's. Alerts wait until it is set.")
        )
        yield words.format(span=span(abs(report.clock_off_by)))
    if health.wal_bytes > LONG_LOG:
        yield _(
            "The database's log has {size} MB: another program keeps the database open. It is cut off when that ends."
        ).format(size=round(health.wal_bytes / 1_000_000))


def _pandapon(report: Report, now: datetime) -> str:
    if report.pandapon_down_since:
        since = _("PandaPon hasn't responded since {time}").format(time=slack_date(report.pandapon_down_since, now))
        line = sentence(bracketed(since, escape(truncate(report.pandapon_error, 200))))
        return sentences([line, _("Until it does, I show the last known state.")])
    if report.pandapon_ok_at is None:
        return _("PandaPon hasn't been asked since the start.")
    age = now - report.pandapon_ok_at
    if age > RECENT:  # either nothing was due since, or PandaPon did not answer: the report cannot tell which
        return _("PandaPon's last response came {ago}.").format(ago=ago(age))
    return _("PandaPon is responding (last response {ago}).").format(ago=ago(age))


def _refunds(refused: Mapping[str, str]) -> str:
    """Say that updates about refunds lack details, which operations PandaPon refuses, and what to do."""
    words = _(
        "PandaPon refuses {operations}, so updates about refunds come without amount and deadline. "
        "`pandabot check --contract` shows which paths answer."
    )
    names = listed(bracketed(code(name), escape(error)) for name, error in refused.items())
    return words.format(operations=names)


def _polling(health: Health, report: Report, now: datetime) -> str:
    return _("Checking for updates: {state}.").format(state=_schedule(health, report, now))


def _schedule(health: Health, report: Report, now: datetime) -> str:
    if report.polls and report.last_tick_at is None:
        return _("not started yet")
    if report.last_tick_at is not None and _is_late(report, now):
        return _("no check for {span}").format(span=span(now - report.last_tick_at))
    if health.oldest_due and now - health.oldest_due > max(BEHIND, report.poll_interval * 10):
        words = ngettext("{n} order is late, by {span}", "{n} orders are late, the oldest by {span}", health.due)
        return words.format(n=number(health.due), span=span(now - health.oldest_due))
    return _("on schedule")


def _pushes(pushed: PushCounts, now: datetime) -> str:
    if not pushed.count or pushed.last_at is None:
        return _("PandaPon may push, and sent nothing in the last 24 hours.")
    parts = [
        ngettext(
            "PandaPon pushed {n} message in the last 24 hours, {ago}",
            "PandaPon pushed {n} messages in the last 24 hours, the last one {ago}",
            pushed.count,
        ).format(n=number(pushed.count), ago=ago(now - pushed.last_at))
    ]
    if pushed.unknown_orders:
        phrase = ngettext(
            "{n} about an order not watched here", "{n} about orders not watched here", pushed.unknown_orders
        )
        parts.append(phrase.format(n=pushed.unknown_orders))
    if pushed.unknown_types:
        phrase = ngettext("{n} of an unknown type", "{n} of unknown types", pushed.unknown_types)
        names = listed(code(kind) for kind in pushed.kinds)
        parts.append(bracketed(phrase.format(n=pushed.unknown_types), names))
    return sentence(clauses(parts))


def _delivery(health: Health, report: Report, now: datetime) -> str:
    posts = _("Slack: {state}.").format(state=clauses(_posts(health, now)))
    refused = _(
        "Slack refuses the bot's token ({code}): nothing can be posted until the app is installed again or has its "
        "new token. Ask your pandabot admin to run `pandabot check`."
    )
    token = [refused.format(code=code(report.token_refused))] if report.token_refused else []
    return sentences([*token, *_unknown_refusals(report), posts])


def _unknown_refusals(report: Report) -> Iterator[str]:
    for error_code, channels in report.unknown_refusals.items():
        words = ngettext(
            "Slack refuses posts in {n} channel for a reason that I do not know ({code}); I keep trying.",
            "Slack refuses posts in {n} channels for a reason that I do not know ({code}); I keep trying.",
            channels,
        )
        yield words.format(n=channels, code=code(error_code))


def _posts(health: Health, now: datetime) -> list[str]:
    waiting = sum(health.outbox.get(state, 0) for state in WAITING)
    held = health.outbox.get(PostState.HELD, 0)
    parts = [_("nothing waiting")]
    if waiting:
        parts = [ngettext("{n} message waiting", "{n} messages waiting", waiting).format(n=number(waiting))]
    if waiting and health.oldest_post:
        parts.append(_("the oldest for {span}").format(span=span(now - health.oldest_post)))
    if held:
        parts.append(ngettext("{n} held back", "{n} held back", held).format(n=number(held)))
    if health.lost:
        lost = ngettext(
            "{n} refused by Slack for good in the last 24 hours",
            "{n} refused by Slack for good in the last 24 hours",
            health.lost,
        )
        parts.append(lost.format(n=number(health.lost)))
    if health.last_sent_at:
        parts.append(_("last message sent {ago}").format(ago=ago(now - health.last_sent_at)))
    return parts


def _watching(watched: Watched, health: Health) -> str:
    orders = ngettext("{n} order watched", "{n} orders watched", watched.orders).format(n=number(watched.orders))
    channels = ngettext("{orders} in {n} channel", "{orders} in {n} channels", watched.channels)
    parts = [channels.format(orders=orders, n=number(watched.channels)) if watched.channels else orders]
    if health.stale_orders:
        stale = ngettext("{n} couldn't be checked recently", "{n} couldn't be checked recently", health.stale_orders)
        parts.append(stale.format(n=number(health.stale_orders)))
    if health.alarms:
        parts.append(ngettext("{n} open alert", "{n} open alerts", health.alarms).format(n=number(health.alarms)))
    if health.paused:
        paused = ngettext(
            "{n} watch is paused because its channel cannot be posted to",
            "{n} watches are paused because their channels cannot be posted to",
            health.paused,
        )
        parts.append(paused.format(n=number(health.paused)))
    return sentence(clauses(parts))


def _storage_error(error: StorageError) -> str:
    """The cause of an error in plain words, or in the database's own words where there are no plainer ones."""
    match error:
        case DiskFullError():
            return _("the disk has no room for it.")
        case CorruptFileError():
            return _("it was not sound.")
        case _:
            return escape(truncate(str(error), 300))


def _database(copies: BackupState | None, now: datetime) -> Iterator[str]:
    if copies is None:
        yield _("The database is on a PostgreSQL server. Its backups are made there, not by the bot.")
        return
    if copies.restored and copies.restored.is_lost:
        yield _(
            "The database was missing or empty when the bot started. The copy of {time} is in use, and what was "
            "changed after that has to be done again. To start afresh instead, stop the bot and move away both the "
            "database and the folder of its copies."
        ).format(time=slack_date(copies.restored.taken_at, now))
    elif copies.restored:
        yield _(
            "The database was damaged when the bot started. It is kept as {file}; the copy of {time} is in use, and "
            "what was changed after that has to be done again."
        ).format(file=code(copies.restored.aside), time=slack_date(copies.restored.taken_at, now))
    if copies.is_damaged:
        yield _("The database is damaged. Restart the bot: it sets the file aside and takes the newest copy.")
    if copies.failed:
        yield _("The last backup failed: {why}").format(why=_storage_error(copies.failed))
    if copies.copied_at:
        yield _("Last backup: {ago}.").format(ago=ago(now - copies.copied_at))
    else:
        yield _("There is no backup yet; one is made every hour.")
