"""Messages that the bot posts by itself: cards, news, alarms, digests, lines about changes."""
