"""The clients of PandaPon and Slack, made from the settings."""
