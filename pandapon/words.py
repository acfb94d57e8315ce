"""What a courier's words claim about a parcel: negations, the future and asides first, the plain word last.

The patterns are our own reading of courier texts [inferred]; what they do not know claims nothing.
"""

from __future__ import annotations

import re

from pandapon.shipment import Milestone, normalise

M = Milestone

LONGEST = 400  # characters that are looked at; a longer text tells nothing more

# What is said beside the event: "should the wrapping be damaged, please refuse it", "please be ready to sign". The
# places 如皋, 如东, 若羌 and 若尔盖 begin like a condition.
_ASIDE = re.compile(
    r"(?:如(?!皋|东)|若(?!羌|尔盖)|倘|可(?:选择|在|联系|预约|通过|改))[^,。;!]*"
    r"|(?:请|准备|等待|(?<![接招期])待|即将|预计|注意|及时|当面|方便)[^,。;!]{0,8}签收"
    r"|签收(?:前|时|后)[^,。;!]*"
    r"|代收货?款"
)

_PLACE = "(?:驿站|自提|快递柜|代收点|丰巢|菜鸟站)"
# In the order in which they win.
_WORDS: tuple[tuple[Milestone, tuple[str, ...]], ...] = (
    (M.RETURNED, ("退回.{0,6}签收", "退件.{0,6}签收", "已退回(?:商家|卖家|寄件|发件)", "returned to sender")),
    (M.LOST, ("(?:包裹|快件|货物)(?:已)?(?:丢失|遗失)", "确认丢失", r"\blost\b")),
    (M.RETURNING, ("退回", "退件", "退货途中", "正在退", "拒收", "拒签", "拒绝签收", "returning to")),
    (
        M.ATTEMPT_FAILED,
        (
            "未妥投",
            "(?:投递|派送|派件|配送|妥投)(?:失败|不成功|未成功|异常)",
            "(?:未能|无法|不能|没能)(?:派送|派件|投递|配送|签收|妥投)",
            "未签收",
            "签收失败",
            "无人(?:签收|接听|在家)",
            "联系不上",
            "改约",
            "改日(?:派送|配送)",
            "再次派送",
            "(?:not|unable to|cannot|could not)(?: be)? deliver",
            "undeliver",
            "delivery (?:failed|unsuccessful)",
            "attempt",
        ),
    ),
    (
        M.EXCEPTION,
        (
            "签收异常",
            "破损",
            "问题件",
            "疑难件",
            "异常",
            "滞留",
            "扣留",
            "地址(?:不详|错误|有误)",
            "清关失败",
            "揽(?:收|件)失败",
            "exception",
            "held at",
        ),
    ),
    (M.SHIPPED, ("(?:等待|待|将|预计|安排|未)[^,。;]{0,8}(?:上门(?:取|揽|收)|揽收|揽件)",)),
    (
        M.PICKED_UP,
        ("(?:快递员|小件员|业务员|揽投员|网点)[^,。;请]{0,8}已取件", "上门(?:取|揽|收)件?", "(?:已|成功)上门"),
    ),
    (M.IN_TRANSIT, (f"(?:发往|运往)[^,。;]{{0,20}}{_PLACE}",)),
    (
        M.OUT_FOR_DELIVERY,
        (
            f"(?:正在|准备|即将)[^,。;]{{0,6}}(?:送往|派往|前往|(?:派送|投递|配送|存放|放)(?:至|到|入))[^,。;]{{0,20}}{_PLACE}",
        ),
    ),
    (
        M.DELIVERED,
        (
            "(?:已|被)[^,。;请待可未]{0,12}(?:取出|取走|领取|提取)",
            "(?:已|被)[^,。;请待可未放存到]{0,6}取件(?!码)",
            "取件成功",
            "凭[^,。;]{0,4}码(?:签收|取件成功|取出)",
            "(?:本人|家人|同事|邻居|朋友)(?:已)?(?:代)?(?:签收|代收|代签)",
            "(?:前台|门卫|物业|收件人|他人)(?:已)?签收",
        ),
    ),
    (
        M.READY_FOR_PICKUP,
        (
            "代签收",
            _PLACE,
            "待取",
            "代收",
            "请[^,。;]{0,12}取件",
            "取件码",
            "ready for (?:pickup|pick-up|collection)",
        ),
    ),
    (
        M.ARRIVED,
        (
            "(?:待|等待)(?:派送|派件|配送|投递)",
            "(?:即将|将|准备|预计|稍后|安排(?!投递))[^,。;]{0,8}(?:派送|派件|配送|投递)",
            "到达[^,。;]{0,4}目的地",
            "到达[^,。;]{0,20}(?:营业部|派件网点|派送网点|投递部|揽投部)",
            "(?:delivered|handed(?: over)?) to (?:the |a )?(?:local|last.mile) (?:carrier|courier|post)",
            "arrived at (?:the )?destination",
        ),
    ),
    (M.DELIVERED, ("签收", "妥投", "已送达", "(?:投递|派送|配送)成功", r"(?<!be )\bdelivered\b(?! to)", "signed for")),
    (
        M.OUT_FOR_DELIVERY,
        (
            "(?:派送|派件|配送|投递)(?:中|途中)",
            "(?:正在|开始|进行|外出)[^,。;]{0,4}(?:派送|派件|配送|投递)",
            "派件扫描",
            "安排投递",
            "派送业务员",
            "交[给由][^,。;]{0,12}派(?:送|件)",
            "out for delivery",
        ),
    ),
    (M.SHIPPED, ("已发货", "(?:商家|卖家).{0,2}发货", "已(?:通知|下单).{0,8}快递", "出库")),
    (M.PICKED_UP, ("揽收", "揽件", "已收件", "收寄", "已收取", "picked up", "accepted by carrier")),
    (
        M.IN_TRANSIT,
        (
            "到达",
            "抵达",
            "离开",
            "发往",
            "发出",
            "运输",
            "装车",
            "卸车",
            "中转",
            "分拨",
            "转运",
            "封车",
            "航班",
            "清关",
            "入库",
            "集运",
            "departed",
            "arrived",
            "transit",
        ),
    ),
)
_PATTERNS = tuple((milestone, re.compile("|".join(patterns))) for milestone, patterns in _WORDS)


def words_claim(text: str) -> Milestone | None:
    """What a courier's words say. None when they say nothing about the state."""
    told = _ASIDE.sub("", normalise(text[:LONGEST]))
    return next((milestone for milestone, pattern in _PATTERNS if pattern.search(told)), None)
