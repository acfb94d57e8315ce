"""What couriers write and what it claims: the words that lie, each as it is met."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.courier import read_entry
from pandapon.milestones import (
    ALIBABA_ORDER,
    TAOBAO_ORDER,
    lines_claim,
    more_advanced,
    order_claim,
    parcel_claim,
)
from pandapon.shipment import Milestone

M = Milestone


def _claim(text: str) -> Milestone | None:
    return read_entry(text).milestone


def _by_codes(status: str, action: str, text: str) -> Milestone | None:
    return read_entry(text, status, action).milestone


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        # the upstream's own sample, oldest first
        ("在广东广州天河区天平架一公司进行揽件扫描", M.PICKED_UP),
        ("在广东广州分拨中心进行装车扫描，即将发往：浙江宁波分拨中心", M.IN_TRANSIT),
        ("在分拨中心浙江宁波分拨中心进行卸车扫描", M.IN_TRANSIT),
        ("到达目的地网点浙江宁波鄞州区邱隘公司，快件将很快进行派送", M.ARRIVED),
        ("在浙江宁波鄞州区邱隘公司进行派件扫描；派送业务员：某某；联系电话：***", M.OUT_FOR_DELIVERY),
        ("快件已被 已签收 签收", M.DELIVERED),
        # on its way
        ("【北京市】 快件已发往 广州中心", M.IN_TRANSIT),
        ("【北京市】 快件已到达 北京", M.IN_TRANSIT),
        ("【义乌市】您的快件已被揽收", M.PICKED_UP),
        ("包裹正在等待揽收", M.SHIPPED),
        ("您的订单待揽收", M.SHIPPED),
        ("快递员将上门揽件", M.SHIPPED),
        ("快递员已上门取件", M.PICKED_UP),
        ("您的包裹已出库", M.SHIPPED),
        ("卖家已发货", M.SHIPPED),
        ("【如皋市】快件已到达如皋分拨中心", M.IN_TRANSIT),
        ("快件已发往菜鸟驿站", M.IN_TRANSIT),
        # the future is not the present
        ("已到达【宁波鄞州营业部】，待派送", M.ARRIVED),
        ("快件即将派送，请保持电话畅通", M.ARRIVED),
        ("预计今日派送", None),
        ("快递员正在派件", M.OUT_FOR_DELIVERY),
        ("快件正在派送途中，请您准备签收", M.OUT_FOR_DELIVERY),
        ("派送中，请注意签收", M.OUT_FOR_DELIVERY),
        ("【宁波邱隘揽投部】安排投递，投递员：某某", M.OUT_FOR_DELIVERY),
        ("正在派送至菜鸟驿站", M.OUT_FOR_DELIVERY),
        ("快件正在派送，可选择放入快递柜", M.OUT_FOR_DELIVERY),
        ("Your parcel will be delivered tomorrow", None),
        ("Out for delivery", M.OUT_FOR_DELIVERY),
        # handed over, but to whom
        ("Parcel delivered to local carrier", M.IN_TRANSIT),
        ("Delivered, left at the door", M.DELIVERED),
        ("您的快件已由【菜鸟驿站】代收，请凭取件码取件", M.READY_FOR_PICKUP),
        ("快件已暂存至丰巢快递柜，请及时取件", M.READY_FOR_PICKUP),
        ("已签收，签收人：代收点", M.READY_FOR_PICKUP),
        ("代收点已签收", M.READY_FOR_PICKUP),
        ("已放入快递柜待取出", M.READY_FOR_PICKUP),
        ("快件到达自提点", M.READY_FOR_PICKUP),
        ("快件已从丰巢快递柜取出", M.DELIVERED),
        ("包裹已取件", M.PICKED_UP),
        ("已签收，签收人凭取货码签收", M.DELIVERED),
        ("快件已签收，签收人：本人", M.DELIVERED),
        ("已签收，家人代收", M.DELIVERED),
        ("货到付款代收货款，快件运输中", M.IN_TRANSIT),
        ("【EMS】已妥投", M.DELIVERED),
        # no, not yet, not any more
        ("收件人不在，未妥投", M.ATTEMPT_FAILED),
        ("快件未签收", M.ATTEMPT_FAILED),
        ("签收失败", M.ATTEMPT_FAILED),
        ("派件失败，联系不上收件人", M.ATTEMPT_FAILED),
        ("无法派送", M.ATTEMPT_FAILED),
        ("Could not be delivered", M.ATTEMPT_FAILED),
        ("签收异常", M.EXCEPTION),
        ("包裹外包装破损，转问题件处理", M.EXCEPTION),
        ("快件正在派送，如包装破损请拒收", M.OUT_FOR_DELIVERY),
        ("客户拒收，快件退回中", M.RETURNING),
        ("客户拒绝签收", M.ATTEMPT_FAILED),
        ("退回件已到达义乌分拨中心", M.RETURNING),
        ("快件已退回并由卖家签收", M.RETURNED),
        ("确认丢失", M.LOST),
        # nothing
        ("", None),
        ("您好", None),
        ("<!channel> *_~", None),
    ],
)
def test_courier_words(text: str, claim: Milestone | None) -> None:
    """Negations, the future, places to fetch from and asides are told from the event itself."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("status", "action", "text", "claim"),
    [
        ("TRANSPORT", "TMS_STATION_OUT", "【北京市】 快件已发往 广州中心", M.IN_TRANSIT),
        ("DELIVERING", "TMS_DELIVERING", "快递员出发了", M.OUT_FOR_DELIVERY),
        ("DELIVERING", "", "快件正在派送途中，请您准备签收", M.OUT_FOR_DELIVERY),
        ("SIGN", "TMS_SIGN", "您的快件已送达", M.DELIVERED),
        ("", "SIGN", "客户签收", M.DELIVERED),
        ("", "TRANSPORT", "快递员正在派件", M.OUT_FOR_DELIVERY),
        ("", "transport", "", M.IN_TRANSIT),
        ("AGENT_SIGN", "", "已到站", M.READY_FOR_PICKUP),
        ("FAILED", "", "客户拒收，退回中", M.RETURNING),
        ("UNSIGN", "", "", M.EXCEPTION),
        # words deny a code
        ("SIGN", "", "您的快件已由【菜鸟驿站】代收", M.READY_FOR_PICKUP),
        ("SIGN", "", "未妥投", M.ATTEMPT_FAILED),
        ("SIGN", "", "快件已退回并由卖家签收", M.RETURNED),
        # a courier's action is only a hint: one uses it for "left the warehouse"
        ("", "TMS_DELIVERING", "快件已离开 义乌仓", M.IN_TRANSIT),
        ("", "TMS_DELIVERING", "……", M.OUT_FOR_DELIVERY),
        # unknown is not progress
        ("WARP", "TMS_UNKNOW", "正在处理", None),
        ("", "", "", None),
    ],
)
def test_codes_first_words_second(status: str, action: str, text: str, claim: Milestone | None) -> None:
    """A known code leads, words refine or deny it, hints come last, and the unknown claims nothing."""
    assert _by_codes(status, action, text) is claim


@given(st.text(max_size=600), st.text(max_size=20), st.text(max_size=20))
def test_any_words_are_read(text: str, status: str, action: str) -> None:
    """Whatever a courier sends, the answer is a milestone or none."""
    claim = _by_codes(status, action, text)
    assert claim is None or claim in Milestone


@pytest.mark.parametrize(
    ("code", "claim"),
    [
        ("waitbuyerpay", M.ORDERED),
        ("waitsellersend", M.PAID),
        ("waitbuyerreceive", M.SHIPPED),
        ("SUCCESS", M.DELIVERED),
        ("cancel", M.CANCELLED),
        ("somethingnew", None),
    ],
)
def test_1688_order_codes(code: str, claim: Milestone | None) -> None:
    """The order's own status on 1688, in any case; a new one claims nothing."""
    assert order_claim(ALIBABA_ORDER, code) is claim


@pytest.mark.parametrize(
    ("code", "claim"),
    [
        ("12", M.ORDERED),
        ("0", M.ORDERED),
        ("10", M.PAID),
        ("11", M.SHIPPED),
        ("4", M.CANCELLED),
        ("9", None),
        ("WAIT_BUYER_P", M.ORDERED),
        ("WAIT_SELLER_SEND_GOODS", M.PAID),
        ("TRADE_CLOSED", M.CANCELLED),
        ("77", None),
    ],
)
def test_taobao_order_codes(code: str, claim: Milestone | None) -> None:
    """Numbers and words mean the same on Taobao; "other" claims nothing."""
    assert order_claim(TAOBAO_ORDER, code) is claim


@pytest.mark.parametrize(
    ("code", "claim"),
    [
        ("SIGN", M.DELIVERED),
        ("CONSIGN", M.SHIPPED),
        ("NOGET", M.EXCEPTION),
        ("DELIVERING", M.OUT_FOR_DELIVERY),
        ("X", None),
    ],
)
def test_parcel_codes_are_the_union_of_both_lists(code: str, claim: Milestone | None) -> None:
    """Which of the two upstream lists the API follows is open, so both are known."""
    assert parcel_claim(code) is claim


@pytest.mark.parametrize(
    ("lines", "claim"),
    [
        ([], None),
        ([M.DELIVERED, M.SHIPPED], M.SHIPPED),
        ([M.DELIVERED, None], None),
        ([M.CANCELLED, M.SHIPPED], M.SHIPPED),
        ([M.CANCELLED, M.CANCELLED], M.CANCELLED),
        ([M.RETURNED, M.DELIVERED], M.RETURNED),
    ],
)
def test_lines_go_as_far_as_the_slowest(lines: list[Milestone | None], claim: Milestone | None) -> None:
    """A closed line does not hold the others up; an unknown one leaves the whole unknown."""
    assert lines_claim(lines) is claim


def test_the_further_of_two_claims() -> None:
    """A line ahead of its order leads; a problem that the order names stays."""
    assert more_advanced(M.PAID, M.SHIPPED) is M.SHIPPED
    assert more_advanced(M.CANCELLED, M.SHIPPED) is M.CANCELLED
    assert more_advanced(None, M.PAID) is M.PAID
    assert more_advanced(M.PAID, None) is M.PAID
