"""The declaration of a form of several pages: its steps, what a step leads to, and the pages that a person sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from handlers.blocks.message import Block
    from handlers.commands.declarations import Filled
    from handlers.interactions.interaction import Interaction
    from tracking.flows import Flow, FlowContent


@dataclass(frozen=True, slots=True)
class Page:
    """A page for a person to fill in. ``submit``: the words of its button; empty: it has none."""

    blocks: list[Block]
    submit: str = ""


@dataclass(frozen=True, slots=True)
class Goto:
    """The next page, and the content from which it is made."""

    step: str
    content: FlowContent


@dataclass(frozen=True, slots=True)
class Done:
    """The last page. ``writes``: the ids of what was done; empty: nothing was, and the person may go back."""

    blocks: list[Block]
    writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """The values of a page without fields."""

    wrong: Mapping[str, str] = field(default_factory=dict)


def no_fields(_values: dict[str, Any]) -> Nothing:
    """Read a page without fields."""
    return Nothing()


def checking() -> str:
    """Return the waiting line of most pages."""
    return _("Checking with PandaPon…")


@dataclass(frozen=True, slots=True)
class Step:
    """One page: how it is made from the flow, read, and answered. ``back``: the page before it; empty: none.

    ``send`` gets the flow and the values. It raises WrongFieldsError for fields that are wrong for this content.
    ``title``: of the page, and of those that wait for its answer or show it; None: the form's.
    """

    page: Callable[[Flow], Page]
    send: Callable[[Interaction, Flow, Any], Awaitable[Goto | Done]]
    read: Callable[[dict[str, Any]], Filled] = no_fields
    working: Callable[[], str] = checking
    back: str = ""
    title: Callable[[], str] | None = None
