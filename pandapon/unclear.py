"""Decides whether an answer that is no success leaves open if a write was done.

The vendor's table of errors could not be read, so no code is known to mean "nothing was done". An error that names a
reason of the trade (no stock, a wrong state) counts as a refusal. An error that only says that something broke or took
too long, or that says nothing, may have come after the work was done. All of this is [inferred], except for the
upstream's codes ``isp.`` (its own failure) and ``isv.`` (the caller's mistake) [upstream]. In doubt the outcome is
unclear: that costs a look at the account, whereas a write that was wrongly taken for refused may be repeated, which
costs a second order or payment.
"""

from __future__ import annotations

import re

_SUCCESSES = re.compile(r"0?|2\d\d")  # codes that tell of no refusal; the empty one is a missing code
_MISTAKES = re.compile(r"500_2|isv\..*", re.IGNORECASE)  # the caller's mistakes, whatever words stand beside them
_GATES = frozenset({"401", "403", "429"})  # HTTP statuses that are answered before the work begins
_FAILURES = re.compile(r"isp\..*|-1|408|499|5\d\d_\w+", re.IGNORECASE)  # the envelope handles a plain 5xx
_LATE = re.compile(r"超时(?!未|自动|关闭|取消)|time.?out|timed.?out|deadline", re.IGNORECASE)
_BROKEN = re.compile(
    r"系统(?!检测|判断|提示|限制|不支持)|繁忙|内部|故障|维护|稍后|未知(?:错误|原因)|网络|服务(?:端|器|错误|失败|不可用)"
    r"|(?<!状态|账号|账户|地址|价格|库存|商品|订单)异常"
    r"|system|internal|unavailable|unknown|\bbusy|exception|gateway|try.?again",
    re.IGNORECASE,
)


def leaves_open(status: int, code: str, words: str) -> bool:
    """Whether a write may have been done, although this answer is no success. ``status``: the HTTP status."""
    if str(status) in _GATES or code in _GATES:
        return False
    if _LATE.search(f"{code} {words}"):
        return True
    if _MISTAKES.fullmatch(code):
        return False
    if _SUCCESSES.fullmatch(code) or _FAILURES.fullmatch(code) or _BROKEN.search(f"{code} {words}"):
        return True
    return not words.strip() and _says_nothing(code)


def _says_nothing(code: str) -> bool:
    """Whether a code has no letters and is no 4xx, HTTP's statuses of a refusal."""
    return not re.search(r"[A-Za-z]", code) and not re.fullmatch(r"4\d\d", code)
