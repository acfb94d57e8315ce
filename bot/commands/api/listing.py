"""`pandabot api list`: the operations, each with the path that would be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import BaseSettings

from bot.settings import Settings, SettingsError, read
from pandapon.operations.catalogue import OPERATIONS, Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandapon.operations.catalogue import AnyOperation


class _Paths(BaseSettings):
    """The only setting that the list needs. It is readable before keys and tokens are set."""

    model_config = Settings.model_config

    pandapon_paths: dict[str, str] = Field(default_factory=dict)


def listing() -> Iterator[str]:
    """Return a line for each operation. Raises SettingsError when PANDAPON_PATHS is malformed."""
    paths = read(_Paths).pandapon_paths
    try:
        Catalogue(paths)
    except ValueError as error:
        raise SettingsError(f"PANDAPON_PATHS: {error}") from None
    return (_line(operation, paths.get(operation.name, "")) for operation in OPERATIONS)


def _line(operation: AnyOperation, override: str) -> str:
    path, grade = operation.path or "?", f"[{operation.grade}]"
    if override:
        path, grade = override, f"[set by PANDAPON_PATHS instead of {path} {grade}]"
    words = "; ".join(
        part for part in ("writes" if operation.writes else "", "" if override else operation.note) if part
    )
    return f"{operation.name:38} {operation.method:5} {path:48} {grade} {words}".rstrip()
