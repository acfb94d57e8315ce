"""The deadlines that texts state for a pick-up: the patterns, grouped by how the deadline is reckoned.

Precision goes first: no pattern matches a time that counts from an unknown moment, lies in the past or is about
another matter. The patterns are for normalized texts (:func:`pandapon.courier.normalization.normalize`), and our own
reading of courier texts [inferred].
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.time_expressions import DAY, LENGTH, after, day_before, end_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_TAKE = r"(?:(?<!收)取(?!消|得|回|费|号|款)|领(?!导)|自提|提货|提取|拿走|来拿|認領)"
_ASK = r"(?:请|限|务必|须|需|尽快)"
_NEAR = r"[^;,]{0,14}?"  # within one clause
_FETCH = r"(?:pick(?:ed)?[ -]?(?:it |your \w+ |the \w+ )?up|pick[ -]?up|collect(?:ed|ion)?|fetch(?:ed)?|retrieved?)"
# Not "ready for pickup by" or "pickup available within", which promise the parcel and set no deadline.
_ASKED = rf"(?<!for )(?<!for your ){_FETCH}(?![^;,]{{0,30}}\b(?:available|ready|scheduled|possible|will)\b)"
_BEFORE = r"(?:by|before|until|till|no later than|not later than|on or before)"


class DeadlinePattern(NamedTuple):
    """A pattern whose first group is a day or a length of time, and how the deadline is reckoned from it."""

    pattern: str
    # The deadline (aware; None: none), from the matched time, when it was scanned and when the parcel was stored.
    end: Callable[[str, datetime, datetime | None], datetime | None]
    is_free: bool = False  # the end of free storage, which gives way to a deadline for the pick-up


def _after_scan(length: str, at: datetime, since: datetime | None) -> datetime | None:
    del since
    return after(at, length)


def _after_storing(length: str, at: datetime, since: datetime | None) -> datetime | None:
    end = after(since, length) if since else None
    return end if end and end > at else None


def _at_end(day: str, at: datetime, since: datetime | None) -> datetime | None:
    del since
    return end_of(day, at)


def _until_return(day: str, at: datetime, since: datetime | None) -> datetime | None:
    del since
    return day_before(day, at)


def _patterns(
    end: Callable[[str, datetime, datetime | None], datetime | None], *patterns: str, is_free: bool = False
) -> list[DeadlinePattern]:
    return [DeadlinePattern(pattern, end, is_free) for pattern in patterns]


_PATTERNS = (
    *_patterns(
        _after_scan,
        rf"{_ASK}{_NEAR}(?<!后){LENGTH}(?:之|以)?内{_NEAR}{_TAKE}",  # 请在24小时内领取
        rf"(?<!后){LENGTH}(?:之|以)?内(?:仍|若|如)?(?:未|不|没|无人)[^;,]{{0,3}}{_TAKE}",  # 24小时内未取将…
        rf"(?:剩余?|还有)[^;,\d]{{0,8}}?{LENGTH}(?=.*(?:退回|退件|领|取))(?!.*免费)",  # 保管期仅剩1天
        rf"将(?:于|在)?{LENGTH}(?:之|以)?后(?:将|会|被|自动)*(?:退|收回|取回)",  # 未取件将在7天后退回
        rf"{_ASKED}[^;]{{0,30}}? within {LENGTH}(?! (?:of|after|from)\b)",
        rf"{LENGTH} (?:left|remaining)[^;,]{{0,20}}{_FETCH}",
        rf"(?<!ได้)รับ[^;]{{0,20}}ภายใน\s?{LENGTH}",
    ),
    *_patterns(
        _after_storing,
        rf"(?<!已)(?:保管|保存|保留|有效|存放|取件)(?:期限?|时限|时间)[为:是]?\s?{LENGTH}(?!.*延长)",  # 保管期7天
        rf"^(?!.*已[^;,]{{0,4}}保[管留存]).*(?<!免费)保[管留存](?:您的包裹)?\s?{LENGTH}",  # 邮件保管15日
        rf"(?<![因已])(?:超过|逾|满)\s?{LENGTH}(?:未|不|无人)[^;,]{{0,3}}{_TAKE}[^;已]{{0,6}}(?:将|会|自动|即|则|退)",
        rf"(?<!been )\b(?:held|hold|ke(?:ep|pt)|stored?)\b[^;,]{{0,30}}? for {LENGTH}",
    ),
    *_patterns(
        _after_scan,
        rf"(?:剩余|还剩|仅剩|还可|可)[^;,\d]{{0,3}}免费[^;,\d]{{0,6}}{LENGTH}",  # 还可免费存放1天
        is_free=True,
    ),
    *_patterns(
        _after_storing,
        rf"(?<!可)(?<!剩余)免费(?:保管|存放|寄存|存储)(?:期|时间|时长)?[为:]?\s?{LENGTH}",  # 免费保管3天
        rf"(?<!每){LENGTH}(?:之|以)?内?免费",  # 24小时内免费保管
        rf"free storage(?: period)?(?: for| of|:)? {LENGTH}",
        rf"{LENGTH} (?:of )?free storage",
        is_free=True,
    ),
    *_patterns(
        _at_end,
        # 请于3月5日前取件
        rf"{_ASK}[^;,]{{0,8}}?(?:于|在)?{DAY}(?:\(含\))?(?:之|以)?(?:前(?![来往台去])|内){_NEAR}{_TAKE}",
        rf"{_ASK}[^;,]{{0,4}}(?:于|在)?(本周内|当天|当日|今日|今天)(?!\d){_NEAR}{_TAKE}",
        rf"(?:保管|保留|保存|可存放|(?:保管|取货|取件|存放|保留|有效|提货)期限?)(?:延长)?(?:至|到|截至|截止至?|:|为)\s?{DAY}",
        rf"(?:最晚|最迟)(?:取件|领取|取货|提货|自提)(?:时间|日期|日)?[:为于是]?\s?{DAY}",
        rf"(?:最晚|最迟)[于在]?\s?{DAY}前?{_NEAR}{_TAKE}",
        rf"(?:截止|截至){DAY}(?:仍)?(?:未|不){_TAKE}",
        rf"(?:取件|领取|取货|提货)(?:时间|日期|日)?(?:截止|截至)(?:时间|日期|日)?[:为于是]?\s?{DAY}",
        rf"{_ASKED}[^;]{{0,30}}? {_BEFORE} {DAY}",
        rf"{_FETCH}[^;]{{0,30}}? (?:until|till) {DAY}",
        rf"(?:available|held|hold|ke(?:ep|pt)|stored?|reserved)\b[^;,]{{0,40}}? (?:until|till|through) {DAY}",
        rf"(?:last day|deadline|latest date|last date)[^;\d]{{0,25}}?{DAY}",
        rf"(?<!ได้)รับ[^;]{{0,20}}ภายใน(?:วันที่)?\s?{DAY}",
    ),
    *_patterns(_at_end, rf"免费(?:保管|存放)(?:期|时间)?(?:延长)?(?:至|到|截至|截止至?)\s?{DAY}", is_free=True),
    *_patterns(
        _until_return,
        rf"将(?:于|在)?{DAY}(?:自动|被)*(?:退回|退件|退还|收回|取回)",  # 如不取走将于11月28日退回
        rf"(?:will be |be )?(?:returned|sent back)[^;]{{0,20}}? on {DAY}",
    ),
)
_compiled = cache(re.compile)  # at the first text, since most commands read none
_HAS_TIME = re.compile(
    r"\d|[一二两三四五六七八九十]|今|明|后天|当[日天]|本[周月]|月底|today|tomorrow|tonight|\bone|\btwo|week|day|วัน"
)
# Other matters than a parcel that lies ready: a pick-up at the sender, goods sent back, photos that are kept.
_OTHER = re.compile(r"上门[取收揽]|揽[收件]|寄回|退[货换款]|换货|照片|录像|记录|courier will|driver|ได้รับพัสดุ")
_FETCHED = re.compile(
    rf"(?:已|曾)(?:于|在)?[^;,]{{0,12}}?(?:前|内)?(?:被)?{_TAKE}走?(?:[,;]|$)|picked up on|was collected"
)
_ELAPSED = re.compile(rf"已[^;,]{{0,8}}?(?:存放|保管|滞留|入库|到站)[^;,]{{0,3}}?{LENGTH}")
_EXTENDED = re.compile(r"延长|延期|续存|extended|extension|ขยาย")
_THREAT = re.compile(r"[,;](?:逾期|期满|过期|到期|超期)(?:自动|即|则)?退")  # 保管期7天，逾期退回


@lru_cache(maxsize=4_096)
def deadlines(normalized: str) -> tuple[tuple[DeadlinePattern, str], ...]:
    """Return the deadlines that a normalized text states for a pick-up: each matching pattern, and the time as written.

    ``pattern.end(time, scanned_at, stored_at)`` gives the moment.
    """
    if not _HAS_TIME.search(normalized) or _OTHER.search(normalized) or _FETCHED.search(normalized):
        return ()
    return tuple(
        (pattern, match[1]) for pattern in _PATTERNS for match in _compiled(pattern.pattern).finditer(normalized)
    )


def is_stored_already(normalized: str) -> bool:
    """Return whether a normalized text says how long the parcel has lain there, so that this scan did not store it."""
    return _ELAPSED.search(normalized) is not None


def is_extended(normalized: str) -> bool:
    """Return whether a normalized text extends the time for the pick-up."""
    return _EXTENDED.search(normalized) is not None


def only_threatens(normalized: str) -> bool:
    """Return whether a normalized text states a deadline, and a return only after that: 保管期7天，逾期退回."""
    return _THREAT.search(normalized) is not None and bool(deadlines(normalized))
