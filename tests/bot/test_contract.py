"""`pandabot check --contract`: each reading operation tried once, and a report without a value of the account."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from support.fake_pandapon import FakePandaPon, fake_pandapon
from support.pandapon_api import Api, api_server, config, ok, refused, utc_now

from bot.commands.contract.guesses import GUESSES
from bot.commands.contract.report import report
from bot.commands.contract.requests import REQUESTS, readers
from bot.commands.contract.trial import Outcome, Trial
from pandapon.client import Config
from pandapon.operations import goods
from pandapon.operations.catalogue import OPERATIONS, Catalogue
from pandapon.operations.differences import Difference, differences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WRITES = {operation.name for operation in OPERATIONS if operation.writes}


@pytest.fixture
async def pandapon() -> AsyncIterator[FakePandaPon]:
    """The stand-in with the demo's account."""
    async with fake_pandapon() as pandapon:
        yield pandapon


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


async def tried(trial: Trial) -> dict[str, Outcome]:
    return {outcome.operation.name: outcome async for outcome in trial.run()}


def trial_of(pandapon: FakePandaPon, **changes: Any) -> Trial:
    made = Config(
        pandapon.server.base_url,
        "stage-access-key",
        "stage-access-secret",
        "2100007341207",
        rate_per_second=0,
        **changes,
    )
    return Trial(made, pandapon.clock, pause=0)


async def test_each_reading_operation_has_an_outcome(pandapon: FakePandaPon) -> None:
    """What answers is told from what is refused, unknown, or needs an id that nobody has; nothing is written."""
    outcomes = await tried(trial_of(pandapon))
    assert outcomes.keys() == {operation.name for operation in OPERATIONS} - WRITES
    assert outcomes["1688.order.list"].verdict == "answers"
    assert outcomes["taobao.order.logistics"].verdict == "answers"
    assert outcomes["1688.goods.image_search"].verdict == "not tried"
    assert outcomes["1688.cart.list"].verdict in {"refused", "matches", "differs"}
    assert {outcome.verdict for outcome in outcomes.values()} <= {
        "answers", "matches", "differs", "refused", "not tried", "no path"
    }  # fmt: skip
    paths = {operation.path for operation in OPERATIONS if operation.writes}
    assert not [seen for seen in pandapon.server.requests if seen.path in paths]


async def test_the_report_holds_no_value_of_the_account(pandapon: FakePandaPon) -> None:
    """It can be attached to a bug: no order id, title, seller or key stands in it."""
    trial = trial_of(pandapon)
    outcomes = list((await tried(trial)).values())
    text = report(outcomes, trial.unit, utc_now(), "1.2.3")
    assert "| `1688.order.list` | `/v2/alibaba/order/page` | S | answers |" in text
    assert not re.search(r"[0-9]{8,}", re.sub(r"request [0-9a-f]{32}", "", text))
    assert not re.search(r"[\u4e00-\u9fff]", text)
    assert "stage-access" not in text


async def test_the_other_unit_of_the_timestamp_is_found(pandapon: FakePandaPon) -> None:
    """The contract leaves it open, so the run says which one was accepted."""
    pandapon.server.timestamp_unit = "ms"
    trial = trial_of(pandapon)
    assert (await tried(trial))["1688.order.list"].verdict == "answers"
    assert trial.unit == "ms"


async def test_a_refused_key_ends_the_run(api: Api) -> None:
    """Nothing else would be learned from it."""
    api.queue(refused(401, "签名错误"))
    trial = Trial(config(api.url), utc_now, pause=0)
    assert await tried(trial) == {}
    assert len(api.seen) == 2
    assert "refused" in report([], trial.unit, utc_now(), "1.2.3")


async def test_a_guessed_path_that_answers_becomes_a_setting(api: Api) -> None:
    """What was unknown is one line to paste."""
    guess = GUESSES["1688.refund.carriers"][1]

    async def only_there(request: Any) -> Any:
        if request.path == guess:
            return ok([{"companyNo": "ZTO", "companyName": "中通快递", "new": 1}])
        return ok([]) if request.path == "/v2/alibaba/order/page" else refused(404, "no such address")

    api.queue(only_there)
    trial = Trial(config(api.url), utc_now, pause=0)
    outcomes = await tried(trial)
    carriers = outcomes["1688.refund.carriers"]
    assert (carriers.path, carriers.fits, carriers.verdict) == (guess, True, "differs")
    text = report(list(outcomes.values()), trial.unit, utc_now(), "1.2.3")
    (line,) = re.findall(r"PANDAPON_PATHS=(.*)", text)
    paths = json.loads(line)
    assert paths == {"1688.refund.carriers": guess}
    assert Catalogue(paths).path("1688.refund.carriers") == guess
    assert "- extra: `new` (number)" in text
    assert "- missing: `companyPhone`" in text


def test_no_guess_writes() -> None:
    """A wrong guess must not change an account."""
    assert WRITES.isdisjoint(GUESSES)
    assert WRITES.isdisjoint(REQUESTS)
    assert {operation.name for operation in readers()}.isdisjoint(WRITES)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"price": {"a": 1}}, Difference("price", "other type", "object")),
        ({"skuList": [{"price": True}]}, Difference("skuList[].price", "other type", "boolean")),
        ({"brandNew": None}, Difference("brandNew", "extra", "null")),
        ({}, Difference("itemId", "missing")),
    ],
)
def test_differences(raw: dict[str, Any], expected: Difference) -> None:
    """Each kind of difference is found, in parts and rows as well, and named without its value."""
    product = goods.TaobaoProduct.model_validate(raw)
    assert expected in list(differences(product, raw))


def test_a_right_answer_has_no_difference() -> None:
    """Nulls are normal and are no difference."""
    raw = {field.alias or name: None for name, field in goods.TaobaoSku.model_fields.items()}
    assert list(differences(goods.TaobaoSku.model_validate(raw), raw)) == []
