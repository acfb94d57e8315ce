"""The language of each channel, kept in memory, since every answer and every post needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Store


class Languages:
    """The languages that channels chose. Only the leading process changes them."""

    def __init__(self, default: str = "en") -> None:
        """``default``: for channels that chose none, direct messages and App Home."""
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
        """Return the language of a channel."""
        return self._chosen.get(channel) or self.default
