"""Time expressions in courier texts, days and lengths of time: the patterns that find them, and the moments they mean.

The patterns are for normalized texts (:func:`pandapon.courier.normalization.normalize`), and our own reading of courier
texts [inferred]. An ambiguous expression, such as 03/04/2026, means nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from pandapon.times import CHINA
from pandapon.written import read

_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_THAI = r"(?:ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค)[.;]?"  # normalize writes the last dot as ;
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
# The 3-5 in 取件码3-5-1203 is no day.
_WRITTEN = (
    r"(?<![\d/-])(?:\d{4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}(?![\d/-])[日号]?|20\d{6}(?!\d)"
    r"|\d{1,2}月\d{1,2}(?!\d)[日号]?|\d{1,2}/\d{1,2}/\d{4}(?!\d)|\d{1,2}[/-]\d{1,2}(?![\d/-]))"
)
_NAMED = (
    rf"{_WEEKDAY}(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTHS}(?:,?\s\d{{4}}(?!\d))?"
    rf"|{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?(?![\d:])(?:,?\s\d{{4}}(?!\d))?)|\d{{1,2}}\s?{_THAI}(?:\s?\d{{4}})?"
)
_RELATIVE = {"今日": 0, "今天": 0, "当日": 0, "当天": 0, "今晚": 0, "明日": 1, "明天": 1, "后天": 2}
_RELATIVE |= {"today": 0, "tonight": 0, "tomorrow": 1, "วันนี้": 0, "พรุ่งนี้": 1}
_PERIODS = ("本月底", "月底", "本周内", "本周")
_HALF = r"上午|早上|中午|下午|晚上|傍晚|晚"
_CLOCK = rf"(?:{_HALF})?\s?\d{{1,2}}(?::\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?|[时点](?:\d\d分?|半)?整?|\s?[ap]\.?m\.?)"

# One group: the day, with a time of day before or after it ("18:00 today", "March 6, 8 pm").
DAY = rf"((?:{_CLOCK}\s)?(?:{_WRITTEN}|{_NAMED}|{'|'.join([*_RELATIVE, *_PERIODS])})(?:,?\s?(?:at\s)?{_CLOCK})?)"
_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3}|one|two|three|four|five|six|seven|ten|fourteen|a)"
_UNITS = {
    "分钟": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "นาที": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "钟头": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "hr": timedelta(hours=1),
    "h": timedelta(hours=1),
    "ชั่วโมง": timedelta(hours=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "day": timedelta(days=1),
    "วัน": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1),
    "week": timedelta(weeks=1),
    "สัปดาห์": timedelta(weeks=1),
}
_UNIT = r"(?:个?(?:分钟|小时|钟头|天|日|周|星期)|(?:min(?:ute)?|hour|hr|day|week)s?\b|h\b|นาที|ชั่วโมง|วัน(?!ที่)|สัปดาห์)"
# One group: the length. Not the 7日 of 3月7日, nor the 2026 of a date.
LENGTH = rf"((?<![\d月.:/-]){_NUMBER}\s?-?{_UNIT})"
LONGEST = timedelta(days=60)  # points keep parcels for days or weeks; a longer time is about another matter, or misread

_DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {"两": 2}
_WORDS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "fourteen": 14}
_LENGTH = re.compile(rf"({_NUMBER})\s?-?个?([^\d\s-].*)")
_ONE_DAY = re.compile(rf"{_WRITTEN}|{_NAMED}")
_TIME = re.compile(_CLOCK)
_AMBIGUOUS = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_WHOLE_HOUR = re.compile(r"(?<![\d:])(\d{1,2})\s?([ap])\.?m\b\.?")
_MONTHS_IN_YEAR = 12


def after(start: datetime, text: str) -> datetime | None:
    """Return the moment (aware) at which a match of :data:`LENGTH` is over, counted from ``start`` (aware).

    A length in days or weeks lasts until 23:59 in China on its last day. None: no length, or one over :data:`LONGEST`.
    """
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        return None
    unit = next((length for word, length in _UNITS.items() if match[2].startswith(word)), timedelta())
    length = unit * _number(match[1])
    if not timedelta() < length <= LONGEST:
        return None
    return start + length if unit < timedelta(days=1) else _end_of_day(start + length)


def end_of(text: str, at: datetime) -> datetime | None:
    """Return the moment (aware) at which a match of :data:`DAY` is over.

    ``at`` (aware): when the text was written. A day without a time of day lasts until 23:59 in China. None: the day is
    ambiguous, over already, or more than :data:`LONGEST` ahead.
    """
    is_timed = _TIME.search(_ONE_DAY.sub(" ", text)) is not None
    day = read(_plain(text, at.astimezone(CHINA).date()), at) if not _has_two_meanings(text) else None
    if day is None:
        return None
    end = day if is_timed else _end_of_day(day)
    return end if at < end <= at + LONGEST else None


def day_before(text: str, at: datetime) -> datetime | None:
    """Return the end (aware) of the day before a match of :data:`DAY`, or its moment where it has a time of day.

    ``at`` and None: as for :func:`end_of`.
    """
    end = end_of(text, at)
    if end is None or _TIME.search(_ONE_DAY.sub(" ", text)):
        return end
    return end - timedelta(days=1) if end - timedelta(days=1) > at else None


def _end_of_day(moment: datetime) -> datetime:
    return moment.astimezone(CHINA).replace(hour=23, minute=59, second=0, microsecond=0).astimezone(UTC)


def _has_two_meanings(text: str) -> bool:
    match = _AMBIGUOUS.search(text)
    return match is not None and match[1] != match[2] and max(int(match[1]), int(match[2])) <= _MONTHS_IN_YEAR


def _plain(text: str, today: date) -> str:
    """The text with a date in place of 明天, 本月底 and the like, and "8:00 pm" in place of "8 pm"."""
    text = _WHOLE_HOUR.sub(r"\1:00 \2m", text.replace(";", "."))
    for word in (*_RELATIVE, *_PERIODS):
        if word in text:
            half = "晚上" if word in {"今晚", "tonight"} else ""
            return f"{_day(word, today).isoformat()} {half}{text.replace(word, ' ').strip()}".strip()
    return text


def _day(word: str, today: date) -> date:
    if word in _RELATIVE:
        return today + timedelta(days=_RELATIVE[word])
    if "月" in word:
        return today.replace(day=monthrange(today.year, today.month)[1])
    return today + timedelta(days=6 - today.weekday())


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
