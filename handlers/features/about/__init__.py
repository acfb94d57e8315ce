"""The bot itself: help, status, the audit trail, and the answer to ``/panda`` alone."""
