"""How every connection is made: in UTF-8 on both sides, whatever the environment or the server's default says."""

from __future__ import annotations

from typing import Any

import psycopg

from storage.errors import RefusedError

# PGCLIENTENCODING, or a database in SQL_ASCII, would have psycopg give bytes where text is meant.
CLIENT_ENCODING = "UTF8"
PATIENCE = 10  # seconds to wait for a connection
# The server tells each client the id of its process, for cancelling. A pooler, whose clients have no process of their
# own, makes one up; some proxies do as well that keep a client's session, where the caution costs only speed.
PROCESS = "SELECT pg_backend_pid()"


def connect(url: str, *, prepare_threshold: int | None = None) -> psycopg.Connection[Any]:
    """Connect. Prepares no statements by default, so it works through a pooler too.

    Raises RefusedError for a database in another encoding than UTF-8, and psycopg's errors.
    """
    raw = psycopg.connect(
        url, prepare_threshold=prepare_threshold, connect_timeout=PATIENCE, client_encoding=CLIENT_ENCODING
    )
    encoding = raw.info.parameter_status("server_encoding")
    if encoding != CLIENT_ENCODING:
        raw.close()
        raise RefusedError(
            f"The PostgreSQL database is in the encoding {encoding}, which cannot hold every text. Give it one in "
            "UTF8: createdb --encoding=UTF8 --template=template0 NAME."
        )
    return raw


def is_pooled(raw: psycopg.Connection[Any]) -> bool:
    """Whether something stands between that may give each transaction another session of the server."""
    row = raw.execute(PROCESS).fetchone()
    return row is not None and row[0] != raw.info.backend_pid
