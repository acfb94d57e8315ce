"""The HTTP side: Slack's requests, PandaPon's push messages, health and metrics."""
