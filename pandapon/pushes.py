"""Reads PandaPon's push messages: the kind of a message, and the orders, parcels and refunds that it names.

The vendor's navigation has six kinds: price, status and refund, each for Taobao and for 1688 [stated]. The names and
bodies of the two price messages are published [stated]. The others are expected to be the upstream's, which also has
messages about logistics [inferred]. So every likely form is read: a body that is an object or a JSON text, several
messages in a list, a form with the message in a field. Numbers keep every digit. A message is not trusted as a fact: it
only says what to read again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterator


class Family(StrEnum):
    """The subject of a message."""

    PRICE = "price"
    STATUS = "status"  # of the order: made, paid, shipped, received, closed
    REFUND = "refund"
    LOGISTICS = "logistics"


@dataclass(frozen=True, slots=True)
class Push:
    """A message that was read. ``ids``: the numbers of orders, sub-orders, parcels and refunds in it, each once."""

    kind: str  # messageType without its platform, upper-case; empty: there is none
    ids: tuple[str, ...]

    @property
    def family(self) -> Family | None:
        """The subject of the message; None for an unknown kind."""
        return family_of(self.kind)


class MalformedError(ValueError):
    """The body is no message; the error's text says why."""


# The names of the upstream and of a sibling product by their endings, and the numbers of Taobao's upstream [inferred].
# The first pattern that fits counts.
_FAMILIES: tuple[tuple[Family, re.Pattern[str]], ...] = (
    (Family.PRICE, re.compile(r"PRICE_MODIFY$|^8$")),
    (Family.REFUND, re.compile(r"REFUND(_IN_SALES|_AFTER_SALES)?$")),
    (Family.LOGISTICS, re.compile(r"^LOGISTICS_|BUYER_VIEW_TRACE$|MAIL_NO_CHANGE$")),
    (
        Family.STATUS,
        re.compile(
            r"ORDER_(STATUS(_MODIFY)?|CREATE|CANCEL|SUCCESS|PAY(_SUCCESS)?|STEP_PAY|BATCH_PAY)$"
            r"|BUYER_MAKE$|SENDGOODS$|RECEIVEGOODS$|_CLOSE$|MODIFY_MEMO$|^3$"
        ),
    ),
)
# Every field that may hold the number of an order, sub-order, parcel or refund [partly stated, partly inferred].
_ID_NAMES = frozenset(
    name.casefold().replace("_", "")
    for name in (
        *("orderId", "idOfStr", "salesOrderId", "purchaseId", "purchaseOrderId", "outerPurchaseId", "outOrderId"),
        *("purchaseOrderOuterId", "purchaseOrderLineId", "purchaseOrderLineOuterId"),
        *("subPurchaseOrderId", "subOrderId", "orderLineNo"),
        *("mailNo", "logisticNumber", "logisticsBillNo", "refundId"),
    )
)
_TYPE_NAMES, _BODY_NAMES = ("messageType", "message_type", "type"), ("messageBody", "message_body", "message", "data")
_NUMBER = re.compile(r"[A-Za-z0-9-]{5,40}")
MOST_IDS, _DEEPEST = 50, 8


def family_of(kind: str) -> Family | None:
    """Return what a kind of message (:attr:`Push.kind`) is about; None for an unknown kind."""
    return next((family for family, pattern in _FAMILIES if pattern.search(kind)), None)


def read_push(body: bytes) -> Push:
    """Read the body of a request. Raises MalformedError for a body without any JSON object."""
    outer = _outer(body)
    messages = [message for message in (outer if isinstance(outer, list) else [outer]) if isinstance(message, dict)]
    if not messages:
        raise MalformedError("a message is a JSON object")
    kinds = (_kind(message) for message in messages[:MOST_IDS])
    ids = (id_ for message in messages[:MOST_IDS] for id_ in _ids(_whole(message)))
    return Push(next((kind for kind in kinds if kind), ""), tuple(dict.fromkeys(ids))[:MOST_IDS])


def _outer(body: bytes) -> Any:
    try:
        outer = _json(body)
    except MalformedError:
        return _json(_in_form(body))
    return _json(outer) if isinstance(outer, str) else outer


def _in_form(body: bytes) -> str:
    """The message in a field of a form, as 1688's own pushes have it [upstream]. Raises MalformedError."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MOST_IDS)
    except ValueError:
        raise MalformedError("the body is not JSON") from None
    named = [fields[name][0] for name in _BODY_NAMES if fields.get(name)]
    if not named:
        raise MalformedError("the body is not JSON")
    return named[0]


def _whole(message: dict[str, Any]) -> dict[str, Any]:
    """The message with its body decoded if the body is a text. A text that is no JSON names no ids and is dropped."""
    return {name: _opened(part) if name in _BODY_NAMES else part for name, part in message.items()}


def _opened(part: Any) -> Any:
    try:
        return _json(part) if isinstance(part, str) else part
    except MalformedError:
        return None


def _kind(message: dict[str, Any]) -> str:
    """The type without its platform: ``1688_ORDER_…`` and ``TAOBAO_ORDER_…`` become the same kind."""
    for holder in (message, *(part for name in _BODY_NAMES if isinstance(part := _opened(message.get(name)), dict))):
        for name in _TYPE_NAMES:
            if isinstance(kind := holder.get(name), str | int) and str(kind).strip():
                storable = str(kind).encode("utf-8", "replace").decode()  # JSON may carry half of a surrogate pair
                return re.sub(r"^(?:TAOBAO|1688)_", "", storable.strip().upper())[:80]
    return ""


def _json(body: bytes | str) -> Any:
    """Parse JSON with numbers as text: 19 digits do not survive a float."""
    try:
        return json.loads(body, parse_int=str, parse_float=_exact, parse_constant=str)
    except (ValueError, RecursionError):
        raise MalformedError("the body is not JSON") from None


def _exact(number: str) -> str:
    return re.sub(r"(?<=\d)\.0+$", "", number)


def _ids(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the numbers in the fields :data:`_ID_NAMES`, and in ``id`` below the top, anywhere in a message."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:MOST_IDS]:
            yield from _ids(item, depth + 1)
    elif isinstance(value, dict):
        for name, part in value.items():
            named = str(name).casefold().replace("_", "") in _ID_NAMES or (depth > 0 and name == "id")
            if named and isinstance(part, str) and _NUMBER.fullmatch(part):
                yield part
            else:
                yield from _ids(part, depth + 1)
