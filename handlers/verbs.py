"""The words that start a command: the canonical ones, their synonyms, and what each accepts."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

VERBS = (
    "search",
    "order",
    "orders",
    "track",
    "watch",
    "unwatch",
    "watches",
    "mute",
    "unmute",
    "settings",
    "why",
    "status",
    "help",
)
TOPICS = (*(verb for verb in VERBS if verb != "help"), "shortcuts")

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "search": ("s", "find", "搜索", "查找", "搜", "找"),
    "order": ("o", "show", "订单", "订单详情"),
    "orders": ("订单列表", "所有订单", "全部订单"),
    "track": ("t", "trace", "where", "物流", "查物流", "追踪", "跟踪", "快递"),
    "watch": ("w", "follow", "subscribe", "关注", "订阅"),
    "unwatch": ("stop", "unfollow", "unsubscribe", "取消关注", "取关", "退订", "取消订阅"),
    "watches": ("list", "ls", "watching", "watched", "关注列表"),
    "mute": ("silence", "snooze", "静音", "免打扰"),
    "unmute": ("unsilence", "取消静音"),
    "settings": ("setting", "config", "configure", "preferences", "设置"),
    "why": ("log", "explain", "为什么"),
    "status": ("health", "状态"),
    "help": ("?", "h", "--help", "-h", "帮助"),
}
MEANINGS: dict[str, str] = {
    **{verb: verb for verb in VERBS},
    **{word: verb for verb, words in _SYNONYMS.items() for word in words},
}

# What each verb takes after dashes; True: with a value.
OPTIONS: dict[str, dict[str, bool]] = {
    "search": {"1688": False, "taobao": False, "sort": True, "min": True, "max": True, "page": True},
    "order": {"1688": False, "taobao": False},
    "orders": {"1688": False, "taobao": False, "page": True},
    "track": {"1688": False, "taobao": False, "all": False},
    "watch": {"1688": False, "taobao": False},
    "unwatch": {},
    "watches": {"page": True},
    "mute": {},
    "unmute": {},
    "settings": {},
    "why": {},
    "status": {},
    "help": {},
}
OPTION_SYNONYMS: dict[str, str] = {
    "alibaba": "1688",
    "阿里巴巴": "1688",
    "tb": "taobao",
    "淘宝": "taobao",
    "p": "page",
    "页": "page",
    "order-by": "sort",
    "排序": "sort",
    "min-price": "min",
    "price-min": "min",
    "最低": "min",
    "max-price": "max",
    "price-max": "max",
    "最高": "max",
    "all-nodes": "all",
    "全部": "all",
}
SORTS: dict[str, str] = {
    "price": "price",
    "cheap": "price",
    "price-asc": "price",
    "价格": "price",
    "-price": "-price",
    "price-desc": "-price",
    "sales": "sales",
    "sold": "sales",
    "销量": "sales",
}
FILTERS: dict[str, Filter] = {
    "all": Filter.ALL,
    "everything": Filter.ALL,
    "全部": Filter.ALL,
    "milestones": Filter.MILESTONES,
    "milestone": Filter.MILESTONES,
    "里程碑": Filter.MILESTONES,
    "problems": Filter.PROBLEMS,
    "problem": Filter.PROBLEMS,
    "异常": Filter.PROBLEMS,
    "问题": Filter.PROBLEMS,
}

# Chinese has no spaces: a verb of two characters or more may stand right before what it is about.
_GLUED = sorted((word for word in MEANINGS if len(word) > 1 and not word.isascii()), key=len, reverse=True)


def meaning(word: str) -> str | None:
    """The canonical verb that a folded word means."""
    return MEANINGS.get(word.rstrip(":,。，：") or word)


def unglued(word: str) -> tuple[str, str] | None:
    """A Chinese verb and what is written right behind it: 搜索连衣裙 is 搜索 连衣裙."""
    for verb in _GLUED:
        if word.startswith(verb) and len(word) > len(verb):
            return verb, word[len(verb) :]
    return None


def nearest(word: str, known: Mapping[str, str]) -> str | None:
    """What the best match of a mistyped word means; None when nothing is close."""
    found = get_close_matches(word, known, n=1, cutoff=0.6 if len(word) > 3 else 0.66)  # noqa: PLR2004  short words match by chance
    return known[found[0]] if found else None
