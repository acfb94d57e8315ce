"""What travels between Slack and the bot: payloads, texts, the requests that are made of them, and their errors."""
