"""What courier texts say beside the event: conditions, requests, what is still to come, what has not happened yet.

It is taken out before the event is looked for, because "please sign", "not signed yet" and "signed" share their word.
The patterns are our own reading [inferred].
"""

from __future__ import annotations

import re

from pandapon.shipment import normalise

CARRY = "(?:派送|派件|配送|投递|送货)"  # the last leg; 派送 is also the beginning of 派送中心, a place
DONE = "(?:签收|妥投|送达)"  # its end
COLLECT = "(?:揽收|揽件|收寄)"  # the first leg's beginning
# 将 is "will", but "将快件…" only puts the object first, and "已将…" is done.
WILL = "(?:(?<!已)将(?!快件|包裹|货物|邮件|其|此|该|您))"
WAITING = "(?<![接招期])待"  # not 接待, 招待, 期待

_CLAUSE_END = re.compile(r"[。;!?\n]|\.(?=\s|$)")

_POLITE = rf"请|准备|等待|{WAITING}|注意|及时|尽快|方便|提醒|通知|催|联系(?!后)|需|(?<!已)当面|(?<!不)可|才能"
_LATER = rf"{WILL}|即将|预计|预约|计划|有望|明[日天早晚]|后天|次日|稍后|今[日天]内|(?:小时|日|天)内"
_CHINESE = (
    # Should the wrapping be damaged, … The places 如皋, 如东, 若羌 and 若尔盖 begin like a condition.
    "(?:如(?!皋|东|期|约|数)|若(?!羌|尔盖)|倘|可(?:选择|在|联系|预约|通过|改))[^,]*",
    "(?:防止|避免|以免|以防|谨防)[^,]*",
    "(?<![^,])[^,]*(?:请|可以?|有权|建议)[^,]{0,4}(?:拒收|拒签)",
    f"(?:{_POLITE})[^,已未]{{0,8}}{DONE}",
    f"(?:{_LATER})[^,已未]{{0,24}}{DONE}",
    "签收(?:前(?!台)|时|后)[^,]*",
    # Words of the event that name something else.
    "签收(?:码|单|通知|信息|状态|地址|短信|提醒|方式|要求|回执|准备)",
    "代收(?:货?款|费|税|关税|运费|到付)",
    "(?:丢失|遗失|破损)(?:的?风险|险|提示|须知|保障|怎么|如何)[^,]*",
    "(?:无|未见|未发现|没有|解除)[^,]{0,3}(?:异常|破损|丢失)|异常[^,]{0,3}(?:解除|恢复|处理完)",
    "(?<![^,])[^,]*(?:运费|费用|款项|货款|押金|余额)[^,]{0,6}退[^,]*",
    # Not yet: no attempt was made. That nobody collected it is left in, because it says that it was announced.
    f"(?:尚未|还未|还没|仍未|暂未|从未|未曾|目前未)(?![^,]{{0,8}}(?:{COLLECT}|取))[^,]*",
    f"(?:未|没有?|不再?|暂停|停止)(?:进行|开始|安排|外出)[^,]{{0,4}}{CARRY}",
    f"(?:取消|撤销|暂停|停止|暂不)[^,]{{0,4}}(?:{COLLECT}|取件|{CARRY})|{COLLECT}(?:任务|订单)?[已被]?(?:取消|撤销)",
    # Still to come.
    f"(?:{WILL}|即将|否则|可能|[将则]会|快要)[^,已]{{0,10}}退[回件]",
    f"(?:未|{WAITING}|{WILL}|预计|即将|准备|催|提醒|通知|承诺)[^,已]{{0,10}}(?:发货|出库|发出)",
)
_ENGLISH = (
    r"\b(?:if|unless|in case|once|when|until|before)\b[^,]*",
    r"\b(?:estimated|expected|scheduled|anticipated|planned|will|yet to|(?<!able )to be)\b[^,]*",
    r"\b(?:can|could|may|might|shall|should|would|must) be\b[^,]*",
    r"\b(?:not|\w+n't) (?:yet|been (?!able|successful))[^,]*",
    r"\b(?:not|\w+n't|never)\b[^,]*\byet\b",
    r"\b(?:not|never) (?:out|in transit|arrived|departed|picked|ready|available|returned|lost|signed|accepted)\b[^,]*",
    r"(?<=delivered )(?:on|at|after) [^,]*attempts?",  # the second one was a success
    "partially delivered|delivered dut(?:y|ies)",  # the incoterm
)
_ASIDE = re.compile("|".join((*_CHINESE, *_ENGLISH)))


def event_only(text: str) -> str:
    """The text folded and without asides; clauses are parted by commas alone, so that patterns can stop at them."""
    folded = _CLAUSE_END.sub(",", normalise(text).replace("’", "'"))
    return _ASIDE.sub(",", folded)
