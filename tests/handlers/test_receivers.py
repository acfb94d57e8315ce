"""Saved addresses: masked in menus, whole in the person's own view alone, and as each platform takes them."""

from __future__ import annotations

import pytest

from handlers.wire.errors import RequestError
from handlers.writing.receivers import SavedAddress, address_choices, no_address_blocks
from pandapon.operations.addresses import Address

WHOLE = Address(
    id="7",
    name="王小明",
    province="浙江省",
    city="杭州市",
    district="西湖区",
    address="文三路 1 号",
    phone="13812345678",
)


def test_a_menu_tells_addresses_apart_without_telling_them() -> None:
    """One sign of the name, the city, two digits."""
    [entry] = address_choices([SavedAddress.of(WHOLE)])
    assert (entry.value, entry.words) == ("7", "王** · 杭州市 · **78")


@pytest.mark.parametrize("part", ["小明", "西湖", "文三路", "138123456"])
def test_neither_the_masked_line_nor_the_repr_has_more(part: str) -> None:
    """The repr may stand in a log."""
    address = SavedAddress.of(WHOLE)
    assert part not in address.masked
    assert part not in repr(address)
    assert part in address.full


def test_each_platform_gets_its_own_spelling() -> None:
    """Province and city have two names each."""
    address = SavedAddress.of(WHOLE)
    assert address.alibaba().wire()["provinceText"] == address.taobao().wire()["state"] == "浙江省"
    assert address.taobao().wire()["mobile_phone"] == address.alibaba().wire()["mobile"] == "13812345678"


@pytest.mark.parametrize("missing", ["name", "province", "city", "address", "phone"])
def test_an_address_without_a_part_is_refused_without_quoting_it(missing: str) -> None:
    """The error names the kinds of parts, and nothing of the address."""
    address = SavedAddress.of(WHOLE.model_copy(update={missing: ""}))
    for convert in (address.alibaba, address.taobao):
        with pytest.raises(RequestError) as refused:
            convert()
        assert "13812345678" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_hostile_words_stay_words() -> None:
    """In the person's own view they are escaped, and in a menu they are plain text."""
    address = SavedAddress("1", name="<!channel>", city="*杭*", address="<https://x.example|a>", phone="`1`2")
    assert "<!" not in address.full
    assert "<https" not in address.full


def test_without_an_address_the_form_leads_to_the_one_that_adds_it() -> None:
    """The button's listener belongs to the addresses' feature."""
    assert "add_address:1" in str(no_address_blocks())
