"""Text made the same however it was typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheets.text import cell_text, lost_digits, plain, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("谭\u3000海", "谭 海"), ("段东 ", "段东"), (" 中共\u200b清源\u00a0", "中共清源"), ("ＡＢ１２（三）", "AB12（三）"), ("a\nb", "a b"),
        ("'350525", "350525"), ("'=1+1", "=1+1"), ("'quoted'", "'quoted'"), ("⾦", "金"), ("a  b", "a b"), ("", ""),
    ],
)  # fmt: skip
def test_spaces_width_and_invisible_signs_are_put_in_order(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once or once.startswith("'")


def test_comparing_ignores_width_and_spaces() -> None:
    assert plain("身份证 号码（必填）") == plain("身份证号码(必填)")


@pytest.mark.parametrize(
    ("cell", "text"),
    [(13900000000.0, "13900000000"), (5, "5"), (30.5, "30.5"), (True, "是"), ("", ""), (1e20, "100000000000000000000")],
)
def test_a_number_is_shown_as_people_see_it(cell: Any, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize("cell", [350525198001010018.0, 3.50525198001010e17, "3.50525E+17"])
def test_a_long_number_has_lost_its_last_digits(cell: Any) -> None:
    assert lost_digits(cell)


@pytest.mark.parametrize("cell", [13900000000.0, "350525198001010018", 350525800101001.0, ""])
def test_shorter_numbers_and_texts_have_not(cell: Any) -> None:
    assert not lost_digits(cell)
