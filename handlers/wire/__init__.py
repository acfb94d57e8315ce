"""What Slack sends: its payloads, its answers to calls, and the text that people typed."""
