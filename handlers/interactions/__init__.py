"""An interaction of a person with the bot: the tools for its act, and the ways to answer."""
