"""The ids and names of a workspace on the wire, for a stand-in of Slack that has several workspaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Names:
    """Replaces ids and names on the wire: internally all workspaces of the stand-in have the same ones.

    ``own``: the workspace's own texts on the wire, by the internal texts. ``enterprise``: the organisation's id; empty:
    the workspace belongs to none. ``for_enterprise``: the app is installed for the whole organisation.
    """

    own: Mapping[str, str] = field(default_factory=dict)
    enterprise: str = ""
    for_enterprise: bool = False

    def on_the_wire(self, value: Any) -> Any:
        """Return a payload or an answer with the workspace's own names."""
        if not self.own:
            return value
        if isinstance(value, dict):
            named = {name: self._organised(name, self.on_the_wire(part)) for name, part in value.items()}
            is_command = bool(self.enterprise) and "team_domain" in value
            return named | ({"enterprise_id": self.enterprise, "enterprise_name": "Org"} if is_command else {})
        if isinstance(value, list):
            return [self.on_the_wire(part) for part in value]
        return self.own.get(value, value) if isinstance(value, str) else value

    def _organised(self, name: str, value: Any) -> Any:
        if not self.enterprise:
            return value
        if name == "enterprise":
            return {"id": self.enterprise, "name": self.enterprise}
        if name == "is_enterprise_install":
            return str(self.for_enterprise).lower() if isinstance(value, str) else self.for_enterprise
        return self.enterprise if name == "enterprise_id" else value
