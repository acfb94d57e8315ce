"""The language of each channel and of each reader, kept in memory, since every answer and every post needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import LANGUAGES

if TYPE_CHECKING:
    from storage.audit import Person
    from storage.store import Store

CODES = frozenset(code for code, _name in LANGUAGES)
# Slack has no interface in these languages. People who read them use Slack in English, so the bot recognises them by
# their time zone.
NOT_IN_SLACK = {"th": frozenset({"Asia/Bangkok"})}
TRADITIONAL = frozenset({"tw", "hk", "mo", "hant"})  # traditional characters; the catalogue has simplified ones


class Languages:
    """The languages that channels chose. Only the leading process changes them."""

    def __init__(self, default: str = "en") -> None:
        """``default``: for channels that chose no language, and in App Home for locales without a translation."""
        self.default = default
        self._chosen: dict[str, str] = {}

    async def learn(self, store: Store) -> None:
        """Read the languages of all channels from the store."""
        for channel in await store.channels.with_settings():
            self.put(channel.channel, channel.settings.language)

    def put(self, channel: str, language: str) -> None:
        """Note a channel's language; empty: the default."""
        self._chosen[channel] = language

    def of(self, channel: str) -> str:
        """Return the language of a channel, in which all posts there are written."""
        return self._chosen.get(channel) or self.default

    def of_reader(self, person: Person, channel: str = "") -> str:
        """Return the language of an answer that one person alone reads.

        The language is that of the person's Slack; the channel's if Slack sent no locale or the bot does not speak it.
        A person whose Slack is in English gets the channel's language also if Slack has no interface in it and their
        time zone is one of those in ``NOT_IN_SLACK``.
        """
        spoken = self.of(channel)
        if person.time_zone in NOT_IN_SLACK.get(spoken, ()) and of_locale(person.locale) == "en":
            return spoken
        return of_locale(person.locale) or spoken


def of_locale(locale: str) -> str:
    """Return the language of a Slack locale such as ``zh-CN``; empty where the bot has no catalogue for it."""
    language, *subtags = locale.replace("_", "-").casefold().split("-")
    if language == "zh":
        return "" if TRADITIONAL & set(subtags) else "zh_CN"
    return language if language in CODES else ""
