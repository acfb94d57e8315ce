"""The form of the global shortcut, as blocks."""

from __future__ import annotations

from typing import Any

from handlers.blocks import elements as el
from handlers.blocks.forms import field, option
from handlers.blocks.i18n import _
from handlers.blocks.pages import orders_page

View = dict[str, Any]


def form() -> View:
    """Make the empty form. Its blocks' ids are ``orders``, ``what`` and ``channel``."""
    return orders_page(
        [
            field(
                _("Orders or tracking numbers: IDs, links, or a whole message"),
                "orders",
                {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "multiline": True,
                    "max_length": 3000,
                },
            ),
            field(
                _("Action"),
                "what",
                {
                    "type": "radio_buttons",
                    "action_id": "value",
                    "options": [option("track", _("Track now")), option("watch", _("Watch in a channel"))],
                    "initial_option": option("track", _("Track now")),
                },
            ),
            field(
                _("Post updates in"),
                "channel",
                {
                    "type": "conversations_select",
                    "action_id": "value",
                    "default_to_current_conversation": True,
                    "filter": {"include": ["public", "private"], "exclude_bot_users": True},
                },
                optional=True,
            ),
        ],
        submit=_("Continue"),
    )


def working() -> View:
    """Make the page that is shown while PandaPon is asked."""
    return orders_page([el.section(_("⏳ Checking with PandaPon…"))])
