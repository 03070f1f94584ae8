"""A mask shows what it may and nothing of the rest (00-conventions 0.4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.masking import mask_address, mask_id_no, mask_phone


@pytest.mark.parametrize(
    ("id_no", "shown"),
    [
        ("350525198001010018", "3505**********18"),
        ("35052520041015002X", "3505**********2X"),
        ("350525800101001", "3505**********01"),
        ("350525", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_identity_number_shows_four_and_two_characters(id_no: str | None, shown: str) -> None:
    assert mask_id_no(id_no) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800001234", "138****1234"), ("0595-22221234", "059****1234"), ("22221234", "****"), ("", ""), (None, "")],
)
def test_a_phone_shows_three_and_four_digits(phone: str | None, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("福建省泉州市永春县五里街镇12号", "福建省泉州市永春县****"),
        ("北京市海淀区中关村1号", "北京市海淀区****"),
        ("清源县白岭245号", "清源县****"),
        ("白岭245号", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_shows_the_county_at_most(address: str | None, shown: str) -> None:
    assert mask_address(address) == shown


digits = st.text("0123456789", min_size=12, max_size=20)


@given(digits, st.text("0123456789", min_size=6, max_size=14))
def test_numbers_with_the_same_ends_have_the_same_mask(number: str, other_middle: str) -> None:
    assert mask_id_no(number) == mask_id_no(number[:4] + other_middle + number[-2:])


@given(digits, st.text("0123456789", min_size=4, max_size=14))
def test_phones_with_the_same_ends_have_the_same_mask(number: str, other_middle: str) -> None:
    assert mask_phone(number) == mask_phone(number[:3] + other_middle + number[-4:])


@given(st.text("0123456789X-", max_size=24))
def test_a_mask_never_shows_more_digits_than_it_may(text: str) -> None:
    assert sum(c != "*" for c in mask_id_no(text)) <= 6
    assert sum(c != "*" for c in mask_phone(text)) <= 7


@given(st.text("县区市省镇街路村号0123456789白岭", min_size=1, max_size=30))
def test_the_mask_of_an_address_never_shows_a_digit(text: str) -> None:
    masked = mask_address(text)
    assert masked.endswith("****")
    assert not any(c.isdigit() for c in masked)
