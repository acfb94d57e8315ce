"""The declaration of a form of several pages: its steps, the results of a step, and the pages that a person sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.commands.declarations import asking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from handlers.blocks.message import Block
    from handlers.commands.declarations import Filled
    from handlers.interactions.interaction import Interaction
    from tracking.flows import Flow, FlowContent


@dataclass(frozen=True, slots=True)
class Page:
    """A page for a person to fill in. ``submit``: the words of its submit button; empty: the page has none."""

    blocks: list[Block]
    submit: str = ""


@dataclass(frozen=True, slots=True)
class Goto:
    """The step whose page comes next, and the content from which it is made."""

    step: str
    content: FlowContent


@dataclass(frozen=True, slots=True)
class Done:
    """The last page. ``writes``: the ids of the writes that were made; empty: none, and the person may go back."""

    blocks: list[Block]
    writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """The values of a page without fields. ``wrong`` is always empty."""

    wrong: Mapping[str, str] = field(default_factory=dict)


def no_fields(_values: dict[str, Any]) -> Nothing:
    """Read a page without fields."""
    return Nothing()


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form. ``page`` makes it from the flow, ``read`` reads its values, ``send`` answers them.

    ``send`` gets the flow and the values that ``read`` returned, and raises WrongFieldsError for fields that are wrong
    for this content. ``back``: the step before this one; empty: none. ``title``: the title of the page, of its waiting
    page and of its errors; None: the form's.
    """

    page: Callable[[Flow], Page]
    send: Callable[[Interaction, Flow, Any], Awaitable[Goto | Done]]
    read: Callable[[dict[str, Any]], Filled] = no_fields
    working: Callable[[], str] = asking  # makes the line that is shown while the page waits for PandaPon
    back: str = ""
    title: Callable[[], str] | None = None
