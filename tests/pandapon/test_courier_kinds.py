"""Kinds of wording that once were read wrongly, each by sentences of our own."""

from __future__ import annotations

import pytest

from pandapon.courier import read_entry
from pandapon.shipment import Milestone

M = Milestone
ENDS = {M.DELIVERED, M.RETURNED, M.LOST, M.CANCELLED}


@pytest.mark.parametrize(
    "text",
    [
        "签收成功可领50积分",  # a reward for what may come
        "取件成功得10能量",
        "签收成功送优惠券",
        "自提成功得积分",
        "合箱完成，已交付海运",  # given to whoever carries it on
        "已交付干线运输",
        "已交付派送",
        "2 of 3: the others were delivered on Monday, this one departed Shenzhen",  # said of another piece
        "The rest of your order was delivered; this package departed Shenzhen",
        "Delivery scan error, driver still has the parcel",
        "快件被客户要求自提",  # asked for
        "面签件，请本人携带身份证",
        "寄件人已加盖收件章",
        "卖家已取消退款",  # what is cancelled is the refund
        "商家售后单已取消并退款",
        "商家缺货可申请取消并退款",
        "部分商品缺货，已取消该部分并退款",
        "理赔登记人：小王",
        "逾期将作无害化处理",
    ],
)
def test_no_end_is_told(text: str) -> None:
    """A reward, a leg's end, another piece, a correction, a wish: none of them ends the parcel's way."""
    assert read_entry(text).milestone not in ENDS


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("退回件被买家在网点截住领走", M.DELIVERED),  # whoever has it ends its way
        ("退货途中被收件人领走，已签收", M.DELIVERED),
        ("退货件已由卖家领走，已签收", M.RETURNED),
        ("电视已送达客户家中，安装师傅改日上门", M.DELIVERED),
        ("沙发安装到位，客户已签收", M.DELIVERED),
        ("已送到公司前台，代收", M.DELIVERED),
        ("已送至代收点，代收", M.READY_FOR_PICKUP),
        ("签收章（财务部）", M.DELIVERED),
        ("凭证件核验，客户面签", M.DELIVERED),
        ("客人已到順豐站攞走", M.DELIVERED),
        ("請到順豐站攞件", M.READY_FOR_PICKUP),
        ("取件码已更新，新取件码 3-2-118", M.READY_FOR_PICKUP),
        ("包裹已挪到驿站，取件码见短信", M.READY_FOR_PICKUP),
        ("快递员已将包裹移至丰巢柜", M.READY_FOR_PICKUP),
        ("派送入库，格口A03，等派件员领取", M.ARRIVED),
        ("已入格口A03，请凭取件码领取", M.READY_FOR_PICKUP),
        ("快件已到【花溪】，件多，依次派送", M.ARRIVED),
        ("派件员按序派送中，请耐心等待", M.OUT_FOR_DELIVERY),
        ("床垫已到本地仓，请选择送货时间", M.ARRIVED),
        ("已到集运仓，请付款后安排发货", M.IN_TRANSIT),
        ("业务员已将快件领出，正在路上", M.OUT_FOR_DELIVERY),
        ("您的包裹已搭上快递员的三轮车，飞奔向您", M.OUT_FOR_DELIVERY),
        ("骑手正在上楼，请稍等", M.OUT_FOR_DELIVERY),
        ("由无人配送车3号送出，请留意电话", M.OUT_FOR_DELIVERY),
        ("重派：李明", M.OUT_FOR_DELIVERY),
        ("收件人不在，再派", M.ATTEMPT_FAILED),
        ("加派小车，再次送货", M.OUT_FOR_DELIVERY),
        ("楼梯太窄，客户不愿加钱，原车拉回", M.ATTEMPT_FAILED),
        ("Our driver came by at noon, no one answered the door", M.ATTEMPT_FAILED),
        ("นำพัสดุกลับศูนย์ จะนำจ่ายใหม่วันพรุ่งนี้", M.ATTEMPT_FAILED),
        ("公司行號公休，改星期一配送", M.ATTEMPT_FAILED),
        ("已截停退件，改发收件地", M.IN_TRANSIT),
        ("错卸，随下一班车带回", M.EXCEPTION),
        ("误送楼下邻居，已取回", M.EXCEPTION),
        ("正在找您的包裹，有消息马上告知", M.EXCEPTION),
        ("还在寻找该件，找到后立即派送", M.EXCEPTION),
        ("口岸封关，货车原地等候", M.EXCEPTION),
        ("Truck broke down near Chiang Mai, delivery will be late", M.EXCEPTION),
        ("寄件人放弃退回，待处理", M.EXCEPTION),
        ("卖家弃退，由驿站处理", M.EXCEPTION),
        ("商家缺货，已取消并全额退款", M.CANCELLED),
        ("该件已作无害化处理", M.LOST),
        ("已出库，等快递员来取", M.SHIPPED),
        ("宝贝已发，请耐心等待", M.SHIPPED),
        ("司机已到店里，收走了您的货", M.PICKED_UP),
        ("交寄完成，7-11 新光门市", M.PICKED_UP),
        ("We've got your parcel", M.PICKED_UP),
        ("已集貨", M.PICKED_UP),
        ("已集货装柜", M.IN_TRANSIT),
        ("国际运费已付，等待出库", M.IN_TRANSIT),
        ("CustomsClearance", M.IN_TRANSIT),
        ("OutForDelivery", M.OUT_FOR_DELIVERY),
    ],
)
def test_a_claim(text: str, claim: Milestone) -> None:
    """What each kind claims; the opposite beside it, where a word more turns it round."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    "text",
    [
        "签收更安心",
        "给快递员点个赞，派送更用心",
        "打开APP，包裹到了早知道",
        "新用户免费上门揽收，欢迎体验",
        "货到后将尽快与您预约配送",
        "已约12月1日18点送货",
        "运费已收到",
        "Remember to confirm delivery after your parcel arrives",
    ],
)
def test_nothing_is_claimed(text: str) -> None:
    """Advertisements, appointments and payments move no parcel."""
    assert read_entry(text).milestone is None


@pytest.mark.parametrize("ending", ["客户面签", "已盖收件章", "退件被买家领走", "客户已领出", "商家缺货，已取消并退款"])
@pytest.mark.parametrize(
    "doubt", ["尚未{}", "不是{}", "正在核实{}", "不同意{}", "预计明日{}", "上一单{}", "无法{}", "误报{}", "客户否认{}"]
)
def test_a_doubted_end_is_none(ending: str, doubt: str) -> None:
    """The words of an end that were learned last are doubted as all others are."""
    assert read_entry(doubt.format(ending)).milestone not in ENDS


@pytest.mark.parametrize("doubt", ["预计明日{}", "正在核实是否{}", "上一单{}"])
def test_a_doubt_reaches_who_takes_it_in(doubt: str) -> None:
    """已送到前台，代收 is delivered; where the first half is doubted, so is the second."""
    assert read_entry("已送到前台，代收").milestone is M.DELIVERED
    assert read_entry(doubt.format("已送到前台，代收")).milestone is not M.DELIVERED
