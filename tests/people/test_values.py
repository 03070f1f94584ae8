"""How names, phones and addresses are written (R2.08, R2.15; T2.14, T2.15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.values import (
    is_chinese_name,
    is_foreign_name,
    is_phone,
    normalise_address,
    normalise_name,
    normalise_phone,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("阿卜杜•买买提", "阿卜杜·买买提", id="T2.15"),
        ("阿卜杜.买买提", "阿卜杜·买买提"),
        ("阿卜杜・买买提", "阿卜杜·买买提"),
        ("阿卜杜．买买提", "阿卜杜·买买提"),
        ("阿卜杜 ● 买买提", "阿卜杜·买买提"),
        ("谭\u3000海", "谭海"),
        ("段东 ", "段东"),
        (" 欧 阳 娜 ", "欧阳娜"),
        ("李\u200b明\ufeff", "李明"),
        ("Ａｎｎａ  Schmidt", "Anna Schmidt"),
        ("𠮷田", "𠮷田"),
        (None, ""),
    ],
)
def test_a_name_is_written_as_the_roster_writes_it(written: object, expected: str) -> None:
    assert normalise_name(written) == expected


@pytest.mark.parametrize("name", ["单雄信", "阿卜杜·买买提", "𠮷田", "〇一", "㐂多"])
def test_names_in_han_characters_are_chinese(name: str) -> None:
    assert is_chinese_name(name)
    assert not is_foreign_name(name)


@pytest.mark.parametrize("name", ["Anna Schmidt", "李Anna", "J. Smith", "José", "张\ue815"])
def test_names_with_letters_or_private_characters_are_foreign(name: str) -> None:
    assert is_foreign_name(name)
    assert not is_chinese_name(name)


@pytest.mark.parametrize("name", ["=HYPERLINK(...)", "张3", "张三(大)", "13800000000", "·", "张\n三", "<b>张</b>", ""])
def test_what_no_name_looks_like_is_no_name(name: str) -> None:
    assert not is_chinese_name(name)
    assert not is_foreign_name(name)


@given(st.text(max_size=30))
def test_normalising_a_name_twice_changes_nothing(text: str) -> None:
    once = normalise_name(text)
    assert normalise_name(once) == once


@given(st.text("·.•．张三 aB　・", max_size=12))
def test_normalising_a_name_of_dots_and_spaces_twice_changes_nothing(text: str) -> None:
    once = normalise_name(text)
    assert normalise_name(once) == once


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("13900000000", "13900000000"),
        ("139 0000 0000", "13900000000"),
        ("139-0000-0000", "13900000000"),
        ("+86 13900000000", "13900000000"),
        ("8613900000000", "13900000000"),
        ("１３９００００００００", "13900000000"),
        (13900000000.0, "13900000000"),
        (13900000000, "13900000000"),
        ("13900000000.0", "13900000000"),
        ("0595 22222222", "0595-22222222"),
        ("059522222222", "0595-22222222"),
        ("(0595)2222222转8", "0595-2222222-8"),
        ("010-12345678", "010-12345678"),
    ],
)
def test_a_phone_is_written_as_the_roster_writes_it(written: object, expected: str) -> None:
    assert normalise_phone(written) == expected
    assert is_phone(expected)


@pytest.mark.parametrize(
    "phone", ["22222222", "12900000000", "1390000000", "139000000000", "13900000000/13800000000", "无"]
)
def test_what_is_no_phone_is_not_taken_for_one(phone: str) -> None:
    assert not is_phone(normalise_phone(phone))


@given(st.text("0123456789-+() 转.８６", max_size=20))
def test_normalising_a_phone_twice_changes_nothing(text: str) -> None:
    once = normalise_phone(text)
    assert normalise_phone(once) == once


def test_an_address_keeps_its_words_and_loses_its_odd_spaces() -> None:
    assert normalise_address(" 清源县　白岭１２号\n") == "清源县 白岭12号"
    assert normalise_address(None) == ""
