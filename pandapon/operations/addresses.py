"""The account's addresses, and receivers in the three spellings that the families of operations have."""

from __future__ import annotations

from pydantic import Field

from pandapon.operations.answers import Answer, Flag, Many, Plain, Text, raw
from pandapon.operations.operation import Operation
from pandapon.operations.requests import Id, Nothing, Request, Words


class TaobaoReceiver(Request):
    """A receiver as Taobao's order creation takes it [stated for v1]."""

    name: Words
    mobile_phone: Words = Field(alias="mobile_phone")
    phone: Words | None = None
    country: Words = "CN"
    state: Words
    city: Words
    district: Words | None = None
    address: Words
    zip: Words | None = None


class AlibabaReceiver(Request):
    """A receiver as 1688's previews and creations take it [stated for v1]."""

    full_name: Words
    mobile: Words
    phone: Words | None = None
    post_code: Words | None = None
    province_text: Words
    city_text: Words
    area_text: Words | None = None
    town_text: Words | None = None
    address: Words
    district_code: Id | None = None


class AbroadReceiver(Request):
    """A receiver as the warehouse's operations take it [stated]."""

    name: Words
    email: Words | None = None
    phone: Words | None = None
    mobile_phone: Words
    address: Words
    tax_id: Words | None = None
    country: Words
    city: Words
    zip: Words
    state: Words | None = None


class SaveAddress(Request):
    """An address to add or, with ``id``, to change [stated]."""

    id: int | None = None
    name: Words
    province: Words
    city: Words
    district: Words | None = None
    address: Words
    phone: Words


class Address(Answer):
    """An address of the account. This answer is not published: the names are those of ``SaveAddress`` [inferred]."""

    id: Text = ""
    name: Plain = ""
    province: Plain = ""
    city: Plain = ""
    district: Plain = ""
    address: Plain = ""
    phone: Text = ""
    is_default: Flag = None


LIST = Operation("address.get", "The account's address", "POST", "", "?", None, Nothing, Many(Address))
SAVE = Operation(
    "address.save",
    "Add or change an address",
    "POST",
    "/v2/open/address/addOrUpdate",
    "S",
    None,
    SaveAddress,
    raw,
    writes=True,
)

OPERATIONS = (LIST, SAVE)
