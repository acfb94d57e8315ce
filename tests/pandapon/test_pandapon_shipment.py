"""What makes a scan the same one: its words in one form, by which the stored identities were made."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pandapon.shipment import nfkc, normalise


def test_every_character_has_its_form_of_the_standard() -> None:
    """The quicker way gives what the standard library gives, or stored scans would be taken for new ones."""
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [char for char in every if nfkc(char) != unicodedata.normalize("NFKC", char)] == []


@given(st.text(st.sampled_from("！，：（Ａｚ～ﾞｶが゙e\u0301\u0327한ᄒ\u1161①㍿ \u3000站a,")))
def test_characters_in_a_row_have_theirs_as_well(text: str) -> None:
    """Marks combine with what stands before them, wide or not."""
    assert nfkc(text) == unicodedata.normalize("NFKC", text)


def test_width_case_and_spaces_make_no_other_scan() -> None:
    """Cosmetic edits keep a scan's identity."""
    assert normalise("快件 已到达，ＳＦ１\u3000站\n") == normalise("快件  已到达,sf1 站") == "快件 已到达,sf1 站"
