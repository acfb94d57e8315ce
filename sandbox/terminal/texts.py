"""The texts of the demo's terminal: the welcome, the help, and durations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

FIRST_ORDER = "2542285634920880794"

WELCOME = (
    "pandabot in a sandbox: a Slack and a PandaPon on this machine; nothing you type leaves it.",
    f"Copy this first:  /panda watch {FIRST_ORDER}   then let time pass:  ff 30m",
    "`orders` lists order ids to try, `help` says what else you can type, `quit` leaves.",
)

HELP = """\
/panda help                 what the bot can do; every /panda command works here
any other words             a message to the channel
1   press 2   press 2 of 7  press a button: of the last message that has any, or of message m7
thread   thread 7           show a whole thread
shortcut track|watch [7]    run a message shortcut on the last message, or on m7
#urgent   as tom            look at another channel; be another person
ff 2h   speed 60            let time pass at once; let it pass faster
orders                      order ids to try
faults slow|down|5xx|malformed|ratelimit|off   break PandaPon, or mend it
wait news|message|answer|edit [2]   wait until it has arrived (in scripts)
expect TEXT                 fail unless the channel shows it (in scripts)
quit                        leave"""


def format_duration(length: timedelta) -> str:
    """Format a duration in at most two units: 2 h, 1 d 6 h, 30 min."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if number]
    return " ".join(parts[:2]) or f"{seconds} s"
