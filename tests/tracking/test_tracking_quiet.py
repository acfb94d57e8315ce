"""Quiet hours, digests and dry runs, in any zone and over any change of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import codec
from tracking.channel_settings import FEW, THREADS, ChannelSettings, Load
from tracking.digest_schedule import digest_day, digest_since, next_digest
from tracking.dry_run import NewsEvent, dry_run
from tracking.quiet_hours import hold_until, quiet_until
from tracking.values import Filter, Severity

NIGHT = ChannelSettings(quiet_from="22:00", quiet_to="08:00", time_zone="Europe/Berlin")
NOON = ChannelSettings(quiet_from="12:00", quiet_to="13:30", time_zone="Asia/Shanghai")
EARLY = ChannelSettings(quiet_from="23:00", quiet_to="02:30", time_zone="Europe/Berlin")
HOWE = ChannelSettings(quiet_from="23:00", quiet_to="01:45", time_zone="Australia/Lord_Howe")
ALL = frozenset(Filter)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "now", "until"),
    [
        (NIGHT, "2026-03-02 20:59", None),
        (NIGHT, "2026-03-02 21:00", "2026-03-03 07:00"),
        (NIGHT, "2026-03-03 03:00", "2026-03-03 07:00"),
        (NIGHT, "2026-03-03 07:00", None),
        (NIGHT, "2026-03-28 22:00", "2026-03-29 06:00"),  # the night in which summer time begins
        (NIGHT, "2026-10-24 21:00", "2026-10-25 07:00"),  # and the one in which it ends
        (EARLY, "2026-10-25 00:10", "2026-10-25 00:30"),  # 02:10 for the first time
        (EARLY, "2026-10-25 00:30", None),
        (EARLY, "2026-10-25 01:10", "2026-10-25 01:30"),  # and again: its end is not the one of an hour ago
        (EARLY, "2026-03-29 00:45", "2026-03-29 01:00"),  # 02:30 is skipped: over when the clock leaps
        (HOWE, "2026-04-04 15:10", "2026-04-04 15:15"),  # the half hour from 01:30, after it began again
        (replace(HOWE, quiet_to="02:10"), "2026-10-03 15:25", "2026-10-03 15:30"),  # 02:00 to 02:30 is skipped
        (NOON, "2026-03-02 04:00", "2026-03-02 05:30"),
        (NOON, "2026-03-02 05:30", None),
        (ChannelSettings(), "2026-03-02 03:00", None),
        (ChannelSettings(quiet_from="08:00", quiet_to="08:00"), "2026-03-02 00:00", None),
        (ChannelSettings(quiet_from="22:00"), "2026-03-02 15:00", None),
    ],
)
def test_quiet_hours(settings: ChannelSettings, now: str, until: str | None) -> None:
    """They follow the wall clock of the channel, over midnight and over changes to and from summer time."""
    assert quiet_until(settings, utc(now)) == (utc(until) if until else None)


@pytest.mark.parametrize("hours", [("22:00", "08:00"), ("23:00", "02:30"), ("02:30", "05:00"), ("00:30", "03:10")])
@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza", "America/Havana", "Pacific/Chatham"],
)
def test_the_end_of_quiet_hours_is_never_over(zone: str, hours: tuple[str, str]) -> None:
    """Around each change of a zone's clock: quiet as the clock says, until a later moment that is not quiet."""
    settings = ChannelSettings(quiet_from=hours[0], quiet_to=hours[1], time_zone=zone)
    for change in changes(zone):
        for minutes in range(-300, 300, 5):
            now = change + timedelta(minutes=minutes)
            clock = f"{now.astimezone(settings.zone):%H:%M}"
            begin, end = hours
            is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
            until = quiet_until(settings, now)
            assert (until is not None) == is_quiet
            assert until is None or now < until < now + timedelta(hours=12)
            assert until is None or quiet_until(settings, until) is None


def changes(zone: str) -> list[datetime]:
    """The moments within two years at which a zone's clock leaps."""
    hours = [utc("2026-01-01") + timedelta(hours=n) for n in range(2 * 366 * 24)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    shifts = [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]
    assert shifts
    return shifts


def test_problems_break_through_if_the_channel_wants_it() -> None:
    """Only problems do."""
    now = utc("2026-03-03 03:00")
    assert hold_until(NIGHT, Severity.PROBLEM, now) is None
    assert hold_until(NIGHT, Severity.MILESTONE, now) == utc("2026-03-03 07:00")
    strict = ChannelSettings(quiet_from="22:00", quiet_to="08:00", time_zone="Europe/Berlin", break_through=False)
    assert hold_until(strict, Severity.PROBLEM, now) == utc("2026-03-03 07:00")


def test_the_digest_is_due_once_a_local_day() -> None:
    """From its time on, until it was made; after downtime only today's is caught up."""
    settings = ChannelSettings(digest_at="09:00", time_zone="Asia/Shanghai")
    assert digest_day(settings, "", utc("2026-03-02 00:59")) is None
    assert digest_day(settings, "", utc("2026-03-02 01:00")) == "2026-03-02"
    assert digest_day(settings, "2026-03-02", utc("2026-03-02 15:00")) is None
    assert digest_day(settings, "2026-02-20", utc("2026-03-02 15:00")) == "2026-03-02"
    assert next_digest(settings, utc("2026-03-02 00:59")) == utc("2026-03-02 01:00")
    assert next_digest(settings, utc("2026-03-02 01:00")) == utc("2026-03-03 01:00")
    assert next_digest(ChannelSettings(), utc("2026-03-02 01:00")) is None


def test_nothing_falls_between_two_digests() -> None:
    """Not on a day of 25 hours, and not when the bot was off over the weekend; a first one looks a day back."""
    settings = ChannelSettings(digest_at="09:00", time_zone="Europe/Berlin")
    assert digest_since(settings, "2026-10-24", utc("2026-10-25 08:00")) == utc("2026-10-24 07:00")
    assert digest_since(settings, "2026-03-06", utc("2026-03-09 08:30")) == utc("2026-03-06 08:00")
    assert digest_since(settings, "2026-01-01", utc("2026-03-09 08:00")) == utc("2026-03-02 08:00")
    assert digest_since(settings, "2026-03-09", utc("2026-03-09 15:00")) == utc("2026-03-08 15:00")
    assert digest_since(settings, "", utc("2026-03-09 08:00")) == utc("2026-03-08 08:00")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from([NIGHT, NOON]))  # noqa: DTZ001  made aware below
def test_quiet_hours_end(now: datetime, settings: ChannelSettings) -> None:
    """Whenever they hold, they end later, within a day and an hour, and then they do not hold."""
    moment = now.replace(tzinfo=UTC)
    until = quiet_until(settings, moment)
    if until is not None:
        assert moment < until <= moment + timedelta(hours=25)
        assert quiet_until(settings, until) is None


def test_the_dry_run_counts_what_a_reader_gets() -> None:
    """Held news is one message a night, filters leave out, plain scans stay in the thread, a digest is one more."""
    news = [
        NewsEvent(utc("2026-03-02 10:00"), Severity.NODE, frozenset({Filter.ALL})),
        NewsEvent(utc("2026-03-02 11:00"), Severity.MILESTONE, frozenset({Filter.ALL, Filter.MILESTONES})),
        NewsEvent(utc("2026-03-02 22:00"), Severity.MILESTONE, frozenset({Filter.ALL, Filter.MILESTONES})),
        NewsEvent(utc("2026-03-03 02:00"), Severity.NODE, frozenset({Filter.ALL})),
        NewsEvent(utc("2026-03-03 03:00"), Severity.PROBLEM, ALL),
    ]
    assert dry_run(news, ChannelSettings(), 1) == Load(3, 2)
    assert dry_run(news, NIGHT, 1) == Load(3, 1)
    assert dry_run(news, ChannelSettings(threads="channel"), 1) == Load(5, 0)
    assert dry_run(news, ChannelSettings(threads="problems"), 1) == Load(1, 4)
    step = [*news, NewsEvent(utc("2026-03-03 04:00"), Severity.STEP, ALL)]
    assert dry_run(step, ChannelSettings(threads="broadcast"), 1) == Load(3, 3)
    assert dry_run(step, ChannelSettings(threads="milestones"), 1000) == Load(4, 2)
    assert dry_run(step, ChannelSettings(), FEW) == Load(4, 2)
    assert dry_run(step, ChannelSettings(), FEW + 1) == Load(3, 3)
    assert dry_run(news, ChannelSettings(threads="thread"), 1) == Load(0, 5)
    assert dry_run(news, ChannelSettings(threads="thread", digest_at="09:00"), 1) == Load(2, 5)
    only = [NewsEvent(event.at, event.severity, event.audience, Filter.PROBLEMS) for event in news]
    assert dry_run(only, ChannelSettings(), 1) == Load(1, 0)


@given(
    st.builds(
        ChannelSettings,
        filter=st.sampled_from(["", "all", "problems"]),
        threads=st.sampled_from(THREADS),
        quiet_from=st.sampled_from(["", "22:00"]),
        quiet_to=st.sampled_from(["", "08:00"]),
        break_through=st.booleans(),
        digest_at=st.sampled_from(["", "09:15"]),
        time_zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]),
    )
)
def test_settings_survive_the_store(settings: ChannelSettings) -> None:
    """What is kept reads back the same."""
    assert codec.load_settings(codec.dump_settings(settings)) == settings


@pytest.mark.parametrize("stored", ["", "{}", "not json", "[]", '{"threads": "shouting"}', '{"unknown": 1}'])
def test_unreadable_settings_are_the_defaults(stored: str) -> None:
    """Another version's settings take no channel down."""
    assert codec.load_settings(stored) == ChannelSettings()
