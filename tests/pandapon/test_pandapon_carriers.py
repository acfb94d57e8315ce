"""The carrier of a parcel, its tracking page and its service number."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.carriers import CARRIERS, Carrier, carrier_of
from pandapon.tracking_numbers import normal

ZTO = "78012345678901"


@pytest.mark.parametrize(
    ("name", "carrier"),
    [
        ("中通快递", "ZTO"),
        ("中通速递", "ZTO"),
        ("中通", "ZTO"),
        ("ZTO", "ZTO"),
        ("zto express", "ZTO"),
        ("ｚｔｏ", "ZTO"),
        ("中通快递(常用)", "ZTO"),
        ("中通快递股份有限公司", "ZTO"),
        ("中通快运", "ZTO Freight"),
        ("圆通速递", "YTO"),
        ("韵达快递", "Yunda"),
        ("申通快递", "STO"),
        ("顺丰速运", "SF"),
        ("顺丰标快", "SF"),
        ("shunfeng", "SF"),
        ("极兔速递", "J&T"),
        ("J&T Express", "J&T"),
        ("J & T Express Thailand", "J&T TH"),
        ("京东快递", "JD"),
        ("德邦快递", "Deppon"),
        ("邮政快递包裹", "China Post"),
        ("EMS", "EMS"),
        ("百世快运", "BEST"),
        ("跨越速运", "Kuayue"),
        ("天天快递", "TTK"),
        ("宅急送", "ZJS"),
        ("优速快递", "UC"),
        ("安能物流", "ANE"),
        ("安得智联", "Annto"),
        ("菜鸟速递", "Cainiao"),
        ("燕文物流", "Yanwen"),
        ("云途物流", "YunExpress"),
        ("ไปรษณีย์ไทย", "Thailand Post"),
        ("Kerry Express", "KEX"),
        ("Flash Express", "Flash"),
        ("DHL Express", "DHL"),
    ],
)
def test_a_name_or_code_tells_the_carrier(name: str, carrier: str) -> None:
    match = carrier_of(name, "SF1234567890123")
    assert match is not None
    assert (match.name, match.is_guess) == (carrier, False)


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("SF1234567890123", "SF?"),
        ("sf 1234 5678 90123", "SF?"),
        ("YT8812345678901", "YTO?"),
        ("YT2612345678901234", "YunExpress?"),
        ("JT5261234567890", "J&T?"),
        ("JDX012345678901-1-2-", "JD?"),
        ("DPK202212345678", "Deppon?"),
        (ZTO, "ZTO?"),
        ("773271234567890", "STO?"),
        ("463431234567890", "Yunda?"),
        ("9812345678901", "China Post?"),
        ("EA123456789CN", "EMS?"),
        ("RR123456789CN", "China Post?"),
        ("EB123456789TH", "Thailand Post?"),
        ("1Z999AA10123456784", "UPS?"),
        ("UD123456789YP", "Yanwen?"),
    ],
)
def test_without_a_name_the_number_lets_the_carrier_be_guessed_and_the_guess_is_marked(
    number: str, carrier: str
) -> None:
    for name in ("", "其他", "Other"):
        match = carrier_of(name, number)
        assert match is not None
        assert (match.name, match.is_guess) == (carrier, True)
        assert match.chinese.endswith("?")


@pytest.mark.parametrize(
    "name", ["壹米滴答", "申通快运", "自己开车送", "SFC Service", "三态", "<!channel>", "不要中通"]
)
def test_another_carriers_name_is_no_reason_to_guess_from_the_number(name: str) -> None:
    assert carrier_of(name, ZTO) is None


@pytest.mark.parametrize("number", ["", "0", "自提", "parcel-1", "12345678", "2542285634920880794", "5685685685685685"])
def test_a_number_of_no_known_shape_tells_nothing(number: str) -> None:
    assert carrier_of("", number) is None


def test_the_page_of_a_number_is_the_carriers_own() -> None:
    match = carrier_of("中通快递")
    assert match is not None
    assert match.carrier.address(ZTO) == f"https://www.zto.com/express/expressCheck.html?txtBill={ZTO}"
    assert match.carrier.address("自提") == "https://www.zto.com/", "no number, so its front page"
    assert match.carrier.phone == "95311"


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_sent_as_a_name_or_number_the_answer_is_a_carrier_or_nothing(name: str, number: str) -> None:
    """Nothing of what was sent reaches an address but letters and digits of the number."""
    match = carrier_of(name, number)
    assert match is None or match.carrier in CARRIERS


@given(st.sampled_from(CARRIERS), st.text(max_size=60))
def test_an_address_is_https_on_the_carriers_own_host_whatever_the_number(carrier: Carrier, number: str) -> None:
    address = carrier.address(number)
    if not carrier.page:
        assert not address
        return
    before, _, after = carrier.page.partition("{number}")
    assert urlsplit(address)[:2] == ("https", urlsplit(carrier.page).netloc)
    assert address.isascii()
    if address.startswith(before) and before != carrier.page and address != f"https://{urlsplit(address).netloc}/":
        assert unquote(address.removeprefix(before).removesuffix(after)) == normal(number)


def test_no_name_means_two_carriers_and_what_is_unknown_is_marked() -> None:
    names = [name for carrier in CARRIERS for name in {carrier.name, carrier.chinese, *carrier.names}]
    folded = [name.casefold() for name in names]
    assert sorted({name for name in folded if folded.count(name) > 1}) == []
    for carrier in CARRIERS:
        assert (carrier.phone == "") == (carrier.phone_grade == "?"), carrier.name
        assert (carrier.page == "") == (carrier.page_grade == "?"), carrier.name
        assert all(part.isdigit() for part in carrier.phone.split("-") if part), carrier.name
