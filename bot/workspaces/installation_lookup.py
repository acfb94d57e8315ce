"""Finds the installation to which a request of Slack belongs, in a payload whose signature was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.wire import payloads

if TYPE_CHECKING:
    from slack_bolt.request.async_request import AsyncBoltRequest


def candidate_ids(asked: AsyncBoltRequest) -> list[str]:
    """Return the ids under which the installation may be known, the likeliest first.

    Bolt reads the ids: in a channel that several companies share, those of the installation that the event was sent for
    (``authorizations``), and the workspace in which a form was opened (``app_installed_team_id``). A button belongs to
    the workspace whose bot posted it, whoever presses it [inferred: Slack's pages do not say whose ``team`` a press in
    a shared channel names]. An organisation's installation answers for its workspaces that have none of their own.
    """
    context = asked.context
    team, enterprise = context.team_id or "", context.enterprise_id or ""
    posted_by = _poster(asked)
    if context.is_enterprise_install and not posted_by:
        return _known(enterprise, team)
    return _known(posted_by or team, enterprise)


def _poster(asked: AsyncBoltRequest) -> str:
    """Return the workspace of the message in which a button was pressed; empty for any other request."""
    if payloads.text(asked.body, "type") != "block_actions":
        return ""
    return payloads.text(asked.body, "message", "team")


def _known(*ids: str) -> list[str]:
    return [id_ for id_ in dict.fromkeys(ids) if id_]
