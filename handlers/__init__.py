"""The Slack side of the bot: feature folders declare commands, buttons and forms; ``listeners`` attaches them."""
