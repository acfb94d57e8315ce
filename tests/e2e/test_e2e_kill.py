"""The process dies at every named point and at random moments; a reader sees everything once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from benchmarks.kill import stage, torture
from bot import killpoints

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(180)  # nine processes one after the other, on whatever machine this is
async def test_dying_anywhere_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """Each named point once, and some random moments: every scan in one message, every watch with one card."""
    async with stage(tmp_path, 5) as one:
        await torture(one, [*killpoints.POINTS, "", ""], random.Random(3))  # noqa: S311  the same every time
        assert set(one.seen().values()) == {1}
        assert one.cards() == 5
        assert len(one.told) == 4 * (len(killpoints.POINTS) + 2)


def test_kill_points_are_for_stand_ins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is refused where a real service could be meant, and when it names nothing."""
    monkeypatch.setenv(killpoints.VARIABLE, "after_send")
    with pytest.raises(killpoints.KillPointError, match="this machine only"):
        killpoints.arm(["http://127.0.0.1:1/api/", "https://api.pandapon.com"])
    monkeypatch.setenv(killpoints.VARIABLE, "somewhere")
    with pytest.raises(killpoints.KillPointError, match="after_send"):
        killpoints.arm([])
