"""What a reading says of a change of a refund whose answer was lost: done, not done, too early, or nobody can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pandapon.aftersales import Letter, Refund
from pandapon.shipment import Platform
from storage import codec
from tracking.changes import refunds as changes
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from tracking.changes.kinds import Change

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
EARLY, LATER = timedelta(seconds=5), ARRIVES_WITHIN + timedelta(seconds=1)
DONE, UNDONE, UNKNOWABLE = WriteState.FOUND_DONE, WriteState.FOUND_UNDONE, WriteState.UNKNOWABLE
ASKED = changes.RefundAsked(
    ALIBABA, "25", ("26",), "裙", 2, 7360, with_return=False, before=("TQ1",), code="refundclose"
)
OF = (TAOBAO, "TQ2", "33")
WITHDRAWN = changes.RefundWithdrawn(*OF, "10")
RETURN = changes.ReturnSent(*OF, "中通快递", "78012345678901", "20")
LETTER = changes.LetterSent(*OF, changes.digest_of("您好 吗"), 1, 2)


def refund(code: str = "10", **fields: object) -> Refund:
    """A refund as it is read."""
    base = Refund(platform=TAOBAO, refund_id="TQ2", code=code, amount=Decimal(73), reason_id="1", description="坏")
    return base.model_copy(update=fields)


@pytest.mark.parametrize(
    ("seen", "code", "early", "late"),
    [
        ({"TQ1": 1, "TQ2": 7360}, "waitselleragree", (DONE, ("TQ2",)), (DONE, ("TQ2",))),
        ({"TQ1": 1, "TQ2": None}, "waitselleragree", (DONE, ("TQ2",)), (DONE, ("TQ2",))),
        ({"TQ1": 1}, "waitselleragree", (DONE, ()), (DONE, ())),  # the platform names no id
        ({"TQ1": 1}, "refundclose", None, (UNDONE, ())),
        ({"TQ1": 1}, "REFUND_CLOSED", None, (UNDONE, ())),
        ({"TQ1": 1, "TQ2": 1}, "waitselleragree", None, (UNKNOWABLE, ())),  # of another amount: somebody else's
        ({"TQ1": 1}, "refundsuccess", None, (UNKNOWABLE, ())),
    ],
)
def test_a_refund_that_may_have_been_asked_for(
    seen: dict[str, int | None], code: str, early: object, late: object
) -> None:
    """By the refunds that were not there before, their amounts, and the order's state."""
    assert changes.judge_asked(ASKED, seen, code, EARLY) == early
    assert changes.judge_asked(ASKED, seen, code, LATER) == late


def test_a_change() -> None:
    """By a fingerprint of all that a refund asks for."""
    before, wanted = refund(), refund(amount=Decimal("50.5"), reason_id="2")
    change = changes.RefundChanged(*OF, 5050, changes.asks_for(before), changes.asks_for(wanted))
    assert change.wanted == changes.asks_for(before, amount=Decimal("50.50"), reason_id="2")
    assert changes.judge_changed(change, wanted, EARLY) is DONE
    assert changes.judge_changed(change, before, EARLY) is None
    assert changes.judge_changed(change, before, LATER) is UNDONE
    assert changes.judge_changed(change, refund(amount=Decimal(1)), LATER) is UNKNOWABLE
    assert changes.judge_changed(change, refund(description=" 坏 "), LATER) is UNDONE


@pytest.mark.parametrize(
    ("code", "early", "late"),
    [("-20", DONE, DONE), ("REFUND_CLOSED", DONE, DONE), ("10", None, UNDONE), ("100", None, UNKNOWABLE)],
)
def test_a_withdrawal(code: str, early: WriteState | None, late: WriteState) -> None:
    """By the state, in whichever words."""
    assert changes.judge_withdrawn(WITHDRAWN, refund(code), EARLY) is early
    assert changes.judge_withdrawn(WITHDRAWN, refund(code), LATER) is late


@pytest.mark.parametrize(
    ("facts", "early", "late"),
    [
        ({"code": "30", "number": "78012345678901"}, DONE, DONE),
        ({"code": "30", "carrier": "中通快递"}, DONE, DONE),  # 1688 names the carrier alone
        ({"code": "30", "carrier": "圆通速递"}, None, UNKNOWABLE),
        ({"code": "30", "number": "9"}, None, UNKNOWABLE),
        ({"code": "20"}, None, UNDONE),
        ({"code": "-20"}, None, UNKNOWABLE),
    ],
)
def test_a_return(facts: dict[str, str], early: WriteState | None, late: WriteState) -> None:
    """By the number; without one, by the carrier and the state that follows."""
    assert changes.judge_return(RETURN, refund(**facts), EARLY) is early
    assert changes.judge_return(RETURN, refund(**facts), LATER) is late


@pytest.mark.parametrize(
    ("words", "early", "late"),
    [
        (["您好\n吗", "x", "您好 吗"], DONE, DONE),
        (["您好 吗", "x"], None, UNDONE),
        (["您好 吗", "x", "亲"], None, UNKNOWABLE),  # the seller's, or ours in other words
    ],
)
def test_a_message(words: list[str], early: WriteState | None, late: WriteState) -> None:
    """By one more message with these words, however the platform breaks its lines."""
    letters = [Letter(words=each) for each in words]
    assert changes.judge_letter(LETTER, letters, EARLY, is_whole=True) is early
    assert changes.judge_letter(LETTER, letters, LATER, is_whole=True) is late


def test_a_message_that_a_full_page_does_not_show_may_have_been_sent() -> None:
    """It may stand on the next page, so it is never sent again by itself."""
    seen = [Letter(author="s", words=f"m{number}") for number in range(50)]
    letter = replace(LETTER, same=0, total=50)
    assert changes.judge_letter(letter, seen, LATER, is_whole=False) is WriteState.UNKNOWABLE
    assert changes.judge_letter(letter, seen, LATER, is_whole=True) is WriteState.FOUND_UNDONE


@pytest.mark.parametrize(
    "change",
    [
        ASKED,
        changes.RefundChanged(*OF, 5050, "a", "b"),
        WITHDRAWN,
        RETURN,
        LETTER,
        changes.ProofSent(ALIBABA, "25", "F1", "A" * 24),
    ],
)
def test_each_kind_is_stored_and_read_back(change: Change) -> None:
    """With the properties of every kind; two changes of one refund share their target."""
    assert codec.load_write_change(codec.dump_write_change(change)) == change
    assert change.target
    assert change.subject
    assert change.details
    assert changes.refund_target(TAOBAO, "TQ2") == WITHDRAWN.target == LETTER.target == RETURN.target
    assert replace(ASKED, entry_ids=("9",)).target == ASKED.target
