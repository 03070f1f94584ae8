"""公民身份号码: what is taken, what is refused and why, what the digits tell (R2.01, R2.02; T2.01 to T2.06)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from core.people.codes import FEMALE, MALE
from core.people.identity_number import (
    PROVINCES,
    Fault,
    are_twins,
    check_character,
    facts,
    fault,
    from_fifteen,
    normalise,
    place_is_known,
)

AS_OF = date(2026, 10, 31)

births = st.dates(min_value=date(1900, 1, 1), max_value=AS_OF)
provinces = st.sampled_from(sorted(PROVINCES))


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """The first 17 digits of a number that is right but for its check character."""
    county, serial = draw(st.integers(0, 9999)), draw(st.integers(0, 999))
    return f"{draw(provinces)}{county:04d}{draw(births):%Y%m%d}{serial:03d}"


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("350525198001010018", id="T2.01"),
        pytest.param("35052520041015002X", id="T2.03"),
        pytest.param("350525197602290014", id="T2.04 leap day"),
        pytest.param("350525199912311043", id="T2.05 number alone"),
        pytest.param("710000195712311959", id="Taiwan"),
        pytest.param("810000199001010019", id="Hong Kong"),
    ],
)
def test_a_sound_number_has_no_fault(number: str) -> None:
    assert fault(number, as_of=AS_OF) is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("350525198001010019", Fault.CHECKSUM, id="T2.02"),
        pytest.param("350525197702290014", Fault.BIRTH, id="T2.04 no leap day"),
        pytest.param("350525800101001", Fault.FIFTEEN, id="T2.06"),
        pytest.param("", Fault.EMPTY, id="empty"),
        pytest.param("3505251980010100", Fault.LENGTH, id="sixteen digits"),
        pytest.param("3505251980010100188", Fault.LENGTH, id="nineteen digits"),
        pytest.param("35052519800101001A", Fault.CHARACTERS, id="letter at the end"),
        pytest.param("3505251980O1010018", Fault.CHARACTERS, id="letter O for a nought"),
        pytest.param("35052519800101००18", Fault.CHARACTERS, id="digits of another script"),
        pytest.param("160525198001010018", Fault.PROVINCE, id="no such province"),
        pytest.param("350525189912310011", Fault.BIRTH, id="born in 1899"),
        pytest.param("350525203001010011", Fault.BIRTH_FUTURE, id="born in 2030"),
        pytest.param("3.50525E+17", Fault.DIGITS_LOST, id="scientific notation"),
        pytest.param("350525198001010000", Fault.DIGITS_LOST, id="cut to fifteen digits"),
    ],
)
def test_a_faulty_number_is_refused_for_its_first_fault(number: str, expected: Fault) -> None:
    assert fault(number, as_of=AS_OF) is expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("35052520041015002x", "35052520041015002X"),
        (" 710000195712311959", "710000195712311959"),
        ("３５０５２５２００４１０１５００２ｘ", "35052520041015002X"),
        ("350525 19800101 0018", "350525198001010018"),
        ("350525\u00a019800101\u30000018\ufeff", "350525198001010018"),
        ("'350525198001010018", "350525198001010018"),
        ("350525-19800101-0018", "350525198001010018"),
        ("35052520041015002×", "35052520041015002X"),
        ("35052520041015002Х", "35052520041015002X"),  # Cyrillic
        ("350525198001010018.0", "350525198001010018"),
        (350525800101001.0, "350525800101001"),
        (350525800101001, "350525800101001"),
        (3.50525198001010018e17, "3.50525E+17"),
        (350525198001010018, "3.50525E+17"),
        ("3.50525e+17", "3.50525E+17"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_number_is_written_as_it_should_be(written: object, expected: str) -> None:
    assert normalise(written) == expected


def test_a_number_kept_as_a_quantity_by_a_spreadsheet_has_lost_its_digits() -> None:
    for cell in (3.50525198001010018e17, 350525198001010018, "3.50525198001E+17", "350525198001010000.0"):
        assert fault(normalise(cell), as_of=AS_OF) is Fault.DIGITS_LOST


@given(st.one_of(st.text(max_size=25), st.floats(), st.integers()))
def test_normalising_twice_changes_nothing(value: object) -> None:
    once = normalise(value)
    assert normalise(once) == once


@given(bodies())
def test_the_check_character_is_that_of_the_standard_library_of_numbers(body: str) -> None:
    assert check_character(body) == ric.calc_check_digit(f"{body}0")


@given(bodies(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    number = body + check_character(body)
    assert fault(number, as_of=AS_OF) is None
    wrong = str((int(number[place]) + shift) % 10)
    assert fault(number[:place] + wrong + number[place + 1 :], as_of=AS_OF) is not None


@given(bodies(), st.integers(0, 15))
def test_two_neighbouring_digits_exchanged_are_always_noticed(body: str, place: int) -> None:
    number = body + check_character(body)
    if number[place] != number[place + 1]:
        exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert fault(exchanged, as_of=AS_OF) is not None


def _sound_to_stdnum(number: str) -> bool:
    """What stdnum says without its list of places, with the bounds of R2.01."""
    try:
        birth = ric.get_birth_date(number)
    except ValidationError:
        return False
    return number[:2] in PROVINCES and date(1900, 1, 1) <= birth <= AS_OF and number[17] == ric.calc_check_digit(number)


@given(
    bodies().flatmap(lambda body: st.sampled_from([body + c for c in "0123456789X"] + [body + check_character(body)]))
    | st.from_regex(r"[1-6][0-9]{5}(19|20)[0-9]{9}[0-9X]", fullmatch=True)
)
def test_checksum_and_date_are_judged_as_stdnum_judges_them(number: str) -> None:
    assert (fault(number, as_of=AS_OF) is None) == _sound_to_stdnum(number)


def test_a_reserved_code_without_a_county_is_only_unknown() -> None:
    assert not place_is_known("110001200001010007")


def test_a_county_younger_than_its_bearer_is_no_fault_only_unknown() -> None:
    assert not place_is_known("350525198001010018")
    assert fault("350525198001010018", as_of=AS_OF) is None
    assert place_is_known("360426199101010071")


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        pytest.param("350525198001010018", MALE, date(1980, 1, 1), id="T2.01"),
        pytest.param("35052520041015002X", FEMALE, date(2004, 10, 15), id="T2.03"),
        pytest.param("350525199912311043", FEMALE, date(1999, 12, 31), id="T2.05"),
    ],
)
def test_the_number_tells_sex_birth_and_province(number: str, sex: str, birth: date) -> None:
    assert facts(number) == (sex, birth, "35")


def test_an_old_number_has_a_proposal_of_eighteen_characters() -> None:
    assert from_fifteen("350525800101001") == "350525198001010018"


@pytest.mark.parametrize("number", ["350525800199001", "990525800101001", "35052580010100", "350525198001010018", ""])
def test_what_is_no_old_number_has_no_proposal(number: str) -> None:
    assert from_fifteen(number) is None


def test_twins_differ_in_the_check_character_alone() -> None:
    assert are_twins("350525198001010018", "350525198001010019")
    assert not are_twins("350525198001010018", "350525198001010018")
    assert not are_twins("350525198001010018", "350525198001010026")
