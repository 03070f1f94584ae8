"""The specification's own cases T44 to T76, by their numbers: from the branch meeting to the archive, plan and queue."""

from dataclasses import replace
from datetime import date

import pytest

from plugins.development.rules.activist import Clock, gap_counts
from plugins.development.rules.admission import (
    Approval,
    Meeting,
    approval_rulings,
    interview_rulings,
    meeting_gate,
)
from plugins.development.rules.outcomes import Outcome, stopped
from plugins.development.rules.plan import Attention, Colour, Room, attention, colour, lags, split_rulings, year_of
from plugins.development.rules.powers import Unit, UnitType
from plugins.development.rules.probation import (
    ARCHIVE,
    Conversion,
    Decision,
    Probation,
    archive_rulings,
    conversion_rulings,
    extension_rulings,
    final_rulings,
    oath_rulings,
    recognition_rulings,
)
from plugins.development.rules.queue import Waiting, summary
from plugins.development.rules.review import prereview_rulings
from plugins.development.rules.voting import Ballot, Excluded, Exclusion, Opinion, counted, due_to_attend
from tests.plugins.development.test_cases_to_admission import said

DAY = date(2026, 7, 20)
YES, LATE = Opinion(True, True), Opinion(True, False)


@pytest.mark.parametrize(
    ("ballot", "valid", "adopted"),
    [
        pytest.param(Ballot(15, 8, 8), True, True, id="T44"),
        pytest.param(Ballot(16, 8, 8), False, False, id="T45"),
        pytest.param(Ballot(15, 9, 6, written=(YES, YES)), True, True, id="T46"),
        pytest.param(Ballot(15, 9, 6, written=(YES, LATE)), True, False, id="T47"),
        pytest.param(Ballot(15, 7, 7, written=(YES,) * 5), False, False, id="T48"),
        pytest.param(Ballot(14, 8, 7), True, False, id="T49"),
    ],
)
def test_t44_to_t49_quorum_and_majority(ballot, valid, adopted):
    found = meeting_gate(Meeting(DAY, 16, ballot))
    assert said(found) == (set() if valid else {"G15.3"})
    assert ballot.adopted is adopted


@pytest.mark.parametrize(("consent", "base", "adopted"), [(True, 17, True), (False, 19, False)])
def test_t50_t51_an_exclusion_takes_both_consents(consent, base, adopted):
    left_out = (Excluded(Exclusion.BEDRIDDEN, consent, True),) * 2
    due = due_to_attend(20, without_vote=1, excluded=left_out)
    assert due == base
    assert Ballot(due, 10, 9).adopted is adopted


def test_t52_t53_secret_and_one_person_on_a_paper():
    assert said(meeting_gate(Meeting(DAY, 15, Ballot(15, 12, 12, secret=False)))) == {"G15.4"}
    assert said(meeting_gate(Meeting(DAY, 15, Ballot(15, 12, 12, candidates_on_paper=2)))) == {"G15.4"}


def test_t54_members_are_not_borrowed():
    assert said(meeting_gate(Meeting(DAY, 2, Ballot(2, 2, 2)))) == {"G15.2"}


def test_t55_the_ballot_of_a_probationary_member_is_taken_out_and_said():
    cast = Ballot(15, 12, 8, against=4, cast_by_probationary=1)
    found = meeting_gate(Meeting(DAY, 15, cast))
    assert said(found, Outcome.FLAG) == {"X2"}
    assert cast.adopted
    again = counted(cast, removed_in_favour=1)
    assert (again.in_favour, again.returned) == (7, 11)
    assert not again.adopted


def test_t56_the_interview_lies_between_resolution_and_approval():
    assert said(interview_rulings(resolved=DAY, interviewed=None, approved=date(2026, 8, 1))) == {"G16.1"}
    assert said(interview_rulings(resolved=DAY, interviewed=date(2026, 8, 2), approved=date(2026, 8, 1))) == {"G16.1"}
    assert not interview_rulings(resolved=DAY, interviewed=date(2026, 7, 25), approved=date(2026, 8, 1))


@pytest.mark.parametrize(
    ("approved", "reason", "outcome"),
    [
        (date(2026, 10, 20), False, None),
        (date(2026, 10, 21), True, Outcome.FLAG),
        (date(2026, 10, 21), False, Outcome.BLOCK),
        (date(2027, 1, 20), True, Outcome.FLAG),
        (date(2027, 1, 21), True, Outcome.REDO),
    ],
)
def test_t57_three_months_and_six_with_a_reason(approved, reason, outcome):
    found = approval_rulings(Approval(DAY, approved, special_reason=reason))
    assert [one.outcome for one in found] == ([outcome] if outcome else [])


def test_t58_probation_starts_with_the_meeting():
    clock = Probation(DAY)
    assert (clock.adopted, clock.printed_end, clock.expiry) == (DAY, date(2027, 7, 19), date(2027, 7, 20))


@pytest.mark.parametrize(
    ("oath", "outcome"),
    [(date(2026, 10, 19), Outcome.BLOCK), (date(2026, 11, 20), None), (date(2026, 11, 21), Outcome.FLAG)],
)
def test_t59_the_oath_within_a_month_of_the_reply(oath, outcome):
    assert [one.outcome for one in oath_rulings(date(2026, 10, 20), oath)] == ([outcome] if outcome else [])


def converts(**given) -> Conversion:
    return Conversion(
        **{
            "held": date(2027, 7, 20),
            "probation": Probation(DAY),
            "decision": Decision.CONVERT,
            "letter": date(2027, 7, 10),
            "oath": date(2026, 11, 1),
            "ballot": Ballot(15, 12, 12),
            **given,
        }
    )


def test_t60_no_early_conversion():
    (found,) = conversion_rulings(converts(held=date(2027, 7, 19)))
    assert (found.rule, found.outcome, found.earliest) == ("G23.1", Outcome.BLOCK, date(2027, 7, 20))
    assert not conversion_rulings(converts())


def test_t61_standing_counts_from_the_expiry_however_late_the_vote():
    late = converts(held=date(2027, 8, 25))
    assert not stopped(conversion_rulings(late))
    assert said(conversion_rulings(late), Outcome.FLAG) == {"G23.2"}
    assert late.probation.standing == date(2027, 7, 20)


@pytest.mark.parametrize(("months", "allowed"), [(5, False), (6, True), (12, True), (13, False)])
def test_t62_an_extension_of_six_to_twelve_months_once(months, allowed):
    assert said(extension_rulings(Probation(DAY), months, date(2027, 7, 20))) == (set() if allowed else {"G23.5"})
    assert said(extension_rulings(Probation(DAY, 6), months, date(2028, 1, 20))) == {"G23.5"}


def test_t63_after_an_extension_standing_counts_from_its_end():
    assert Probation(DAY, 6).standing == date(2028, 1, 20)


@pytest.mark.parametrize(
    ("transferred", "until", "blocked"),
    [(True, date(2028, 1, 20), False), (True, date(2028, 1, 21), True), (False, date(2027, 9, 1), True)],
)
def test_t64_t65_only_who_was_transferred_in_is_postponed_and_half_a_year_at_most(transferred, until, blocked):
    given = converts(decision=Decision.POSTPONE, transferred=transferred, postponed_to=until, ballot=None)
    assert said(conversion_rulings(given)) == ({"G23.6"} if blocked else set())
    assert given.probation.standing == date(2027, 7, 20)


def test_t66_a_light_breach_extends_at_expiry_a_serious_one_cancels_at_once():
    extend = converts(decision=Decision.EXTEND, months=6, breach="light")
    assert not conversion_rulings(extend)
    assert not conversion_rulings(converts(decision=Decision.CANCEL, breach="serious", held=date(2026, 11, 20)))
    assert said(conversion_rulings(replace(extend, held=date(2026, 11, 20)))) == {"G23.1"}


def test_t67_three_months_and_no_exception():
    (found,) = final_rulings(date(2027, 7, 25), date(2027, 10, 26))
    assert (found.rule, found.outcome) == ("G24.1", Outcome.FLAG)
    assert "没有延长到六个月的规定" in found.message


def test_t68_the_archive_is_whole():
    (found,) = archive_rulings(ARCHIVE.keys() - {"conversion_letter"}, DAY)
    assert found.rule == "G25.1"
    assert "转正申请书" in found.message
    assert not archive_rulings(ARCHIVE, DAY)


def test_t69_time_goes_on_in_the_new_branch():
    assert gap_counts(date(2026, 9, 1), date(2026, 9, 20), log_complete=True)
    assert Clock(date(2026, 3, 1)).earliest(12) == date(2027, 3, 1)
    assert not gap_counts(date(2026, 9, 1), date(2027, 3, 2), log_complete=True)


def test_t70_a_branch_alone_refuses_nobody_recognition():
    assert said(recognition_rulings(recognised=False, decided_by_county=False, day=DAY)) == {"E8"}
    assert not recognition_rulings(recognised=False, decided_by_county=True, day=DAY)


def test_t71_the_last_place_is_reserved_until_a_supplement_is_approved():
    committee = Unit(UnitType.COMMITTEE)
    assert said(prereview_rulings(committee, DAY, room=Room(5, 4, 1))) == {"G13.3"}
    assert not prereview_rulings(committee, DAY, room=Room(5, 4, 1, supplement=1))


def test_t72_no_more_is_handed_down_than_there_is():
    (found,) = split_rulings(30, 0, [12, 10, 9])
    assert "31" in found.message


def test_t73_a_case_counts_in_the_year_of_its_approval():
    assert not approval_rulings(Approval(date(2026, 12, 20), date(2027, 1, 15)))
    assert year_of(date(2027, 1, 15)) == 2027


def test_t74_behind_at_the_end_of_september():
    assert lags(10, 5, 9)
    assert not lags(10, 6, 9)


@pytest.mark.parametrize(
    ("without", "shade", "watched"), [(2, Colour.ORANGE, Attention.COMMITTEE), (3, Colour.RED, Attention.COUNTY)]
)
def test_t75_two_years_are_orange_three_are_red(without, shade, watched):
    found = colour(years_without=without, activists_this_year=1, has_conditions=True)
    assert (found, attention(found)) == (shade, watched)


def test_t76_the_queue_of_the_survey():
    as_of = date(2026, 11, 22)
    queue = [Waiting(str(n), date(2020, 1, 1), date(2026 - n, 3, 1)) for n in (4, 6, 9, 12, 18, 26)]
    found = summary(queue, as_of)
    assert (found.size, found.least_work_years, found.most_work_years, found.in_plan) == (6, 4, 26, 0)
