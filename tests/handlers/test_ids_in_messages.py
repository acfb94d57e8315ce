"""Which numbers of a message are orders and parcels, and which are not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.parsing.message_ids import MessageIds, find_ids

A, B = "2542285634920880794", "3305075341149134260"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (f"please check {A}", [A]),
        (f"订单号:{A}，运单SF1234567890123。", [A, "SF1234567890123"]),
        (f"*{A}* _{B}_ `YT2538123456789`", [A, B, "YT2538123456789"]),
        (f"{A},{B}, {A}", [A, B]),
        (f"<https://trade.1688.com/order/detail.htm?orderId={A}&amp;x=1|the order>", [A]),
        (f"https://buyertrade.taobao.com/trade/detail.htm?biz_order_id={A}", [A]),
        (f"https://trade.1688.com/order/{A}", [A]),
        (f"<https://example.com/?orderId={A}|{A}>", [A]),
        ("LP123456789CN arrived", ["LP123456789CN"]),
        ("waybill 78753196186473.", ["78753196186473"]),
        ("订单 ２５４２２８５６３４９２０８８０７９４", [A]),
        (f"1688-{A} order-{B}", [A, B]),
        (f"taobao_{A}, ORDER_{B}, po-100000000001", [A, B, "100000000001"]),
        (f"{A}-{B}_100000000001", [A, B, "100000000001"]),
        ("JDX012345678901-1-1- and JDVA12345678901-1-2", ["JDX012345678901", "JDVA12345678901"]),
        ("waybill-SF1234567890123", ["SF1234567890123"]),
        ("sku-100000000001 3f2504e0-4f89-11d3-9a0c-130512345678 border-100000000001", []),
        (f"{A}-1 {A}-x", []),
        ("20260520154000-20260521154000", []),
        ("call 13812345678 or +8613812345678 or 8613812345678", []),
        ("at 1714552800.123456, 1714552800000, 20260520154000", []),
        ("¥1234567890123 and $123456789012.50, 123456789012.5", []),
        ("<@U0123456789> in <#C0123456789|ops> <!date^1714552800^{date}|20260520154000>", []),
        ("https://detail.1688.com/offer/610947572360.html https://item.taobao.com/item.htm?id=610947572360", []),
        ("<https://example.com/files/254228563492088079|x>", []),
        ("3f2504e0-4f89-11d3-9a0c-030512345678", []),
        ("ab12345678901234567890123456789", []),
        ("http://[", []),
        ("", []),
    ],
)
def test_text(text: str, ids: list[str]) -> None:
    """Order ids and waybills are found; phones, times, prices, Slack's ids and product numbers are not."""
    assert list(find_ids({"text": text, "ts": "1714552800.123456", "user": "U0123456789"}).ids) == ids


def test_blocks_and_attachments() -> None:
    """Every place where words stand is looked into; buttons and their values are not."""
    message: dict[str, Any] = {
        "text": "",
        "blocks": [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "see 100000000001 "},
                            {"type": "link", "url": "https://x.cn/?order_id=100000000002", "text": "100000000003"},
                            {"type": "user", "user_id": "U0123456789"},
                            {"type": "date", "timestamp": 1714552800, "fallback": "100000000099"},
                        ],
                    },
                ],
            },
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": "100000000004"},
                "fields": [{"type": "plain_text", "text": "100000000005"}],
                "accessory": {
                    "type": "button",
                    "text": {"type": "plain_text", "text": "100000000098"},
                    "value": "100000000097",
                },
            },
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "100000000006"}]},
        ],
        "attachments": [
            {
                "fallback": "100000000009",
                "title": "100000000007",
                "title_link": "https://x.cn/?orderId=100000000008",
                "fields": [{"title": "order", "value": "100000000010"}],
                "id": 1,
            },
        ],
    }
    assert find_ids(message) == MessageIds(tuple(f"1000000000{n:02}" for n in range(1, 11)))


def test_links_on_buttons() -> None:
    """Another app's button that leads to an order names it; its label and value still do not."""
    label = {"type": "plain_text", "text": "100000000098"}
    link = f"https://trade.1688.com/order/detail.htm?orderId={A}"
    button = {"type": "button", "text": label, "value": "100000000097", "url": link}
    old = {"type": "button", "text": "100000000096", "url": f"https://x.cn/?order_id={B}"}
    blocks = [{"type": "actions", "elements": [button]}, {"type": "section", "text": label, "accessory": button}]
    message = {"text": "", "blocks": blocks[:1], "attachments": [{"actions": [old, {"type": "button", "url": 5}]}]}
    assert find_ids(message) == MessageIds((A, B))
    assert find_ids({"blocks": blocks[1:]}) == MessageIds(("100000000098", A))


def test_ten_and_no_more() -> None:
    """The first ten are kept, the others named; a repeated one counts once."""
    ids = [f"{A[:-2]}{n}" for n in range(10, 23)]
    assert find_ids({"text": " ".join(ids + ids)}) == MessageIds(tuple(ids[:10]), tuple(ids[10:]))


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(), st.just(A)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["text", "blocks", "elements", "fields", "value", "type", "url", "attachments"]), inner
            ),
        ),
        max_leaves=20,
    )
)
def test_any_shape(part: Any) -> None:
    """A message of any shape is looked through without a fault."""
    result = find_ids({"text": part, "blocks": part, "attachments": part})
    assert len(result.ids) <= 10
