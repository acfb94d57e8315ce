"""The words that lie: denied, still to come, told of somebody else, or beside the matter."""

from __future__ import annotations

import pytest

from pandapon.courier import read_entry
from pandapon.shipment import Milestone

M = Milestone


def _claim(text: str) -> Milestone | None:
    return read_entry(text).milestone


def _by_codes(status: str, action: str, text: str) -> Milestone | None:
    return read_entry(text, status, action).milestone


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("没有签收，明日再派", M.ATTEMPT_FAILED),
        ("没有妥投", M.ATTEMPT_FAILED),
        ("未派送成功", M.ATTEMPT_FAILED),
        ("未配送成功", M.ATTEMPT_FAILED),
        ("未能成功签收", M.ATTEMPT_FAILED),
        ("未被签收", M.ATTEMPT_FAILED),
        ("没人签收", M.ATTEMPT_FAILED),
        ("不能签收", M.ATTEMPT_FAILED),
        ("不予签收", M.ATTEMPT_FAILED),
        ("签收失败", M.ATTEMPT_FAILED),
        ("签收未成功", M.ATTEMPT_FAILED),
        ("派送不成功", M.ATTEMPT_FAILED),
        ("派送异常", M.ATTEMPT_FAILED),
        ("送货失败", M.ATTEMPT_FAILED),
        ("未送达", M.ATTEMPT_FAILED),
        ("无法送达", M.ATTEMPT_FAILED),
        ("收件人不在，明日再送", M.ATTEMPT_FAILED),
        ("因收件人不在家，改至明日派送", M.ATTEMPT_FAILED),
        ("驿站已满，无法投递", M.ATTEMPT_FAILED),
        ("收件人不在，签收人：门卫", M.DELIVERED),
        ("菜鸟驿站拒收", M.ATTEMPT_FAILED),
        ("逾期未取，快递员已取回", M.ATTEMPT_FAILED),
        ("还没有签收", None),
        ("暂未签收", None),
        ("快件尚未妥投", None),
        ("尚未派送", None),
        ("未进行派送", None),
        ("暂停派送", M.EXCEPTION),
        ("正在再次派送", M.OUT_FOR_DELIVERY),
        ("二次派送成功", M.DELIVERED),
        ("取消签收", M.EXCEPTION),
        ("虚假签收投诉已受理", M.EXCEPTION),
        ("not successfully delivered", M.ATTEMPT_FAILED),
        ("Not delivered", M.ATTEMPT_FAILED),
        ("Couldn’t be delivered", M.ATTEMPT_FAILED),
        ("Unable to deliver", M.ATTEMPT_FAILED),
        ("Has not been able to be delivered", M.ATTEMPT_FAILED),
        ("Delivery attempted", M.ATTEMPT_FAILED),
        ("Delivery unsuccessful: address issue", M.ATTEMPT_FAILED),
        ("Delivered on second attempt", M.DELIVERED),
        ("Not yet delivered", None),
        ("has not been delivered", None),
        ("Hasn’t been delivered", None),
        ("Not delivered yet", None),
        ("Not signed for", M.ATTEMPT_FAILED),
    ],
)
def test_a_denied_delivery(text: str, claim: Milestone | None) -> None:
    """A delivery denied after an attempt failed; one that is only still to come says nothing."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("将于明日签收", None),
        ("今日内签收", None),
        ("预计3月5日18:00前送达", None),
        ("明天送达", None),
        ("请于今日签收", None),
        ("本人需凭身份证签收", None),
        ("待签收", None),
        ("快件将由邻居签收", None),
        ("签收码已发送", None),
        ("张三正在第1次派件，请做好签收准备", M.OUT_FOR_DELIVERY),
        ("通知客户已签收", M.DELIVERED),
        ("已将快件送达，客户签收", M.DELIVERED),
        ("将快件交由邻居签收", M.DELIVERED),
        ("快件已如期送达", M.DELIVERED),
        ("Estimated delivered by Mon", None),
        ("Delivered by 5pm", None),
        ("Expected to be delivered", None),
        ("Scheduled for delivery", None),
        ("If not delivered, call us", None),
        ("Will attempt delivery tomorrow", None),
        ("Out for delivery, will be delivered by 5pm", M.OUT_FOR_DELIVERY),
        ("Delivered 5 May", M.DELIVERED),
        ("Delivered by the courier", M.DELIVERED),
    ],
)
def test_a_delivery_to_come(text: str, claim: Milestone | None) -> None:
    """A day, a request or an estimate beside the word says that it is still to come."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("签收人：快递超市", M.READY_FOR_PICKUP),
        ("签收人：便利店", M.READY_FOR_PICKUP),
        ("签收人：XX超市代收", M.READY_FOR_PICKUP),
        ("已签收，签收人：菜鸟驿站", M.READY_FOR_PICKUP),
        ("已代签收", M.READY_FOR_PICKUP),
        ("前台代签收", M.DELIVERED),
        ("签收人：李超", M.DELIVERED),
        ("快件将送往菜鸟驿站", M.OUT_FOR_DELIVERY),
        ("已将快件放入丰巢快递柜", M.READY_FOR_PICKUP),
        ("包裹已从菜鸟驿站发出", M.IN_TRANSIT),
        ("快件已送达转运中心", M.IN_TRANSIT),
        ("已到达【北京配送中心】", M.IN_TRANSIT),
        ("到达派送中心", M.IN_TRANSIT),
        ("到达目的地国家", M.IN_TRANSIT),
        ("快递员已上门派送", M.OUT_FOR_DELIVERY),
        ("Delivered to local carrier", M.IN_TRANSIT),
        ("Delivered to agent for final delivery", M.IN_TRANSIT),
        ("Delivered to sorting center", M.IN_TRANSIT),
        ("Delivered to carrier", M.IN_TRANSIT),
        ("Delivered to parcel locker", M.READY_FOR_PICKUP),
        ("Delivered to neighbour", M.DELIVERED),
        ("Delivered to an individual at the address", M.DELIVERED),
        ("Being delivered", M.OUT_FOR_DELIVERY),
        ("Partially delivered", M.DELIVERED),
        ("Delivered duty paid", None),
        ("Arrived at facility", M.IN_TRANSIT),
        ("Arrived at destination airport", M.IN_TRANSIT),
        ("Departed", M.IN_TRANSIT),
    ],
)
def test_who_has_it(text: str, claim: Milestone | None) -> None:
    """Signed by a shop is not signed by the reader, nor is a hand-over to another carrier or a depot."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("快递员已从丰巢取件", M.PICKED_UP),
        ("包裹已被快递员取走", M.PICKED_UP),
        ("快递员取件成功", M.PICKED_UP),
        ("待取件", M.READY_FOR_PICKUP),
        ("未取件", M.READY_FOR_PICKUP),
        ("快件超时未取件", M.READY_FOR_PICKUP),
        ("已通知收件人取件", M.READY_FOR_PICKUP),
        ("快递员已通知收件人取件", M.READY_FOR_PICKUP),
        ("快件已从菜鸟驿站取走", M.DELIVERED),
        ("您已在温州大学茶山校区店完成取件，感谢使用菜鸟驿站", M.DELIVERED),
        ("已发送取件短信", None),
        ("快递员未取件", M.SHIPPED),
        ("等待快递员取件", M.SHIPPED),
        ("已预约上门取件", M.SHIPPED),
        ("上门取件失败", M.EXCEPTION),
        ("Available for pickup", M.READY_FOR_PICKUP),
        ("Held at post office for collection", M.READY_FOR_PICKUP),
        ("Available for pickup by courier", M.SHIPPED),
        ("Not picked up by recipient", M.READY_FOR_PICKUP),
        ("Picked up by recipient", M.DELIVERED),
        ("Picked up", M.PICKED_UP),
    ],
)
def test_fetched_or_to_be_fetched(text: str, claim: Milestone | None) -> None:
    """Who fetched, whom somebody told to fetch, and what waits are told apart."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("【菜鸟驿站】快件已揽收", M.PICKED_UP),
        ("快件已揽收【义乌菜鸟驿站】", M.PICKED_UP),
        ("揽收成功", M.PICKED_UP),
        ("将快件揽收", M.PICKED_UP),
        ("商家正通知快递公司揽件", M.SHIPPED),
        ("快递公司已接到揽收通知", M.SHIPPED),
        ("揽收任务已分配给快递员", M.SHIPPED),
        ("快递员张三正在赶往揽收途中", M.SHIPPED),
        ("揽收超时", None),
        ("未按时揽收", M.EXCEPTION),
        ("尚未揽收", M.SHIPPED),
        ("取消揽收", M.SHIPPED),
        ("揽收已取消", M.SHIPPED),
        ("揽收失败，已取消", M.EXCEPTION),
        ("未能揽收", M.EXCEPTION),
        ("商家未发货", None),
        ("等待商家发货", M.PAID),
        ("您的订单已进入库房，准备出库", M.IN_TRANSIT),
    ],
)
def test_collected_or_to_be_collected(text: str, claim: Milestone | None) -> None:
    """A notice, a task or a missed hour of a collection is none; a station may be where it was brought."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("退货已签收", M.RETURNED),
        ("退件已由寄件人签收", M.RETURNED),
        ("快件退回，寄件人已签收", M.RETURNED),
        ("退件未签收", M.RETURNING),
        ("退货未签收", M.RETURNING),
        ("退回签收失败", M.RETURNING),
        ("快件被退回", M.RETURNING),
        ("客户拒签", M.ATTEMPT_FAILED),
        ("已退回发件网点", M.RETURNING),
        ("快件超过24小时未取将自动退回", M.READY_FOR_PICKUP),
        ("超时将退回", None),
        ("快件未退回", None),
        ("快件未退回，已签收", M.DELIVERED),
        ("破损请拒收", None),
        ("运费已退回您的账户", None),
        ("卖家支持七天退货，已签收", M.DELIVERED),
        ("Returned to sender", M.RETURNED),
        ("Being returned to sender", M.RETURNING),
        ("Delivery refused by recipient", M.ATTEMPT_FAILED),
        ("Will be returned to sender if not collected", None),
    ],
)
def test_going_back(text: str, claim: Milestone | None) -> None:
    """A return that only threatens is none, and what the sender signs is no delivery."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("快件已丢失", M.LOST),
        ("疑似丢失", M.EXCEPTION),
        ("货物丢失风险提示", None),
        ("保价快件丢失按声明价值赔付", None),
        ("货物未丢失", None),
        ("防止快件丢失，请当面验收", None),
        ("异常已解除，快件发往广州", M.IN_TRANSIT),
        ("外包装完好无破损，已签收", M.DELIVERED),
        ("Lost", M.LOST),
        ("Parcel has been declared lost", M.LOST),
        ("Shipment was lost in transit", M.LOST),
        ("The receiver lost the key", None),
        ("Your parcel may be lost", M.EXCEPTION),
        ("快件被海关扣关", M.EXCEPTION),
        ("清关异常", M.EXCEPTION),
        ("Held by customs", M.EXCEPTION),
        ("清关中", M.IN_TRANSIT),
        ("清关完成", M.IN_TRANSIT),
        ("快件已改派至其他网点", M.IN_TRANSIT),
        ("快件已转寄至杭州", M.IN_TRANSIT),
    ],
)
def test_trouble(text: str, claim: Milestone | None) -> None:
    """Only a parcel can be lost, and what is mended, insured or not so is no trouble."""
    assert _claim(text) is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("派送完毕，签单正在寄回", M.DELIVERED),
        ("签收成功，回单正在返回寄方", M.DELIVERED),
        ("退件已交还快递员", M.RETURNING),
        ("包裹无人领取，已退还给派件员", M.RETURNING),
        ("快件已退还您", M.RETURNED),
        ("货物已从快递柜取出，快递员正在为您送货", M.OUT_FOR_DELIVERY),
        ("包裹已由驿站取出，业务员稍后派送", M.ARRIVED),
        ("原面单作废，新单号SF1", None),
        ("原运单号作废，换新单号SF1", None),
        ("单号作废", M.CANCELLED),
        ("小哥正赶往寄件人地址", M.SHIPPED),
        ("包裹已装箱，等待移交给物流", M.SHIPPED),
        ("订单提交成功，审核中", M.ORDERED),
        ("遗失必赔，请放心", None),
        ("签收成功，未收到请联系客服", M.DELIVERED),
        ("客户未收到，显示已签收", M.EXCEPTION),
    ],
)
def test_an_end_of_something_else(text: str, claim: Milestone | None) -> None:
    """A slip goes back, a return sets out, a number is replaced, a seller still waits: none is the parcel's end."""
    assert _claim(text) is claim
