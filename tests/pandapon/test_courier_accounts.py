"""What a courier's text tells: deeds, places, who has the parcel. It never tells another milestone than the reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.courier_texts import OPENED, labelled, opened_texts
from support.effort import examples

from pandapon.courier import Deed, Keeper, Place, PlaceKind, read_account, read_entry
from pandapon.courier.deeds import _words

D, K, P = Deed, Keeper, PlaceKind


@pytest.mark.parametrize(
    ("text", "deeds"),
    [
        ("快件外包装破损，已登记为问题件，等待处理", (D.PACKAGING, D.REGISTERED)),
        ("货物淋雨", (D.WET,)),
        ("运单污损无法识读，待核对后补单", (D.LABEL_LOST,)),
        ("客户拒收，退回寄件人", (D.REFUSED, D.RETURNING)),
        ("收件人拒收，快件准备退回", (D.REFUSED,)),
        ("驿站拒绝入库，快件带回公司", (D.NOT_ACCEPTED, D.BACK_AT_DEPOT)),
        ("因大雪封路，快件滞留", (D.WEATHER, D.HELD)),
        ("航班取消，包裹等待改配下一班", (D.NO_FLIGHT,)),
        ("快件在【合肥转运中心】完成分拣", (D.SORTED,)),
        ("海关放行", (D.CLEARED,)),
        ("商家撤销拦截，快件放行", (D.RESUMED,)),
        ("海关系统故障，通关暂停", (D.BREAKDOWN,)),
        ("错发他人", (D.MISDELIVERED,)),
        ("误点签收，实物未派", (D.WRONGLY_SIGNED,)),
        ("STA_INBOUND", (D.READY,)),
        ("快递员正在路上，前来取件", ()),  # three stages: which of them counts is not clear
        ("如遇恶劣天气，派送时间可能顺延", ()),
        ("嗡嗡嗡声", ()),
        ("", ()),
    ],
)
def test_deeds(text: str, deeds: tuple[Deed, ...]) -> None:
    """At most two, the special ones before the general ones, in the text's order."""
    assert tuple(statement.deed for statement in read_account(text).statements) == deeds


@pytest.mark.parametrize(
    ("text", "place", "target"),
    [
        (
            "【东莞市】 快件离开 【开发区】 已发往 【贵阳集散中心】",
            Place(P.TOWN, "开发区", "东莞市"),
            Place(P.HUB, "贵阳集散中心"),
        ),
        ("到达【西安分拣中心】分拨，下一站合肥市", Place(P.HUB, "西安分拣中心"), Place(P.TOWN, "合肥市")),
        (
            "货物从金华集散中心发车，下一站【贵阳市分拨中心】",
            Place(P.HUB, "金华集散中心"),
            Place(P.HUB, "贵阳市分拨中心"),
        ),
        ("到达寄达地处理中心【曼谷】", Place(P.HUB, "曼谷"), None),
        ("已离开香港，飞往目的地国家", Place(P.TOWN, "香港"), None),
        ("航班已抵达素万那普机场", Place(P.AIRPORT, "素万那普机场"), None),
        ("【遵义转运中心公司】已收入", Place(P.HUB, "遵义转运中心公司", "遵义转运中心公司"), None),
        ("快件已到达营业部", Place(P.OUTLET), None),
    ],
)
def test_places(text: str, place: Place, target: Place | None) -> None:
    """A place keeps its name as written, its kind, and the town of the scan; the next stop has no such town."""
    account = read_account(text)
    assert account.statements[0].place == place
    assert account.target == target


@pytest.mark.parametrize(
    ("text", "keeper"),
    [
        ("快件已签收，签收人：前台", K.FRONT_DESK),
        ("已签收,收发室,投递员:何春生", K.MAIL_ROOM),
        ("由 王*(同事) 签收", K.COLLEAGUE),
        ("【沭阳县】 签收人：张**的妈妈", K.FAMILY),
        ("快件由您的邻居 306室 签收", K.NEIGHBOUR),
        ("Delivered. Left with: NEIGHBOR", K.NEIGHBOUR),
        ("已代签收，代收人：物业", K.PROPERTY),
        ("门卫收了", K.GUARD),
        ("已签收，签收人：本人", K.RECIPIENT),
        ("【阆中市公司】 客户签收人: 滕女士 已签收", None),
        ("送货上门完成（放门口）", K.DOOR),
        ("快件已被【丰巢】代收，请及时取件", K.LOCKER),
        ("快件已存放至菜鸟驿站，请凭取件码取件", K.STATION),
        ("您的邮件在西门邮局等待领取", K.POST_OFFICE),
        ("已签收", None),
    ],
)
def test_keepers(text: str, keeper: Keeper | None) -> None:
    """Who has the parcel, as finely as the words tell; a lady's or a gentleman's name may be anybody's."""
    assert read_account(text).keeper is keeper


def test_a_code_and_what_happens_otherwise() -> None:
    """The facts about fetching a parcel."""
    account = read_account("快件已放入丰巢，凭2-2-4331取件，24小时内未取将产生费用，逾期会被退回")
    assert account.has_code
    assert account.goes_back_else
    assert not read_account("快件已放入丰巢").has_code
    assert not read_account("多多驿站提醒：尾号0071有1件待领").has_code


@pytest.mark.parametrize("name", OPENED)
def test_no_account_tells_another_milestone_than_the_reading(name: str) -> None:
    """For every labelled text, and whatever stands behind it, the account's claim is the reading's."""
    for row in labelled(name):
        account = read_account(row["text"])
        assert account.milestone is read_entry(row["text"]).milestone, row["id"]
        assert account.milestone is not None or not account.statements, row["id"]


@given(st.lists(st.sampled_from(opened_texts()), max_size=4), st.text(max_size=40))
@settings(max_examples=examples(100, 2_000), deadline=None)
def test_odd_texts(texts: list[str], noise: str) -> None:
    """Texts run together with noise raise nothing and keep to the reading."""
    text = noise.join(texts)
    assert read_account(text).milestone is read_entry(text).milestone


def test_every_finer_word_has_a_deed_and_stands_once() -> None:
    """A word that stands under two deeds of one meaning would mean what comes last in the file."""
    text = (Path(__file__).parents[2] / "pandapon/courier/words/deeds.txt").read_text(encoding="utf-8")
    counts: dict[tuple[str, str], int] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("["):
            heading = line.strip("[]").split()[0]
        elif line and not line.startswith("#"):
            for word in line.split("|") if line.isascii() else line.split():
                counts[heading, word.strip()] = counts.get((heading, word.strip()), 0) + 1
    assert [key for key, count in counts.items() if count > 1] == []
    assert sum(map(len, _words().values())) == len(counts)
