"""What a courier's words ask of a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.courier import Action as Need
from pandapon.courier import asked_action as need


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("因收件人地址不详，无法派送，请联系客服", Need.ADDRESS),
        ("收件人电话无法接通，改日派送", Need.CONTACT),
        ("派送不成功，联系不上收件人", Need.CONTACT),
        ("您的快件即将超时，请尽快取件，否则将退回", Need.PICK_UP),
        ("包裹逾期未取", Need.PICK_UP),
        ("清关中，请补充身份证信息", Need.PAPERS),
        ("需缴纳关税后放行", Need.PAY),
        ("Delivery failed: incorrect address", Need.ADDRESS),
        ("快件已到达 广州分拨中心", None),
        ("快件已签收，签收人：本人", None),
        ("包裹已存放至菜鸟驿站，请凭取件码取件", None),
        ("", None),
    ],
)
def test_words_that_ask_for_something(text: str, wanted: Need | None) -> None:
    """A known plea is understood; an ordinary scan asks for nothing."""
    assert need(text) is wanted


@given(st.text(max_size=800))
def test_any_words_are_read(text: str) -> None:
    """Whatever a courier sends, the answer is a need or none."""
    required = need(text)
    assert required is None or required in Need
