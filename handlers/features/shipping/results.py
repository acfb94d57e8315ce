"""The last page of a form that changed something: the result, who did it, and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.people import name
from handlers.blocks.write_words import outcome_words
from handlers.writing.steps import Done
from tracking.writes import UNDONE

if TYPE_CHECKING:
    from handlers.writing.plans import Outcome


def result(outcome: Outcome, next_step: str, *notes: str) -> Done:
    """Make the page. A form that did its work, or may have done it, is over and forgets its content.

    ``next_step``: what is next. ``notes``: further small print.
    """
    write = outcome.write
    small = [_("By {user}").format(user=name(write.actor)), next_step]
    blocks = [el.section(outcome_words(write, outcome.error)), el.context(" · ".join(small))]
    blocks += [el.context(note) for note in notes if note]
    return Done(blocks, () if write.state in UNDONE else (write.id,))
