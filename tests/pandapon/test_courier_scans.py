"""Kinds of wording that stand in couriers' own scans and once were read wrongly, each by sentences of our own."""

from __future__ import annotations

import pytest

from pandapon.courier import read_entry
from pandapon.shipment import Milestone

M = Milestone
ENDS = {M.DELIVERED, M.RETURNED, M.LOST, M.CANCELLED}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("当前还未识别到签收", None),  # a denial reaches the end across what a system does
        ("送错，已签收", M.EXCEPTION),
        ("派错单元，显示已签收", M.EXCEPTION),
        ("送错后已取回，重新派送，客户已签收", M.DELIVERED),
        ("取件码已送达寄件人", None),  # a code was brought, and no parcel
        ("验证码已送达您", None),
        ("Courier picked up the item and is returning it to the shipper", M.RETURNING),
        ("The sender picked up the returned parcel", M.RETURNED),
        ("Delivery of your order has been cancelled", M.ATTEMPT_FAILED),
        ("Your order was cancelled", M.CANCELLED),
    ],
)
def test_an_end_of_something_else(text: str, claim: Milestone | None) -> None:
    """A signature that is not there, one at the wrong door, a code, a return that begins, a delivery called off."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("您的邮件已代签收【邻居】，有疑问请联系投递员", M.DELIVERED),
        ("您的邮件已代签收【家门口】", M.DELIVERED),
        ("您的邮件已代签收【南门驿站】", M.READY_FOR_PICKUP),
        ("已签收，签收人在【丰巢的东门2号柜】(东门2号柜)领取", M.DELIVERED),
        ("已暂存在【东门丰巢柜】(东门2号柜)，请领取", M.READY_FOR_PICKUP),
        ("业务员派件至驿站", M.READY_FOR_PICKUP),
        ("快件已投递【丰巢智能柜】，请留意短信", M.READY_FOR_PICKUP),
        ("快件正在派件至驿站", M.OUT_FOR_DELIVERY),
        ("包裹到达指定自取点", M.READY_FOR_PICKUP),
        ("店主收件核对中", None),  # whose parcel the shop checks is not said
        ("包裹在门口", M.DELIVERED),
        ("包裹在车上", M.IN_TRANSIT),
        ("商家送件到店，待揽收", M.SHIPPED),
        ("The parcel is at the customer's front door", M.DELIVERED),
        ("The parcel is at our office", M.IN_TRANSIT),
        ("The driver is at the front door", M.OUT_FOR_DELIVERY),
        ("Parcel delivered to agent", M.READY_FOR_PICKUP),
        ("Delivered to agent for final delivery", M.IN_TRANSIT),
        ("Pickup notice issued", M.READY_FOR_PICKUP),
        ("Card left that tells where and when to collect the parcel", M.READY_FOR_PICKUP),
        ("Received by rider for delivery", M.OUT_FOR_DELIVERY),
    ],
)
def test_with_whom_it_is(text: str, claim: Milestone | None) -> None:
    """Somebody named behind the act, a locker, a point, a door, a rider: they decide where the parcel is."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("到达中国邮政速递物流股份有限公司东城处理中心", M.IN_TRANSIT),  # a firm's name that has an act in it
        ("离开邮政速递物流公司南城揽投部，发往武汉处理中心", M.IN_TRANSIT),
        ("到达目的地网点宁波江北新东派，快件很快进行派送", M.ARRIVED),
        ("小李派", M.OUT_FOR_DELIVERY),
        ("司机已收箱", M.IN_TRANSIT),
        ("东部分拨中心出库", M.IN_TRANSIT),
        ("仓库已出库", M.SHIPPED),
        ("南区揽投配发", M.IN_TRANSIT),
        ("留仓件出仓", M.OUT_FOR_DELIVERY),  # the parcel that was held goes out
        ("滞留件入库", M.EXCEPTION),
        ("小周正在派件。也可以联系小哥将快递，放到您指定的代收点", M.OUT_FOR_DELIVERY),
        ("您可以联系小哥，放到门口", None),
        ("Container was closed", M.IN_TRANSIT),
        ("Shop closed", M.ATTEMPT_FAILED),
        ("Leaves our warehouse", M.IN_TRANSIT),
        ("An SMS reminder was sent to the customer", None),
        ("Delivery preference: deliver to post office", None),
        ("Redirection request cancelled by the sender", None),
        ("Parcel redirected", M.IN_TRANSIT),
    ],
)
def test_beside_the_last_leg(text: str, claim: Milestone | None) -> None:
    """Names, boxes, lists of settings and messages that have a word of another leg in them."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Item returned from export customs", M.IN_TRANSIT),
        ("Item returned to the carrier from customs", M.IN_TRANSIT),
        ("Item being returned to customs to review the duties", M.EXCEPTION),
        ("Refused by customs, item is being returned to the sender", M.RETURNING),
        ("货物海关待查", M.IN_TRANSIT),
        ("商检待查", M.IN_TRANSIT),
        ("Export terminated", M.EXCEPTION),
        ("Import cancelled", M.EXCEPTION),
        ("ยกเลิกการนำเข้าแล้ว", M.EXCEPTION),
        ("ถึงที่ทำการแลกเปลี่ยนระหว่างประเทศ", M.IN_TRANSIT),
        ("ส่งมอบให้สายการบินแล้ว", M.IN_TRANSIT),
        ("ส่งข้อมูลให้ศุลกากร", M.IN_TRANSIT),
        ("ส่งข้อมูลไปต่างประเทศ", None),
    ],
)
def test_at_customs(text: str, claim: Milestone | None) -> None:
    """What comes back from customs goes on; what goes back to them, or may not leave, is held."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("物品返还商户成功", M.RETURNED),
        ("物品开始返还商户", M.RETURNING),
        ("已至寄件人指定地点收取包裹", M.PICKED_UP),
        ("承运方已收到寄件人申请，正在揽件", M.SHIPPED),
        ("The carrier accepted the data of the parcel", M.SHIPPED),
        ("ผู้ส่งมอบพัสดุที่สาขา", M.PICKED_UP),
        ("ผู้ส่งฝากพัสดุที่จุดฝากส่งแล้ว", M.PICKED_UP),
        ("สแกนรับเข้าสาขาปลายทาง", M.ARRIVED),
        ("รับเข้าปลายทางแล้ว", M.ARRIVED),
        ("Posting cancelled", M.CANCELLED),
        ("ผู้ฝากส่งขอถอนคืน ยกเลิกการรับฝากแล้ว", M.CANCELLED),
    ],
)
def test_at_the_senders_end(text: str, claim: Milestone | None) -> None:
    """A request or data is no parcel; a posting that is cancelled goes nowhere; a shop has its goods again."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("客户周日休息改周一派送", M.ATTEMPT_FAILED),
        ("收件人今日休息，改明天送", M.ATTEMPT_FAILED),
        ("Customer was unable to pay", M.ATTEMPT_FAILED),
        ("Calling card left, it tells when and where to collect", M.READY_FOR_PICKUP),
        ("Pick up by last mile carrier at the port", M.IN_TRANSIT),
        ("Pick up by Friday at the shop", M.READY_FOR_PICKUP),
        ("Pickup period expired", M.ATTEMPT_FAILED),
        ("การจัดส่งพัสดุ TH0012 ยังไม่สำเร็จ", M.ATTEMPT_FAILED),
        ("Delivery of AB1234 failed", M.ATTEMPT_FAILED),
        ("ไม่พบเลขบ้านตามจ่าหน้า", M.EXCEPTION),
    ],
)
def test_in_vain(text: str, claim: Milestone | None) -> None:
    """A free day, no money, a time that is over, a number between the act and its failure, no house number."""
    assert read_entry(text).milestone is claim


HEDGES = (
    *(
        "Parcel almost {}",
        "Parcel likely {}",
        "Alleged {}",
        "We hope your parcel gets {} soon",
        "Request to mark as {}",
    ),
    *("After it is {} we refund the fee", "Once the parcel is {} you can rate us", "{}? please check", "Reversed: {}"),
    *("Previous parcel was {}", "Insurance covers parcels that are {}", "Please confirm it was {}", "Dispute: {}"),
)
UNSURE = ("{}待核实", "{}确认中", "对{}有异议", "查无{}信息", "พัสดุชิ้นอื่น{}", "ใกล้{}")


@pytest.mark.parametrize("hedge", HEDGES)
def test_no_end_is_told_of_a_hedge(hedge: str) -> None:
    """What is likely, hoped for, asked, disputed, a rule, or about an earlier parcel is no end."""
    ends = ("delivered", "returned to sender", "lost", "signed by recipient", "collected by the recipient")
    assert [end for end in ends if read_entry(hedge.format(end)).milestone in ENDS] == []


@pytest.mark.parametrize("hedge", UNSURE)
def test_no_end_is_told_of_a_doubt(hedge: str) -> None:
    """The same in Chinese and Thai."""
    ends = ("已签收", "丢失", "客户已取件") if hedge[0] not in "พใ" else ("จัดส่งสำเร็จ", "ถึงมือผู้รับ", "สูญหาย")
    assert [end for end in ends if read_entry(hedge.format(end)).milestone in ENDS] == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Delivered after the second attempt", M.DELIVERED),
        ("After inspection it was delivered to the neighbour", M.DELIVERED),
        ("Status: delivered", M.DELIVERED),
        ("经客户同意，已放门口", M.DELIVERED),
        ("客户同意销毁", M.EXCEPTION),
        ("包裹已销毁", M.LOST),
        ("Parcel likely lost", M.EXCEPTION),
    ],
)
def test_an_end_beside_such_words(text: str, claim: Milestone) -> None:
    """An end with an earlier try, a check or a consent beside it stays one; a loss that is likely is a problem."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Addressee moved, left no forwarding address", M.EXCEPTION),
        ("Left no address", M.EXCEPTION),
        ("Parcel was received at the depot", M.ARRIVED),
        ("Parcel returned, now enroute to the shipper", M.RETURNING),
        ("Parcel has been returned and is on its way to the sender", M.RETURNING),
        ("Parcel has been returned to the sender", M.RETURNED),
        ("Parcel returns to the shipper", M.RETURNING),
        ("已成功退回至发件人", M.RETURNED),
        ("退回成功", M.RETURNING),
    ],
)
def test_a_way_that_is_not_over(text: str, claim: Milestone) -> None:
    """Who left no address got nothing; a parcel that was sent back and is on the road is not back."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Parcel was received at the delivery office", M.ARRIVED),
        ("您的快件在【东城营业部】收货完成", M.ARRIVED),
        ("Parcel into sorting centre", M.IN_TRANSIT),
        ("Parcel out of sorting centre", M.IN_TRANSIT),
        ("邮件已在【南区揽投部】完成分拣，准备发出", M.IN_TRANSIT),
        ("邮件已在【南区揽投部】完成分拣", M.ARRIVED),
        ("ส่งออกจากศูนย์คัดแยกพัสดุ/ที่ทำการ", M.IN_TRANSIT),
        ("邮件已搭机", M.IN_TRANSIT),
        ("交货至末公里", M.IN_TRANSIT),
        ("Package is ready for dispatch from the warehouse", M.SHIPPED),
        ("Package is ready to be handed over to the courier", M.IN_TRANSIT),
        ("Loading onto delivery van", M.OUT_FOR_DELIVERY),
        ("东城速递营销部已收件", M.PICKED_UP),
        ("Carrier note: picked up by carrier", M.PICKED_UP),
        ("订单付款成功，等待海关清关", M.PAID),
        ("货物等待海关清关", M.IN_TRANSIT),
        ("ส่งมอบให้บริษัทขนส่งแล้ว", M.PICKED_UP),
        ("สายการบินส่งมอบให้การไปรษณีย์ปลายทาง", M.IN_TRANSIT),
    ],
)
def test_between_the_ends(text: str, claim: Milestone) -> None:
    """Posts' and carriers' words for taking in, sorting, loading and handing on."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("ปลายทางได้รับแล้ว", M.DELIVERED),
        ("สาขาปลายทางได้รับพัสดุแล้ว", M.IN_TRANSIT),
        ("นำจ่าย/ชำระเงินเรียบร้อยแล้ว", M.DELIVERED),
        ("包裹异常后最终妥投", M.DELIVERED),
        ("等待最终签收", None),
        ("ออกใบแจ้งให้ผู้รับ", M.READY_FOR_PICKUP),
        ("公司已停止营业", M.ATTEMPT_FAILED),
        ("非正常派送", M.EXCEPTION),
        ("Failed (physical) delivery", M.ATTEMPT_FAILED),
        ("派件员取消派件将快件取出快递柜", M.ATTEMPT_FAILED),
    ],
)
def test_at_the_last_leg(text: str, claim: Milestone | None) -> None:
    """Delivered in other words, a notice that was left, a firm that closed, a try that failed."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Mail accepted at the post office", M.PICKED_UP),
        ("南区揽投部已收件（揽投员姓名：小周）", M.PICKED_UP),
        ("Parcel received, acceptance pending", M.PICKED_UP),
        ("ผู้ส่งมาฝากที่สาขา", M.PICKED_UP),
        ("未揽收已取消", M.CANCELLED),
        ("揽收已取消", M.SHIPPED),
        ("Bulk delivery to the carrier", M.IN_TRANSIT),
        ("Parcel is aboard the delivery van", M.OUT_FOR_DELIVERY),
        ("Final notice: collect within 5 days", M.READY_FOR_PICKUP),
        ("Parcel is with the building manager", M.DELIVERED),
        ("Parcel could not be redirected", M.EXCEPTION),
        ("无实际快件", M.EXCEPTION),
        ("收件地址为公司，今日公休", M.ATTEMPT_FAILED),
        ("Goods siezed by customs", M.LOST),
    ],
)
def test_taken_in_and_given_out(text: str, claim: Milestone | None) -> None:
    """A post office accepts what a sender brings; an order without a pick-up is called off; a manager has it."""
    assert read_entry(text).milestone is claim
