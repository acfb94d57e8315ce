"""A command as it was typed: what usage errors quote and correct."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from handlers.blocks.text import code
from handlers.errors import UsageError
from handlers.parsing.tokens import tokenise
from handlers.parsing.words import Verb, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.parsing.tokens import Token
    from handlers.requests import Request

NO_VERB = Verb("")


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A verb, the tokens behind it, and the vocabulary in which both are read."""

    verb: str
    tokens: tuple[Token, ...]
    vocabulary: Vocabulary = field(default=Vocabulary({}, ()), compare=False, repr=False)

    @property
    def declared(self) -> Verb:
        """What the verb takes; nothing, where it is none."""
        return self.vocabulary.verbs.get(self.verb, NO_VERB)

    def text(self) -> str:
        """The whole command as one would type it."""
        return " ".join(word for word in ("/panda", self.verb, *(token.typed() for token in self.tokens)) if word)

    def refuse(self, problem: str, *, instead: Sequence[Token] | None = None, suggestion: str = "") -> UsageError:
        """The usage error of this command; ``instead``: the tokens that would be right."""
        corrected = replace(self, tokens=tuple(instead)).text() if instead is not None else suggestion
        return UsageError(typed=code(self.text()), problem=problem, suggestion=corrected)


def text_of(request: Request) -> str:
    """A request as one would type it."""
    return TypedCommand("", tuple(tokenise(request.command()))).text()
