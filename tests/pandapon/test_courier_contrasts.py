"""Kinds of wording that were read untruly, each beside its neighbours, which mean something else by a word."""

from __future__ import annotations

import pytest

from pandapon.courier import Action, Holder, read_entry
from pandapon.shipment import Milestone

M = Milestone


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Delivery cancelled by driver due to time constraints", M.ATTEMPT_FAILED),
        ("Today's delivery has been cancelled; we will try tomorrow", M.ATTEMPT_FAILED),
        ("Redelivery request cancelled", None),
        ("Hold request cancelled", None),
        ("Vessel sailing cancelled", M.IN_TRANSIT),
        ("Insurance cancelled", None),
        ("订单部分取消，其余商品照常发货", M.SHIPPED),
        ("Order has been cancelled by the customer", M.CANCELLED),
        ("Cancelled", M.CANCELLED),
        ("Shipment cancelled at the shipper's request", M.CANCELLED),
        ("The label was cancelled", M.CANCELLED),
        ("订单已取消，感谢您的支持", M.CANCELLED),
        ("Delivery appointment cancelled", None),
        ("Redirect request cancelled by recipient", None),
        ("Order partially cancelled, remaining items shipped", M.SHIPPED),
        ("保险订单已取消", None),
        ("Delivery run cancelled because of vehicle trouble", M.ATTEMPT_FAILED),
        ("Notification subscription cancelled", None),
        ("Pickup point change cancelled", None),
        ("Your purchase was cancelled and refunded", M.CANCELLED),
        ("Parcel cancelled before pickup", M.CANCELLED),
        ("订单已由卖家取消", M.CANCELLED),
        ("Sender cancelled the shipment", M.CANCELLED),
        ("Cancelled by merchant", M.CANCELLED),
        ("Status: Cancelled", M.CANCELLED),
        ("We have cancelled your order", M.CANCELLED),
        ("Order 8812345 has been cancelled", M.CANCELLED),
        ("Delivery: cancelled", M.ATTEMPT_FAILED),
        ("Carrier cancelled the pickup", M.SHIPPED),
        ("Cancelled delivery request", None),
    ],
)
def test_what_is_cancelled(text: str, claim: Milestone | None) -> None:
    """Only the whole order's cancellation is an end: no request's, no delivery's, no insurance's, no part's."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("入柜失败，柜满", M.ATTEMPT_FAILED),
        ("投柜不成功", M.ATTEMPT_FAILED),
        ("丰巢投柜失败", M.ATTEMPT_FAILED),
        ("箱格已满，入柜未成功", M.ATTEMPT_FAILED),
        ("入柜失败，改为上门派送", M.ATTEMPT_FAILED),
        ("投递至驿站失败", M.ATTEMPT_FAILED),
        ("已成功投柜，请凭取件码取件", M.READY_FOR_PICKUP),
        ("快件已存入丰巢柜", M.READY_FOR_PICKUP),
        ("派送失败，已投柜，请及时取件", M.READY_FOR_PICKUP),
        ("存柜失败，格口不足", M.ATTEMPT_FAILED),
        ("放入快递柜失败，请重新投递", M.ATTEMPT_FAILED),
        ("送至代收点未成功，店铺已关", M.ATTEMPT_FAILED),
        ("驿站入库失败，等待处理", M.EXCEPTION),
        ("已签收，签收人：快递柜，未入柜", M.EXCEPTION),
        ("未能放入丰巢柜", M.ATTEMPT_FAILED),
        ("Could not be placed in locker: locker full", M.ATTEMPT_FAILED),
        ("入柜成功，取件码 38-2-11", M.READY_FOR_PICKUP),
        ("首次入柜失败，现已放入菜鸟驿站", M.READY_FOR_PICKUP),
        ("包裹已入柜，请及时取走", M.READY_FOR_PICKUP),
    ],
)
def test_putting_into_a_locker_or_station(text: str, claim: Milestone | None) -> None:
    """What failed at its place puts nothing there; what was put there in spite of an earlier failure lies ready."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("韵达快递超市已代收您的包裹，货架号 3-5-1102，凭码取件，晚9点打烊", M.READY_FOR_PICKUP),
        ("已到驿站，晚上10点下班，请尽早来取", M.READY_FOR_PICKUP),
        ("Ready for pickup. Store closed on Sundays", M.READY_FOR_PICKUP),
        ("包裹在前台，前台18点下班", M.DELIVERED),
        ("已存放菜鸟驿站，周日休息", M.READY_FOR_PICKUP),
        ("快件已到代收点，中午休息，请避开", M.READY_FOR_PICKUP),
        ("派送时店铺已打烊，明日再派", M.ATTEMPT_FAILED),
        ("公司下班，无人签收", M.ATTEMPT_FAILED),
        ("Delivery attempted, business closed", M.ATTEMPT_FAILED),
        ("您的快递已到小区门口便利店，早8点到晚8点营业，节假日不休息", M.READY_FOR_PICKUP),
        ("取件码 5-1-2203，老王超市，22:00关门，请及时来取", M.READY_FOR_PICKUP),
        ("Your parcel is ready to collect at the post office, closed on weekends", M.READY_FOR_PICKUP),
        ("Please collect from the shop before 8 pm, shop closes at 20:00", M.READY_FOR_PICKUP),
        ("妈妈驿站已代收，每天21:30打烊，逾期请来电", M.READY_FOR_PICKUP),
        ("包裹已放驿站，周一休息", M.READY_FOR_PICKUP),
        ("已投丰巢，小区大门23点关门，请提前取件", M.READY_FOR_PICKUP),
        ("单位周日放假，无人收件", M.ATTEMPT_FAILED),
        ("送到时客户已下班，约明天上午9点再送", M.ATTEMPT_FAILED),
        ("驿站晚上10点已打烊，未能投递", M.ATTEMPT_FAILED),
        ("Attempted delivery, office closed at 5 pm", M.ATTEMPT_FAILED),
    ],
)
def test_opening_hours(text: str, claim: Milestone | None) -> None:
    """When a shop closes is no failed attempt once the parcel lies there; a closed door at an attempt is one."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Rider did not collect the parcel from the seller: shop closed", M.EXCEPTION),
        ("The parcel has not been collected from the merchant yet", M.SHIPPED),
        ("Parcel was not picked up: seller not available", M.EXCEPTION),
        ("Collection from sender failed", M.EXCEPTION),
        ("Driver did not pick up the parcel", M.EXCEPTION),
        ("Arrived at the place of delivery, awaiting addressee's collection", M.READY_FOR_PICKUP),
        ("Picked up from seller", M.PICKED_UP),
        ("Not collected by recipient yet, held at post office", M.READY_FOR_PICKUP),
        ("Awaiting collection at the parcel shop", M.READY_FOR_PICKUP),
        ("Recipient did not pick up the phone", M.ATTEMPT_FAILED),
        ("Not collected: sender closed", M.EXCEPTION),
        ("Courier was unable to collect the parcel from the shipper", M.EXCEPTION),
        ("Pickup failed, merchant was not ready", M.EXCEPTION),
        ("Item not yet collected from vendor", M.SHIPPED),
        ("Courier did not pick up the package, seller will arrange a new pickup", M.EXCEPTION),
        ("Waiting for customer's collection at the service point", M.READY_FOR_PICKUP),
        ("The driver collected the package from the merchant", M.PICKED_UP),
        ("Parcel not picked up yet, waiting at 7-Eleven for 5 days", M.READY_FOR_PICKUP),
        ("Available for the recipient's pickup", M.READY_FOR_PICKUP),
        ("Customer did not pick up our call", M.ATTEMPT_FAILED),
        ("Uncollected, still at the locker", M.READY_FOR_PICKUP),
    ],
)
def test_who_did_not_collect(text: str, claim: Milestone | None) -> None:
    """A parcel that no courier took from its sender is not ready; one that its recipient has not fetched is."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("应您的要求，配送员将把包裹放在家门口，请及时取走", None),
        ("小哥将把快件放入快递柜，请及时取件", None),
        ("快件将存放至菜鸟驿站，届时请凭取件码领取", None),
        ("稍后为您投柜，请留意短信并及时取件", None),
        ("包裹将送至代收点，请及时领取", M.OUT_FOR_DELIVERY),
        ("快件已存放至菜鸟驿站，请凭取件码领取", M.READY_FOR_PICKUP),
        ("包裹在驿站，请尽快领取，逾期将退回", M.READY_FOR_PICKUP),
        ("您的快递即将存入丰巢，请及时领取", None),
        ("快递员准备将快件放到驿站，请注意查收短信后取件", None),
        ("您的包裹预计今日下午送到驿站，请您及时取件", M.OUT_FOR_DELIVERY),
        ("Your parcel will be placed in a locker, please collect it within 3 days", None),
        ("It will be delivered to the pickup point soon, please pick it up with your code", None),
        ("马上给您放到自提柜，请记得取件", None),
        ("已放入丰巢，24小时后将收费，请及时取件", M.READY_FOR_PICKUP),
        ("您的包裹已到站，请尽快取件，超期将退回", M.READY_FOR_PICKUP),
        ("包裹已由驿站代收，请于今日领取", M.READY_FOR_PICKUP),
        ("请到菜鸟驿站领取您的包裹", M.READY_FOR_PICKUP),
        ("Your parcel is in the locker, please collect it, it will be returned after 3 days", M.READY_FOR_PICKUP),
    ],
)
def test_a_promise_to_put_it_somewhere(text: str, claim: Milestone | None) -> None:
    """What will be put into a locker or a station does not lie there yet; a point that will keep it has it."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("นำจ่ายสำเร็จแล้ว แต่ผู้รับแจ้งว่ายังไม่ได้รับ", M.EXCEPTION),
        ("เซ็นรับแล้ว แต่ลูกค้ายังไม่ได้รับของ", M.EXCEPTION),
        ("ผู้รับแจ้งว่าไม่ได้รับพัสดุ", M.EXCEPTION),
        ("นำจ่ายสำเร็จ ผู้รับได้รับพัสดุแล้ว", M.DELIVERED),
        ("ยังไม่ได้รับพัสดุจากผู้ส่ง", M.SHIPPED),
        ("ขนส่งยังไม่ได้รับพัสดุ", M.SHIPPED),
        ("ติดต่อผู้รับไม่ได้", M.ATTEMPT_FAILED),
        ("จัดส่งสำเร็จ แต่ลูกค้าแจ้งไม่ได้รับพัสดุ", M.EXCEPTION),
        ("ระบบขึ้นว่าส่งสำเร็จ แต่ผู้รับยังไม่ได้รับสินค้า", M.EXCEPTION),
        ("ลูกค้าร้องเรียนว่ายังไม่ได้รับพัสดุ", M.EXCEPTION),
        ("ผู้รับปฏิเสธว่าไม่ได้เซ็นรับพัสดุ", M.EXCEPTION),
        ("รอผู้ขายส่งพัสดุ ขนส่งยังไม่ได้รับของ", M.SHIPPED),
        ("ยังไม่ได้รับสินค้าจากร้านค้า", M.SHIPPED),
        ("ลูกค้าได้รับของแล้ว", M.DELIVERED),
        ("นำจ่ายสำเร็จ ผู้รับได้รับสิ่งของเรียบร้อย", M.DELIVERED),
    ],
)
def test_a_thai_recipient_without_the_parcel(text: str, claim: Milestone | None) -> None:
    """Who has not received the parcel decides: the recipient disputes a delivery, the carrier awaits its pick-up."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("您的邮件已到【镇邮政所】，因乡村不便投递，请您自行来所领取", M.READY_FOR_PICKUP),
        ("不方便送货上门，请自行到站点取件", M.READY_FOR_PICKUP),
        ("村镇不派送，请到镇上网点自取", M.READY_FOR_PICKUP),
        ("客户不方便收货，改日再送", M.ATTEMPT_FAILED),
        ("收件人不便，约明天", M.ATTEMPT_FAILED),
        ("超区，不派送", M.EXCEPTION),
        ("因道路狭窄不便配送，请您到镇上代办点领取", M.READY_FOR_PICKUP),
        ("快件已到乡镇网点，该村不便派送，请自提", M.READY_FOR_PICKUP),
        ("您所在地址偏远，请到网点自取", M.READY_FOR_PICKUP),
        ("客户称在外不便，明日再派送", M.ATTEMPT_FAILED),
        ("联系客户，客户表示今天不方便，改日派送", M.ATTEMPT_FAILED),
        ("地址偏远，不在派送范围，转邮政", M.EXCEPTION),
        ("该村不派送，已联系寄件人", M.EXCEPTION),
    ],
)
def test_fetched_because_it_is_not_brought(text: str, claim: Milestone | None) -> None:
    """A courier who cannot bring it, and bids to fetch it, has it ready; a recipient who cannot take it is absent."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("您购买的宝贝已经在赶往您的路上啦", M.IN_TRANSIT),
        ("您的退款申请已撤销，商家继续发货", None),
        ("已出库装车，等待司机提走送机场", M.IN_TRANSIT),
        ("您的快件疑似被错拿，请联系站长", M.EXCEPTION),
        ("由收发室签收后转交本人", M.DELIVERED),
        ("改退件为继续派送", M.IN_TRANSIT),
        ("退回途中发现错误，改为继续派送", M.IN_TRANSIT),
        ("小哥正赶往您的路上", M.OUT_FOR_DELIVERY),
        ("派件改为退件", M.RETURNING),
        ("您的宝贝正在奔向您的路上", M.IN_TRANSIT),
        ("已装车，等待司机提走送往码头", M.IN_TRANSIT),
        ("包裹可能被他人错拿，正在联系", M.EXCEPTION),
        ("门卫签收后已转交收件人本人", M.DELIVERED),
        ("退件途中取消退回，改为继续派送", M.IN_TRANSIT),
        ("改继续派送为退件", M.RETURNING),
        ("派件员正奔向您，请保持电话畅通", M.OUT_FOR_DELIVERY),
        ("等待司机提走派送", M.ARRIVED),
        ("退款申请已取消，卖家将继续发货", None),
    ],
)
def test_states_in_the_middle(text: str, claim: Milestone | None) -> None:
    """Each of these was told as a step too early, too late, or not at all."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("收货方自提，过5天收仓储费", Action.PICK_UP),
        ("已到自提点，超过3天收取保管费", Action.PICK_UP),
        ("已到集运仓，请支付仓储费", Action.PAY),
        ("货到付款，请付运费后自提", Action.PAY),
    ],
)
def test_a_fee_that_is_due_later(text: str, action: Action) -> None:
    """A fee that comes only once a time is over asks for nothing yet."""
    assert read_entry(text).action is action


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("已交到前台，请下班前领走", Holder.AGENT),
        ("已放在门卫室，请在关门前取走", Holder.AGENT),
        ("已交到前台，本人已领走", Holder.RECIPIENT),
    ],
)
def test_who_holds_what_is_to_be_taken_later(text: str, holder: Holder) -> None:
    """Who is asked to take the parcel before a time has not taken it."""
    assert read_entry(text).holder is holder


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("配達完了", M.DELIVERED),
        ("配達中", M.OUT_FOR_DELIVERY),
        ("輸送中", None),
        ("お届け済み", None),
        ("お荷物のお届けが完了しました", None),
        ("배송완료", None),
        ("Entregado", None),
        ("配达中，派件员小李", M.OUT_FOR_DELIVERY),
        ("Delivered", M.DELIVERED),
        ("已配達", M.DELIVERED),
        ("ご不在のため持ち戻りました", None),
        ("配達店に到着", None),
        ("荷物を引き受けました", None),
        ("配達できませんでした", None),
        ("返送済み", None),
        ("注文がキャンセルされました", None),
        ("受取済み（宅配ボックス）", None),
        ("持ち出し中", None),
        ("調査中", M.EXCEPTION),
        ("배송 출발", None),
        ("Zustellung nicht möglich", None),
        ("順豐已派遞", M.DELIVERED),
        ("已派送至府上，谢谢", M.DELIVERED),
        ("派遞中", M.OUT_FOR_DELIVERY),
    ],
)
def test_another_language(text: str, claim: Milestone | None) -> None:
    """What the bot does not read claims nothing; what Chinese shares with Japanese is read as Chinese."""
    assert read_entry(text).milestone is claim
