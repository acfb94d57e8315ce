"""Makes connections, in UTF-8 on both sides whatever the environment says, and recognises poolers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from storage.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

# With another PGCLIENTENCODING, or a database in SQL_ASCII, psycopg would return bytes instead of text.
ENCODING = "UTF8"
PATIENCE = 10  # seconds to wait for a connection
OPTIONS: dict[str, Any] = {"client_encoding": ENCODING, "connect_timeout": PATIENCE}  # of every connection
# The server tells each client the id of its process, for cancelling. A pooler, whose clients have no process of their
# own, invents that id. So do some proxies that keep a client's session, where the caution only costs speed.
PROCESS = "SELECT pg_backend_pid()"


def connect(url: str) -> psycopg.Connection[Any]:
    """Connect. The connection prepares no statements, so it works through a pooler, too.

    Raises RefusedError for a database with another encoding than UTF-8, and psycopg's errors.
    """
    raw = psycopg.connect(url, prepare_threshold=None, **OPTIONS)
    encoding = raw.info.parameter_status("server_encoding")
    if encoding != ENCODING:
        raw.close()
        raise RefusedError(
            f"The PostgreSQL database is in the encoding {encoding}, which cannot hold every text. Give it one in "
            "UTF8: createdb --encoding=UTF8 --template=template0 NAME."
        )
    return raw


def is_pooled(process: Sequence[Any] | None, info: psycopg.ConnectionInfo) -> bool:
    """Whether the connection leads to a pooler, which may give each transaction another session of the server.

    ``process``: the row that ``PROCESS`` returned on the connection; None: there was no row.
    """
    return process is not None and process[0] != info.backend_pid
