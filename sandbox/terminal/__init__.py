"""A plain terminal chat over the Slack stand-in."""
