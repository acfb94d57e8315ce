"""What a courier's words claim about a parcel: denials and places to fetch from first, the plain word last.

The patterns are our own reading of courier texts [inferred]; what they do not know claims nothing.
"""

from __future__ import annotations

import re

from pandapon.asides import CARRY, COLLECT, DONE, WAITING, WILL, event_only
from pandapon.shipment import Milestone

M = Milestone

LONGEST = 400  # characters that are looked at; a longer text tells nothing more

_PLACE = "(?:驿站|自提|快递柜|快件箱|智能柜|代收点|丰巢|菜鸟站|快递超市)"
_SHOP = f"(?:{_PLACE}|超市|便利店|商店|小店|小卖部|门店|服务[站点]|快递点|代收)"  # signs for others
_COURIER = "(?:快递员|快递小哥|小件员|业务员|揽[投收件]员|收件员|取件员|派[送件]员|投递员|司机|网点)"
# "Fetched" that may only be spoken of: "told to fetch it", "put where it can be fetched".
_SPOKEN = "通知|提醒|预约|安排|指派|分配|发送|短信|联系|催|告知|尽快|及时|请|待|可|未|放|存|投|到"
_DID = f"(?:已|被)(?:(?!{_SPOKEN})[^,])"
_FETCHED = "取件(?!码|通知|短信|提醒|信息|任务|员|地址|时间)"
_NOT = "(?:未|没有?|不)(?:能|曾|被|有|获|予)?"
_TO_STATION = "(?:送往|派往|前往|(?:派送|投递|配送|存放|存|放|送|投)(?:至|到|入|进))"
_PICKUP = "(?:pick[- ]?up|collection)"
_TIME = r"(?:\d|mon|tue|wed|thu|fri|sat|sun|noon|end|today|tonight|tomorrow)"
_PERSON = "(?:recipient|addressee|consignee|customer|receiver|buyer|individual|neighbou?r)"
_HOME = "(?:mail ?box|letter ?box|front desk|reception|door|address|house|home)"
_POINT = f"(?:locker|parcel ?shop|access point|service point|agent(?! for final)|{_PICKUP})"
_CARRIER = "(?:carrier|courier|driver|post)"
_PARCEL = "(?:parcel|package|shipment|item|consignment|goods)"
_ANNOUNCED = f"(?:{WAITING}|{WILL}|未|没|预计|安排|通知|预约|分配|指派|前往|赶往|接到|催|提醒|联系|准备|即将)"

# In the order in which they win.
_WORDS: tuple[tuple[Milestone, tuple[str, ...]], ...] = (
    (
        M.RETURNED,
        (
            "(?<!未)退[回件][^未没待]{0,8}签收(?!失败|异常)",
            "退货[^,未没待]{0,8}签收(?!失败|异常)",
            "已退回(?:商家|卖家|寄件|发件(?!网点|公司|地|城市|站))",
            "(?<!being )returned to (?:the )?(?:sender|shipper|seller)",
        ),
    ),
    (
        M.LOST,
        (
            "(?:包裹|快件|货物|邮件)[已被]?(?:丢失|遗失)(?!按|将|可)",
            "(?:已|确认|判定)(?:丢失|遗失)",
            f"{_PARCEL}(?: (?:is|was|has|have|been|are|were|now))* lost(?! (?:the|his|her|their|its))",
            "(?:declared|confirmed|presumed|reported|considered)(?: as)? lost",
            f"lost (?:in transit|by (?:the )?{_CARRIER}|parcel|package|shipment)",
            "^lost$",
        ),
    ),
    (M.ATTEMPT_FAILED, (f"{_PLACE}[^,]{{0,4}}(?:拒收|已满|爆满|爆仓|关门|停业)",)),
    (
        M.RETURNING,
        (
            "(?<!未)退回",
            "退件",
            "退货(?:途?中|件|包裹|未|待|没)",
            "正在退",
            "拒收",
            "拒签",
            "拒绝签收",
            "return(?:ing)? to (?:the )?(?:sender|shipper|seller)",
            "returning to",
            "being returned",
            "(?:refused|rejected) by|delivery refused",
        ),
    ),
    (
        M.ATTEMPT_FAILED,
        (
            f"{_NOT}(?:成功)?{DONE}",
            f"{_NOT}{CARRY}成功",
            f"(?:{CARRY}|{DONE})(?:失败|不成功|未成功|没有?成功|未果|异常(?<!签收异常))",
            f"(?:未能|无法|不能|没能|未成功|没有?成功|没法)(?:成功)?(?:{CARRY}|{DONE})",
            "(?:没人|无人)(?:签收|接听|在家)",
            "联系不上|(?:收件人|收货人|客户)不在(?!.*签收)",
            f"{_COURIER}[^,]{{0,6}}取回",
            "改约|改期|改日(?:派送|配送)|(?:延期|推迟)(?:派送|配送)",
            "(?<!正在)(?:再次?|重新|二次)(?:派|投递|配送|送(?!达))(?!送?(?:成功|中|途中))",
            "(?:not|n't|unable to|cannot|failed to)(?: been)?(?: able)?(?: to)?(?: be)?(?: successfully)? deliver",
            "undeliver",
            "delivery [^,]{0,8}(?:failed|unsuccessful|not successful|not completed)",
            "missed delivery|no ?(?:one|body) (?:was )?(?:at )?home",
            "attempt",
        ),
    ),
    (
        M.EXCEPTION,
        (
            "签收(?:异常|有误)|(?:取消|撤销|虚假|误)签收",
            "破损",
            "问题件",
            "疑难件",
            "异常",
            "滞留",
            "扣留|扣关|海关扣",
            "疑似(?:丢失|遗失)",
            "地址(?:不详|错误|有误)",
            "清关失败",
            f"{COLLECT}(?:失败|不成功|未成功)|(?:无法|不能|未能|拒绝){COLLECT}|取件失败",
            "exception",
            f"held (?:at|by|in)(?![^,]*{_PICKUP})",
        ),
    ),
    (  # announced: somebody is to collect it
        M.SHIPPED,
        (
            f"{_ANNOUNCED}[^,已]{{0,8}}(?:上门(?:取|揽|收)|{COLLECT}(?!成功|完成))",
            f"(?<!已){COLLECT}(?:的?通知|任务|请求|订单|预约|指令|计划|超时)",
            f"(?:{WAITING}|通知|安排|预约|分配|指派|联系)[^,已]{{0,6}}{_COURIER}[^,已]{{0,6}}取件",
            f"{_COURIER}[^,已]{{0,6}}(?:未|没|待|将|正)[^,已]{{0,6}}取件",
            "预约(?:上门)?取件",
            "已[接派]单",
        ),
    ),
    (  # collected, whoever brought it to a station
        M.PICKED_UP,
        (
            f"{_COURIER}[^,请]{{0,8}}{_DID}{{0,10}}(?:{_FETCHED}|取走)",
            f"{_COURIER}[^,请]{{0,6}}(?:取件成功|完成取件)|上门取件成功",
            f"{_DID}{{0,6}}{_COURIER}[^,请放存投到]{{0,4}}(?:{_FETCHED}|取走)",
            "(?:已|成功)上门(?:取|揽|收)",
            f"{_PLACE}[^,]{{0,14}}{COLLECT}",
            f"已[^,]{{0,4}}{COLLECT}[^,]{{0,12}}{_PLACE}",
        ),
    ),
    (
        M.IN_TRANSIT,
        (
            f"(?:发往|运往)[^,]{{0,20}}{_PLACE}",
            f"{_PLACE}[^,]{{0,8}}(?:发往|寄往|寄出|发出(?!取件|通知|短信|提醒))",
            f"离开[^,]{{0,12}}{_PLACE}",
        ),
    ),
    (M.OUT_FOR_DELIVERY, (f"(?:正在|准备|即将|预计|{WILL})[^,]{{0,6}}{_TO_STATION}[^,]{{0,20}}{_PLACE}",)),
    (
        M.DELIVERED,
        (
            f"{_DID}{{0,12}}(?:取出|取走|领取|提取)(?!码|通知)",
            f"{_DID}{{0,12}}{_FETCHED}",
            "取件成功|完成取件",
            "凭[^,]{0,4}码(?:签收|取出)",
            "(?:本人|家人|同事|邻居|朋友|前台|门卫|保安|物业|收件人|他人)已?(?:代?签收|代收|代签)",
            f"(?:collected|picked ?up) by (?:the )?{_PERSON}",
            f"(?:collected|picked ?up) (?:from|at) [^,]{{0,20}}{_POINT}",
        ),
    ),
    (
        M.READY_FOR_PICKUP,
        (
            "代签收",
            f"签收人[^,]{{0,12}}{_SHOP}",
            f"{_SHOP}已?签收",
            _PLACE,
            "待取",
            "未取(?:件|走|出)?",
            "代收",
            "(?:请|通知|提醒)[^,]{0,12}(?:取件|领取)",
            "取件码",
            f"(?:ready|available|held)(?: at [^,]{{1,30}})? for (?:{_PERSON} )?{_PICKUP}(?! by (?:the )?{_CARRIER})",
            "ready to (?:be )?collect|awaiting collection",
            f"(?:delivered|arrived) (?:to|at|in) [^,]{{0,24}}{_POINT}",
        ),
    ),
    (
        M.ARRIVED,
        (
            f"{WAITING}{CARRY}",
            f"(?:即将|{WILL}|准备|预计|稍后|安排(?!投递))[^,]{{0,8}}{CARRY}",
            "到达[^,]{0,4}目的地(?!国|机场|港|口岸|海关|分拨|转运)",
            "到达[^,]{0,20}(?:营业部|派件网点|派送网点|投递部|揽投部)",
            f"(?:delivered|handed(?: over)?) to (?:the |a )?(?:local|last.mile) {_CARRIER}",
            "delivered to agent for final",
            "arrived at (?:the )?destination(?! (?:country|airport|port|hub|sort))",
        ),
    ),
    (
        M.DELIVERED,
        (
            "签收",
            "妥投",
            "(?:已[经安全成功顺利准时按期如约]{0,6}|成功)送达(?![^,]{0,12}(?:中心|网点|机场|航空|口岸|海关|码头|仓))",
            f"{CARRY}成功",
            rf"(?<!be )(?<!being )\bdelivered\b(?! to)(?! by {_TIME})",
            f"delivered to (?:the |your |an? )?(?:{_PERSON}|{_HOME})",
            "signed for",
        ),
    ),
    (
        M.OUT_FOR_DELIVERY,
        (
            f"{CARRY}(?:中(?![心转])|途中)",
            f"(?:正在|开始|进行|外出|上门)[^,]{{0,4}}{CARRY}(?!中[心转])",
            "派件扫描",
            "安排投递",
            "派送业务员",
            "交[给由][^,]{0,12}派[送件]",
            "out for delivery|being delivered",
        ),
    ),
    (M.SHIPPED, ("已发货", "(?:商家|卖家).{0,2}发货", "已(?:通知|下单).{0,8}快递", "出库")),
    (M.PICKED_UP, (COLLECT, "已收件", "已收取", "picked up", "accepted by carrier")),
    (
        M.IN_TRANSIT,
        (
            "到达|抵达|离开",
            "发往|发出|送达",
            "运输|装车|卸车|封车|航班",
            "中转|分拨|转运",
            "清关|通关|海关放行",
            "入库(?!房)|集运",
            "已(?:改派|转寄)|(?:改派|转寄)[至到往中途]",
            "departed",
            "arrived",
            "transit",
        ),
    ),
)
_PATTERNS = tuple((milestone, re.compile("|".join(patterns))) for milestone, patterns in _WORDS)


def words_claim(text: str) -> Milestone | None:
    """What a courier's words say. None when they say nothing about the state."""
    told = event_only(text[:LONGEST]).strip(", ")
    return next((milestone for milestone, pattern in _PATTERNS if pattern.search(told)), None)
