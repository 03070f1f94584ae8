"""What every gate says of an act, from the acts before it: the table of section 12 and the edge cases of section 7."""

from datetime import date

import pytest

from plugins.development.cases.counts import impossible
from plugins.development.cases.gates import earliest, health, needs, rulings_of, waiting
from plugins.development.flow import KINDS, STEPS
from plugins.development.pages.course import Links, ruling_view
from plugins.development.rules import powers
from plugins.development.rules.outcomes import Outcome
from tests.plugins.development.paper import (
    COMMITTEE,
    GENERAL,
    HELPERS,
    UNIT,
    branch,
    helper,
    rules,
    said,
    stops,
    story,
    surroundings,
    told,
)
from tests.plugins.development.way import on

LATER = surroundings()


def test_nothing_stands_against_any_act_of_a_sound_way():
    found = health(told(story()), LATER)
    assert {one.ruling.rule for one in found} <= {"G22.1"}


def test_every_step_has_an_act_that_completes_it():
    done = told(story()).done
    assert sorted(done) == list(range(1, 26))
    assert [KINDS[one.closing].step for one in STEPS] == list(range(1, 26))


#: What is recorded after the way up to ``until`` with ``change``, and the rules that stop it or want a reason.
TABLE = [
    ("too young", "application", {}, "2016-02-29", {"signed": "2016-02-29"}, {"G1.1"}),
    ("eighteen on the day (E28)", "application", {}, "2016-03-01", {"signed": "2016-03-01"}, set()),
    ("a letter dated after its receipt", "application", {}, "2024-01-10", {"signed": "2024-01-11"}, {"G1.2"}),
    ("expelled less than five years ago (E16)", "application", {}, "2024-01-10", {"exit_kind": "expelled", "exit_date": "2019-02-01"}, {"G1.4"}),
    ("expelled five years ago (E16)", "application", {}, "2024-01-10", {"exit_kind": "expelled", "exit_date": "2019-01-10"}, set()),
    ("the wrong organisation", "application", {}, "2024-01-10", {"place": "residence", "employed": True, "employer_has_unit": True}, {"G1.3"}),
    ("a talk in time", "talk", {}, "2024-02-10", {}, set()),
    ("a late talk (E35)", "talk", {}, "2024-02-11", {}, {"G2.1"}),
    ("naming without a talk", "activist_meeting", {"talk": None}, "2024-03-01", {}, {"G2.2", "X1"}),
    ("only a recommendation of one's own", "activist_meeting", {"recommendation": {"channel": "self"}}, "2024-03-01", {}, {"G3.1"}),
    ("two of four present and for it", "activist_meeting", {}, "2024-03-01", {"size": 4, "present": 2, "in_favour": 2}, {"G3.2"}),
    ("members' meeting of six (E20)", "activist_meeting", {}, "2024-03-01", {"committee": False, "size": 6, "present": 4, "in_favour": 4}, set()),
    ("filed late", "filing_reply", {}, "2024-04-01", {}, {"G4.1"}),
    ("three contacts", "contacts", {}, "2024-03-12", {"people": [*HELPERS, helper("陈")]}, {"G5.1"}),
    ("no contact", "contacts", {}, "2024-03-12", {"people": []}, {"G5.1"}),
    ("a probationary contact", "contacts", {}, "2024-03-12", {"people": [helper("陈", standing="probationary")]}, {"G5.1"}),
    ("a day short of a year", "object_meeting", {}, "2025-02-28", {}, {"G7.1"}),
    ("a year to the day", "object_meeting", {}, "2025-03-01", {}, set()),
    ("one review of two", "object_meeting", {"half_year_review": None}, "2025-03-05", {}, {"G7.2"}),
    ("no poll", "object_meeting", {"poll_result": None}, "2025-03-05", {}, {"G7.5"}),
    ("a poll of 79 %", "object_meeting", {"poll_result": {"issued": 100, "returned": 100, "in_favour": 79}}, "2025-03-05", {}, {"G7.5"}),
    ("a poll of 79.93 %", "object_meeting", {"poll_result": {"issued": 1500, "returned": 1500, "in_favour": 1199}}, "2025-03-05", {}, {"G7.5"}),
    ("one sponsor twice", "sponsors", {}, "2025-03-20", {"people": [HELPERS[0], HELPERS[0]]}, {"G9.1"}),
    ("a sponsor on probation in the Party", "sponsors", {}, "2025-03-20", {"people": [HELPERS[0], helper("陈", under_probation_in_party=True)]}, {"G9.2"}),
    ("a sponsor who has not agreed", "sponsors", {}, "2025-03-20", {"people": [HELPERS[0], helper("陈", consented=False)]}, {"G9.1"}),
    ("an exemption that is not allowed", "course", {}, "2025-04-20", {"exemption": True, "half_days": 0, "hours": 0}, {"G11.1"}),
    ("average work", "branch_review", {}, "2025-05-06", {"rating_work": "average"}, {"G12.5"}),
    ("an open complaint", "branch_review", {}, "2025-05-06", {"complaints": 1}, {"G12.6"}),
    ("diverging views", "branch_review", {}, "2025-05-06", {"diverging": True}, {"G12.6"}),
    ("papers missing", "branch_review", {}, "2025-05-06", {"missing": "培训证明"}, {"G12.4"}),
    ("two of five in the committee", "branch_review", {}, "2025-05-06", {"present": 2, "in_favour": 2}, {"G12.8"}),
    ("too short a course", "branch_review", {"course": {"half_days": 5, "hours": 20}}, "2025-05-06", {}, {"G12.1", "X1"}),
    ("leaving in three months (E6)", "prereview", {}, "2025-05-15", {"leaving": "2025-08-15"}, {"G13.2"}),
    ("leaving a day later", "prereview", {}, "2025-05-15", {"leaving": "2025-08-16"}, set()),
    ("leaving, and the county agrees", "prereview", {}, "2025-05-15", {"leaving": "2025-08-15", "leave_override": True, "leave_paper": "县组函3号"}, set()),
    ("a second form", "form_issue", {"form_issue": {}}, "2025-05-16", {"number": "A0002"}, set()),
    ("a form nobody gave out", "form_filled", {"form_issue": None}, "2025-05-20", {}, {"G14.1"}),
    ("another's form", "form_filled", {}, "2025-05-20", {"number": "B9"}, {"G14.1"}),
    ("eight of sixteen", "branch_meeting", {}, "2025-06-10", {"full_members": 16, "due": 16, "present": 8}, {"G15.3"}),
    ("two full members (E19)", "branch_meeting", {}, "2025-06-10", {"full_members": 2, "due": 2, "present": 2, "in_favour": 2}, {"G15.2"}),
    ("a show of hands", "branch_meeting", {}, "2025-06-10", {"secret": False}, {"G15.4"}),
    ("two on one paper (E33)", "branch_meeting", {}, "2025-06-10", {"candidates_on_paper": 2}, {"G15.4"}),
    ("the person is away", "branch_meeting", {}, "2025-06-10", {"candidate_present": False}, {"G15.5"}),
    ("no sponsor there", "branch_meeting", {}, "2025-06-10", {"sponsors_present": 0}, {"G15.5"}),
    ("one sponsor, and a written introduction", "branch_meeting", {}, "2025-06-10", {"sponsors_present": 1, "written_introduction": True}, {"G15.5"}),
    ("a resolution without signature", "branch_meeting", {}, "2025-06-10", {"resolution": ["conduct", "due", "present", "result", "date"]}, {"G15.7"}),
    ("a base that does not add up", "branch_meeting", {}, "2025-06-10", {"full_members": 12}, {"G15.3"}),
    ("an interviewer without the office", "interview", {}, "2025-06-20", {"capacity": "other"}, {"G16.1"}),
    ("approval without interview", "approval", {"interview": None}, "2025-07-01", {}, {"G16.1", "X1"}),
    ("approval after three months", "approval", {}, "2025-09-11", {}, {"G17.3"}),
    ("approval after three months with a reason", "approval", {}, "2025-09-11", {"special": "洪灾"}, {"G17.3"}),
    ("approval after six months (E17)", "approval", {}, "2025-12-11", {"special": "洪灾"}, {"G17.3"}),
    ("three of seven for it", "approval", {}, "2025-07-01", {"in_favour": 3}, {"G17.2"}),
    ("not person by person", "approval", {}, "2025-07-01", {"one_by_one": False}, {"G17.2"}),
    ("no span of probation", "approval", {}, "2025-07-01", {"probation_to": None}, {"G17.4"}),
    ("a span from the approval on", "approval", {}, "2025-07-01", {"probation_from": "2025-07-01"}, {"G17.4"}),
    ("an oath before the approval", "oath", {}, "2025-06-30", {}, {"G20.1", "X1"}),
    ("conversion a day early", "conversion_meeting", {"conversion_opinion": {"on": "2026-06-02"}, "conversion_review": {"on": "2026-06-03"}}, "2026-06-09", {}, {"G23.1"}),
    ("conversion without the masses' view", "conversion_meeting", {"conversion_opinion": {"side": "group"}}, "2026-06-15", {}, {"G23.3"}),
    ("conversion without review", "conversion_meeting", {"conversion_review": None}, "2026-06-15", {}, {"G23.3"}),
    ("conversion late", "conversion_meeting", {}, "2026-07-11", {}, {"G23.2"}),
    ("an extension of five months (E11)", "conversion_meeting", {}, "2026-06-15", {"decision": "extend", "months": 5}, {"G23.5"}),
    ("an extension of six months (E11)", "conversion_meeting", {}, "2026-06-15", {"decision": "extend", "months": 6}, set()),
    ("an extension of thirteen months (E11)", "conversion_meeting", {}, "2026-06-15", {"decision": "extend", "months": 13}, {"G23.5"}),
    ("a postponement of somebody who was always here (E10)", "conversion_meeting", {}, "2026-06-15", {"decision": "postpone", "postponed_to": "2026-09-01"}, {"G23.6"}),
    ("a cancellation for a light breach (E13)", "conversion_meeting", {}, "2026-03-15", {"decision": "cancel", "breach": "light"}, {"G23.7"}),
    ("a cancellation before expiry for a serious one (E13)", "conversion_meeting", {}, "2026-03-15", {"decision": "cancel", "breach": "serious"}, set()),
    ("a person who never applies (E12)", "conversion_meeting", {"conversion_letter": None}, "2026-08-15", {"decision": "cancel", "breach": "duties"}, set()),
    ("conversion approved after three months", "conversion_approval", {}, "2026-09-16", {}, {"G24.1"}),
    ("a wrong day of standing", "conversion_approval", {}, "2026-07-10", {"standing": "2026-07-10"}, {"G24.1"}),
    ("an extension nobody voted", "extension", {}, "2026-07-10", {"months": 6}, {"X1"}),
    ("five papers", "archive_list", {}, "2026-07-20", {"papers": ["form", "letter", "training_form", "review", "probation_form"]}, {"G25.1"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "change", "held", "data", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_gates_say(kind, change, held, data, expected):
    until = {"form_issue": "form_issue", "extension": "conversion_approval"}.get(kind, kind)
    before = [one for one in story(until, change) if one.act_on <= on(held) or kind in ("oath", "application")]
    found = said(told(before), kind, held, data)
    assert rules([one for one in found if one.outcome is not Outcome.WARN]) == expected


def test_every_ruling_names_its_source_and_what_would_mend_it():
    for name, kind, change, held, data, expected in TABLE:
        found = said(told([one for one in story(kind, change) if one.act_on <= on(held)]), kind, held, data)
        for one in found:
            assert one.message.endswith("。"), name
            assert one.fix or one.outcome in (Outcome.REFUSE, Outcome.WARN), (name, one)
            assert one.article or one.rule in ("X1", "G15.6", "G23.6"), (name, one)
        assert expected or not found or all(one.outcome is Outcome.WARN for one in found), name


def test_the_first_day_is_said_where_time_alone_mends_it():
    found = said(told(story("object_meeting")), "object_meeting", "2025-02-28")
    assert [one.earliest for one in found if one.rule == "G7.1"] == [date(2025, 3, 1)]
    assert "第十三条" in next(one.article for one in found if one.rule == "G7.1")


def test_the_edition_of_the_acts_own_day_judges_it():
    old = story("consent")
    assert stops(said(told(old), "consent", "2025-03-10", {"result": "filed"})) == set()
    assert stops(said(told(old), "consent", "2026-06-01", {"result": "filed"})) == {"G8.1"}
    assert told([*old, *story()[len(old) : len(old) + 1]]).done[8] == on("2025-03-10")


def _agreed(**notice):
    """Proposed and agreed to under the newer edition, with a notice."""
    moved = dict.fromkeys(("object_meeting", "consent_request", "consent"))
    more = [
        (
            "object_meeting",
            "2026-06-01",
            {"committee": True, "size": 5, "present": 5, "in_favour": 5, "result": "proposed"},
        ),
        ("consent", "2026-06-14", {"result": "agreed"}),
        *[
            ("notice", one.pop("on"), {"stage": "object", "side": side, "location": "村务栏", **one})
            for side, one in notice.items()
        ],
    ]
    return story("sponsors", moved, more)


def test_e30_a_notice_over_a_holiday_is_a_working_day_short():
    found = said(
        told(_agreed()), "notice", "2026-06-15", {"stage": "object", "end": "2026-06-19", "location": "村务栏"}
    )
    assert [(one.rule, one.earliest) for one in found] == [("G8.2", on("2026-06-22"))]
    clear = told(_agreed(host={"on": "2026-06-15", "end": "2026-06-22"}))
    assert rules(said(clear, "notice_result", "2026-06-22", {"result": "clear"})) == {"G8.5"}
    assert rules(said(clear, "notice_result", "2026-06-23", {"result": "clear"})) == set()


def test_e30_a_year_whose_holidays_are_unknown_cannot_be_closed():
    moved = dict.fromkeys(("object_meeting", "consent_request", "consent"))
    vote = {"committee": True, "size": 5, "present": 5, "in_favour": 5, "result": "proposed"}
    more = [("object_meeting", "2028-06-01", vote), ("consent", "2028-06-14", {"result": "agreed"}),
            ("notice", "2028-06-15", {"stage": "object", "end": "2028-06-30", "location": "栏"})]  # fmt: skip
    late = told(story("sponsors", moved, more))
    found = said(late, "notice_result", "2028-07-01", {"result": "clear"}, surroundings("2028-07-02"))
    assert [(one.rule, one.outcome) for one in found] == [("G8.2", Outcome.DEFER)]


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ({"host": {"on": "2026-06-15", "end": "2026-06-22"}}, {"G8.3"}),
        (
            {"host": {"on": "2026-06-15", "end": "2026-06-22"}, "origin": {"on": "2026-06-22", "end": "2026-06-29"}},
            {"G8.3"},
        ),
        (
            {"host": {"on": "2026-06-15", "end": "2026-06-22"}, "origin": {"on": "2026-06-15", "end": "2026-06-22"}},
            set(),
        ),
    ],
    ids=["at the host's only", "not at the same time", "at both at once"],
)
def test_a_mobile_persons_notice_hangs_on_both_sides_at_once(notice, expected):
    found = said(told(_agreed(**notice), migrant=True), "notice_result", "2026-07-01", {"result": "clear"})
    assert rules(found) == expected


def test_an_objection_waits_for_its_conclusion():
    acts = _agreed(host={"on": "2026-06-15", "end": "2026-06-22"})
    objection = ("objection", "2026-06-17", {"side": "host"})
    waiting_ = told(story("sponsors", dict.fromkeys(("object_meeting", "consent_request", "consent")), [
        *[(one.kind, one.act_on, dict(one.data)) for one in acts if one.act_on >= on("2026-06-01")], objection]))  # fmt: skip
    found = said(waiting_, "notice_result", "2026-06-23", {"result": "clear"})
    assert [(one.rule, one.outcome) for one in found] == [("G8.4", Outcome.DEFER)]
    seq = waiting_.open_objections[0].seq
    for conclusion, outcome in (("unfounded", set()), ("unfit", {"G8.4"})):
        concluded = ("objection_conclusion", "2026-06-22", {"objection": seq, "conclusion": conclusion})
        history = told([*waiting_.acts, *_as_done(concluded, 90)])
        assert rules(said(history, "notice_result", "2026-06-23", {"result": "clear"})) == outcome


def _as_done(act, seq):
    from tests.plugins.development.paper import done

    return [done(seq, *act)]


def _migrant(**more):
    sides = [("department_opinion", "2025-03-25", {"department": name, "side": side, "favour": "favourable"})
             for name in ("公安", "计生", "工商", "税务") for side in ("host", "origin")]  # fmt: skip
    places = [
        ("household_opinion", "2025-03-26", {"source": source, "favour": "favourable"})
        for source in ("household", "residence")
    ]
    return [*sides[: more.get("departments", 8)], *places[: more.get("places", 2)]]


@pytest.mark.parametrize(
    ("more", "expected"), [({}, set()), ({"departments": 7}, {"G10.4"}), ({"places": 1}, {"G10.3"})],
    ids=["all there", "a department's opinion missing", "one place's opinion missing"],
)  # fmt: skip
def test_a_migrants_review_rests_on_both_places(more, expected):
    history = told(story("political_review", None, _migrant(**more)), migrant=True)
    assert stops(said(history, "political_review", "2025-04-01")) == expected


def test_a_migrant_has_a_contact_on_each_side():
    two = [helper("王", side="host"), helper("李", side="origin")]
    history = told(story("contacts"), migrant=True)
    assert rules(said(history, "contacts", "2024-03-12", {"people": two})) == set()
    assert rules(said(history, "contacts", "2024-03-12", {"people": [two[0], helper("陈", side="host")]})) == {"G5.3"}


def test_the_place_of_origin_signs_too():
    history = told(story("consent"), migrant=True, origin_unit=True)
    assert stops(said(history, "consent", "2025-03-10", {"result": "filed"})) == {"S1-15"}
    signed = told([*story("consent"), *_as_done(("cosign", "2025-03-06", {"about": "7", "result": "agreed"}), 80)],
                  migrant=True, origin_unit=True)  # fmt: skip
    assert stops(said(signed, "consent", "2025-03-10", {"result": "filed"})) == set()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (branch(powers.UnitType.TEMPORARY), {"E27"}), (branch(powers.UnitType.FLOATING), {"E27"}), (branch(), set()),
    ],
    ids=["temporary (E27)", "floating without the conditions", "an ordinary branch"],
)  # fmt: skip
def test_e27_which_branch_may_adopt(place, expected):
    found = said(told(story("branch_meeting")), "branch_meeting", "2025-06-10", None, surroundings(place=place))
    assert rules(found) == expected


def test_e26_a_village_committee_cannot_pre_review():
    village = branch(powers.UnitType.BRANCH, GENERAL)
    found = said(told(story("prereview")), "prereview", "2025-05-15", None, surroundings(place=village))
    assert stops(found) == {"G13.1"}


def test_a_general_branch_between_deliberates_first():
    between = surroundings(place=branch(powers.UnitType.BRANCH, GENERAL, COMMITTEE))
    history = told(story("approval"))
    assert stops(said(history, "approval", "2025-07-01", None, between)) == {"G17.1"}
    agreed = told(
        [*story("approval"), *_as_done(("deliberation", "2025-06-25", {"organ": "总支", "result": "agreed"}), 70)]
    )
    assert stops(said(agreed, "approval", "2025-07-01", None, between)) == set()


@pytest.mark.parametrize(
    ("ballot", "adopted"),
    [
        ({"full_members": 15, "due": 15, "present": 8, "in_favour": 8}, True),
        ({"full_members": 15, "due": 15, "present": 9, "in_favour": 6, "written_for": 2}, True),
        ({"full_members": 15, "due": 15, "present": 9, "in_favour": 6, "written_for": 1, "written_late": 1}, False),
        ({"full_members": 14, "due": 14, "present": 9, "in_favour": 7}, False),
        ({"full_members": 20, "without_vote": 1, "excluded": 2, "due": 17, "present": 10, "in_favour": 9}, True),
        ({"full_members": 20, "without_vote": 1, "due": 19, "present": 10, "in_favour": 9}, False),
    ],
)
def test_a_ballot_adopts_or_does_not(ballot, adopted):
    history = told(story("interview", {"branch_meeting": {**ballot, "issued": ballot["present"]}}))
    assert (history.adopted_on is not None) is adopted
    assert (15 in history.done) is adopted
    assert (12 in history.done) is adopted, "a failed vote comes again only after a new review (E21)"


def test_e2_time_counts_on_when_an_activist_moves():
    moved = [
        ("transfer_out", "2024-09-01", {"to": ""}),
        ("transfer_in", "2024-09-20", {"branch": {"id": str(UNIT)}, "log_complete": True, "decision": "continue"}),
    ]
    history = told(story("half_year_review", None, moved))
    assert earliest(history, LATER)[7] == on("2025-03-01")
    assert 5 not in history.done, "the new branch names its own contacts"
    assert history.ended is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"left": "2024-09-01", "log_complete": True, "decision": "continue"}, set()),
        ({"left": "2024-03-15", "log_complete": True, "decision": "continue"}, {"E4"}),
        ({"left": "2024-09-01", "log_complete": False, "decision": "continue"}, {"E4"}),
        ({"left": "2024-09-01", "log_complete": True, "decision": "not_recognised"}, {"E3"}),
        ({"left": "2024-09-01", "log_complete": True, "decision": "not_recognised", "consent": "同意"}, set()),
    ],
    ids=[
        "in time",
        "too long a gap (E4)",
        "an incomplete log (E3)",
        "not recognised alone",
        "not recognised with consent (E3)",
    ],
)
def test_the_branch_that_takes_somebody_over_decides(data, expected):
    history = told(story("half_year_review"))
    assert rules(said(history, "transfer_in", "2024-09-20", {"branch": {"id": str(UNIT)}, **data})) == expected


def test_e8_a_branch_alone_cannot_refuse_a_probationary_members_papers():
    history = told(story("probation_review"))
    data = {"branch": {"id": str(UNIT)}, "decision": "not_recognised", "consent": "同意"}
    assert stops(said(history, "transfer_in", "2025-10-01", data)) == {"E8"}


def test_an_object_who_moves_goes_through_consent_and_notice_again():
    moved = ("transfer_in", "2025-04-25", {"branch": {"id": str(UNIT)}, "decision": "continue"})
    history = told(story("branch_review", None, [moved]))
    assert history.step == 6
    assert history.clock.decided == on("2024-03-01")


def test_e10_who_came_during_probation_may_be_put_off_by_half_a_year():
    moved = ("transfer_in", "2026-01-10", {"branch": {"id": str(UNIT)}, "decision": "continue"})
    history = told(story("conversion_meeting", None, [moved]))
    for until, expected in (("2026-12-10", set()), ("2026-12-11", {"G23.6"})):
        data = {"decision": "postpone", "postponed_to": until}
        assert stops(said(history, "conversion_meeting", "2026-06-15", data)) == expected
    put_off = told(
        [*history.acts, *_as_done(("postponement", "2026-06-15", {"until": "2026-12-10", "why": "了解不够"}), 90)]
    )
    assert (put_off.side, put_off.probation.standing) == ("probation_postponed", on("2026-06-10"))


def test_an_extension_moves_standing_and_comes_once():
    extended = [
        (
            "conversion_meeting",
            "2026-06-15",
            {"due": 9, "present": 8, "in_favour": 8, "secret": True, "decision": "extend", "months": 6},
        ),
        ("extension", "2026-07-01", {"months": 6}),
    ]
    history = told(story("conversion_meeting", None, extended))
    assert (history.side, history.probation.expiry, history.probation.standing) == (
        "probation_extended",
        on("2026-12-10"),
        on("2026-12-10"),
    )
    assert 22 not in history.done
    again = said(
        history, "conversion_meeting", "2026-12-15", {"decision": "extend", "months": 6}, surroundings("2027-01-01")
    )
    assert stops(again) == {"G23.5"}


def test_a_suspension_does_not_count():
    pause = [("suspend", "2024-05-01", {"why": "联系不上", "silent": True}), ("resume", "2024-07-01", {})]
    history = told(story("half_year_review", None, pause))
    assert earliest(history, LATER)[7] == on("2025-03-01") + (on("2024-07-01") - on("2024-05-01"))
    stopped = told(story("half_year_review", None, pause[:1]))
    assert stops(said(stopped, "half_year_review", "2024-08-20")) == {"E25"}


def test_e29_a_clock_from_the_29th_of_february_ends_with_the_month():
    history = told(story("object_meeting", {"activist_meeting": {"on": "2024-02-29"}}))
    assert earliest(history, LATER)[7] == on("2025-02-28")


@pytest.mark.parametrize("ending", ["withdraw", "remove_from_pool"])
def test_e23_an_ended_case_takes_no_more_acts(ending):
    history = told(story("half_year_review", None, [(ending, "2024-05-01", {"why": "本人原因"})]))
    assert history.ended == (
        on("2024-05-01"),
        {"withdraw": "withdrawn", "remove_from_pool": "removed_from_pool"}[ending],
    )
    assert stops(said(history, "half_year_review", "2024-08-20")) == {"X1"}
    assert waiting(history) == []
    approved = told(story("filing_up"))
    assert stops(said(approved, ending, "2025-08-01", {"why": "本人原因"})) == {"E23"}


def test_a_step_is_completed_once():
    assert stops(said(told(story("talk")), "application", "2024-02-01", {"signed": "2024-02-01"})) == {"X1"}


def test_no_act_lies_in_the_future_or_before_birth():
    history = told(story("talk"))
    assert "X1" in stops(said(history, "talk", "2026-11-23"))
    assert "X1" in stops(said(history, "service", "1998-02-28", {"title": "劳动"}))


def test_what_a_step_takes_is_listed_with_what_is_there():
    listed = {one.rule: one.met for one in needs(told(story("poll_result")), 7, LATER, on("2025-03-05"))}
    assert listed["G7.1"]
    assert listed["G7.2"]
    assert listed["G7.3"]
    assert not listed["G7.5"]
    assert all(one.title for one in needs(told(story("poll_result")), 7, LATER))


@pytest.mark.parametrize("step", range(1, 26))
def test_every_step_can_say_what_it_takes_at_any_moment(step):
    for until in ("application", "object_meeting", "branch_review", "approval", "conversion_meeting", ""):
        history = told(story(until))
        assert needs(history, step, LATER)
        assert isinstance(rulings_of(history, step, LATER.as_of, LATER), list)


def test_what_waits_too_long_is_said():
    found = {(one.step, one.ruling.rule) for one in health(told(story("talk")), LATER) if one.act is None}
    assert (2, "G2.1") in found
    waits = {(one.step, one.ruling.rule) for one in health(told(story("interview")), LATER) if one.act is None}
    assert (17, "G17.3") in waits, "the approval's term runs while the interview waits"
    assert (15, "G15.1") in {
        (one.step, one.ruling.rule) for one in health(told(story("branch_meeting")), LATER) if one.act is None
    }


@pytest.mark.parametrize(
    ("kind", "until", "held", "data"),
    [
        ("branch_review", "filing_up", "2025-07-02", {"result": "not_yet"}),
        ("political_review", "filing_up", "2025-07-02", {"conclusion": "unqualified"}),
        ("consent", "sponsors", "2025-03-15", {"result": "refused"}),
        ("form_void", "filing_up", "2025-07-02", {"number": "A0001", "why": "污损"}),
        ("postponement", "archive_list", "2026-07-15", {"until": "2026-09-01", "why": "了解不够"}),
    ],
)
def test_what_later_decisions_rest_on_is_not_taken_back_by_a_further_act(kind, until, held, data):
    history = told(story(until))
    assert "X1" in stops(said(history, kind, held, data))


@pytest.mark.parametrize(
    ("moved", "day", "step", "earlier"),
    [("object_meeting", "2025-03-08", 7, "2025-03-06"), ("contacts", "2025-03-09", 5, "2025-02-20")],
)
def test_an_act_before_a_step_that_was_moved_behind_it_is_dated_too_early_and_waits_for_nothing(
    moved, day, step, earlier
):
    found = [one.ruling.message for one in health(told(story(change={moved: {"on": day}})), LATER)]
    assert any(one.startswith(f"日期{earlier}早于第{step}步") and one.endswith(f"的{day}。") for one in found)
    assert not [one for one in found if "还没有完成" in one]


def test_an_act_dated_after_the_end_is_found_by_its_day():
    late = [("withdraw", "2024-08-01", {"why": "外出"})]
    found = [one.ruling for one in health(told(story("opinion", more=late)), LATER) if one.act is not None]
    assert {one.message for one in found if one.field == "date"} == {
        f"日期{day}在这件办理结束的2024-08-01之后。" for day in ("2024-08-20", "2025-02-20")
    }
    assert not [one for one in found if "另行登记入党申请" in one.fix]


def test_a_further_review_after_the_proposal_moves_no_day():
    later = [("half_year_review", "2025-04-15", {"result": "ready"})]
    history = told(story("course", None, later))
    assert history.done[6] == on("2025-02-20")
    assert "X1" not in {one.ruling.rule for one in health(history, LATER)}


def test_what_a_poll_came_to_is_said_with_the_shares_of_the_tenants_own_rule():
    poll = {"issued": 100, "returned": 100, "in_favour": 85}
    strict = surroundings(poll_pass=(90, 100), poll_defer=(70, 100))
    found = said(told(story("object_meeting", {"poll_result": poll})), "object_meeting", "2025-03-05", {}, strict)
    message = next(one.message for one in found if one.rule == "G7.5")
    assert "70%以上、不到90%" in message


@pytest.mark.parametrize(
    ("kind", "until", "data", "rule"),
    [
        ("activist_meeting", "activist_meeting", {"size": 5, "present": 6, "in_favour": 5}, "G3.2"),
        ("object_meeting", "object_meeting", {"size": 5, "present": 4, "in_favour": 5}, "G3.2"),
        ("branch_review", "branch_review", {"size": 5, "present": 4, "in_favour": 5}, "G12.8"),
        ("opinion", "object_meeting", {"side": "masses", "asked": 9, "agree": 10}, "G7.3"),
        ("poll_result", "poll_result", {"issued": 100, "returned": 101, "in_favour": 90}, "G7.5"),
        ("poll_result", "poll_result", {"issued": 100, "returned": 90, "in_favour": 91}, "G7.5"),
        ("poll_result", "poll_result", {"issued": 100, "returned": 90, "in_favour": 80, "against": 11}, "G7.5"),
        ("branch_meeting", "branch_meeting", {"issued": 7, "in_favour": 8}, "G15.6"),
        ("approval", "approval", {"result": "not_approved", "size": 7, "present": 8, "in_favour": 2}, "G17.2"),
    ],
)
def test_votes_above_their_base_are_refused_whatever_the_result(kind, until, data, rule):
    history = told(story(until))
    day = next(one.act_on.isoformat() for one in story() if one.kind == kind)
    found = [one for one in said(history, kind, day, data) if one.rule == rule and "多于" in one.message]
    assert len(found) == 1
    assert found[0].stops
    assert found[0].field in data


@pytest.mark.parametrize(
    ("in_favour", "again", "stopped"),
    [(18, "2025-03-01", False), (13, "2025-08-25", True), (13, "2025-08-26", False), (5, "2025-03-01", True), (5, "2025-08-26", False)],
)  # fmt: skip
def test_who_did_not_pass_a_poll_is_polled_again_after_the_months_of_waiting(in_favour, again, stopped):
    poll = {"stage": "object", "side": "host", "issued": 20, "returned": 20, "in_favour": in_favour}
    history = told(story("object_meeting", {"poll_result": poll}))
    found = [one for one in said(history, "poll_result", again, {**poll, "in_favour": 19}) if one.rule == "G7.5"]
    assert bool(found) is stopped
    if found:
        assert (found[0].outcome, found[0].earliest) == (Outcome.DEFER, on("2025-08-26"))
    other = [one for one in said(history, "poll_result", again, {**poll, "stage": "review"}) if one.rule == "G12.7"]
    assert not other, "another stage has a poll of its own"


def test_the_committee_extends_by_what_the_branch_meeting_decided():
    met = {"conversion_meeting": {"decision": "extend", "months": 6}}
    history = told(story("conversion_approval", met))
    assert "G23.5" in stops(said(history, "extension", "2026-07-01", {"months": 7, "number": "1号"}))
    assert "G23.5" not in stops(said(history, "extension", "2026-07-01", {"months": 6, "number": "1号"}))


@pytest.mark.parametrize(("data", "stopped"), [({}, True), ({"to": " "}, True), ({"to": "外县党组织"}, False)])
def test_who_leaves_goes_somewhere(data, stopped):
    found = stops(said(told(story("contacts")), "transfer_out", "2024-09-01", data))
    assert ("E2" in found) is stopped


def test_what_is_wrong_with_a_vote_leads_to_the_vote_itself():
    nowhere = lambda *_given: ""  # noqa: E731
    links = Links(lambda kind: f"/do/{kind.code}", nowhere, nowhere, lambda act: f"/acts/{act.id}", nowhere)
    history = told(story())
    meeting = history.latest("object_meeting")
    for ruling in impossible("object_meeting", {"size": 5, "present": 6, "in_favour": 5}):
        assert ruling_view(ruling, links, meeting).url == f"/acts/{meeting.id}"


def test_a_notice_that_still_hangs_is_not_shown_as_over():
    agreed = [
        ("object_meeting", "2026-06-10", {"size": 5, "present": 5, "in_favour": 5, "result": "proposed"}),
        ("consent", "2026-06-12", {"result": "agreed"}),
        ("notice", "2026-06-15", {"stage": "object", "side": "host", "end": "2026-06-22", "location": "公告栏"}),
    ]
    history = told(story("object_meeting", None, agreed))
    for day, over in (("2026-06-22", False), ("2026-06-23", True)):
        assert {one.rule: one.met for one in needs(history, 8, surroundings(day), on(day))}["G8.5"] is over
