"""The checks: whether a person may use the bot, and whether they may act on a channel."""
