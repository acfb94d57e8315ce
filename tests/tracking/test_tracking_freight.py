"""Offers of freight side by side, and what a list of addresses says of a change whose answer was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tracking.addresses import TypedAddress, TypedReceiver
from tracking.changes.address import AddressChange, judge
from tracking.freight import Offer, cheapest_first, common_services
from tracking.writes import ARRIVES_WITHIN, WriteState

S = WriteState
SEA, AIR, FREE = Offer("SEA", fen=300), Offer("AIR", fen=900), Offer("X")
SOON, LATER = timedelta(seconds=1), ARRIVES_WITHIN + timedelta(seconds=1)


def test_the_cheapest_comes_first_and_the_unpriced_last() -> None:
    """So the eye finds it."""
    assert cheapest_first((FREE, AIR, SEA)) == (SEA, AIR, FREE)


@pytest.mark.parametrize(
    ("of_lines", "sums"),
    [
        ([], {}),
        ([(SEA, AIR)], {"SEA": 300, "AIR": 900}),
        ([(SEA, AIR), (SEA,)], {"SEA": 600}),
        ([(SEA,), (AIR,)], {}),
        ([(SEA,), (Offer("SEA"),)], {"SEA": None}),
        ([(SEA,), (Offer("SEA", fen=5, currency="USD"),)], {"SEA": None}),
    ],
)
def test_a_service_has_to_carry_every_line(of_lines: list[tuple[Offer, ...]], sums: dict[str, int | None]) -> None:
    """Sums are whole fen; an unknown part makes the sum unknown."""
    assert {offer.service_id: offer.fen for offer in common_services(of_lines)} == sums


NEW = AddressChange("", ("1", "2"), "s", "", "wanted")
CHANGE = AddressChange("1", ("1", "2"), "s", "former", "wanted")


@pytest.mark.parametrize(
    ("change", "seen", "age", "state", "made"),
    [
        (NEW, {"1": "a", "3": "wanted"}, SOON, S.FOUND_DONE, "3"),
        (NEW, {"1": "wanted"}, LATER, S.FOUND_UNDONE, ""),
        (NEW, {"1": "a", "2": "b"}, SOON, None, ""),
        (NEW, {"1": "a", "3": "other"}, LATER, S.UNKNOWABLE, ""),
        (CHANGE, {"1": "wanted"}, SOON, S.FOUND_DONE, "1"),
        (CHANGE, {"1": "former"}, SOON, None, ""),
        (CHANGE, {"1": "former", "3": "wanted"}, LATER, S.FOUND_UNDONE, ""),
        (CHANGE, {"1": "other"}, LATER, S.UNKNOWABLE, ""),
        (CHANGE, {}, LATER, S.UNKNOWABLE, ""),
        (AddressChange("", (), "s", "", "wanted", was_read=False), {"9": "wanted"}, LATER, S.UNKNOWABLE, ""),
    ],
)
def test_what_the_list_says_of_a_lost_answer(
    change: AddressChange, seen: dict[str, str], age: timedelta, state: WriteState | None, made: str
) -> None:
    """Done, not done, too early, or somebody else's."""
    assert judge(change, seen, age) == (state, made)


def test_a_mark_tells_addresses_apart_and_not_what_they_are() -> None:
    """Blanks do not count; each write has a salt of its own; no repr has a part of an address."""
    address = TypedAddress("王小明", "13812345678", "浙江省", "杭州市", "", "文三路 1 号")
    same = TypedAddress("王小明 ", "13812345678", "浙江省", "杭州市", "", "文三路  1 号")
    other = TypedAddress("王小明", "13812345678", "浙江省", "", "杭州市", "文三路 1 号")
    assert address.fingerprint("a") == same.fingerprint("a") != other.fingerprint("a")
    assert address.fingerprint("a") != address.fingerprint("b")
    assert repr(address) == "TypedAddress()"
    assert repr(TypedReceiver("Somchai", "+66")) == "TypedReceiver()"
