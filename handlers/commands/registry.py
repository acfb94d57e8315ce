"""The registry of commands: it reads typed text into a request or a usage error, and answers requests."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import HelpGroup
from handlers.parsing.order_ids import sift_ids
from handlers.parsing.tokens import Kind, Token, tokenise
from handlers.parsing.typed_command import TypedCommand
from handlers.parsing.words import Vocabulary
from handlers.wire.command_text import HELP_WORDS
from handlers.wire.errors import UsageError, WrongPlatformError
from handlers.wire.requests import Help, OfOnePlatform, Request, Start
from handlers.wire.text import escape_wire, folded
from pandapon import spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.blocks.help_page import Example, HelpPage
    from handlers.blocks.message import Message
    from handlers.commands.declarations import Answer, Feature, Opener
    from handlers.interactions.interaction import Interaction

CORRECTIONS = 8  # mistakes that are corrected in one suggestion, at most
# The verbs for text without a verb: an id alone is tracked, and other words are suggested as a search.
IDS_ALONE, WORDS_ALONE = "track", "search"


class Commands:
    """The commands and requests that the features declare."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = tuple(features)
        self.declared = {command.verb.name: command for feature in features for command in feature.commands}
        self.answers: dict[type[Request], Answer] = {
            answer.request: answer for feature in features for answer in feature.answers
        }
        # By the type of a flow's content: opens its form again where it was left. Gets the flow's id.
        self.again = {form.again[0]: form.again[1] for feature in features for form in feature.forms if form.again}
        self.undo = {change: undo for feature in features for change, undo in feature.undo.items()}
        self.pages: dict[str, Callable[[], HelpPage]] = {
            **{name: command.help for name, command in self.declared.items() if command.help},
            **{topic: page for feature in features for topic, page in feature.topics.items()},
        }
        verbs = {name: command.verb for name, command in self.declared.items()}
        self.vocabulary = Vocabulary(verbs, tuple(self.pages))

    def slash_commands(self) -> list[str]:
        """Return the names of the slash commands, ``/panda`` first."""
        own = [f"/panda-{name}" for name, command in self.declared.items() if command.slash]
        return ["/panda", *own]

    def overview(self) -> dict[HelpGroup, list[Example]]:
        """Return the lines of the help's overview by their group, in the order of the features."""
        lines: dict[HelpGroup, list[Example]] = {group: [] for group in HelpGroup}
        for feature in self.features:
            if feature.overview:
                lines[feature.overview.group] += feature.overview.lines()
        return lines

    def read(self, text: str, *, command: str = "/panda") -> Request:
        """Read the text after a slash command, as Slack sends it. ``command``: the slash command's name.

        Raises only UsageError. Its suggestion is empty, or a command that can be read without an error.
        """
        prefix = command.removeprefix("/panda").removeprefix("-")
        try:
            return self._read(tokenise(f"{prefix} {text}"), named=bool(prefix))
        except UsageError as error:
            error.suggestion = self._readable(error.suggestion)
            raise

    def answer_to(self, request: Request) -> Answer:
        """Return the declared answer to a request."""
        return self.answers[type(request)]

    def opener(self, button: str) -> Opener:
        """Return the declaration of the button that opens a form. Raises LookupError for another button."""
        openers = (opener for feature in self.features for opener in feature.openers if opener.kind == "action")
        return {opener.id: opener for opener in openers}[button]

    async def perform(self, interaction: Interaction, request: Request) -> Message:
        """Carry out a request that passed the check of rights. Raises errors that the error boundary explains."""
        answer = self.answer_to(request)
        spans.note(request=type(request).__name__)
        interaction.pending.asked = answer.asked(request)
        try:
            return await answer.act(interaction, request)
        except WrongPlatformError as error:
            if isinstance(request, OfOnePlatform):
                error.suggestion = f"/panda {replace(request, platform=error.ref.platform, back=None).command()}"
            raise

    def _readable(self, suggestion: str) -> str:
        """Correct a suggestion until it can be read, since a corrected command may hold another mistake."""
        for _attempt in range(CORRECTIONS):
            if not suggestion:
                return ""
            try:
                self._read(tokenise(escape_wire(suggestion.removeprefix("/panda"))), named=False)
            except UsageError as error:
                suggestion = error.suggestion
            else:
                return suggestion
        return "/panda help"

    def _read(self, tokens: list[Token], *, named: bool) -> Request:
        """Read a command's tokens. ``named``: the slash command's name holds the verb, as in ``/panda-track``."""
        if not tokens:
            return Start()
        first, arguments = tokens[0], tokens[1:]
        word, words = folded(first.text), self.vocabulary
        verb = words.meaning(word) if first.kind is Kind.WORD else None
        if verb is None and first.kind is Kind.WORD and (parts := words.split(word)):
            verb, arguments = words.meaning(parts[0]), [Token(Kind.WORD, first.text[len(parts[0]) :]), *arguments]
        if verb is None:
            return self._without_verb(tokens)
        command = self.declared[verb]
        asks_for_help = bool(arguments) and command.help is not None and _asks_for_help(arguments)
        if asks_for_help or (not arguments and named and not command.stands_alone):
            return Help(verb)
        return command.read(self._typed(verb, arguments))

    def _typed(self, verb: str, tokens: Sequence[Token]) -> TypedCommand:
        return TypedCommand(verb, tuple(tokens), self.vocabulary)

    def _without_verb(self, tokens: list[Token]) -> Request:
        """Track an id that stands alone. Raises UsageError with a corrected verb, or with a search for the words."""
        ids = sift_ids(tokens, waybills=True)
        is_number = len(tokens) == 1 and re.search(r"[0-9]{5}", tokens[0].target or tokens[0].text)
        if is_number or (ids.good and not ids.bad) or ids.rejoined:
            return self.declared[IDS_ALONE].read(self._typed(IDS_ALONE, tokens))
        first, arguments = tokens[0], tokens[1:]
        typed = self._typed(first.typed(), arguments)
        mistyped = self.vocabulary.nearest_verb(folded(first.text)) if first.kind is Kind.WORD else None
        problem = _("I don't know {word}.").format(word=code(first.text, 40))
        if mistyped:
            suggestion = self._typed(mistyped, arguments).text()
        elif ids.good:
            suggestion = f"/panda {IDS_ALONE} {ids.good[0]}"
        else:
            suggestion = self._typed(WORDS_ALONE, tokens).text()
        raise typed.refuse(problem, suggestion=suggestion, is_guess=True)


def _asks_for_help(tokens: list[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].kind is Kind.WORD and folded(tokens[0].text) in HELP_WORDS
