"""The arithmetic of ballots: bases, quorums, impossible numbers, and what may be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.development.ballots.counting import (
    Seat,
    Tally,
    adopted,
    coarse,
    differences,
    opening,
    protected,
    roll_of,
    tally_rulings,
)
from plugins.development.rules.rulesets import RS2026


def here(count, way="paper"):
    return [Seat(present=True, way=way)] * count


def said(seats, *, way="paper", small=5, papers=3, quorum="members"):
    return [
        one.rule
        for one in opening(roll_of(seats), way=way, small=small, least_papers=papers, rules=RS2026, quorum=quorum)
    ]


def test_an_exclusion_counts_with_both_consents_alone():
    away = [Seat(excluded="away", consent=True, approved=True), Seat(excluded="bedridden", consent=True),
            Seat(excluded="ill_will", approved=True)]  # fmt: skip
    assert roll_of([*here(10), *away, Seat(excluded="watch")]).due == 12


def test_twenty_members_one_without_a_vote_and_two_left_out_give_a_base_of_seventeen():
    out = [Seat(excluded="away", consent=True, approved=True)] * 2
    seats = [*here(10), *out, Seat(excluded="watch"), *[Seat()] * 7]
    counts = roll_of(seats)
    assert (counts.due, counts.present) == (17, 10)
    assert adopted(9, counts.due, counts.present, quorum="members")
    assert not adopted(8, 17, 10, quorum="members")


def test_somebody_left_out_who_comes_all_the_same_is_due():
    assert roll_of([Seat(excluded="away", consent=True, approved=True, present=True, way="paper")]).due == 1


@pytest.mark.parametrize(("due", "present", "rules"), [(15, 8, []), (16, 8, ["G15.3"]), (15, 7, ["G15.3"])])
def test_more_than_half_of_those_due_must_be_present(due, present, rules):
    assert said([*here(present), *[Seat()] * (due - present)]) == rules


def test_written_opinions_make_no_quorum():
    assert said([*here(7), *[Seat(written="before")] * 5, *[Seat()] * 3]) == ["G15.3"]


def test_a_late_opinion_is_kept_and_not_counted():
    counts = roll_of([*here(9), Seat(written="before"), Seat(written="late")])
    assert (counts.written, counts.late) == (1, 1)


def test_few_phones_or_few_papers_beside_phones_would_tell_how_somebody_voted():
    assert said(here(4, "phone"), way="phone") == ["G15.4"]
    assert said(here(5, "phone"), way="phone") == []
    assert said([*here(6, "phone"), *here(2)], way="mixed") == ["G15.4"]
    assert said([*here(6, "phone"), *here(3)], way="mixed") == []
    assert said(here(3)) == []  # papers alone: the box is shaken


def test_whoever_is_present_votes_in_some_way():
    assert said([*here(3), Seat(present=True)]) == ["G15.4"]


def test_numbers_that_cannot_be():
    assert not tally_rulings(Tally(10, 6, 2, 1, 1), papers=10)
    assert not tally_rulings(Tally(10, 6, 2, 0, 0), papers=10)  # two were not handed back
    assert [one.field for one in tally_rulings(Tally(10, 8, 2, 1, 0), papers=10)] == ["returned"]
    assert [one.field for one in tally_rulings(Tally(9, 5, 2, 1, 0), papers=10)] == ["issued"]
    assert "issued" in [one.field for one in tally_rulings(Tally(10, -1, 2, 1, 0), papers=10)]
    assert not tally_rulings(Tally(12, 8, 2, 1, 0, removed=1), papers=11)
    assert not tally_rulings(Tally(300, 250, 20, 10, 5), papers=None)


def test_a_second_count_is_told_what_differs_and_not_by_how_much():
    assert differences(Tally(10, 6, 2, 1, 1).numbers(), Tally(10, 6, 1, 2, 1)) == ["against", "abstained"]


@pytest.mark.parametrize(("favour", "due", "result"), [(8, 15, True), (7, 14, False), (8, 14, True), (7, 15, False)])
def test_exactly_half_fails(favour, due, result):
    assert adopted(favour, due, due, quorum="members") is result


_numbers = st.fixed_dictionaries(
    {name: st.integers(0, 60) for name in ("in_favour", "against", "abstained", "invalid")}
)


@given(_numbers, st.integers(3, 10))
def test_a_hidden_number_follows_from_no_sum(numbers, small):
    shown = protected(numbers, small=small)
    hidden = [name for name, text in shown.items() if text != str(numbers[name])]
    small_ones = [name for name, number in numbers.items() if 0 < number < small]
    assert set(small_ones) <= set(hidden)
    others = [number for name, number in numbers.items() if number and name not in hidden]
    assert len(hidden) != 1 or not others  # one alone is hidden only where the whole is as small as it


@given(st.integers(0, 100), st.integers(1, 100), st.integers(3, 10))
def test_the_turn_out_moves_in_steps(count, whole, small):
    count = min(count, whole)
    text = coarse(count, whole, small)
    assert text == "all" if count == whole else text == f"{count // small * small}+"
