"""The catalogue: all operations by name, with the paths of the settings in place of the declared ones.

Grades: S stated on a vendor page, C read in a public client, I inferred from the rule between v1 and v2 paths or from a
similar operation, ? unknown. Every path can be replaced by a setting, because many are inferred.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pandapon.errors import UnknownPathError
from pandapon.operations import addresses, cart, freight, goods, orders, refunds
from pandapon.operations.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

AnyOperation = Operation[Any, Any]

OPERATIONS: tuple[AnyOperation, ...] = tuple(
    operation for family in (goods, cart, orders, refunds, addresses, freight) for operation in family.OPERATIONS
)

_PLACEHOLDER = re.compile(r"\{(\w+)\}")  # in a path, such as {refundId}
_PATH = re.compile(r"/[A-Za-z0-9_./{}-]+")


class Catalogue:
    """The operations by name, with the paths of the settings in place of the declared ones."""

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        """``overrides``: operation name to path. Raises ValueError for an unknown name or an unusable path."""
        self._operations = {operation.name: operation for operation in OPERATIONS}
        self._paths = {name: operation.path for name, operation in self._operations.items()}
        for name, path in (overrides or {}).items():
            if name not in self._operations:
                raise ValueError(f"no endpoint is called {name!r}; `pandabot api list` shows the names")
            if not _PATH.fullmatch(path):
                raise ValueError(f"the path of {name!r} must look like /v2/…, not {path!r}")
            self._paths[name] = path

    def __getitem__(self, name: str) -> AnyOperation:
        """Return the operation of that name. Raises KeyError."""
        return self._operations[name]

    def path(self, name: str) -> str:
        """Return an operation's path, which may have placeholders.

        Raises KeyError for an unknown name, UnknownPathError if the path is neither published nor set.
        """
        path = self._paths[name]
        if not path:
            raise UnknownPathError(f'the path of {name!r} is not known; set PANDAPON_PATHS={{"{name}": "/v2/…"}}')
        return path


def fill_path(path: str, query: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the path with its placeholders filled from the query, and the remaining query.

    Raises UnknownPathError for a placeholder without a value.
    """
    remaining = dict(query)
    for name in _PLACEHOLDER.findall(path):
        if not (value := remaining.pop(name, "")):
            raise UnknownPathError(f"the path {path} needs a value for {name!r}")
        path = path.replace(f"{{{name}}}", quote(value, safe="", errors="replace"))
    return path, remaining
