"""A command as a person typed it, which usage errors quote and correct."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from handlers.blocks.text import code
from handlers.parsing.tokens import tokenise
from handlers.parsing.words import Verb, Vocabulary
from handlers.wire.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.parsing.tokens import Token
    from handlers.wire.requests import Request

NO_VERB = Verb("")


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A verb, the tokens behind it, and the vocabulary by which both are read."""

    verb: str
    tokens: tuple[Token, ...]
    vocabulary: Vocabulary = field(default=Vocabulary({}, ()), compare=False, repr=False)

    @property
    def declared(self) -> Verb:
        """The declaration of the verb; for an unknown verb a declaration without options and words."""
        return self.vocabulary.verbs.get(self.verb, NO_VERB)

    def text(self) -> str:
        """The whole command as a person would type it, slash included."""
        return " ".join(word for word in ("/panda", self.verb, *(token.typed() for token in self.tokens)) if word)

    def refuse(
        self,
        problem: str,
        *,
        instead: Sequence[Token] | None = None,
        suggestion: str = "",
        is_guess: bool = False,
    ) -> UsageError:
        """The usage error of this command, for the caller to raise.

        ``problem``: Slack text. ``instead``: the corrected tokens; without them, ``suggestion`` is the whole corrected
        command.
        """
        corrected = replace(self, tokens=tuple(instead)).text() if instead is not None else suggestion
        return UsageError(typed=code(self.text()), problem=problem, suggestion=corrected, is_guess=is_guess)


def text_of(request: Request) -> str:
    """A request as a person would type it, slash included."""
    return TypedCommand("", tuple(tokenise(request.command()))).text()
