"""A request and an answer in print: as they would be sent, as a curl command, as JSON, or as a table."""

from __future__ import annotations

import io
import json
import re
import shlex
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from pandapon.models import Page
from pandapon.operations.answers import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

COLUMNS, CELL, WIDTH = 8, 40, 160  # of a table
_SECRET_HEADERS = frozenset({"access-key", "signature", "user-id", "nonce-str"})
_SECRET_QUERY = re.compile(r"(?<=[?&]sign=)[^&]+")
_SECRET_FIELDS = frozenset({"password"})
MASK = "…"


def dry_run(request: httpx.Request) -> str:
    """Return the signed request as text, with key, signature, account and passwords masked."""
    headers = [f"{name}: {_header(name, value)}" for name, value in _own_headers(request)]
    return "\n".join([f"{request.method} {_url(request)}", *headers, "", _body(request)]).rstrip()


def as_curl(request: httpx.Request) -> str:
    """Return the signed request as a curl command, with the same secrets masked."""
    words = ["curl", "-X", request.method, _url(request)]
    for name, value in _own_headers(request):
        words += ["-H", f"{name}: {_header(name, value)}"]
    if body := _body(request):
        words += ["--data-raw", body]
    return " ".join(shlex.quote(word) for word in words)


def as_json(answer: Any) -> str:
    """Return an answer as indented JSON. Amounts and ids are texts, so that no reader of JSON cuts a digit."""
    return json.dumps(_plain(answer), ensure_ascii=False, indent=2, default=str)


def as_table(answer: Any) -> str:
    """Return the rows of an answer as a table of at most eight filled fields; a single object as names and values."""
    rows = [row.model_dump(mode="python", exclude_defaults=True) for row in rows_of(answer)]
    if not rows:
        return as_json(answer)
    if isinstance(answer, BaseModel) and not isinstance(answer, Page):
        return _drawn(("field", "value"), [(name, value) for name, value in rows[0].items()])
    columns = list(dict.fromkeys(name for row in rows for name, value in row.items() if _is_scalar(value)))[:COLUMNS]
    return _drawn(columns, [[row.get(name) for name in columns] for row in rows])


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, markup=False, emoji=False, highlight=False)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _is_scalar(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list | tuple)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, Decimal):
        return str(value)
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _own_headers(request: httpx.Request) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.headers.items() if name not in {"host", "content-length"}]


def _header(name: str, value: str) -> str:
    return MASK if name.lower() in _SECRET_HEADERS else value


def _url(request: httpx.Request) -> str:
    return _SECRET_QUERY.sub(MASK, str(request.url))


def _body(request: httpx.Request) -> str:
    if not request.content:
        return ""
    body = json.loads(request.content)
    if isinstance(body, dict):
        body = {name: MASK if name in _SECRET_FIELDS else value for name, value in body.items()}
    return json.dumps(body, ensure_ascii=False)
