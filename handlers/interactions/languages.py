"""Which language a channel is spoken to in: kept in memory, since every answer and every post asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Store


class Languages:
    """What channels chose; the one process that leads is the only one that writes it."""

    def __init__(self, default: str = "en") -> None:
        """``default``: for channels that chose none, for direct messages and the home."""
        self.default = default
        self._chosen: dict[str, str] = {}

    async def learn(self, store: Store) -> None:
        """Read what the channels chose."""
        for channel in await store.channels.with_settings():
            self.put(channel.channel, channel.settings.language)

    def put(self, channel: str, language: str) -> None:
        """A channel chose; empty: the default again."""
        self._chosen[channel] = language

    def of(self, channel: str) -> str:
        """The language of a channel."""
        return self._chosen.get(channel) or self.default
