"""The fields of the forms for acts on orders, as people filled them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from handlers.blocks.forms import value_of
from handlers.blocks.i18n import _
from handlers.features.buying import acts_view


@dataclass(frozen=True, slots=True)
class FilledReason:
    """The filled page of a cancellation. ``reason``: the words that are sent; empty: none is chosen."""

    reason: str
    remark: str
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledWarehouse:
    """The filled page of a warehouse: its name and its address."""

    warehouse: tuple[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


def read_reason(values: dict[str, Any]) -> FilledReason:
    """Read the form's ``state.values``."""
    reason = acts_view.REASONS.get(value_of(values, "reason", "selected_option"), "")
    remark = " ".join(value_of(values, "remark", "value").split())[: acts_view.REMARK]
    return FilledReason(reason, remark, {} if reason else {"reason": _("Choose a reason.")})


def read_warehouse(values: dict[str, Any]) -> FilledWarehouse:
    """Read the form's ``state.values``."""
    name = " ".join(value_of(values, "name", "value").split())[: acts_view.WAREHOUSE]
    place = " ".join(value_of(values, "place", "value").split())[: acts_view.PLACE]
    wrong = {} if name else {"name": _("Write the warehouse's name.")}
    wrong |= {} if place else {"place": _("Write its address.")}
    return FilledWarehouse((name, place), wrong)
