"""The specification's own cases T01 to T43, by their numbers: from the application to the branch meeting."""

from datetime import date

import pytest

from plugins.development.rules.activist import Clock, Helper, Naming, Vote, contact_rulings, naming_rulings
from plugins.development.rules.admission import Meeting, meeting_gate
from plugins.development.rules.application import TOPICS, Application, Talk, application_rulings, talk_rulings
from plugins.development.rules.candidate import Consent, Notice, Proposal, consent_rulings, proposal_rulings
from plugins.development.rules.dates import Calendar
from plugins.development.rules.outcomes import Outcome, Ruling, stopped
from plugins.development.rules.polls import Poll, PollOutcome, outcome, poll_outcome, worse
from plugins.development.rules.powers import Unit, UnitType
from plugins.development.rules.review import (
    PoliticalReview,
    SixChecks,
    Training,
    prereview_rulings,
    review_rulings,
    six_rulings,
    sponsor_rulings,
    training_rulings,
)
from plugins.development.rules.voting import Ballot

#: Every day of 2026 and 2027 is known; only the holidays of a case are given.
KNOWN = Calendar(years=frozenset({2026, 2027}))
DAY = date(2026, 9, 1)
EVERYONE = frozenset({"group", "contacts", "members", "masses"})


def said(rulings: list[Ruling], outcome_wanted: Outcome | None = None) -> set[str]:
    """The ids of the rules that spoke."""
    return {one.rule for one in rulings if outcome_wanted is None or one.outcome is outcome_wanted}


def applies(**given) -> Application:
    return Application(**{"born": date(1990, 1, 1), "signed": given["received"], **given})


def test_t01_t02_the_eighteenth_birthday_itself_is_enough():
    assert not application_rulings(applies(born=date(2008, 6, 1), received=date(2026, 6, 1)))
    (early,) = application_rulings(applies(born=date(2008, 6, 2), received=date(2026, 6, 1)))
    assert (early.rule, early.outcome, early.earliest) == ("G1.1", Outcome.BLOCK, date(2026, 6, 2))
    assert "第五条" in early.article


@pytest.mark.parametrize(("received", "refused"), [(date(2026, 12, 1), True), (date(2027, 7, 1), False)])
def test_t03_t04_five_years_after_removal(received, refused):
    found = application_rulings(applies(received=received, exit_kind="removed", exit_date=date(2022, 7, 1)))
    assert [one.rule for one in found] == (["G1.4"] if refused else [])
    if refused:
        assert found[0].earliest == date(2027, 7, 1)


@pytest.mark.parametrize(
    ("received", "held", "flagged"),
    [
        (date(2026, 6, 10), date(2026, 7, 10), False),
        (date(2026, 6, 10), date(2026, 7, 11), True),
        (date(2026, 8, 31), date(2026, 9, 30), False),
    ],
)
def test_t05_t06_t07_the_talk_within_a_month(received, held, flagged):
    found = talk_rulings(received, Talk(held, frozenset(TOPICS), True))
    assert said(found, Outcome.FLAG) == ({"G2.1"} if flagged else set())
    assert not stopped(found)
    if flagged:
        assert "晚1天" in found[0].message


def naming(**given) -> Naming:
    return Naming(
        **{
            "decided": DAY,
            "applied": date(2026, 6, 10),
            "talk": Talk(date(2026, 6, 20), frozenset(TOPICS), True),
            "recommendations": frozenset({"mass"}),
            "vote": Vote(True, 5, 3, 3),
            **given,
        }
    )


def test_t08_no_activist_without_the_record_of_the_talk():
    assert said(naming_rulings(naming(talk=None)), Outcome.BLOCK) == {"G2.2"}


def test_t09_t10_self_recommendation_never_stands_alone():
    assert said(naming_rulings(naming(recommendations=frozenset({"self"})))) == {"G3.1"}
    assert not naming_rulings(naming(recommendations=frozenset({"self", "mass"})))


def test_t11_half_a_committee_may_meet_but_half_of_it_does_not_decide():
    (found,) = naming_rulings(naming(vote=Vote(True, 4, 2, 2)))
    assert (found.rule, found.field) == ("G3.2", "in_favour")


def test_t12_where_there_is_no_committee_the_members_name():
    assert not naming_rulings(naming(vote=Vote(False, 6, 4, 4)))


@pytest.mark.parametrize(
    "contacts",
    [
        [Helper("甲"), Helper("乙"), Helper("丙")],
        [],
        [Helper("甲", full=False)],
    ],
)
def test_t13_one_or_two_full_members_stand_by(contacts):
    assert said(contact_rulings(contacts, DAY), Outcome.BLOCK) == {"G5.1"}
    assert not contact_rulings([Helper("甲"), Helper("乙")], DAY)


def proposal(**given) -> Proposal:
    return Proposal(
        **{
            "met": date(2027, 6, 15),
            "clock": Clock(date(2026, 6, 15)),
            "reviews": [date(2026, 12, 14), date(2027, 6, 10)],
            "opinions": EVERYONE,
            "community_opinion": True,
            "poll": PollOutcome.PASS,
            **given,
        }
    )


def test_t14_t15_a_review_each_half_year():
    assert not proposal_rulings(proposal())
    assert said(proposal_rulings(proposal(reviews=[date(2026, 12, 14)])), Outcome.BLOCK) == {"G7.2"}


def test_t16_a_year_of_training_to_the_day():
    found = [one for one in proposal_rulings(proposal(met=date(2027, 6, 14))) if one.rule == "G7.1"]
    assert found[0].earliest == date(2027, 6, 15)


def test_t17_a_clock_begun_on_a_leap_day():
    assert Clock(date(2024, 2, 29)).earliest(12) == date(2025, 2, 28)


def test_t18_the_masses_are_heard_too():
    (found,) = proposal_rulings(proposal(opinions=EVERYONE - {"masses"}))
    assert found.rule == "G7.3"
    assert "群众" in found.message


def test_t19_filed_is_not_consented():
    found = consent_rulings(Consent(date(2026, 5, 20), filed=date(2026, 5, 20)), KNOWN)
    assert said(found, Outcome.BLOCK) == {"G8.1"}


def test_t20_what_was_filed_before_the_revision_needs_no_notice():
    assert not consent_rulings(Consent(date(2026, 5, 8), filed=date(2026, 5, 8)), KNOWN)


def consent(*notices: Notice, **given) -> Consent:
    return Consent(**{"met": date(2026, 6, 10), "consented": date(2026, 6, 14), "notices": notices, **given})


DUANWU = Calendar(holidays=frozenset({date(2026, 6, 19)}), years=frozenset({2026}))


def test_t21_a_holiday_is_no_working_day():
    (found,) = consent_rulings(consent(Notice("host", date(2026, 6, 15), date(2026, 6, 19))), DUANWU)
    assert (found.rule, found.earliest) == ("G8.2", date(2026, 6, 22))
    assert "只有4个工作日" in found.message
    assert "2026-06-23" in found.fix


def test_t22_listed_on_the_day_after_the_notice():
    notice = Notice("host", date(2026, 6, 15), date(2026, 6, 22))
    assert not consent_rulings(consent(notice, listed=date(2026, 6, 23)), DUANWU)
    assert said(consent_rulings(consent(notice, listed=date(2026, 6, 22)), DUANWU)) == {"G8.5"}


def test_t23_t24_mobile_people_are_posted_at_both_places_at_the_same_time():
    host = Notice("host", date(2026, 6, 1), date(2026, 6, 5))
    later = Notice("origin", date(2026, 6, 8), date(2026, 6, 12))
    asked = {"consented": date(2026, 5, 30), "met": date(2026, 5, 20), "mobile": True}
    assert said(consent_rulings(consent(host, **asked), KNOWN)) == {"G8.3"}
    assert said(consent_rulings(consent(host, later, **asked), KNOWN)) == {"G8.3"}
    assert not consent_rulings(consent(host, Notice("origin", host.start, host.end), **asked), KNOWN)


def test_t25_an_objection_defers_until_it_is_concluded():
    notice = Notice("host", date(2026, 6, 15), date(2026, 6, 22), open_objections=1)
    assert said(consent_rulings(consent(notice), DUANWU), Outcome.DEFER) == {"G8.4"}


def test_t26_t27_t28_sponsors():
    assert said(sponsor_rulings([Helper("甲"), Helper("乙", votes=False, under_probation_in_party=True)], DAY)) == {
        "G9.2"
    }
    flagged = sponsor_rulings([Helper("甲"), Helper("乙", penalty_until=date(2026, 9, 30))], DAY)
    assert said(flagged, Outcome.FLAG) == {"G9.3"}
    assert not stopped(flagged)
    assert said(sponsor_rulings([Helper("甲"), Helper("甲")], DAY)) == {"G9.1"}


def reviewed(**given) -> PoliticalReview:
    return PoliticalReview(**{"concluded": DAY, "conclusion": "qualified", "joint_reply": True, **given})


def test_t29_t30_political_review():
    assert said(review_rulings(reviewed(conclusion="unqualified"), DAY), Outcome.REFUSE) == {"G10.2"}
    found = review_rulings(reviewed(mobile=True, unit_opinions=frozenset({"household"})), DAY)
    assert said(found, Outcome.BLOCK) == {"G10.3"}


def test_t31_seven_of_eight_departments_are_not_all():
    opinions = {(name, side): True for name in ("公安", "计生", "工商", "税务") for side in ("host", "origin")}
    assert not review_rulings(reviewed(migrant=True, authority_opinions=opinions), DAY)
    del opinions["税务", "origin"]
    (found,) = review_rulings(reviewed(migrant=True, authority_opinions=opinions), DAY)
    assert found.rule == "G10.4"
    assert "流出地税务" in found.message


@pytest.mark.parametrize(("half_days", "hours", "enough"), [(5, 20, False), (4, 24, True), (6, 18, True)])
def test_t32_t33_three_days_or_twenty_four_hours(half_days, hours, enough):
    assert said(training_rulings(Training(half_days, hours), DAY)) == (set() if enough else {"G11.1"})


def test_t34_no_exemption_from_training_unless_it_is_allowed():
    assert said(training_rulings(Training(0, 0, exemption=True), DAY)) == {"G11.1"}


@pytest.mark.parametrize(
    ("in_favour", "base", "wanted"),
    [
        (80, 100, PollOutcome.PASS),
        (79, 100, PollOutcome.DEFER),
        (60, 100, PollOutcome.DEFER),
        (59, 100, PollOutcome.REFUSE),
        (1199, 1500, PollOutcome.DEFER),
    ],
)
def test_t35_t36_a_rate_is_not_rounded(in_favour, base, wanted):
    assert outcome(in_favour, base) is wanted


def test_t37_the_worse_side_decides():
    host, origin = poll_outcome(Poll(100, 100, 95)), poll_outcome(Poll(100, 100, 58))
    assert worse(host, origin) is PollOutcome.REFUSE


def six(**given) -> SixChecks:
    clear = {
        "met": DAY,
        "committee_size": 5,
        "present": 4,
        "trained": True,
        "year_complete": True,
        "review": reviewed(),
    }
    return SixChecks(**{**clear, **given})


def test_t38_t39_the_six_refusals():
    assert not six_rulings(six())
    assert said(six_rulings(six(rating_work="average")), Outcome.BLOCK) == {"G12.5"}
    assert said(six_rulings(six(open_complaints=1)), Outcome.DEFER) == {"G12.6"}


@pytest.mark.parametrize(("leaving", "blocked"), [(date(2026, 9, 15), True), (date(2026, 9, 16), False)])
def test_t40_t41_leaving_within_three_months(leaving, blocked):
    found = prereview_rulings(Unit(UnitType.COMMITTEE), date(2026, 6, 15), leaving=leaving)
    assert said(found) == ({"G13.2"} if blocked else set())


@pytest.mark.parametrize("kind", [UnitType.GENERAL_BRANCH, UnitType.SUB_COMMITTEE])
def test_t42_only_a_committee_with_the_power_pre_reviews(kind):
    assert said(prereview_rulings(Unit(kind), DAY)) == {"G13.1"}


@pytest.mark.parametrize(("held", "flagged"), [(date(2026, 7, 30), False), (date(2026, 7, 31), True)])
def test_t43_the_branch_meets_within_a_month(held, flagged):
    found = meeting_gate(Meeting(held, 15, Ballot(15, 12, 12), prereviewed=date(2026, 6, 30)))
    assert said(found, Outcome.FLAG) == ({"G15.1"} if flagged else set())
