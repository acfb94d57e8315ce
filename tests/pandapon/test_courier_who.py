"""Who has the parcel: texts in which somebody else than its recipient signs, takes, gives or goes away with it."""

from __future__ import annotations

import pytest

from pandapon.courier import read_entry
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
        ("集运仓货物已被国际物流商提走", None),
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
