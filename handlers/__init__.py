"""The Slack side of the bot: ``features`` declare commands, buttons and forms; ``listeners`` attaches them."""
