"""What the days of a register say as acts, and what of them a case does not have yet."""

from datetime import date
from types import MappingProxyType
from uuid import uuid4

from plugins.development.cases.acts import Done
from plugins.development.importing.fields import FIELDS
from plugins.development.importing.steps import Wanted, beside, known_days, names_in, wanted


def on(text: str) -> date:
    return date.fromisoformat(text)


def days(**given: str) -> dict[str, date]:
    return {name: on(day) for name, day in given.items()}


def told(said):
    return [(one.kind, str(one.act_on)) for one in said.acts]


def stored(kind: str, day: str, **data) -> Done:
    return Done(uuid4(), 1, 1, kind, 0, on(day), uuid4(), data)


def test_acts_stand_in_the_order_in_which_things_happened():
    said = wanted(days(named="2024-03-01", applied="2023-08-01", talked="2023-08-20", filed="2024-03-10"), {}, {})
    assert told(said) == [
        ("application", "2023-08-01"), ("talk", "2023-08-20"), ("activist_meeting", "2024-03-01"),
        ("filing_reply", "2024-03-10"),
    ]  # fmt: skip


def test_one_day_for_the_object_is_the_day_of_the_meeting_and_of_the_answer():
    assert told(wanted(days(proposed="2025-03-05"), {}, {})) == [
        ("object_meeting", "2025-03-05"),
        ("consent", "2025-03-05"),
    ]
    both = wanted(days(proposed="2025-03-05", consented="2025-03-12"), {}, {})
    assert told(both) == [("object_meeting", "2025-03-05"), ("consent", "2025-03-12")]


def test_the_listing_is_an_act_of_its_own_under_the_new_edition_alone():
    old = wanted(days(notice="2025-03-10", notice_end="2025-03-17"), {}, {})
    assert told(old) == [("notice", "2025-03-10")]
    assert old.acts[0].data["end"] == "2025-03-17"
    new = wanted(days(notice="2027-03-10", notice_end="2027-03-17"), {}, {})
    assert told(new) == [("notice", "2027-03-10"), ("notice_result", "2027-03-18")]


def test_an_approval_says_the_probation_that_follows_from_the_meeting():
    said = wanted(days(adopted="2025-06-10", approved="2025-07-01"), {}, {})
    assert said.acts[-1].data == {"result": "approved", "probation_from": "2025-06-10", "probation_to": "2026-06-09"}


def test_names_without_a_day_take_their_steps_day_and_wait_where_there_is_none():
    texts = {"contacts": "王一、李二", "sponsors": "王一", "form_no": "A1"}
    said = wanted(days(named="2024-03-01"), texts, {})
    assert told(said) == [("activist_meeting", "2024-03-01"), ("contacts", "2024-03-01")]
    assert said.acts[1].data == {"people": [{"name": "王一"}, {"name": "李二"}]}
    assert [one.field for one in said.findings] == ["sponsors", "form_no"]
    assert not any(one.blocks for one in said.findings)
    later = wanted({}, texts, known_days([stored("object_meeting", "2025-03-05"), stored("prereview", "2025-05-15")]))
    assert ("sponsors", "2025-03-05") in told(later)
    assert [one for one in told(later) if one[0].startswith("form")] == [
        ("form_issue", "2025-05-15"), ("form_filled", "2025-05-15"),
    ]  # fmt: skip


def test_what_the_case_has_already_is_not_recorded_again():
    there = [
        stored("application", "2023-08-01"),
        stored("object_meeting", "2025-03-05"),
        stored("consent", "2025-03-09"),
    ]
    said = beside(wanted(days(applied="2023-08-01", talked="2023-08-20", proposed="2025-03-05"), {}, {}), there)
    assert told(said) == [("talk", "2023-08-20")]
    assert said.findings == []


def test_another_day_than_the_stored_one_is_refused_and_names_it():
    said = beside(wanted(days(talked="2023-08-21"), {}, {}), [stored("talk", "2023-08-20")])
    assert said.acts == []
    (found,) = said.findings
    assert (found.field, found.code, found.blocks) == ("talked", "E_CONFLICT", True)
    assert "2023-08-21" in found.message
    assert "2023-08-20" in found.message


def test_other_contacts_are_told_and_another_form_number_is_refused():
    there = [
        stored("activist_meeting", "2024-03-01"), stored("contacts", "2024-03-02", people=[{"name": "王一"}]),
        stored("form_issue", "2025-05-15", number="A1"), stored("form_filled", "2025-05-20", number="A1"),
    ]  # fmt: skip
    known = {**known_days(there), "prereviewed": on("2025-05-15")}
    said = beside(wanted({}, {"contacts": "李二", "form_no": "A2"}, known), there)
    assert said.acts == []
    assert [(one.field, one.blocks) for one in said.findings] == [("contacts", False), ("form_no", True)]
    same = beside(wanted({}, {"contacts": "王一", "form_no": "A1"}, known), there)
    assert (same.acts, same.findings) == ([], [])


def test_names_are_separated_by_whatever_people_use():
    assert names_in("王一、李二，赵三;孙四 周五/王一") == ["王一", "李二", "赵三", "孙四", "周五"]
    assert names_in(" ") == []


def test_no_heading_belongs_to_two_columns():
    seen = {}
    for spec in FIELDS:
        for heading in {spec.title, *spec.synonyms}:
            assert seen.setdefault(heading, spec.name) == spec.name, heading


def test_an_act_waits_for_those_of_its_day_that_stand_before_it_in_the_flow():
    first, second = (
        Wanted(kind, on("2025-03-05"), MappingProxyType({}), "x") for kind in ("object_meeting", "consent")
    )
    assert first.place < second.place
