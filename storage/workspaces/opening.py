"""Opens the shared tables and the schemas of workspaces on the connections of one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.postgres import shared
from storage.postgres.database import PostgresEngine, SharedEngine
from storage.store import Store
from storage.workspaces.directory import Directory

if TYPE_CHECKING:
    from storage.postgres.database import PostgresServer


async def open_directory(server: PostgresServer) -> Directory:
    """Open the shared tables, and make missing ones. Raises StorageError."""
    engine = SharedEngine(server)
    await engine.run(shared.prepare)
    return Directory(engine)


async def open_schema(server: PostgresServer, schema: str) -> Store:
    """Open the store of one workspace, whose transactions see only the tables of this schema. Raises StorageError."""
    engine = PostgresEngine(server, schema, owns_server=False)
    await engine.open()
    return Store(engine)


async def drop_schema(server: PostgresServer, schema: str) -> None:
    """Delete all data of one workspace. Raises StorageError."""
    engine = PostgresEngine(server, owns_server=False)
    await engine.run(lambda conn: conn.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE').rowcount)
