"""Readers of what Slack sends: payloads, answers to calls, and the text that people typed."""
