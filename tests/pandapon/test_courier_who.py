"""Who has the parcel: texts in which somebody else than its recipient signs, takes, gives or goes away with it."""

from __future__ import annotations

import pytest

from pandapon.courier import Action, read_entry
from pandapon.shipment import Milestone

M = Milestone


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("因X光机检出打火机，已按规定取出移交公安", M.EXCEPTION),
        ("快件因涉嫌违禁品被公安机关提走", M.EXCEPTION),
        ("快件被物流公司提走", M.IN_TRANSIT),
        ("货物已被货代提走", M.IN_TRANSIT),
        ("驿站包裹被他人取走", M.EXCEPTION),
        ("快件因含管制刀具，已被派出所取走", M.EXCEPTION),
        ("包裹涉嫌走私，已由缉私局提走", M.EXCEPTION),
        ("货物已由车队提走，发往口岸", M.IN_TRANSIT),
        ("包裹被陌生人从驿站拿走，正在核实", M.EXCEPTION),
        ("包裹被烟草专卖局取走调查", M.EXCEPTION),
        ("集运仓货物已被国际物流商提走", M.IN_TRANSIT),
        ("快件已由收件人的同事取走", M.DELIVERED),
        ("包裹已被邻居从驿站取走", M.DELIVERED),
        ("已由本人从丰巢取出", M.DELIVERED),
        ("快件已被客户提走，感谢使用", M.DELIVERED),
        ("Parcel collected by police for investigation", M.EXCEPTION),
        ("Parcel collected by freight forwarder", M.PICKED_UP),
        ("包裹从菜鸟驿站取走，取件码已核销", M.DELIVERED),
        ("老王已把包裹拿走", M.DELIVERED),
        ("您的快件因夹带香烟被烟草专卖局提走", M.EXCEPTION),
        ("包裹已被警方取走，作为证物", M.EXCEPTION),
        ("快件被市场监督管理局提取抽样", M.EXCEPTION),
        ("货已被清关公司提走", None),
        ("货物已由航空公司提走，等待起飞", M.IN_TRANSIT),
        ("包裹被别人领走了，驿站正在联系", M.EXCEPTION),
        ("驿站包裹被陌生人冒领取走", M.EXCEPTION),
        ("Item taken by customs officers", M.EXCEPTION),
        ("Package picked up by unknown person from the locker", M.EXCEPTION),
        ("包裹已被家属领走", M.DELIVERED),
        ("已被收件人从快递柜取走", M.DELIVERED),
        ("快件已由朋友代为取走", M.DELIVERED),
        ("客户凭取件码提走快件", M.DELIVERED),
        ("室友帮忙取走了包裹", M.DELIVERED),
    ],
)
def test_who_took_it_away(text: str, claim: Milestone | None) -> None:
    """A parcel that the police, the next carrier or a stranger took away is not with its recipient; with kin it is."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("【淘宝集运】包裹已签收入库，等待您支付国际运费", M.IN_TRANSIT),
        ("包裹已签收入库", M.IN_TRANSIT),
        ("已签收入仓，重量2.1kg", M.IN_TRANSIT),
        ("已签收，已上架，待打包", M.IN_TRANSIT),
        ("签收人：义乌货代", M.IN_TRANSIT),
        ("签收人：XX国际物流", M.IN_TRANSIT),
        ("Received at warehouse, signed by: WH STAFF", M.IN_TRANSIT),
        ("签收入库，待合箱", M.IN_TRANSIT),
        ("包裹已签收并入库，请提交集运订单", M.IN_TRANSIT),
        ("您的包裹已签收，称重1.25kg，请及时支付国际运费", M.IN_TRANSIT),
        ("已签收，签收人：广州货代", M.IN_TRANSIT),
        ("签收人：中通国际物流", M.IN_TRANSIT),
        ("【转运中国】包裹已签收，已上架A12", M.IN_TRANSIT),
        ("集运点已签收，等待打包", M.IN_TRANSIT),
        ("Signed and shelved, awaiting consolidation", M.IN_TRANSIT),
        ("已签收，签收人：前台小张", M.DELIVERED),
        ("您的快件已签收，签收人：本人，感谢使用", M.DELIVERED),
        ("快件已签收，签收人是【仓管】", M.DELIVERED),
        ("驿站已签收上架，请凭取件码3-2-118取件", M.READY_FOR_PICKUP),
        ("已签收，如需寄件请拨打国际快递热线", M.DELIVERED),
        ("快件已暂存至菜鸟驿站，已上架，请凭码取件", M.READY_FOR_PICKUP),
        ("包裹已到仓签收，等待称重", M.IN_TRANSIT),
        ("签收入仓成功，待支付运费", M.IN_TRANSIT),
        ("已签收入库，货架号B-203，请提交打包申请", M.IN_TRANSIT),
        ("包裹签收完成，已入库拍照", M.IN_TRANSIT),
        ("签收人：深圳集运商", M.IN_TRANSIT),
        ("已由转运公司签收", M.IN_TRANSIT),
        ("您的快递已签收，待您合箱付款", M.IN_TRANSIT),
        ("Parcel signed by: warehouse team", M.IN_TRANSIT),
        ("Received by freight forwarder, weighed 3.2kg", M.IN_TRANSIT),
        ("已签收，签收人：物业", M.DELIVERED),
        ("您的包裹已签收，签收人：国际部张先生", M.DELIVERED),
        ("已签收，签收人凭取货码签收", M.DELIVERED),
        ("包裹已入库驿站，请来取件", M.READY_FOR_PICKUP),
        ("已签收，运费到付已收", M.DELIVERED),
    ],
)
def test_who_put_it_away(text: str, claim: Milestone | None) -> None:
    """A signature beside the work of a warehouse is the forwarder's; at a desk or a station it is not."""
    assert read_entry(text).milestone is claim


def test_a_fee_is_asked_for_beside_the_warehouse() -> None:
    """A parcel that a forwarder's warehouse took in goes on when its fee is paid."""
    reading = read_entry("【淘宝集运】包裹已签收入库，等待您支付国际运费")
    assert (reading.milestone, reading.action) == (M.IN_TRANSIT, Action.PAY)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Shipment delivered to shipper", M.RETURNED),
        ("Delivered to original sender", M.RETURNED),
        ("Delivered to seller", M.RETURNED),
        ("Delivered to the wrong person", M.EXCEPTION),
        ("Delivered to wrong recipient", M.EXCEPTION),
        ("Wrongly delivered", M.EXCEPTION),
        ("快件送错楼栋，已被他人签收", M.EXCEPTION),
        ("Delivered to customs broker", M.IN_TRANSIT),
        ("Delivered to returns center", M.RETURNING),
        ("Package delivered to the merchant", M.RETURNED),
        ("Successfully delivered to sender", M.RETURNED),
        ("Delivered, to original shipper", M.RETURNED),
        ("Parcel given to the wrong customer", M.EXCEPTION),
        ("Your parcel was delivered to an incorrect recipient", M.EXCEPTION),
        ("Mistakenly delivered to a neighbour", M.EXCEPTION),
        ("包裹投错单元，已被隔壁签收", M.EXCEPTION),
        ("Delivered to recipient", M.DELIVERED),
        ("Delivered to the correct address after wrong address was fixed", M.DELIVERED),
        ("Delivered to front desk", M.DELIVERED),
        ("送错楼层，已更正，本人签收", M.DELIVERED),
        ("快件派错地址，已重新派送，本人签收", M.DELIVERED),
        ("Delivered to return center", M.RETURNING),
        ("Delivered to forwarder's warehouse", M.IN_TRANSIT),
        ("Item delivered to vendor", M.RETURNED),
        ("Shipment delivered back to consignor", M.RETURNED),
        ("Delivered to the original shipper", M.RETURNED),
        ("Delivered to the wrong house", M.EXCEPTION),
        ("Package delivered to wrong neighbor", M.EXCEPTION),
        ("Delivered incorrectly, courier will retrieve it", M.EXCEPTION),
        ("Handed to the wrong receiver", M.EXCEPTION),
        ("快件投错，他人已签收", M.EXCEPTION),
        ("送错小区，邻居签收了", M.EXCEPTION),
        ("Delivered to the broker", M.IN_TRANSIT),
        ("Delivered to the customer", M.DELIVERED),
        ("Delivered to neighbour", M.DELIVERED),
        ("Sent by seller, delivered to buyer", M.DELIVERED),
        ("派错后已找回，客户本人已签收", M.DELIVERED),
    ],
)
def test_whose_hands(text: str, claim: Milestone | None) -> None:
    """A sender's hands end a return, and wrong hands are disputed until somebody sets it right."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("已交给夜班同事，明日派送", None),
        ("快件已交给仲裁部门", None),
        ("包裹已移交缉毒部门", M.EXCEPTION),
        ("快件已转交仓管处理", None),
        ("已交给白班同事，下午再派送", None),
        ("快件已移交问题件部门核查", M.EXCEPTION),
        ("包裹已转交客服处理", None),
        ("快件已移交安检部门复核", M.IN_TRANSIT),
        ("已交给仓管查件", None),
        ("已转交理赔部门", None),
        ("已交给同事，由他明天送货", None),
        ("快件已交给您的同事", M.DELIVERED),
        ("已交给收件人同事代收", M.DELIVERED),
        ("按您要求已交给前台", M.DELIVERED),
        ("包裹已交给门卫，请及时领取", M.READY_FOR_PICKUP),
        ("已转交收件人邻居", M.DELIVERED),
        ("货物已交给客户行政部门", M.DELIVERED),
        ("已交给家人签收", M.DELIVERED),
        ("快件已交给晚班同事，晚上送", M.OUT_FOR_DELIVERY),
        ("已转交质控部门调查", None),
        ("包裹已移交异常部门复查", M.EXCEPTION),
        ("快件已移交禁毒部门", M.EXCEPTION),
        ("快件交给仓管员，次日安排派送", None),
        ("快件已交接给同事继续派送", M.IN_TRANSIT),
        ("已移交公司安检部门", M.IN_TRANSIT),
        ("Handed over to colleague for delivery tomorrow", None),
        ("已交给您家人", M.DELIVERED),
        ("快件已转交给客户前台", M.DELIVERED),
        ("已按客户要求转交物业", M.DELIVERED),
        ("已交给邻居，请下班后去取", M.DELIVERED),
        ("包裹交给了收件单位财务部门", M.DELIVERED),
        ("Handed to your colleague at reception", M.DELIVERED),
    ],
)
def test_whose_people_took_it_over(text: str, claim: Milestone | None) -> None:
    """A colleague or a department of the carrier only handles the parcel; the recipient's people have it."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("驿站已将包裹移交给送货上门的小哥，请在家等候", M.OUT_FOR_DELIVERY),
        ("驿站已将包裹交给配送员，稍后送货上门", M.OUT_FOR_DELIVERY),
        ("驿站已把快件交给派送员，请保持电话畅通", M.OUT_FOR_DELIVERY),
        ("菜鸟驿站已将您的包裹转交给送货小哥，正在送货上门", M.OUT_FOR_DELIVERY),
        ("代收点已将包裹交给骑手", M.OUT_FOR_DELIVERY),
        ("店主已将您的包裹交给送货上门的小哥", M.OUT_FOR_DELIVERY),
        ("包裹已由驿站交给配送员派送", M.OUT_FOR_DELIVERY),
        ("快递超市将包裹移交给派件员上门派送", M.OUT_FOR_DELIVERY),
        ("派件员已将包裹交给驿站", M.READY_FOR_PICKUP),
        ("快递员已将快件移交至菜鸟驿站，请凭码取件", M.READY_FOR_PICKUP),
        ("已交给丰巢快递柜，请及时取件", M.READY_FOR_PICKUP),
        ("小哥已将包裹交由驿站保管", M.READY_FOR_PICKUP),
        ("快件已交给代收点【万家超市】", M.READY_FOR_PICKUP),
        ("商家已将包裹交给快递员", M.PICKED_UP),
        ("自提点已将包裹交接给送货员，今天送达", M.OUT_FOR_DELIVERY),
        ("驿站已将包裹移交送货上门骑手，请留意电话", M.OUT_FOR_DELIVERY),
        ("妈妈驿站已把您的快件转给小哥，马上送到家", M.OUT_FOR_DELIVERY),
        ("您的包裹已从驿站交给配送小哥，请在家等待", M.OUT_FOR_DELIVERY),
        ("包裹已由代收点移交配送员，即将上门", M.OUT_FOR_DELIVERY),
        ("站点已将包裹交给骑手配送", M.OUT_FOR_DELIVERY),
        ("骑手已将包裹交给驿站，请前往领取", M.READY_FOR_PICKUP),
        ("包裹已移交给小区驿站", M.READY_FOR_PICKUP),
        ("配送员已将您的包裹交给便利店代收", M.READY_FOR_PICKUP),
        ("已由快递员交给物业前台", M.DELIVERED),
        ("寄件人已将包裹交给驿站，等待快递员取件", M.SHIPPED),
        ("派送员已将包裹交给客户", M.DELIVERED),
    ],
)
def test_who_gave_it_to_whom(text: str, claim: Milestone | None) -> None:
    """A station gives the parcel to a rider who brings it, or a rider gives it to a station that keeps it."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("遗失面单，已重新打印", None),
        ("回单丢失，已补开", None),
        ("发票遗失，请联系商家补寄", M.EXCEPTION),
        ("清关资料遗失", None),
        ("钥匙丢失", None),
        ("POD lost", None),
        ("面单丢失，正在补打", M.EXCEPTION),
        ("签收单遗失，客户已收货", M.DELIVERED),
        ("报关单丢失，需重新提交", M.EXCEPTION),
        ("快递柜钥匙遗失，请联系客服", None),
        ("Label lost, parcel relabelled and on its way", M.EXCEPTION),
        ("Invoice lost, please send a new copy", M.EXCEPTION),
        ("标签丢失，无法识别", M.EXCEPTION),
        ("快件丢失，已联系客户理赔", M.LOST),
        ("您的包裹在运输途中遗失", M.LOST),
        ("货物丢失，运单号：7700000000000", M.LOST),
        ("经核实，该单已丢失，请联系商家", M.LOST),
        ("Your parcel was lost in transit", M.LOST),
        ("包裹内发票与货物一并遗失", M.LOST),
        ("面单破损，快件遗失", M.LOST),
        ("丢失回单，已重新补打", None),
        ("发票丢了，让商家重开", M.EXCEPTION),
        ("客户遗失取件码，已重新发送", None),
        ("身份证复印件遗失，请重新上传", M.EXCEPTION),
        ("提货单遗失，无法提货", M.EXCEPTION),
        ("车钥匙遗失，派送暂缓", M.EXCEPTION),
        ("Customs documents lost, please resend", M.EXCEPTION),
        ("Key lost, locker cannot be opened", None),
        ("取件码丢失可凭身份证取件", M.READY_FOR_PICKUP),
        ("快件丢失", M.LOST),
        ("宝贝在中转站丢失，商家已退款", M.LOST),
        ("确认遗失，将按保价赔偿", M.LOST),
        ("Shipment lost, claim opened", M.LOST),
        ("此件面单脱落后丢失", M.LOST),
    ],
)
def test_what_was_lost(text: str, claim: Milestone | None) -> None:
    """A lost label, receipt, paper or key is no lost parcel."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("极兔小哥已取到您寄出的包裹，正赶回网点", M.PICKED_UP),
        ("快递员已取件，正返回网点", M.PICKED_UP),
        ("司机已提货，正在返回点部", M.PICKED_UP),
        ("Courier picked up the parcel and is returning to depot", M.PICKED_UP),
        ("业务员已揽收，返回网点途中", M.PICKED_UP),
        ("小哥已上门取件，现带回网点", M.PICKED_UP),
        ("快递员已取走您寄的包裹，回网点中", M.PICKED_UP),
        ("司机已取货，返回站点", M.PICKED_UP),
        ("取件员已取件成功，正在返站", M.PICKED_UP),
        ("Driver has collected your parcel and is heading back to the hub", M.PICKED_UP),
        ("快递员已取件，客户不在，带回网点", M.ATTEMPT_FAILED),
        ("派件未成功，快件带回网点", M.ATTEMPT_FAILED),
        ("客户拒收，快递员已返回网点", M.ATTEMPT_FAILED),
        ("今日未派完，快件带回网点，明日再派", M.ATTEMPT_FAILED),
        ("小哥派送途中车坏，返回网点", M.ATTEMPT_FAILED),
        ("Recipient not home, parcel returned to depot", M.ATTEMPT_FAILED),
        ("收派员已取到快件，返回点部途中", M.PICKED_UP),
        ("极兔快递员已提货，正赶回站点", M.PICKED_UP),
        ("骑手已取件，正在赶回营业部", M.PICKED_UP),
        ("司机已揽件，返回网点", M.PICKED_UP),
        ("小哥取件完成，正返回站点", M.PICKED_UP),
        ("Rider picked up the package and is on the way back to station", M.PICKED_UP),
        ("Courier has collected the parcel and is returning to the branch", M.PICKED_UP),
        ("快递员联系不上收件人，返回网点", M.ATTEMPT_FAILED),
        ("派送失败，快递员已返回站点", M.ATTEMPT_FAILED),
        ("快件超时未取，快递员已取回网点", M.ATTEMPT_FAILED),
        ("收件人不在家，司机返回网点", M.ATTEMPT_FAILED),
        ("Customer refused, driver returning to depot", M.ATTEMPT_FAILED),
    ],
)
def test_why_the_courier_goes_back(text: str, claim: Milestone | None) -> None:
    """A courier goes back to the outlet with what was picked up, or after a delivery in vain."""
    assert read_entry(text).milestone is claim
