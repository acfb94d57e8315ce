"""Every operation: what goes over the wire, what its answers may be, and what is refused before anything is sent."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from support.operation_samples import SAMPLES, request_of
from support.pandapon_api import SECRET, Api, api_server, client_of, ok, refused

from pandapon.errors import DecodeError, InvalidRequestError, NotFoundError, PandaPonError, UnknownPathError
from pandapon.models import ProductQuery
from pandapon.operations import cart, freight, goods, orders, refunds
from pandapon.operations.addresses import TaobaoReceiver
from pandapon.operations.answers import Answer, rows_of
from pandapon.operations.catalogue import OPERATIONS, AnyOperation
from pandapon.shipment import OrderRef, Platform
from pandapon.signing import sorted_signature

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic.fields import FieldInfo

    from pandapon.operations.answers import Amounts

ESTIMATE: AnyOperation = freight.ESTIMATE
OPEN = [operation for operation in OPERATIONS if not operation.path]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


def every(operation: AnyOperation) -> str:
    """The name of a case."""
    return operation.name


@pytest.mark.parametrize("operation", OPERATIONS, ids=every)
async def test_each_operation_is_sent_as_declared(operation: AnyOperation, api: Api) -> None:
    """A typed request goes to the declared path by the declared method: in the query, or as a JSON body."""
    request = request_of(operation)
    api.queue(ok([]) if operation.name != "1688.order.detail" else refused("404", "订单不存在"))
    path = operation.path or "/v2/found/by/somebody"
    async with client_of(api, paths={operation.name: path}) as client:
        with contextlib.suppress(NotFoundError, DecodeError):  # an empty list is no order
            await client.run(operation, request)
    (seen,) = api.seen
    wire = request.wire()
    if "{refundId}" in path:
        path, wire = path.replace("{refundId}", wire["refundId"]), {}
    assert (seen.method, seen.path) == (operation.method, path)
    own = {name: value for name, value in seen.query.items() if name not in {"timestamp", "sign"}}
    if operation.method == "GET":
        assert own == wire
        assert not seen.body
    else:
        assert own == {}
        assert seen.body == wire


@pytest.mark.parametrize("operation", OPEN, ids=every)
async def test_an_operation_without_a_path_names_the_setting(operation: AnyOperation, api: Api) -> None:
    """Nobody published its path: nothing is sent, and the error says what supplies it."""
    async with client_of(api) as client:
        with pytest.raises(UnknownPathError, match=rf'PANDAPON_PATHS=\{{"{operation.name}"'):
            await client.run(operation, request_of(operation))
    assert api.seen == []


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation.writes], ids=every)
async def test_a_write_is_sent_once(operation: AnyOperation, api: Api) -> None:
    """Whatever happens to its answer, a call that writes is not repeated by the client."""
    api.queue(*[refused("500", "系统繁忙")] * 3)
    async with client_of(api, paths={operation.name: operation.path or "/v2/x"}) as client:
        with pytest.raises(PandaPonError):
            await client.run(operation, request_of(operation))
    assert len(api.seen) == 1


@settings(max_examples=400, deadline=None)
@given(operation=st.sampled_from(OPERATIONS), data=JSON)
def test_any_json_is_an_answer_or_a_clear_error(operation: AnyOperation, data: Any) -> None:
    """No answer, of whatever shape, raises anything but the client's own errors."""
    try:
        operation.read(data, request_of(operation), "fen")
    except (DecodeError, NotFoundError):
        return


@settings(max_examples=200, deadline=None)
@given(operation=st.sampled_from([operation for operation in OPERATIONS if operation.answer]), data=st.data())
def test_known_fields_of_wrong_types_are_empty(operation: AnyOperation, data: st.DataObject) -> None:
    """Each field that the contract names may be anything; the others of the same object are read all the same."""
    model = operation.answer
    assert model is not None
    names = [field.alias or name for name, field in model.model_fields.items()]
    row = {name: data.draw(JSON) for name in names} | {"unheardOf": 7}
    answers = list(rows_of(operation.read([row], request_of(operation), "yuan")))
    assert [type(answer) for answer in answers] == [model]
    assert (answers[0].model_extra or {})["unheardOf"] == 7


LISTS = [
    (model, name)
    for model in sorted(Answer.__subclasses__(), key=lambda each: each.__name__)
    for name, field in model.model_fields.items()
    if any(isinstance(kind, type) and issubclass(kind, Answer) for kind in get_args(field.annotation))
    and get_origin(field.annotation) is tuple
]


@pytest.mark.parametrize(("model", "name"), LISTS, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_each_list_may_come_in_other_forms(model: type[Answer], name: str) -> None:
    """A list of one as the object, a list wrapped once under its elements' name, a list as a text."""
    alias = model.model_fields[name].alias or name
    row, other = {"id": "7", "unheardOf": 1}, {"id": "8", "unheardOf": 2}

    def read(value: Any) -> Any:
        return getattr(model.model_validate({alias: value}), name)

    assert read(row) == read({"element": row}) == read([row])
    assert read({"element": [row, other]}) == read(json.dumps([row, other])) == read([row, other])
    assert read({"element": None}) == read({}) == read("") == ()


UNITS: list[Amounts] = ["fen", "yuan"]


@pytest.mark.parametrize("amounts", UNITS)
@given(cents=st.integers(min_value=0, max_value=10**11))
def test_money_round_trips(amounts: Amounts, cents: int) -> None:
    """An amount is Decimal yuan here, goes in the unit of the setting, and is the same when it comes back."""
    yuan = Decimal(cents) / 100
    ask = refunds.SubmitRefund(sub_order_id="1", refund_type=1, goods_status=1, reason_id="2", refund_fee=yuan)
    change = refunds.ChangeRefund(refund_id="1", refund_fee=yuan)
    sent = ask.wire(amounts)["refundFee"]
    assert sent == change.wire(amounts)["refundFee"] == (cents if amounts == "fen" else format(yuan, "f"))
    assert refunds.TaobaoRefund.model_validate({"refundFee": sent}, context={"amounts": amounts}).refund_fee == yuan


@pytest.mark.parametrize("amounts", UNITS)
async def test_the_client_sends_taobaos_amounts_in_the_unit_of_the_setting(amounts: Amounts, api: Api) -> None:
    """A refund of 150 yuan is not one of 15,000. What a new order costs goes as fen all the same, as is stated."""
    api.queue(ok({"refundId": "1"}), ok({}))
    refund = refunds.SubmitRefund(
        sub_order_id="1", refund_type=1, goods_status=1, reason_id="2", refund_fee=Decimal(150)
    )
    line = orders.TaobaoLine(item_id="1", sku_id="2", order_line_no="1", quantity=1, price=Decimal(150))
    order = orders.CreateTaobao(
        order_line_list=(line,),
        receiver=TaobaoReceiver(name="王", mobile_phone="1", state="浙江", city="杭州", address="文三路"),
        purchase_amount=Decimal(150),
    )
    paths = {refunds.TAOBAO_SUBMIT.name: "/refund", orders.TAOBAO_CREATE.name: "/order"}
    async with client_of(api, taobao_amounts=amounts, paths=paths) as client:
        await client.write(refunds.TAOBAO_SUBMIT, refund)
        await client.write(orders.TAOBAO_CREATE, order)
    asked, ordered = (seen.body for seen in api.seen)
    assert asked["refundFee"] == (15_000 if amounts == "fen" else "150")
    assert ordered["purchaseAmount"] == 15_000
    assert json.loads(ordered["orderLineList"])[0]["price"] == 15_000


@pytest.mark.parametrize("amount", ["-1", "0.001", "NaN", "Infinity", "1e400", "abc"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    """Nothing is rounded on the way to a payment."""
    with pytest.raises(ValidationError):
        freight.EstimateFreight.model_validate(
            request_of(freight.ESTIMATE).model_dump() | {"price": amount}, by_name=True
        )


def test_ids_keep_every_digit() -> None:
    """A 64-bit id goes out as the number that the API wants, and comes back as text."""
    wire = orders.CancelAlibaba(order_id="2542285634920880794", cancel_reason="other").wire()
    assert json.dumps(wire["orderId"]) == "2542285634920880794"
    entry = cart.CartEntry.model_validate({"id": 9223372036854775807})
    assert entry.id == "9223372036854775807"


def test_texts_that_hold_json() -> None:
    """The lines and the receiver of a Taobao order are texts within the JSON, as the vendor states."""
    request = request_of(orders.TAOBAO_CREATE)
    wire = request.wire()
    (line,) = json.loads(wire["orderLineList"])
    assert (line["itemId"], line["price"]) == ("610947572360", 1990)
    assert json.loads(wire["receiver"])["mobile_phone"] == "13800000000"


def test_an_unknown_field_is_refused() -> None:
    """A typing error in a field's name would otherwise change what is bought."""
    with pytest.raises(ValidationError, match="quantiy"):
        cart.CartQuantity.model_validate({"id": "1", "quantity": 1, "quantiy": 2})


def test_unknown_fields_of_an_answer_are_kept() -> None:
    """What the contract does not know is there to be shown raw."""
    product = goods.TAOBAO_GET.read({"itemId": 7, "newThing": {"a": [1]}}, goods.ProductId(item_id="7"), "yuan")
    assert product.item_id == "7"
    assert product.model_extra == {"newThing": {"a": [1]}}


@pytest.mark.parametrize("covers", ["query", "all"])
async def test_freight_has_a_second_signature(covers: Any, api: Api) -> None:
    """Its query holds the time and a digest of the sorted parameters; which those are can be switched."""
    api.queue(ok([]))
    async with client_of(api, freight_signature=covers) as client:
        await client.run(ESTIMATE, request_of(ESTIMATE))
    (seen,) = api.seen
    signed = {"timestamp": seen.query["timestamp"]} | (seen.body if covers == "all" else {})
    assert seen.query["sign"] == sorted_signature(signed, SECRET)
    assert seen.headers["signature"] != seen.query["sign"]


def test_the_sorted_signature() -> None:
    """Sorted by name, null and ``sign`` left out, the secret last. A value of ours: the vendor publishes none."""
    assert sorted_signature({"b": 2, "a": "x", "sign": "y", "c": None}, "s") == sorted_signature(
        {"a": "x", "b": 2}, "s"
    )
    assert sorted_signature({"timestamp": "1"}, "s") == "E4786D60FDA4741CC3BF2CF4857ABD86"


def test_every_sample_belongs_to_an_operation() -> None:
    """A renamed operation would otherwise be tried without its fields."""
    assert SAMPLES.keys() <= {operation.name for operation in OPERATIONS}
    assert {
        operation.name for operation in OPERATIONS if any(map(_is_required, operation.request.model_fields.values()))
    } <= SAMPLES.keys()


def _is_required(field: FieldInfo) -> bool:
    return field.is_required()


async def test_values_that_no_request_can_hold_are_the_clients_own_error(api: Api) -> None:
    """No error of a library reaches a caller, and nothing is sent."""
    async with client_of(api) as client:
        with pytest.raises(InvalidRequestError, match="keyword"):
            await client.search(Platform.TAOBAO, ProductQuery("裙" * 600))
        with pytest.raises(InvalidRequestError, match="page"):
            await client.orders(Platform.ALIBABA, page=0)
        with pytest.raises(InvalidRequestError, match="order_id"):
            await client.order(OrderRef(Platform.ALIBABA, " "))
    assert api.seen == []
