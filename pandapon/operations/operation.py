"""The declaration of one operation of the API: its address, the source of that, its question and its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pandapon.operations.requests import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from pandapon.operations.answers import Amounts
    from pandapon.shipment import Platform

Grade = Literal["S", "C", "I", "?"]  # stated, read in a public client, inferred, unknown
Method = Literal["GET", "POST"]
Signature = Literal["headers", "query"]

Asked = TypeVar("Asked", bound=Request)
Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Operation(Generic[Asked, Answered]):
    """One operation: its address with the grade of its source, the type of its request, and the reader of its answer.

    A GET sends the request's fields in the query, a POST as a JSON body. ``{name}`` in the path is filled from them.
    """

    name: str  # for the settings and the terminal, e.g. "1688.order.cancel"
    title: str
    method: Method
    path: str  # empty: nobody has published it, and PANDAPON_PATHS has to give it
    grade: Grade  # of the path
    platform: Platform | None  # None: it concerns both
    request: type[Asked]
    read: Callable[[Any, Asked, Amounts], Answered]  # raises DecodeError
    writes: bool = False  # it changes the account: it is sent once, and never without a person's request
    note: str = ""
    signature: Signature = "headers"

    def sent(self, request: Asked, amounts: Amounts) -> tuple[dict[str, str] | None, Any]:
        """Return the query and the body of a request; places in a path are filled from the query.

        ``amounts``: the unit of Taobao's.
        """
        fields = request.wire(amounts)
        if self.method == "GET":
            return {
                name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()
            }, None
        return None, fields

    @property
    def family(self) -> str:
        """The family in the vendor's navigation: goods, cart, order, refund, address or freight."""
        return self.name.removeprefix("1688.").removeprefix("taobao.").partition(".")[0]

    @property
    def answer(self) -> type[BaseModel] | None:
        """The type of the answer, or of its rows; None: nothing is known of it, or a reader of our own makes it."""
        return getattr(self.read, "model", None)
