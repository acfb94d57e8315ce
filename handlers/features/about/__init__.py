"""The bot itself: help and status."""
