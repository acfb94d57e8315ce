"""Who reads which language: posts are in the channel's, answers in the reader's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.bot_harness import ORDER, BotHarness, running, words
from support.settings_form import choose, form

from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.slack.workspace import Message


async def watched(harness: BotHarness) -> Message:
    """Watch the order and return its card."""
    assert ORDER[-6:] in await harness.ask(f"/panda watch {ORDER}")
    return harness.channel("#orders")[-1]


def reads(harness: BotHarness, locale: str, *, user: str = "mei", time_zone: str = "Asia/Shanghai") -> None:
    """Set a person's Slack to a language and a time zone."""
    person = harness.slack.workspace.user(user)
    person.locale, person.tz = locale, time_zone


def hide_language(harness: BotHarness) -> None:
    """Let Slack not say in which language Mei reads."""
    reads(harness, "")


# --- answers to one person ------------------------------------------------------------------------------------------


async def test_each_reader_is_answered_in_their_own_language(harness: BotHarness) -> None:
    """Also with the very first answer; a refusal, a form and App Home are no exception."""
    reads(harness, "zh-CN")
    assert "一切正常" in await harness.ask("/panda status")
    assert "running normally" in await harness.ask("/panda status", user="tom")
    assert "是不是想输入" in await harness.ask("/panda wacth 1")
    assert "Did you mean" in await harness.ask("/panda wacth 1", user="tom")
    assert "刷新" in await harness.home()
    assert "Refresh" in await harness.home("tom")
    await harness.ask("/panda settings")
    message, action_id = harness.button("更改…", "mei", "#orders")
    assert (await harness.slack.press("mei", message, action_id)).ok
    await harness.until(lambda: "频道设置" in str(harness.slack.workspace.views))


async def test_posts_are_in_the_channel_s_language(harness: BotHarness) -> None:
    """Whoever caused them: the card, its news, and the line that tells everybody of a mute."""
    reads(harness, "zh-CN")
    card = await watched(harness)
    assert "Stop watching" in str(card.blocks)
    harness.scan("快件正在派送中，请保持电话畅通", status="DELIVERING")
    [reply] = await harness.replies(card, 1)
    assert "Out for delivery" in words(reply)
    assert "撤销" in await harness.ask(f"/panda mute {ORDER} 3d")
    await harness.until(lambda: bool(harness.lines()))
    assert "muted" in words(harness.lines()[-1])


@pytest.mark.parametrize(
    ("locale", "time_zone", "language", "answer"),
    [
        ("zh-CN", "Europe/Berlin", "en", "一切正常"),
        ("th-TH", "Asia/Bangkok", "zh_CN", "ทุกอย่างปกติ"),
        ("en-GB", "Asia/Shanghai", "zh_CN", "running normally"),
        ("en-US", "Europe/Berlin", "th", "running normally"),
        ("en-US", "Asia/Bangkok", "th", "ทุกอย่างปกติ"),  # Slack has no Thai interface
        ("pt-BR", "America/Sao_Paulo", "en", "running normally"),
        ("pt-BR", "America/Sao_Paulo", "zh_CN", "一切正常"),
        ("zh-TW", "Asia/Taipei", "en", "running normally"),
        ("", "", "th", "ทุกอย่างปกติ"),
        ("xx", "Nowhere", "zh_CN", "一切正常"),
    ],
)
async def test_the_language_of_an_answer(
    tmp_path: Path, locale: str, time_zone: str, language: str, answer: str
) -> None:
    """A locale without a catalogue leaves the channel's language, or the bot's."""
    async with running(tmp_path, language=language) as harness:
        reads(harness, locale, time_zone=time_zone)
        assert answer in await harness.ask("/panda status")


async def test_a_restart_forgets_no_reader(harness: BotHarness) -> None:
    """Even while Slack then does not say who somebody is: the refusal is in their language."""
    reads(harness, "zh-CN")
    await harness.ask("/panda status")
    await harness.stop_bot()
    await harness.start_bot()
    harness.slack.faults.plan(Fault("users.info", times=9, status=503))
    assert "Slack 未能确认" in await harness.ask("/panda status")


async def test_a_reader_who_changes_the_language(harness: BotHarness) -> None:
    """Is answered in the new one once the profile is older than ten minutes."""
    assert "running normally" in await harness.ask("/panda status")
    reads(harness, "zh-CN")
    assert harness.bot is not None
    harness.bot.context.admission._known.clear()
    assert "一切正常" in await harness.ask("/panda status")


async def test_an_alarm_that_is_acted_on_stays_in_the_channel_s_language(harness: BotHarness) -> None:
    """The whole channel reads it, whoever pressed; the confirmation and the reminder are theirs."""
    reads(harness, "zh-CN")
    parcel = harness.world.orders[ORDER].packages[0]
    parcel.scans[:] = [scan for scan in parcel.scans if scan.at <= harness.clock()]
    card = await watched(harness)
    harness.clock.advance(timedelta(hours=60))
    await harness.until(lambda: any("alarm_snooze" in str(m.blocks) for m in harness.thread(card)))
    alarm = next(m for m in harness.thread(card) if "alarm_snooze" in str(m.blocks))
    assert (await harness.slack.press("mei", alarm, "alarm_snooze:1")).ok
    await harness.until(lambda: "will be reminded" in words(alarm))
    await harness.until(lambda: "私信" in words(harness.private()[-1]))
    harness.clock.advance(timedelta(hours=25))
    direct = harness.slack.workspace.direct(harness.slack.workspace.user("mei").id).messages
    await harness.until(lambda: bool(direct))
    assert "提醒" in words(next(iter(direct.values())))


async def test_what_a_person_shares_is_in_the_channel_s_language(harness: BotHarness) -> None:
    """A product that a Chinese reader shows to an English channel."""
    reads(harness, "zh-CN")
    await harness.ask("/panda search 连衣裙 --1688")
    details = next(
        (message, element["action_id"])
        for message in harness.private()
        for block in message.blocks
        for element in (*(block.get("elements") or []), block.get("accessory") or {})
        if "详情" in str(element.get("text")) or "Details" in str(element.get("text"))
    )
    assert (await harness.slack.press("mei", *details)).ok
    await harness.until(lambda: "share_product" in str([m.blocks for m in harness.private()]))
    page = next(m for m in harness.private() if "share_product" in str(m.blocks))
    share = next(
        e["action_id"] for b in page.blocks for e in b.get("elements") or [] if "share" in e.get("action_id", "")
    )
    assert (await harness.slack.press("mei", page, share)).ok
    await harness.until(lambda: bool(harness.channel()))
    assert "Shared by mei" in words(harness.channel()[-1])


# --- the channel's language -----------------------------------------------------------------------------------------

CHINESE = {"type": "static_select", "selected_option": {"value": "zh_CN"}}
THAI = {"type": "static_select", "selected_option": {"value": "th"}}
ENGLISH = {"type": "static_select", "selected_option": {"value": "en"}}


async def test_a_channel_chooses_its_language(harness: BotHarness) -> None:
    """Answers, refusals, cards and news speak it at once; another channel and a restart change nothing about that."""
    hide_language(harness)
    card = await watched(harness)
    assert "简体中文" in await choose(harness, language=CHINESE)
    harness.scan("快件正在派送中，请保持电话畅通", status="DELIVERING")
    [reply] = await harness.replies(card, 1)
    assert "派送中" in words(reply)
    await harness.until(lambda: "停止关注" in str(harness.channel("#orders")[0].blocks))
    assert "是不是想输入" in await harness.ask("/panda wacth 1")
    assert "一切正常" in await harness.ask("/panda status")
    assert "running normally" in await harness.ask("/panda status", channel="#urgent")
    await harness.stop_bot()
    await harness.start_bot()
    assert "一切正常" in await harness.ask("/panda status")
    assert "已保存" not in await choose_in_chinese(harness, ENGLISH)
    assert "running normally" in await harness.ask("/panda status")


async def choose_in_chinese(harness: BotHarness, language: dict[str, Any]) -> str:
    """The same modal behind its Chinese button."""
    return await choose_by(harness, "更改…", "频道设置", language)


async def choose_by(harness: BotHarness, button: str, title: str, language: dict[str, Any]) -> str:
    """The settings' modal, opened by a button in another language and with its title; returns what it then shows."""
    await harness.ask("/panda settings")
    message, action_id = harness.button(button, "mei", "#orders")
    before = set(harness.slack.workspace.views)
    assert (await harness.slack.press("mei", message, action_id)).ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - before))
    view_id = (set(harness.slack.workspace.views) - before).pop()
    assert title in str(harness.slack.workspace.views[view_id])
    ack = await harness.slack.submit("mei", view_id, form() | {"language": {"value": language}})
    assert ack.ok
    assert ack.payload
    return str(ack.payload["view"])


async def test_a_channel_chooses_thai(harness: BotHarness) -> None:
    """Answers, refusals, cards, news and forms speak it at once, and English again afterwards."""
    hide_language(harness)
    card = await watched(harness)
    assert "ไทย" in await choose(harness, language=THAI)
    harness.scan("快件正在派送中，请保持电话畅通", status="DELIVERING")
    [reply] = await harness.replies(card, 1)
    assert "กำลังนำจ่าย" in words(reply)
    await harness.until(lambda: "เลิกติดตาม" in str(harness.channel("#orders")[0].blocks))
    assert "หมายถึง `/panda " in await harness.ask("/panda wacth 1")
    assert "ฉันไม่รู้จัก" in await harness.ask("/panda wacth 1")
    assert "กำลังนำจ่าย" in await harness.ask(f"/panda track {ORDER}")
    assert "ทุกอย่างปกติ" in await harness.ask("/panda status")
    assert "running normally" in await harness.ask("/panda status", channel="#urgent")
    assert "ปิดแจ้งเตือนถึง" in await harness.ask(f"/panda mute {ORDER} 3d")
    assert "เปิดอัปเดตอีกครั้ง" in await harness.press("เลิกทำ")
    await harness.stop_bot()
    await harness.start_bot()
    assert "ทุกอย่างปกติ" in await harness.ask("/panda status")
    assert "บันทึกแล้ว" not in await choose_by(harness, "เปลี่ยน…", "การตั้งค่าช่อง", ENGLISH)
    assert "running normally" in await harness.ask("/panda status")


@pytest.mark.parametrize(
    ("language", "watching", "stop"),
    [("zh_CN", "已关注", "停止关注"), ("th", "เริ่มติดตามคำสั่งซื้อ", "เลิกติดตาม")],
)
async def test_the_bot_s_language_is_a_setting(tmp_path: Path, language: str, watching: str, stop: str) -> None:
    """Channels that chose none are spoken to in it."""
    async with running(tmp_path, language=language) as harness:
        hide_language(harness)
        assert watching in await harness.ask(f"/panda watch {ORDER}")
        assert stop in str(harness.channel("#orders")[0].blocks)
