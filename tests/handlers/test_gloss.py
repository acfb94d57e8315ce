"""The gloss of a courier's text: short, in the reader's language, beside the raw text, and never more than was read."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest
from support.courier_texts import opened_texts
from support.view_samples import HOSTILE, NOW, VERY_HOSTILE

from handlers.blocks import team_glosses
from handlers.blocks.deed_words import deed_words, keeper_words
from handlers.blocks.gloss import gloss, has_gloss, language_of
from handlers.blocks.i18n import LANGUAGES, use_language
from handlers.blocks.parts import node_line, node_words
from handlers.blocks.place_words import place_words
from handlers.blocks.towns import town_of
from pandapon.courier import Deed, Keeper, Place, PlaceKind, read_account
from pandapon.shipment import Node, TimeBasis

if TYPE_CHECKING:
    from collections.abc import Iterator


def node(text: str, place: str = "") -> Node:
    return Node("78012345678901", datetime(2026, 3, 2, tzinfo=UTC), "", TimeBasis.OFFSET, text, place=place)


@pytest.fixture
def team() -> Iterator[None]:
    """The process has no glosses of a team before and after."""
    team_glosses.use(())
    yield
    team_glosses.use(())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("快件外包装破损，已登记为问题件，等待处理", "Packaging damaged, registered as a problem parcel"),
        ("【义乌市】 义乌国际商贸城网点 已揽收", "Picked up by the courier in Yiwu"),
        ("【义乌市】 快件已发往 义乌分拨中心", "Sent on to Yiwu sorting centre"),
        (
            "【义乌市】 快件离开 义乌分拨中心，已发往 广州分拨中心",
            "Left Yiwu sorting centre for Guangzhou sorting centre",
        ),
        ("【广州市】 快件已到达 广州分拨中心", "Arrived at Guangzhou sorting centre"),
        ("到达【西安分拣中心】分拨，下一站合肥市", "Arrived at Xi'an sorting centre, next stop: Hefei"),
        ("【惠州市】 快件由【惠阳转运中心】发往【粤东转运中心】",
         "Left Huizhou sorting centre for the sorting centre 粤东转运中心"),
        ("货物已到【兖州分拨】，卸货完成", "Arrived at the sorting centre 兖州分拨, unloaded"),
        ("到达派件网点【张槎】，正在安排派件员", "Arrived at the local depot 张槎, waiting to be delivered"),
        ("快件正在派送中，派送员：陈师傅（电话：13800138000）", "Out for delivery"),
        ("快件已签收，签收人：前台。感谢使用", "Delivered, taken in by the front desk"),
        ("快件已存放至菜鸟驿站（白云仓旁），请凭取件码取件",
         "Ready for pickup at a parcel station, a pickup code is needed"),
        ("快件已放入丰巢，24小时内未取将产生费用，逾期会被退回",
         "Ready for pickup at a parcel locker, otherwise it goes back to the sender"),
        ("已从菜鸟驿站取出，取件成功", "Collected from the pickup point"),
        ("敲门没人应，改天再来", "Nobody was there, to be delivered at another time"),
        ("退件已由寄方簽收", "Returned to the sender"),
        ("离开处理中心，发往国外", "Left the sorting centre for the destination country"),
        ("海关系统故障，通关暂停", "Delayed by a breakdown"),
        ("<p>海关</p><p>放&zwnj;行</p>", "Cleared by customs"),
        ("如遇恶劣天气，派送时间可能顺延", ""),
        ("嗡嗡嗡声", ""),
        ("Parcel arrived at sorting center", ""),
    ],
)  # fmt: skip
def test_glosses(text: str, expected: str) -> None:
    """One sentence in English."""
    assert gloss(text) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("已签收", "zh_CN"),
        ("快件已簽收", "zh_CN"),
        ("SF Express 已签收快件", "zh_CN"),
        ("Delivered to 门卫室 by the rider", "en"),
        ("พัสดุถึงศูนย์คัดแยก", "th"),
        ("[Flash Express] พัสดุของคุณกำลังนำจ่าย", "th"),
        ("STA_INBOUND", ""),
        ("123 456", ""),
        ("", ""),
        ("Доставлено", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    """The script of most of its words decides; a platform's code is in no language."""
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "readers"),
    [
        ("快件已到达 广州分拨中心", {"en", "th"}),
        ("Parcel arrived at sorting center", {"zh_CN", "th"}),
        ("พัสดุถึงศูนย์คัดแยกแล้ว", {"en", "zh_CN"}),
        ("STA_INBOUND", {"en", "zh_CN", "th"}),
        ("嗡嗡嗡声", set()),
    ],
)
def test_who_gets_a_gloss(text: str, readers: set[str]) -> None:
    """Readers of another language than the text's, and nobody where nothing was understood."""
    glossed = set()
    for code, _ in LANGUAGES:
        with use_language(code):
            glossed |= {code} if gloss(text) else set()
    assert glossed == readers


def test_the_raw_text_stands_beside_it() -> None:
    """A trace entry is the gloss, then the courier's words whole; without a gloss only the words."""
    assert "Cleared by customs · 海关放行" in node_line(node("海关放行"), NOW)
    assert node_line(node("嗡嗡嗡声"), NOW).endswith("嗡嗡嗡声")
    with use_language("zh_CN"):
        assert node_words(node("海关放行")) == "海关放行"


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        VERY_HOSTILE,
        "快件到达【<!channel>转运中心】",
        "快件离开【*http://evil.example*】已发往【<@U0MEI>分拨中心】",
        "【<!here>】快件到达【`x`_y_营业部】，签收人：前台",
        "快件已到达【13800138000转运中心】",
        "已签收" * 2_000,
        "快件到达【" + "长" * 500 + "转运中心】",
    ],
)
def test_hostile_texts(text: str) -> None:
    """A name within a text formats, links, mentions nobody, shows no telephone, and does not grow."""
    for code, _ in LANGUAGES:
        with use_language(code):
            line = node_line(node(text), NOW)
            assert len(gloss(text)) <= 160
        shown = line.partition("> ")[2]
        assert not set("<*`_") & set(shown.replace("&lt;", ""))
        assert "13800138000" not in line
        assert "http://" not in line


def test_every_deed_keeper_and_place_has_words_in_each_language() -> None:
    """Whatever the courier reader can tell is said, with no slot left open."""
    for code, _ in LANGUAGES:
        with use_language(code):
            for deed, ongoing, planned in product(Deed, (False, True), (False, True)):
                assert deed_words(deed, is_ongoing=ongoing, is_planned=planned).format(where="x").strip()
            for keeper in set(Keeper) - {Keeper.RECIPIENT, Keeper.DOOR}:
                assert keeper_words(keeper)
            for kind in PlaceKind:
                assert place_words(Place(kind, "义乌某某"))


def test_glosses_of_all_texts_are_short_and_whole() -> None:
    """No labelled text makes a gloss with an open slot, a double blank, or more characters than a line has room for."""
    for text in opened_texts()[::4]:
        words = gloss(text)
        assert len(words) <= 140, text
        assert "{" not in words, text
        assert "  " not in words, text
        assert not words.endswith((",", ":", " ")), text
        assert bool(words) is (language_of(text) != "en" and bool(read_account(text).statements)), text


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("广东省佛山张槎公司", "Foshan"),
        ("内蒙古自治区呼和浩特市", "Hohhot"),
        ("上海南京路店", "Shanghai"),
        ("南京路营业部", None),
        ("中山公园营业部", None),
        ("江东公司", None),
        ("bangkok hub", "Bangkok"),
        ("bangkoks", None),
        ("", None),
    ],
)
def test_towns(name: str, english: str | None) -> None:
    """The last town of a name counts, and a street that bears another city's name does not."""
    town = town_of(name)
    assert (town and town.named("en")) == english


@pytest.mark.usefixtures("team")
def test_a_teams_own_gloss_goes_first() -> None:
    """Its pattern fits the whole text; a language without a reading keeps the bot's; the text's readers need none."""
    own = team_glosses.compiled("快件已到达*，扫描员是…", {"en": "Scanned in", "zh_CN": "到"})
    text = "快件已到达【成都市石桥公司】，扫描员是【陈建军】"
    before = gloss(text)
    team_glosses.use([own])
    assert gloss(text) == "Scanned in"
    assert gloss("又快件已到达【成都】，扫描员是【陈】") != "Scanned in"
    with use_language("zh_CN"):
        assert gloss(text) == ""
    team_glosses.use([team_glosses.compiled("嗡嗡*声", {"en": "Buzzing"})])
    assert gloss("嗡嗡嗡声") == "Buzzing"
    assert has_gloss("嗡嗡嗡声")
    team_glosses.use(())
    assert gloss(text) == before
    assert not has_gloss("嗡嗡嗡声")
