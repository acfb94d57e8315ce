"""Sentences of the page itself, and the presets for a scan that a person adds by hand."""

from __future__ import annotations

NOT_A_COMMAND = (
    "{command} is not a valid command. Slack takes every message that begins with a slash for a command; "
    "begin with a space to say it."
)
NOT_IN_THREADS = "{command} does not work in threads. Type it in the channel."
NO_ANSWER = "{what} failed because the app did not respond"
WAITING = "Waiting for the app to acknowledge. Slack gives it 3 seconds."
TROUBLE = "We had some trouble connecting. Try again?"

# name -> (status, action): the codes of PandaPon's traces [inferred]
SCAN_PRESETS = {
    "accept": ("ACCEPT", "TMS_ACCEPT"),
    "transport": ("TRANSPORT", "TMS_STATION_IN"),
    "delivering": ("DELIVERING", "TMS_DELIVERING"),
    "failed": ("TRANSPORT", "TMS_FAILED"),
    "trouble": ("UNSIGN", "TMS_ERROR"),
    "locker": ("AGENT_SIGN", "TMS_DELIVERY"),
    "signed": ("SIGN", "TMS_SIGN"),
}
