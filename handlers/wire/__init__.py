"""Values that travel between Slack and the bot: payloads, texts, the requests made of them, and their errors."""
