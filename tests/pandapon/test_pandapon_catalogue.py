"""The catalogue of endpoints: complete, graded, and each path replaceable."""

from __future__ import annotations

import pytest

from pandapon.catalogue import ENDPOINTS, Catalogue, UnknownPathError
from pandapon.shipment import Platform

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}


def test_every_entry_of_the_navigation_is_there() -> None:
    """28 of Taobao, 33 of 1688 and its order detail, 2 basic ones, 4 of the warehouse, each name once."""
    counted = [sum(one.platform is platform for one in ENDPOINTS) for platform in (*Platform, None)]
    assert counted == [34, 28, 6]
    assert len(BY_NAME) == len(ENDPOINTS)


@pytest.mark.parametrize(
    ("name", "method", "path", "grade"),
    [
        ("1688.order.logistics", "GET", "/v2/alibaba/order/logistics", "S"),
        ("1688.order.list", "POST", "/v2/alibaba/order/page", "S"),
        ("1688.order.detail", "POST", "/v2/alibaba/order/detail", "I"),
        ("1688.goods.search", "POST", "/v2/alibaba/product/keywords/query", "S"),
        ("taobao.goods.search", "POST", "/v2/taobao/product/item/search", "S"),
        ("taobao.order.logistics", "GET", "/v2/taobao/order/logistics/detail/get", "S"),
        ("taobao.refund.cancel", "GET", "/v2/taobao/order/refund/cancel/{refundId}", "S"),
        ("address.save", "POST", "/v2/open/address/addOrUpdate", "S"),
    ],
)
def test_known_paths(name: str, method: str, path: str, grade: str) -> None:
    """The paths that the vendor states are those, and what is inferred says so."""
    endpoint = BY_NAME[name]
    assert (endpoint.method, endpoint.path, endpoint.grade) == (method, path, grade)


def test_grades_and_paths_agree() -> None:
    """A path without a grade, or a grade without a path, would be a claim without evidence."""
    assert all((endpoint.path == "") == (endpoint.grade == "?") for endpoint in ENDPOINTS)


def test_what_changes_the_account_is_marked() -> None:
    """Every call that creates, pays, cancels, adds, edits, deletes or submits says that it writes."""
    verbs = ("create", "cancel", "pay", "delete", "add", "quantity", "submit", "received", "save", "book", "warehouse")
    unmarked = [one.name for one in ENDPOINTS if one.name.split(".")[-1].startswith(verbs) and not one.writes]
    assert unmarked == []
    assert not BY_NAME["1688.order.logistics"].writes


def test_a_setting_replaces_a_path() -> None:
    """An inferred path can be put right without a release; the others stay."""
    catalogue = Catalogue({"taobao.order.list": "/v2/taobao/order/pageQuery"})
    assert catalogue.path("taobao.order.list") == "/v2/taobao/order/pageQuery"
    assert catalogue.path("1688.order.list") == "/v2/alibaba/order/page"


def test_an_unknown_name_is_a_clear_error() -> None:
    """A typing error in the setting is found at start."""
    with pytest.raises(ValueError, match=r"no endpoint is called '1688\.order\.lists'"):
        Catalogue({"1688.order.lists": "/v2/x"})


@pytest.mark.parametrize("path", ["v2/x", "", "https://elsewhere.example/x", "/v2/x?y=1", "/v2/ x", "/v2/x\n"])
def test_a_malformed_path_is_a_clear_error(path: str) -> None:
    """A path is a path: no host, no query, no spaces."""
    with pytest.raises(ValueError, match=r"the path of '1688\.order\.list' must look like"):
        Catalogue({"1688.order.list": path})


def test_an_unknown_path_names_the_setting() -> None:
    """The error says which setting would give it."""
    with pytest.raises(UnknownPathError, match=r'PANDAPON_PATHS=\{"taobao\.order\.pay"'):
        Catalogue().path("taobao.order.pay")
