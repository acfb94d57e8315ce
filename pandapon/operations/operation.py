"""The declaration of an operation of the API: its address with the grade of the source, its request and its answer."""

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
    path: str  # empty: it is not published, and PANDAPON_PATHS has to give it
    grade: Grade  # of the path
    platform: Platform | None  # None: both
    request: type[Asked]
    read: Callable[[Any, Asked, Amounts], Answered]  # raises DecodeError
    writes: bool = False  # changes the account: sent only at a person's request, and never repeated
    note: str = ""
    signature: Signature = "headers"

    def encode(self, request: Asked, amounts: Amounts) -> tuple[dict[str, str] | None, Any]:
        """Return the query and the body of a request, one of which is None.

        Placeholders in a path are filled from the query later (:func:`pandapon.operations.catalogue.fill_path`).
        ``amounts``: the unit of Taobao's amounts.
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
        """The type of the answer, or of its rows; None: the answer is unknown, or the reader makes a value of ours."""
        return getattr(self.read, "model", None)
