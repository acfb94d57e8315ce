"""The sentences for failures of PandaPon, and for channels in which Slack does not let the bot post."""

from __future__ import annotations

from datetime import timedelta

from handlers.blocks.i18n import _
from handlers.blocks.text import escape, sanitize_id, span
from pandapon import errors
from pandapon.envelope import REFUSED
from pandapon.errors import UnknownPathError

# Slack's errors, grouped by the sentence that explains them.
CLOSED = (
    "channel_is_limited_access",
    "no_permission",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
)
BARRED = ("access_denied", "accesslimited", "ekm_access_denied", "team_access_not_granted")
BETWEEN_PEOPLE = "between people"  # the bot's own code for a direct message to which it does not belong
LOCKED = ("restricted_action_thread_locked", "thread_locked")


def platform_error(error: errors.PandaPonError) -> str:
    """The sentence for a failure of PandaPon and what to do, as Slack text. An unknown refusal is quoted."""
    match error:
        case errors.TimeoutError():
            return _("PandaPon didn't respond in time. Try again in a minute.")
        case errors.TransportError():
            return _("PandaPon can't be reached right now. Try again in a minute.")
        case errors.RateLimitError():
            return _rate_limited(error)
        case errors.ApiError() | UnknownPathError():
            return _refused(error)
        case errors.DecodeError():
            return _("PandaPon sent a response I couldn't read. Try again in a few minutes.")
        case _:
            return _("PandaPon is having problems. Try again in a few minutes.")


def is_transient(error: errors.PandaPonError) -> bool:
    """Whether the same request may succeed a little later. Refusals and unknown paths are permanent."""
    return not isinstance(error, errors.ApiError | UnknownPathError)


def _rate_limited(error: errors.RateLimitError) -> str:
    if error.retry_after is None:
        return _("Too many requests to PandaPon. Try again in a minute.")
    wait = timedelta(seconds=max(1, round(error.retry_after)))
    return _("Too many requests to PandaPon. Try again in {span}.").format(span=span(wait))


def _refused(error: errors.ApiError | UnknownPathError) -> str:
    match error:
        case UnknownPathError():
            return _("PandaPon's address for this is not published. Your pandabot admin can set it: {setting}.").format(
                setting="`PANDAPON_PATHS`"
            )
        case errors.TimestampError():
            return _(
                "PandaPon refused the time stamp of the request: a clock is off, or the unit of time is the other one. "
                "Ask your pandabot admin to run `pandabot check`."
            )
        case errors.AuthError():
            return _("PandaPon refused the bot's access key. Ask your pandabot admin to run `pandabot check`.")
        case errors.NotFoundError():
            return _not_found(error)
        case errors.NotShippedError():
            return _("The order has not been shipped yet, so there is nothing to track.")
        case _:
            words = str(error).removeprefix(REFUSED)
            return _("PandaPon refused the request: {words}").format(words=escape(words)[:300])


def _not_found(error: errors.NotFoundError) -> str:
    if not isinstance(error, errors.UnknownProductError):
        return _("PandaPon has nothing with this number in your account.")
    return _(
        "PandaPon does not find this product. It may be off sale, or the number is wrong. "
        "Search for it by its name: {command}"
    ).format(command="`/panda search 连衣裙`")


def channel_error(code: str, channel: str) -> str:
    """Why Slack does not let the bot post in a channel, and what to do about it, as Slack text.

    ``code``: Slack's error, or ``BETWEEN_PEOPLE``. ``channel``: its id.
    """
    where = f"<#{sanitize_id(channel)}>" if channel[:1] in {"C", "G"} else _("this conversation")
    invite = "`/invite @pandabot`"
    sentences = {
        "not_in_channel": _("I am not in {where} yet. Type {invite} there and try again."),
        "channel_not_found": _("I can't see {where}. If it is private, type {invite} there and try again."),
        BETWEEN_PEOPLE: _(
            "I can't post in a direct message between people, and can't be invited there. "
            "Name a channel for the updates, such as `in #orders`."
        ),
        "is_archived": _("{where} is archived. Bring it back, or choose another channel."),
        "account_inactive": _("The app was removed from the workspace. It has to be installed again."),
        "token_revoked": _("The app was removed from the workspace. It has to be installed again."),
        "invalid_auth": _("Slack refused the bot's token. Ask your pandabot admin to run `pandabot check`."),
    }
    closed = _(
        "Only some people may post in {where}. Ask whoever manages it to let pandabot in, or choose another channel."
    )
    barred = _("The workspace lets no app like me post in {where} at present ({code}). Please ask its administrators.")
    locked = _(
        "The thread of the order's card in {where} takes no replies any more. Unlock it, or watch the order anew."
    )
    sentences |= dict.fromkeys(CLOSED, closed) | dict.fromkeys(BARRED, barred) | dict.fromkeys(LOCKED, locked)
    unknown = _("Slack does not let me post in {where}: {code}.")
    return sentences.get(code, unknown).format(where=where, invite=invite, code=escape(code) or _("no reason given"))
