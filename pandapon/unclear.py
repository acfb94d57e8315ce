"""Whether an answer that is no success leaves open what became of a write.

The vendor's table of errors could not be read, so no code is known to mean "nothing was done". An error that names a
reason of the trade (no stock, a wrong state) is taken for a refusal. One that only says that something broke or took
too long, or that says nothing, may have come after the work was done. All of it is [inferred], but for ``isp.`` and
``isv.`` of the upstream, which tell its own failures from a caller's mistakes [upstream]. In doubt it is unclear: that
costs a look at the account, and a refusal that was none costs a second order or payment.
"""

from __future__ import annotations

import re

_SUCCESSES = re.compile(r"0?|2\d\d")  # codes that say of no refusal, or are missing
_MISTAKES = re.compile(r"500_2|isv\..*", re.IGNORECASE)  # known to be the caller's, whatever words are beside them
_GATES = frozenset({"401", "403", "429"})  # HTTP's: they come from before the work
_FAILURES = re.compile(r"isp\..*|-1|408|499|5\d\d_\w+", re.IGNORECASE)  # a plain 5xx fails for readings, too
_LATE = re.compile(r"超时(?!未|自动|关闭|取消)|time.?out|timed.?out|deadline", re.IGNORECASE)
_BROKEN = re.compile(
    r"系统(?!检测|判断|提示|限制|不支持)|繁忙|内部|故障|维护|稍后|未知(?:错误|原因)|网络|服务(?:端|器|错误|失败|不可用)"
    r"|(?<!状态|账号|账户|地址|价格|库存|商品|订单)异常"
    r"|system|internal|unavailable|unknown|\bbusy|exception|gateway|try.?again",
    re.IGNORECASE,
)


def leaves_open(status: int, code: str, words: str) -> bool:
    """Whether a write may have been done, although this answer is no success. ``status``: of HTTP."""
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
    """Whether a code is a bare number other than HTTP's of a refusal."""
    return not re.search(r"[A-Za-z]", code) and not re.fullmatch(r"4\d\d", code)
