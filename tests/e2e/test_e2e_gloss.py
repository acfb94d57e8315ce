"""Glosses from outside: a watched order whose courier writes Chinese, in channels of three languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, running, words

from handlers.blocks import team_glosses
from handlers.blocks.gloss import gloss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAMAGED = "快件外包装破损，已登记为问题件，等待处理"
ENGLISH = "Packaging damaged, registered as a problem parcel"
THAI = "บรรจุภัณฑ์เสียหาย บันทึกเป็นพัสดุที่มีปัญหา"
UNREAD = "嗡嗡嗡声不止"


@pytest.fixture(autouse=True)
def no_glosses() -> Iterator[None]:
    """The process has no glosses of a team before and after."""
    team_glosses.use(())
    yield
    team_glosses.use(())


async def news_of(harness: BotHarness, text: str, status: str = "") -> str:
    """Watch the order, scan its parcel, and return the news of the scan as it stands in the thread."""
    harness.world.orders[ORDER].packages[0].scans[:] = []
    await harness.type(f"/panda watch {ORDER}")
    await harness.until(lambda: bool(harness.channel()))
    card = harness.channel()[0]
    await harness.several_ticks(1)
    harness.scan(text, status=status)
    shown = re.sub(r"\s+", "", text)[:4]
    await harness.until(lambda: any(shown in words(reply) for reply in harness.thread(card)))
    return next(words(reply) for reply in harness.thread(card) if shown in words(reply))


async def test_an_english_channel(tmp_path: Path) -> None:
    """News, the card, and the answer to track have the gloss before the courier's words, which stay whole."""
    async with running(tmp_path) as harness:
        assert f"{ENGLISH} · {DAMAGED}" in await news_of(harness, DAMAGED, "UNSIGN")
        assert f"{ENGLISH} · {DAMAGED}" in await harness.ask(f"/panda track {ORDER}")


@pytest.mark.parametrize(("language", "expected"), [("th", f"{THAI} · {DAMAGED}"), ("zh_CN", DAMAGED)])
async def test_other_channels(tmp_path: Path, language: str, expected: str) -> None:
    """A Thai channel reads Thai; a Chinese one has the courier's words alone."""
    async with running(tmp_path, language=language) as harness:
        news = await news_of(harness, DAMAGED, "UNSIGN")
        assert expected in news
        assert ENGLISH not in news
        if language == "zh_CN":
            assert f"> · {DAMAGED}" in news, "the words stand right behind their time"


async def test_a_hostile_place(tmp_path: Path) -> None:
    """A place's name goes into the gloss, and neither mentions anybody nor links nor formats."""
    async with running(tmp_path) as harness:
        news = await news_of(harness, "快件离开【<!channel>*坏*中心】已发往【<http://evil.example|a>分拨中心】")
        assert "<!channel>" not in news
        assert "<http://evil" not in news
        assert "Left " in news


async def test_what_is_not_understood_stays_raw(tmp_path: Path) -> None:
    """No gloss is guessed; a file of the team's own may supply one."""
    async with running(tmp_path / "a") as harness:
        assert gloss(UNREAD) == ""
        news = await news_of(harness, UNREAD)
        assert f"> · {UNREAD}" in news, "the words stand right behind their time"
    file = tmp_path / "glosses.csv"
    file.write_text("text,en\n嗡嗡*,Buzzing\n", encoding="utf-8")
    async with running(tmp_path / "b", glosses=file) as harness:
        assert f"Buzzing · {UNREAD}" in await news_of(harness, UNREAD)
