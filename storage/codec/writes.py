"""The JSON of writes, of approvals, and of open forms."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from tracking.approvals import Deed
from tracking.changes.cart import CartChange
from tracking.changes.kinds import KINDS
from tracking.flows import CONTENTS

if TYPE_CHECKING:
    from tracking.changes.kinds import Change
    from tracking.flows import FlowContent


def dump_write_change(change: Change | None) -> str:
    """Return the column ``change_json`` of a write; empty for None."""
    if change is None:
        return ""
    kind = type(change).__name__
    facts: dict[str, Any] = _changes()[kind].dump_python(change, mode="json")
    return json.dumps(facts if isinstance(change, CartChange) else {"kind": kind, **facts}, ensure_ascii=False)


def load_write_change(stored: str) -> Change | None:
    """Read :func:`dump_write_change` back; None: empty or unreadable. A change without a kind is a CartChange."""
    try:
        facts = json.loads(stored) if stored else {}
        adapter = _changes().get(facts.pop("kind", CartChange.__name__)) if facts else None
        return adapter.validate_python(facts, strict=False) if adapter else None
    except (ValidationError, ValueError, AttributeError):
        return None


def dump_deed(deed: Deed) -> str:
    """Return the column ``deed`` of a request for an approval."""
    return _deed().dump_json(deed).decode()


def load_deed(stored: str) -> Deed:
    """Read :func:`dump_deed` back. Raises ValidationError."""
    return _deed().validate_json(stored)


def dump_flow(content: FlowContent) -> tuple[str, str]:
    """Return the columns ``kind`` and ``content`` of a flow."""
    adapter = _flows()[type(content).__name__]
    return type(content).__name__, adapter.dump_json(content).decode()


def load_flow(kind: str, stored: str) -> FlowContent | None:
    """Read :func:`dump_flow` back; None: unreadable to this version, so the person has to open the form again."""
    adapter = _flows().get(kind)
    try:
        return adapter.validate_json(stored) if adapter else None
    except ValidationError:
        return None


# Each adapter is built at its first use: pydantic takes some milliseconds for it, and a start does not need them all.
@cache
def _deed() -> TypeAdapter[Deed]:
    return TypeAdapter(Deed)


@cache
def _changes() -> dict[str, TypeAdapter[Any]]:
    return {kind.__name__: TypeAdapter(kind) for kind in KINDS}


@cache
def _flows() -> dict[str, TypeAdapter[Any]]:
    return {kind.__name__: TypeAdapter(kind) for kind in CONTENTS}
