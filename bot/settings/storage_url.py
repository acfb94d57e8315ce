"""The address of the database, STORAGE_URL: a SQLite file or a PostgreSQL server. It may hold a password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bot.settings.paths import path_of

SQLITE, POSTGRES = "sqlite:///", ("postgresql://", "postgres://")
MOST_PORT = 65_535
SECRET_PARAMETERS = ("password", "sslpassword", "passfile", "sslkey")


def storage_url(value: str) -> str:
    """Return the address, with ``~`` replaced as in :func:`bot.settings.paths.path_of`.

    Raises ValueError, which never shows the value.
    """
    if any(sign.isspace() or not sign.isprintable() for sign in value):
        raise ValueError("must be one address without spaces and line breaks; write them as %20 in a password")
    if value.startswith(POSTGRES):
        _check_postgres(value)
    elif not value.startswith(SQLITE) or not _file(value):
        raise ValueError("must be sqlite:///data/pandabot.db or postgresql://user:password@host:5432/database")
    else:
        return SQLITE + quote(str(path_of(_file(value))))
    return value


def file_of(url: str) -> Path | None:
    """Return the SQLite file of an address, relative after three slashes and absolute after four; None: a server."""
    return Path(_file(url)) if url.startswith(SQLITE) else None


def passwords_of(url: str) -> list[str]:
    """Return the passwords in a server's address, each as written and percent-decoded, for the log's redaction."""
    user, _, _ = _netloc(url).rpartition("@")
    written = [user.partition(":")[2]]
    written += [value for name, value in parse_qsl(_query(url)) if name in SECRET_PARAMETERS]
    return [form for password in written if password for form in dict.fromkeys((password, unquote(password)))]


def shown(url: str) -> str:
    """Return a server's address without user, password and parameters, as people are shown it."""
    location = url.partition("://")[2].partition("?")[0]
    hosts, _, database = location.rpartition("@")[2].partition("/")
    return f"postgresql://{hosts or dict(parse_qsl(_query(url))).get('host', '')}/{database}"


def _file(url: str) -> str:
    return unquote(url.removeprefix(SQLITE).partition("?")[0])


def _netloc(url: str) -> str:
    """Return the part with users and hosts. PostgreSQL takes several hosts with ports, and ``urlsplit`` does not."""
    return url.partition("://")[2].partition("?")[0].partition("/")[0]


def _query(url: str) -> str:
    return urlsplit(f"//x?{url.partition('?')[2]}").query


def _check_postgres(url: str) -> None:
    """Let the driver read the address, where it is installed: its own complaint would quote the address."""
    try:
        from psycopg import conninfo  # noqa: PLC0415  an extra, and slow to import
        from psycopg.errors import Error  # noqa: PLC0415  the same
    except ImportError:
        return
    try:
        parameters = conninfo.conninfo_to_dict(url)
    except (Error, ValueError):
        raise ValueError(
            "is no address that PostgreSQL reads: postgresql://user:password@host:5432/database, with signs such as "
            "@ : / ? # % in a password written as %40 %3A %2F %3F %23 %25"
        ) from None
    if not all(map(_is_port, str(parameters.get("port") or "").split(","))):  # conninfo takes any text for a port
        raise ValueError("must have a number from 1 to 65535 as its port, such as 5432")
    if not parameters.get("dbname") and not parameters.get("service"):
        raise ValueError("must end with the name of a database: postgresql://user:password@host:5432/database")


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PORT)
