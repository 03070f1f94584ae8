"""The cases of the specification by number (T6.01 to T6.13), and what stands beside them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.care.rules.findings import Severity, blocks
from plugins.care.rules.money import (
    Body,
    Flow,
    Grant,
    Household,
    grade_hint,
    grant_rulings,
    months_paid,
    overlapping,
    paid_until,
    posting_rulings,
    profile_rulings,
    publication_due,
    review_on,
    signed,
    subsidy_class,
    yuan,
)
from plugins.care.rules.pairs import PACKAGES, pairing_rulings, progress_due
from plugins.care.rules.rounds import Criteria, Grade, Member, cards, greetings, listed, missing, window
from plugins.care.rules.visits import (
    NEXT,
    Kind,
    Known,
    State,
    Visit,
    Visitor,
    closing_rulings,
    contact_overdue,
    due,
    half_time,
    moves,
    overdue,
    same,
    visit_rulings,
)

MAY = date(2026, 5, 6)


def codes(found):
    return [one.code for one in found]


def test_t6_01_an_illness_is_visited_within_three_days():
    day = due(Kind.ILLNESS, "hospital", MAY)
    assert day == date(2026, 5, 9)
    assert not overdue(day, date(2026, 5, 9))
    assert overdue(day, date(2026, 5, 10))


@pytest.mark.parametrize(
    ("kind", "sub", "day"),
    [
        (Kind.WEDDING_FUNERAL, "funeral", 8),
        (Kind.WEDDING_FUNERAL, "wedding", 9),
        (Kind.FAMILY_DISPUTE, "couple", 11),
        (Kind.HARDSHIP, "disaster", 13),
    ],
)
def test_t6_02_days_by_kind(kind, sub, day):
    assert due(kind, sub, MAY) == date(2026, 5, day)


def test_the_first_reminder_comes_at_half_time():
    assert half_time(MAY, date(2026, 5, 13)) == date(2026, 5, 9)


def test_t6_03_a_case_with_open_follow_ups_does_not_close():
    assert codes(closing_rulings(visits=1, open_follow_ups=1)) == ["E_STATE"]
    assert not closing_rulings(visits=1, open_follow_ups=1, reason="本人要求不再跟进")
    assert codes(closing_rulings(visits=0, open_follow_ups=0)) == ["E_STATE"]


ROUND = [
    Member("A", date(1990, 7, 1), grade=Grade.A),
    Member("B", date(1990, 7, 1), grade=Grade.B),
    Member("C", date(1990, 7, 1), grade=Grade.C),
    Member("old", date(1948, 3, 2)),
    Member("ill", date(1990, 7, 1), seriously_ill=True),
]


def test_t6_04_whom_a_round_is_for():
    assert [one.person for one, _ in listed(ROUND)] == ["A", "B", "old", "ill"]
    wider = Criteria(grades=frozenset(Grade))
    assert [one.person for one, _ in listed(ROUND, wider)] == ["A", "B", "C", "old", "ill"]
    assert [one.person for one in missing(ROUND, ["A", "B"])] == ["old", "ill"]


def test_t6_05_a_card_for_every_active_member_who_wants_one():
    members = [Member(str(n), None, opted_out=n < 2) for n in range(20)] + [
        Member("s", None, active=False),
        Member("d", None, active=False),
    ]
    assert len(cards(members)) == 18


@pytest.mark.parametrize(
    ("join", "number"),
    [(date(1937, 7, 6), 1), (date(1937, 7, 7), 2), (date(1945, 9, 3), 3), (date(1949, 10, 1), None)],
)
def test_t6_06_classes_of_old_members(join, number):
    assert subsidy_class(join) == number


def test_t6_07_the_month_of_death_is_paid_in_full():
    assert paid_until(date(2026, 3, 12)) == (2026, 3)
    assert months_paid(date(2026, 1, 1), date(2026, 3, 12), date(2026, 9, 1)) * 50_000 == 150_000


def test_t6_08_the_fund_is_never_overdrawn():
    assert codes(posting_rulings(180_000, Flow.GRANT, 200_000)) == ["E_BALANCE"]
    assert not posting_rulings(180_000, Flow.GRANT, 180_000)
    assert codes(posting_rulings(180_000, Flow.DONATION, -1)) == ["E_RANGE"]


def grant(amount: int, body: Body, **further) -> Grant:
    return Grant(amount, body, **{"approvers": ["甲", "乙"], "related": ["丙"], **further})


def test_t6_09_who_approves_a_grant():
    assert codes(grant_rulings(grant(80_000, Body.BRANCH))) == ["E_PERM"]
    assert not grant_rulings(grant(50_000, Body.BRANCH))
    assert not grant_rulings(grant(80_000, Body.COMMITTEE))
    assert codes(grant_rulings(grant(200_001, Body.COMMITTEE))) == ["E_STATE"]


def test_t6_10_nobody_decides_on_their_own():
    assert codes(grant_rulings(grant(40_000, Body.BRANCH, approvers=["甲", "丙"]))) == ["E_CONFLICT"]


def test_t6_11_a_second_report_within_a_week_is_added_to_the_first():
    known = [Known("k", Kind.ILLNESS, date(2026, 5, 2), State.CONFIRMED)]
    assert same(Kind.ILLNESS, date(2026, 5, 6), known).key == "k"
    assert same(Kind.HARDSHIP, date(2026, 5, 6), known) is None
    assert same(Kind.ILLNESS, date(2026, 5, 10), known) is None


def test_t6_12_a_tenth_political_birthday():
    (found,) = greetings([Member("m", date(2016, 3, 8))], date(2026, 3, 8))
    assert (found.text, found.round) == ("入党10周年", True)
    assert greetings([Member("leap", date(2016, 2, 29))], date(2026, 2, 28))
    assert not greetings([Member("today", date(2026, 3, 8))], date(2026, 3, 8))


def test_t6_13_a_helper_of_three_needs_a_reason_for_a_fourth():
    (found,) = pairing_rulings(helper_pairs=3, helped_has_same=False, plans=PACKAGES, kinds=PACKAGES)
    assert found.severity is Severity.WARN
    assert blocks(pairing_rulings(helper_pairs=0, helped_has_same=True, plans=PACKAGES, kinds=PACKAGES))
    assert codes(pairing_rulings(helper_pairs=0, helped_has_same=False, plans=["skill"], kinds=PACKAGES)) == [
        "E_REQUIRED"
    ]


def visit(**further) -> Visit:
    return Visit(**{"made": MAY, "recorded": MAY, "visitors": [Visitor("甲", officer=True), Visitor("乙")], **further})


def test_who_goes_to_a_dispute():
    assert not visit_rulings(Kind.FAMILY_DISPUTE, "couple", visit())
    relatives = visit(visitors=[Visitor("甲", officer=True), Visitor("乙", relative=True)])
    assert [one.rule for one in visit_rulings(Kind.FAMILY_DISPUTE, "couple", relatives)] == ["R6.02"]
    assert not visit_rulings(Kind.ILLNESS, "hospital", relatives)


@pytest.mark.parametrize(
    ("further", "code"),
    [
        ({"visitors": []}, "E_REQUIRED"),
        ({"channel": "remote"}, "E_REQUIRED"),
        ({"refused": True}, "E_REQUIRED"),
        ({"needs": [True, False]}, "E_REQUIRED"),
        ({"made": date(2026, 5, 7)}, "E_RANGE"),
    ],
)
def test_a_visit_that_is_not_told_whole_is_refused(further, code):
    assert code in codes(visit_rulings(Kind.ILLNESS, "hospital", visit(**further)))


def test_windows_of_the_rounds():
    assert window("july", 2026) == (date(2026, 6, 1), date(2026, 7, 1))
    assert window("spring", 2026, date(2026, 2, 17)) == (date(2026, 1, 17), date(2026, 2, 16))
    with pytest.raises(ValueError, match="Spring"):
        window("spring", 2026)


@pytest.mark.parametrize(
    ("per_head", "medical", "income", "grade"),
    [
        (900, 0, 0, Grade.A),
        (1000, 600, 1100, Grade.A),
        (1400, 0, 0, Grade.B),
        (1500, 0, 0, Grade.C),
        (2000, 0, 0, None),
    ],
)
def test_hints_of_a_grade(per_head, medical, income, grade):
    assert grade_hint(Household(per_head, 1000, medical, income)) is grade


def test_periods_of_a_subsidy_do_not_overlap():
    first, open_end = (date(2026, 1, 1), date(2026, 7, 1)), (date(2026, 7, 1), None)
    assert not overlapping([open_end, first])
    assert overlapping([(date(2026, 1, 1), None), open_end])


def test_the_fund_is_published_every_year():
    assert publication_due(None, MAY)
    assert not publication_due(date(2025, 5, 6), MAY)
    assert publication_due(date(2025, 5, 5), MAY)


@given(st.lists(st.tuples(st.sampled_from(list(Flow)), st.integers(-5, 10_000)), max_size=60))
def test_whatever_is_posted_the_balance_never_falls_below_nothing(postings):
    balance = 0
    for flow, amount in postings:
        if not posting_rulings(balance, flow, amount):
            balance += signed(flow, amount)
        assert balance >= 0


@given(st.lists(st.sampled_from(list(State)), max_size=20))
def test_a_case_that_is_ended_stays_ended(tried):
    state, ended = State.REPORTED, None
    for to in tried:
        if not moves(state, to):
            assert ended is None
            state = to
            ended = state if not NEXT[state] else None


def test_money_is_written_with_two_places():
    assert [yuan(n) for n in (0, 5, 123_456, -250)] == ["0.00", "0.05", "1234.56", "-2.50"]


@pytest.mark.parametrize(
    ("change", "rule_codes"),
    [
        ({}, []),
        ({"decided": None}, ["E_REQUIRED"]),
        ({"published_from": None}, ["E_STATE"]),
        ({"workdays_published": 4}, ["E_STATE"]),
        ({"valid_to": date(2027, 5, 7)}, ["E_RANGE"]),
        ({"valid_to": MAY}, ["E_RANGE"]),
    ],
)
def test_a_grade_is_decided_published_for_five_days_and_valid_for_a_year_at_most(change, rule_codes):
    whole = {
        "decided": MAY, "published_from": date(2026, 4, 27), "workdays_published": 5, "valid_from": MAY, "valid_to": date(2027, 5, 6),
    }  # fmt: skip
    found = profile_rulings(**{**whole, **change})
    assert codes(found) == rule_codes
    assert {one.rule for one in found} <= {"R6.07"}
    assert blocks(found) == bool(rule_codes)


def test_a_grade_is_reviewed_before_the_end_of_october():
    assert review_on(date(2026, 5, 6), date(2027, 5, 6)) == date(2026, 10, 31)
    assert review_on(date(2026, 9, 1), date(2027, 8, 31)) == date(2027, 8, 31)
    assert review_on(date(2026, 5, 6), date(2026, 8, 1)) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("change", "rule_codes"),
    [
        ({"months": 12}, []),
        ({"months": 13}, ["E_RANGE"]),
        ({"months": 0}, ["E_RANGE"]),
        ({"months": 12, "interest": 1}, ["E_RANGE"]),
        ({"loan": False, "months": 0}, []),
    ],
)
def test_a_loan_is_for_a_year_at_most_and_bears_no_interest(change, rule_codes):
    assert codes(grant_rulings(grant(40_000, Body.BRANCH, **{"loan": True, **change}))) == rule_codes


@pytest.mark.parametrize("amount", [0, -1])
def test_a_grant_of_nothing_is_none(amount):
    assert codes(grant_rulings(grant(amount, Body.BRANCH))) == ["E_RANGE"]


def test_a_visit_written_down_after_three_days_needs_a_reason():
    assert not visit_rulings(Kind.ILLNESS, "hospital", visit(recorded=date(2026, 5, 9)))
    (found,) = visit_rulings(Kind.ILLNESS, "hospital", visit(recorded=date(2026, 5, 10)))
    assert (found.rule, found.severity) == ("R6.03", Severity.WARN)


def test_the_progress_of_a_pair_is_noted_every_quarter():
    assert not progress_due(None, date(2026, 1, 1), date(2026, 4, 3))
    (found,) = progress_due(None, date(2026, 1, 1), date(2026, 4, 4))
    assert (found.rule, found.severity) == ("R6.13", Severity.WARN)
    assert not progress_due(date(2026, 4, 1), date(2026, 1, 1), date(2026, 6, 1))


def test_an_officer_speaks_with_those_on_their_list_every_quarter():
    assert not contact_overdue(date(2026, 1, 1), date(2026, 3, 1), days=92)
    (found,) = contact_overdue(date(2026, 1, 1), date(2026, 6, 1), days=92)
    assert (found.rule, found.severity) == ("R6.15", Severity.WARN)
