"""Quiet hours, digests and dry runs, in any zone and over any change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tracking.quiet import Happened, digest_day, digest_since, dry_run, hold_until, next_digest, quiet_until
from handlers.channel_settings import FEW, THREADS, ChannelSettings, Load, load

NIGHT = ChannelSettings(quiet_from="22:00", quiet_to="08:00", time_zone="Europe/Berlin")
NOON = ChannelSettings(quiet_from="12:00", quiet_to="13:30", time_zone="Asia/Shanghai")
ALL = frozenset({"all", "milestones", "problems"})


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


def test_problems_break_through_if_the_channel_wants_it() -> None:
    """Only problems do."""
    now = utc("2026-03-03 03:00")
    assert hold_until(NIGHT, "problem", now) is None
    assert hold_until(NIGHT, "milestone", now) == utc("2026-03-03 07:00")
    strict = ChannelSettings(quiet_from="22:00", quiet_to="08:00", time_zone="Europe/Berlin", break_through=False)
    assert hold_until(strict, "problem", now) == utc("2026-03-03 07:00")


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
        Happened(utc("2026-03-02 10:00"), "node", frozenset({"all"})),
        Happened(utc("2026-03-02 11:00"), "milestone", frozenset({"all", "milestones"})),
        Happened(utc("2026-03-02 22:00"), "milestone", frozenset({"all", "milestones"})),
        Happened(utc("2026-03-03 02:00"), "node", frozenset({"all"})),
        Happened(utc("2026-03-03 03:00"), "problem", ALL),
    ]
    assert dry_run(news, ChannelSettings(), 1) == Load(3, 2)
    assert dry_run(news, NIGHT, 1) == Load(3, 1)
    assert dry_run(news, ChannelSettings(threads="channel"), 1) == Load(5, 0)
    assert dry_run(news, ChannelSettings(threads="problems"), 1) == Load(1, 4)
    step = [*news, Happened(utc("2026-03-03 04:00"), "step", ALL)]
    assert dry_run(step, ChannelSettings(threads="broadcast"), 1) == Load(3, 3)
    assert dry_run(step, ChannelSettings(threads="milestones"), 1000) == Load(4, 2)
    assert dry_run(step, ChannelSettings(), FEW) == Load(4, 2)
    assert dry_run(step, ChannelSettings(), FEW + 1) == Load(3, 3)
    assert dry_run(news, ChannelSettings(threads="thread"), 1) == Load(0, 5)
    assert dry_run(news, ChannelSettings(threads="thread", digest_at="09:00"), 1) == Load(2, 5)
    only = [Happened(one.at, one.level, one.audience, "problems") for one in news]
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
    assert load(settings.dump()) == settings


@pytest.mark.parametrize("stored", ["", "{}", "not json", "[]", '{"threads": "shouting"}', '{"unknown": 1}'])
def test_unreadable_settings_are_the_defaults(stored: str) -> None:
    """Another version's settings take no channel down."""
    assert load(stored) == ChannelSettings()
