"""Scans with markup in them: read and shown without it, and still the nodes that an older version stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.blocks.parts import node_line
from pandapon import alibaba
from pandapon.shipment import Milestone, Node, OrderRef, Platform, TimeBasis

REF = OrderRef(Platform.ALIBABA, "2542285634920880794")
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def _nodes(remark: str, facility: str = "") -> tuple[Node, ...]:
    row = {"acceptTime": "2026-11-27 08:05:00", "remark": remark, "facilityName": facility}
    data = [{"logisticsBillNo": "78012345678901", "traceNodeList": [row]}]
    return alibaba.trace(data, REF).shipment().nodes


@pytest.mark.parametrize(
    "remark",
    [
        "快件已签<b>收</b>，签收人：<i>前台</i>",
        "快件已<font color=red>签</font>收<br/>感谢使用",
        "快件已签&#25910;，签收人&#65306;本人",
        "&lt;span&gt;快件已签收&lt;/span&gt;",
    ],
)
def test_the_claim_is_read_through_markup_and_nobody_reads_a_tag(remark: str) -> None:
    (node,) = _nodes(remark, "杭州&nbsp;<b>网点</b>")
    assert node.milestone is Milestone.DELIVERED
    line = node_line(node, NOW)
    assert "已签收" in line
    assert not any(tag in line for tag in ("&lt;", "&amp;", "nbsp", "#25910", "font"))


def test_the_identity_is_that_of_the_raw_text_as_it_was_before() -> None:
    (node,) = _nodes("快件已签<b>收</b>")
    at = datetime(2026, 11, 27, 0, 5, tzinfo=UTC)
    before = Node("78012345678901", at, "2026-11-27 08:05:00", TimeBasis.CHINA, "快件已签<b>收</b>")
    assert node.identity == before.identity
    assert node.text == before.text


def test_titles_and_sellers_are_read_without_markup() -> None:
    trade = {
        "baseInfo": {
            "idOfStr": REF.order_id,
            "status": "waitbuyerpay",
            "sellerContact": {"companyName": "A&amp;B<br>厂"},
        },
        "productItems": [{"name": "<em>连衣</em>裙&nbsp;夏季"}],
    }
    order = alibaba.order(trade, REF.order_id)
    assert (order.seller, order.items[0].title) == ("A&B 厂", "连衣裙 夏季")
