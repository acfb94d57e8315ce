"""Finds changeable state that two bots of one process share: objects that both reach, or that a module keeps.

A cache that is kept without the workspace is such a state, wherever it stands and whoever adds it later.
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from pydantic import BaseModel

from bot.process.figures import Figures
from bot.process.redaction import Redaction
from bot.workspaces.accounts import Accounts
from bot.workspaces.tokens import Tokens
from storage.postgres.database import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Contents = tuple[list[str], list[object]]  # keys or names, and values

OURS = ("bot", "handlers", "storage", "tracking", "pandapon")
# What all bots may share: the settings, the counters of the process, its connections, and the accounts and tokens, each
# of which is asked for by the id of its workspace.
ALLOWED = (BaseModel, Figures, Accounts, Tokens, PostgresServer, Redaction)
PLAIN = (str, bytes, int, float, complex, bool, type(None))
KEPT = (dict, list, set, deque, WeakSet)
PASSED = (*PLAIN, *ALLOWED, type, ModuleType)  # not looked into


def both_reach(first: object, second: object) -> dict[int, object]:
    """Return the changeable objects that are reached from both, and those that modules keep, by their ``id()``."""
    from_first, other = reached([first]), reached([second])
    return {key: value for key, value in from_first.items() if key in other} | reached(_globals())


def state_of(parts: dict[int, object]) -> dict[int, tuple[object, Contents]]:
    """Return each object with its contents."""
    return {key: (part, _contents(part)) for key, part in parts.items()}


def changed(before: dict[int, tuple[object, Contents]]) -> list[str]:
    """Return in words each object whose contents differ from ``before``."""
    return sorted(
        f"{type(part).__qualname__}: {_text(contents)[:80]} -> {_text(_contents(part))[:80]}"
        for part, contents in before.values()
        if not _is_same(contents, _contents(part))
    )


def reached(roots: Iterable[object]) -> dict[int, object]:
    """Return the changeable objects that are reached from the roots without passing one that all may share."""
    seen: dict[int, object] = {}
    parts: dict[int, object] = {}
    waiting = list(roots)
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, PASSED):
            continue
        seen[id(part)] = part
        if isinstance(part, KEPT) or _is_ours(part):
            parts[id(part)] = part
        waiting += _parts(part)
    return parts


def _parts(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, list | tuple | set | frozenset | deque):
        yield from part
    elif isinstance(part, MethodType):
        yield from (part.__self__, part.__func__)
    elif isinstance(part, partial):
        yield from (part.func, part.args, part.keywords)
    elif isinstance(part, FunctionType):
        yield from (part.__defaults__, part.__kwdefaults__, part.__dict__)
        yield from (cell.cell_contents for cell in part.__closure__ or () if gc.is_tracked(cell))
    elif _is_ours(part):
        yield from _attributes(part).values()


def _is_ours(part: object) -> bool:
    module = type(part).__module__
    is_code = isinstance(part, FunctionType | BuiltinFunctionType | MethodType)
    return not is_code and module.partition(".")[0] in (*OURS, "slack_bolt")


def _attributes(part: object) -> dict[str, object]:
    slots = [name for kind in type(part).__mro__ for name in _names(kind)]
    return {**getattr(part, "__dict__", {}), **{name: getattr(part, name) for name in slots if hasattr(part, name)}}


def _names(kind: type) -> Iterable[str]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else slots


def _contents(part: object) -> Contents:
    """Return a shallow copy: most of what modules keep are large tables, whose rows never change."""
    if isinstance(part, dict):
        return sorted(map(_plain, part)), list(part.values())
    if isinstance(part, set | WeakSet):  # a copy must not keep alive what the weak set lets go
        return sorted(map(_plain, part)), []
    if isinstance(part, KEPT):
        return [], list(part)
    attributes = _attributes(part)
    return list(attributes), list(attributes.values())


def _is_same(before: Contents, now: Contents) -> bool:
    return before[0] == now[0] and len(before[1]) == len(now[1]) and all(map(_is_equal, before[1], now[1]))


def _is_equal(first: object, other: object) -> bool:
    """Whether two values are the same object or equal plain values."""
    return first is other or _plain(first) == _plain(other)


def _text(contents: Contents) -> str:
    names, values = contents
    return f"{len(names or values)} {names} {[_plain(value) for value in values]}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple | frozenset):
        return f"({', '.join(map(_plain, value))})"
    return repr(value) if isinstance(value, PLAIN) else str(id(value))


def _globals() -> list[object]:
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in OURS]
    return [
        value
        for module in modules
        for name, value in vars(module).items()
        if not name.startswith("__") and not isinstance(value, FunctionType)
    ]
