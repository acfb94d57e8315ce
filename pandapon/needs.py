"""What a courier's words ask of a person: an address put right, papers, a parcel fetched before it goes back.

The patterns are our own reading of courier texts [inferred]; what they do not know asks for nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from pandapon.shipment import normalise


class Need(StrEnum):
    """What somebody has to do."""

    PICK_UP = "pick_up"  # soon, or it goes back
    ADDRESS = "address"  # wrong or incomplete
    CONTACT = "contact"  # the courier cannot reach the receiver
    PAPERS = "papers"  # customs asks for documents or an identity
    PAY = "pay"  # duty or charges


_LONGEST = 400  # characters that are looked at
# In the order in which they win.
_WORDS: tuple[tuple[Need, re.Pattern[str]], ...] = (
    (
        Need.PAPERS,
        re.compile(
            r"(?:补充|提供|上传|缺少|需要?)[^,。;]{0,10}(?:身份证|证件|清关资料|报关资料|发票|资料)|实名认证"
            r"|missing documents"
        ),
    ),
    (
        Need.PAY,
        re.compile(r"(?:需|请|待)[^,。;]{0,6}(?:缴|支付|补)[^,。;]{0,4}(?:税|关税|费)|到付|duty (?:unpaid|required)"),
    ),
    (Need.ADDRESS, re.compile(r"地址(?:不详|错误|有误|不全|不完整)|(?:incorrect|incomplete|wrong) address")),
    (
        Need.CONTACT,
        re.compile(r"联系不上|无法联系|电话(?:无人接听|无法接通|错误|空号|停机)|无人接听|could not (?:reach|contact)"),
    ),
    (
        Need.PICK_UP,
        re.compile(
            r"(?:即将|将|快要)(?:超时|逾期|过期|退回)|(?:超时|逾期)未取|滞留[^,。;]{0,6}请[^,。;]{0,6}取|尽快(?:取件|领取|取走)"
        ),
    ),
)


@lru_cache(maxsize=1024)  # of a new scan it is asked how loud it is and whom it is for
def need(text: str) -> Need | None:
    """What these words ask for; None: nothing that we know of."""
    words = normalise(text[:_LONGEST])
    return next((one for one, pattern in _WORDS if pattern.search(words)), None)
