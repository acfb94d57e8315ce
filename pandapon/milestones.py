"""What a code or a courier's words claim: codes first, words second, and no claim at all when neither is known.

Grades stand beside each table. A code that is not listed is unknown, which is not progress.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pandapon.shipment import Milestone, normalise

M = Milestone

# 1688 order status [upstream; the first seven also on a vendor page].
ALIBABA_ORDER: dict[str, Milestone] = {
    "waitbuyerpay": M.ORDERED,
    "waitsellersend": M.PAID,
    "waitlogisticstakein": M.SHIPPED,
    "waitbuyerreceive": M.SHIPPED,
    "waitbuyersign": M.OUT_FOR_DELIVERY,
    "signinsuccess": M.DELIVERED,
    "confirm_goods": M.DELIVERED,
    "success": M.DELIVERED,
    "cancel": M.CANCELLED,
    "terminated": M.CANCELLED,
}
# 1688 parcel status: the union of both upstream lists; which one the API uses is open.
ALIBABA_PARCEL: dict[str, Milestone] = {
    "waitaccept": M.SHIPPED,
    "consign": M.SHIPPED,
    "accept": M.PICKED_UP,
    "transport": M.IN_TRANSIT,
    "delivering": M.OUT_FOR_DELIVERY,
    "agent_sign": M.READY_FOR_PICKUP,
    "sign": M.DELIVERED,
    "unsign": M.EXCEPTION,
    "failed": M.EXCEPTION,
    "noget": M.EXCEPTION,
    "cancel": M.CANCELLED,
}
# Taobao order status, numbers stated for a sibling product, words upstream. There is no code for "received".
TAOBAO_ORDER: dict[str, Milestone] = {
    "12": M.ORDERED,
    "buliding": M.ORDERED,
    "order_buliding": M.ORDERED,
    "0": M.ORDERED,
    "wait_buyer_p": M.ORDERED,
    "wait_buyer_pay": M.ORDERED,
    "taobao_order_wait_buyer_pay": M.ORDERED,
    "1": M.ORDERED,
    "order_pay_status": M.ORDERED,
    "2": M.ORDERED,
    "order_finance_pass_status": M.ORDERED,
    "3": M.ORDERED,
    "order_finance_refuse_status": M.ORDERED,
    "5": M.ORDERED,
    "wait_finance_pay": M.ORDERED,
    "10": M.PAID,
    "wait_seller_send_goods": M.PAID,
    "11": M.SHIPPED,
    "wait_buyer_confirm_goods": M.SHIPPED,
    "4": M.CANCELLED,
    "cancel": M.CANCELLED,
    "trade_closed": M.CANCELLED,
}
# Codes of single trace entries. TRANSPORT was seen, DELIVERING is upstream, the TMS_ glosses are third-party comments
# (inferred), and couriers differ: an outlet's TMS_ACTION is a hint, below the words where those are clear.
NODE_STATUS: dict[str, Milestone] = {
    **{code: milestone for code, milestone in ALIBABA_PARCEL.items() if code not in {"waitaccept", "cancel"}},
    "wait_accept": M.SHIPPED,
    "agentsign": M.READY_FOR_PICKUP,
    "signed": M.DELIVERED,
    "arrive": M.ARRIVED,
    "returning": M.RETURNING,
}
NODE_ACTION: dict[str, Milestone] = {
    "transport": M.IN_TRANSIT,
    "sign": M.DELIVERED,
    "unsign": M.EXCEPTION,
    "tms_accept": M.PICKED_UP,
    "tms_collect": M.PICKED_UP,
    "tms_station_in": M.IN_TRANSIT,
    "tms_station_out": M.IN_TRANSIT,
    "tms_delivering": M.OUT_FOR_DELIVERY,
    "tms_delivery": M.ARRIVED,
    "tms_sign": M.DELIVERED,
    "tms_reject": M.EXCEPTION,
    "tms_failed": M.ATTEMPT_FAILED,
    "tms_error": M.EXCEPTION,
    "tms_return": M.RETURNING,
}

# Words, in the order in which they win: negations and returns before the plain word that they contain, the future
# tense before the present. Our own reading of courier texts.
_WORDS: tuple[tuple[Milestone, tuple[str, ...]], ...] = (
    (M.RETURNED, ("退回.{0,6}签收", "退件.{0,6}签收", "已退回(?:商家|卖家|寄件|发件)", "returned to sender")),
    (M.LOST, ("(?:包裹|快件|货物)(?:已)?(?:丢失|遗失)", "确认丢失", r"\blost\b")),
    (M.RETURNING, ("退回", "退件", "退货途中", "正在退", "拒收", "拒签", "returning to")),
    (
        M.ATTEMPT_FAILED,
        (
            "未妥投",
            "投递(?:失败|不成功|未成功)",
            "派送(?:失败|不成功|未成功|异常)",
            "派件(?:失败|不成功|异常)",
            "未能(?:派送|投递|签收)",
            "未签收",
            "签收失败",
            "无人(?:签收|接听|在家)",
            "联系不上",
            "改约",
            "改日(?:派送|配送)",
            "再次派送",
            "not delivered",
            "undeliver",
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
    (
        M.DELIVERED,
        (
            "(?:已|被).{0,4}(?:取件|取出|领取|提取)",
            "(?:凭|用)取件码.{0,8}取(?:件|出)成功",
            "取件成功",
            "(?:本人|家人|前台|门卫|物业|收件人|他人)(?:已)?签收",
        ),
    ),
    (
        M.READY_FOR_PICKUP,
        (
            "代收点.{0,4}签收",
            "代签收",
            "驿站",
            "快递柜",
            "丰巢",
            "自提",
            "待取",
            "代收",
            "请.{0,12}取件",
            "凭取件码",
            "取件码",
            "菜鸟站",
            "ready for (?:pickup|collection)",
        ),
    ),
    (
        M.ARRIVED,
        (
            "待派送",
            "待派件",
            "等待派送",
            "(?:即将|将很快|将尽快|准备|安排|预计|稍后).{0,8}(?:派送|派件|配送|投递)",
            "将.{0,6}(?:派送|配送)",
            "到达.{0,4}目的地",
            "已到达.{0,20}(?:营业部|派件网点|派送网点|投递部)",
            "(?:delivered|handed) to (?:the )?(?:local|last.mile) (?:carrier|courier)",
            "arrived at destination",
        ),
    ),
    (
        M.SHIPPED,
        (
            "(?:等待|待|未|即将|将要).{0,4}(?:揽收|揽件|收件)",
            "商家已发货",
            "卖家已发货",
            "已(?:通知|下单).{0,8}快递",
            "包裹正在等待揽收",
        ),
    ),
    (
        M.DELIVERED,
        ("已签收", "签收成功", "签收人", "妥投", "已送达", "投递成功", "派送成功", "签收", r"\bdelivered\b(?! to)"),
    ),
    (
        M.OUT_FOR_DELIVERY,
        (
            "派送中",
            "派件中",
            "配送中",
            "正在(?:为您)?(?:派送|派件|配送|投递)",
            "派件扫描",
            "安排投递",
            "外出派送",
            "派送业务员",
            "out for delivery",
        ),
    ),
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
            "出库",
            "集运",
            "departed",
            "arrived",
            "transit",
        ),
    ),
)
_PATTERNS = tuple((milestone, re.compile("|".join(patterns))) for milestone, patterns in _WORDS)

# Where the words contradict a code that merely says "moving" or "signed", the words are the finer reading.
_COARSE = frozenset({M.IN_TRANSIT, M.SHIPPED})
_NOT_DELIVERED = frozenset(
    {M.READY_FOR_PICKUP, M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED, M.ARRIVED, M.LOST},
)


def order_claim(platform_table: dict[str, Milestone], code: str) -> Milestone | None:
    """What an order's status code says. None when it is not known."""
    return platform_table.get(code.strip().casefold())


def parcel_claim(code: str) -> Milestone | None:
    """What a parcel's status code says, on either platform. None when it is not known."""
    return ALIBABA_PARCEL.get(code.strip().casefold())


def words_claim(text: str) -> Milestone | None:
    """What a courier's words say. None when they say nothing about the state."""
    folded = normalise(text)
    return next((milestone for milestone, pattern in _PATTERNS if pattern.search(folded)), None)


@lru_cache(maxsize=16_384)  # every reading of an order repeats the scans of the one before
def node_milestone(status: str, action: str, text: str) -> Milestone | None:
    """What one trace entry claims: its status code, else its action as a hint; both below words that deny them.

    A code of "moving" or "signed" is too coarse to overrule words such as "not delivered", "at the pick-up point" or
    "awaiting delivery"; without a known code the words alone decide, and without both nothing is claimed.
    """
    words = words_claim(text)
    code = NODE_STATUS.get(status.strip().casefold()) or NODE_ACTION.get(action.strip().casefold())
    if code is None:
        return words
    if code in _COARSE and words is not None:
        return _finer(code, words)
    if code is M.DELIVERED and words in _NOT_DELIVERED:
        return words
    if code is M.OUT_FOR_DELIVERY and words in _NOT_DELIVERED:
        return words
    return code


def _finer(code: Milestone, words: Milestone) -> Milestone:
    """Choose between "moving" and the words: the words, when they name a problem or a state around it."""
    if words is M.DELIVERED and code is M.SHIPPED:
        return code
    return words
