"""What the rules say of one record: R2.01 to R2.08, R2.14, R2.15 and the required fields of 2.1 (T2.01 to T2.08)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar_arithmetic import add_months
from core.people.codes import FEMALE, FORMAL, MALE, PROBATIONARY
from core.people.identity_number import check_character, normalise
from core.people.rules import (
    DEFAULT_POLICY,
    FIELD_LABELS,
    MemberRecord,
    RosterPolicy,
    check_member,
    complete,
    duplicate_in_file,
    duplicate_in_roster,
    phone_shared,
    place_rule,
    policy_values,
)
from core.people.rules import member as member_rules
from core.people.values import normalise_name
from core.policy.findings import Finding, Severity

AS_OF = date(2026, 10, 31)


def number(birth: date, serial: int = 1, province: str = "35") -> str:
    """A sound identity number; an odd serial is a man's."""
    body = f"{province}0525{birth:%Y%m%d}{serial:03d}"
    return body + check_character(body)


GOOD = MemberRecord(
    name="单雄信",
    sex=MALE,
    ethnic="01",
    id_no="350525198001010018",
    birth=date(1980, 1, 1),
    education="20",
    person_type=FORMAL,
    branch="某支部",
    join_date=date(2003, 5, 20),
    regular_date=date(2004, 5, 20),
    post="farmer",
    phone="13900000000",
    address="清源县白岭245号",
)


def with_birth(birth: date, **changes: object) -> MemberRecord:
    """The good record of somebody born that day."""
    return replace(GOOD, birth=birth, id_no=number(birth), **changes)  # type: ignore[arg-type]


def found(record: MemberRecord, **how: object) -> list[tuple[str, str, str, str | None]]:
    """(rule, field, severity, code) of every finding."""
    findings = check_member(record, as_of=AS_OF, **how)  # type: ignore[arg-type]
    return [(f.rule, f.field, f.severity.value, f.code) for f in findings]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(GOOD, id="T2.01"),
        pytest.param(
            replace(
                GOOD, id_no=normalise("35052520041015002x"), sex=FEMALE, birth=date(2004, 10, 15),
                join_date=date(2023, 5, 20), regular_date=date(2024, 5, 20),
            ),
            id="T2.03",
        ),
        pytest.param(with_birth(date(1976, 2, 29)), id="T2.04"),
        pytest.param(
            with_birth(date(2004, 10, 15), join_date=date(2022, 10, 15), regular_date=date(2023, 10, 15)), id="T2.07"
        ),
        pytest.param(replace(GOOD, join_date=date(2023, 5, 20), regular_date=date(2024, 5, 20)), id="T2.08"),
        pytest.param(replace(GOOD, name=normalise_name("阿卜杜•买买提")), id="T2.15"),
        pytest.param(replace(GOOD, person_type=PROBATIONARY, regular_date=None), id="probationary"),
        pytest.param(replace(GOOD, membership_state="suspended"), id="suspended"),
        pytest.param(replace(GOOD, join_date=AS_OF, person_type=PROBATIONARY, regular_date=None), id="joined today"),
        pytest.param(replace(GOOD, phone="0595-22222222"), id="landline"),
        pytest.param(replace(GOOD, id_no="", no_id_approval="县委组织部〔2020〕3号"), id="without a number, approved"),
    ],
)  # fmt: skip
def test_a_right_record_has_no_finding(record: MemberRecord) -> None:
    assert found(record) == []
    assert found(record, on_import=True) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(replace(GOOD, id_no="350525198001010019"), ("R2.01", "id_no", "E_FORMAT"), id="T2.02"),
        pytest.param(replace(GOOD, id_no="350525197702290014"), ("R2.01", "id_no", "E_FORMAT"), id="T2.04"),
        pytest.param(replace(GOOD, id_no="350525800101001"), ("R2.02", "id_no", "E_FORMAT"), id="T2.06"),
        pytest.param(replace(GOOD, id_no="3.50525E+17"), ("R2.01", "id_no", "E_FORMAT"), id="lost digits"),
        pytest.param(replace(GOOD, id_no=""), ("R2.01", "id_no", "E_REQUIRED"), id="no number"),
        pytest.param(
            with_birth(date(2004, 10, 15), join_date=date(2022, 10, 14), regular_date=date(2023, 10, 15)),
            ("R2.05", "join_date", "E_RANGE"),
            id="T2.07",
        ),
        pytest.param(
            replace(GOOD, join_date=date(2023, 5, 20), regular_date=date(2024, 5, 19)),
            ("R2.06", "regular_date", "E_RANGE"),
            id="T2.08",
        ),
        pytest.param(replace(GOOD, name="=HYPERLINK(...)"), ("R2.15", "name", "E_FORMAT"), id="T2.14"),
        pytest.param(replace(GOOD, name=""), ("2.1", "name", "E_REQUIRED"), id="no name"),
        pytest.param(replace(GOOD, name="单"), ("R2.15", "name", "E_RANGE"), id="name of one character"),
        pytest.param(replace(GOOD, name="单" * 300), ("R2.15", "name", "E_RANGE"), id="name of 300 characters"),
        pytest.param(
            replace(GOOD, join_date=date(2026, 11, 1), person_type=PROBATIONARY, regular_date=None),
            ("R2.05", "join_date", "E_RANGE"),
            id="joined tomorrow",
        ),
        pytest.param(
            replace(GOOD, join_date=date(9999, 1, 1), person_type=PROBATIONARY, regular_date=None),
            ("R2.05", "join_date", "E_RANGE"),
            id="joined in 9999",
        ),
        pytest.param(replace(GOOD, regular_date=None), ("R2.06", "regular_date", "E_REQUIRED"), id="no regular date"),
        pytest.param(replace(GOOD, regular_date=date(2003, 5, 19)), ("R2.06", "regular_date", "E_RANGE"), id="before"),
        pytest.param(replace(GOOD, person_type=PROBATIONARY), ("R2.07", "regular_date", "E_CONFLICT"), id="R2.07 date"),
        pytest.param(
            replace(GOOD, membership_state="probationary"), ("R2.07", "person_type", "E_CONFLICT"), id="R2.07 state"
        ),
        pytest.param(replace(GOOD, branch=None), ("R2.14", "branch", "E_REQUIRED"), id="no branch"),
        pytest.param(
            replace(GOOD, branch=None, unreadable={"branch": "中共不存在支部"}),
            ("R2.14", "branch", "E_SCOPE"),
            id="unknown branch",
        ),
        pytest.param(
            replace(GOOD, join_date=None, regular_date=None, person_type=PROBATIONARY, unreadable={"join_date": "2026-13-01"}),
            ("2.1", "join_date", "E_FORMAT"),
            id="T2.12 a 13th month",
        ),
        pytest.param(
            replace(GOOD, birth=None, unreadable={"birth": "20226-01-01"}), ("2.1", "birth", "E_FORMAT"), id="year 20226"
        ),
        pytest.param(replace(GOOD, education=None, unreadable={"education": "天书"}), ("2.1", "education", "E_FORMAT"), id="code"),
        pytest.param(replace(GOOD, person_type=None, regular_date=None), ("2.1", "person_type", "E_REQUIRED"), id="no type"),
    ],
)  # fmt: skip
def test_a_wrong_record_is_refused_for_its_reason(record: MemberRecord, expected: tuple[str, str, str]) -> None:
    rule, field, code = expected
    assert found(record) == [(rule, field, "BLOCK", code)]
    assert found(record, on_import=True) == [(rule, field, "BLOCK", code)]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            replace(GOOD, join_date=date(2003, 5, 20), regular_date=date(2005, 8, 19)),
            ("R2.06", "regular_date"),
            id="probation over 24 months and 90 days",
        ),
        pytest.param(
            replace(GOOD, join_date=date(2025, 11, 10), regular_date=date(2026, 11, 10)),
            ("R2.06", "regular_date"),
            id="formal in some days",
        ),
        pytest.param(
            with_birth(date(1955, 1, 1), join_date=date(1975, 7, 1), regular_date=date(1975, 7, 1)),
            ("R2.06", "regular_date"),
            id="no probation in 1975",
        ),
        pytest.param(
            with_birth(date(1930, 1, 1), join_date=date(1947, 7, 1), regular_date=date(1948, 7, 1)),
            ("R2.05", "join_date"),
            id="17 years old in 1947",
        ),
        pytest.param(replace(GOOD, phone="12345"), ("R2.08", "phone"), id="odd phone"),
        pytest.param(replace(GOOD, name="Anna Schmidt"), ("R2.15", "name"), id="Latin name"),
    ],
)
def test_an_unusual_record_needs_a_reason(record: MemberRecord, expected: tuple[str, str]) -> None:
    assert [(rule, field, severity) for rule, field, severity, _ in found(record)] == [(*expected, "WARN")]
    assert [severity for _, _, severity, _ in found(record, on_import=True)] == ["WARN"]


def test_24_months_and_90_days_of_probation_are_not_yet_unusual() -> None:
    last = add_months(date(2003, 5, 20), 24) + timedelta(90)
    assert found(replace(GOOD, join_date=date(2003, 5, 20), regular_date=last)) == []


def test_joining_before_the_party_was_founded_is_refused() -> None:
    record = with_birth(date(1900, 1, 1), join_date=date(1921, 7, 22), regular_date=date(1922, 7, 22))
    assert found(record) == [("R2.05", "join_date", "BLOCK", "E_RANGE")]
    assert found(replace(record, join_date=date(1921, 7, 23), regular_date=date(1922, 7, 23))) == []


def test_joining_before_being_born_is_refused_even_before_1949() -> None:
    record = with_birth(date(1948, 1, 1), join_date=date(1947, 1, 1), regular_date=date(1948, 1, 1))
    assert ("R2.05", "join_date", "BLOCK", "E_RANGE") in found(record)


def test_a_birth_before_1900_is_refused_whatever_reason_is_given() -> None:
    record = replace(GOOD, birth=date(1899, 12, 31))
    assert ("2.1", "birth", "BLOCK", "E_RANGE") in found(record, reason="档案与证件不一致")


class TestNumberAndFileDiffer:
    """R2.03: sex = 17th digit, birth = digits 7 to 14."""

    MISMATCHED_SEX = replace(
        GOOD, id_no="350525199912311043", birth=date(1999, 12, 31), sex=MALE, join_date=date(2020, 1, 1), regular_date=date(2021, 1, 1)
    )  # fmt: skip
    MISMATCHED_BIRTH = replace(GOOD, birth=date(1980, 2, 10))

    def test_t2_05_a_woman_s_number_with_sex_male_warns(self) -> None:
        assert found(self.MISMATCHED_SEX) == [("R2.03", "sex", "WARN", "E_CONFLICT")]

    def test_another_birth_warns(self) -> None:
        assert found(self.MISMATCHED_BIRTH) == [("R2.03", "birth", "WARN", "E_CONFLICT")]

    @pytest.mark.parametrize("record", [MISMATCHED_SEX, MISMATCHED_BIRTH])
    @pytest.mark.parametrize(
        ("reason", "severity"), [(None, "BLOCK"), ("", "BLOCK"), ("  ", "BLOCK"), ("档案与证件不一致", "WARN")]
    )
    def test_an_import_refuses_it_unless_a_reason_is_given(
        self, record: MemberRecord, reason: str | None, severity: str
    ) -> None:
        assert [found[2] for found in found(record, on_import=True, reason=reason)] == [severity]

    def test_the_message_names_the_field_the_rule_and_what_to_do(self) -> None:
        (finding,) = check_member(self.MISMATCHED_SEX, as_of=AS_OF)
        assert finding.message == (
            "性别“男”与公民身份号码第17位所示“女”不一致。"
            "如档案与证件确有不一致，请填写理由，两者都会保留；否则请更正（R2.03）。"
        )

    def test_a_number_that_does_not_check_says_nothing_of_sex_or_birth(self) -> None:
        record = replace(GOOD, id_no="350525198001010019", sex=FEMALE, birth=date(1981, 1, 1))
        assert [rule for rule, *_ in found(record)] == ["R2.01"]

    def test_age_at_joining_is_counted_from_the_birth_of_the_file(self) -> None:
        record = replace(GOOD, birth=date(1990, 1, 1), join_date=date(2003, 5, 20))
        assert [(rule, field) for rule, field, *_ in found(record)] == [("R2.03", "birth"), ("R2.05", "join_date")]


class TestWhatTheNumberFillsIn:
    """Sex and birth that are not given come from the number."""

    BARE = replace(GOOD, sex=None, birth=None)

    def test_sex_and_birth_are_taken_from_the_number_and_said(self) -> None:
        assert [(rule, field, severity) for rule, field, severity, _ in found(self.BARE)] == [
            ("R2.03", "sex", "INFO"),
            ("R2.03", "birth", "INFO"),
        ]
        completed = complete(self.BARE, as_of=AS_OF)
        assert (completed.sex, completed.birth) == (MALE, date(1980, 1, 1))

    def test_unknown_sex_is_taken_from_the_number_as_well(self) -> None:
        assert complete(replace(GOOD, sex="9"), as_of=AS_OF).sex == MALE

    def test_without_a_sound_number_they_are_missing(self) -> None:
        record = replace(self.BARE, id_no="350525198001010019")
        assert [(field, code) for _, field, _, code in found(record)] == [
            ("id_no", "E_FORMAT"),
            ("sex", "E_REQUIRED"),
            ("birth", "E_REQUIRED"),
        ]

    def test_what_was_given_but_cannot_be_read_is_not_replaced(self) -> None:
        record = replace(GOOD, birth=None, unreadable={"birth": "20226-01-01"})
        assert complete(record, as_of=AS_OF).birth is None

    def test_a_member_with_a_regular_date_is_formal_if_nothing_else_is_said(self) -> None:
        record = replace(GOOD, person_type=None)
        assert found(record) == [("R2.07", "person_type", "INFO", "E_REQUIRED")]
        assert complete(record, as_of=AS_OF).person_type == FORMAL

    def test_a_complete_record_stays_as_it_is(self) -> None:
        assert complete(GOOD, as_of=AS_OF) is GOOD


@pytest.mark.parametrize("field", ["ethnic", "education", "post", "phone", "address"])
def test_a_form_asks_for_what_an_import_lets_be_completed_later(field: str) -> None:
    record = replace(GOOD, **{field: None if field in ("ethnic", "education", "post") else ""})
    assert found(record) == [("2.1", field, "BLOCK", "E_REQUIRED")]
    assert found(record, on_import=True) == [("2.1", field, "INFO", "E_REQUIRED")]


@pytest.mark.parametrize("field", sorted(DEFAULT_POLICY.may_be_dropped))
def test_an_import_leaves_out_what_cannot_be_read_and_may_be_missing(field: str) -> None:
    record = replace(GOOD, unreadable={field: "天书"})
    assert found(record, on_import=True) == [("2.1", field, "WARN", "E_FORMAT")]
    assert found(record) == [("2.1", field, "BLOCK", "E_FORMAT")]


def test_all_reasons_are_said_together_the_first_one_first() -> None:
    record = replace(
        GOOD, name="", id_no="350525198001010019", branch=None, join_date=date(2031, 7, 1), regular_date=date(2004, 5, 20)
    )  # fmt: skip
    assert [rule for rule, *_ in found(record, on_import=True)] == ["2.1", "R2.01", "R2.14", "R2.05", "R2.06"]


class TestSameNumberTwice:
    """R2.04."""

    def test_a_number_taken_in_the_file_names_the_row(self) -> None:
        finding = duplicate_in_file(12, sheet="党员")
        assert (finding.rule, finding.severity, finding.code) == ("R2.04", Severity.BLOCK, "E_DUP")
        assert "“党员”第12行" in finding.message

    def test_a_number_taken_in_the_roster_names_the_member(self) -> None:
        finding = duplicate_in_roster("单雄信", "中共某村支部委员会")
        assert finding.blocks
        assert "单雄信" in finding.message

    def test_it_is_the_first_reason_before_sex_and_birth(self) -> None:
        record = replace(GOOD, sex=FEMALE, birth=date(1990, 1, 1))
        rules = [rule for rule, *_ in found(record, on_import=True, duplicate=duplicate_in_file(7))]
        assert rules[:3] == ["R2.04", "R2.03", "R2.03"]

    def test_a_record_that_is_right_but_for_it_is_refused(self) -> None:
        assert [rule for rule, *_ in found(GOOD, duplicate=duplicate_in_file(7))] == ["R2.04"]


def test_a_phone_of_three_members_is_unusual_and_of_two_is_not() -> None:
    assert phone_shared(2, DEFAULT_POLICY) is None
    finding = phone_shared(3, DEFAULT_POLICY)
    assert finding is not None
    assert (finding.rule, finding.severity) == ("R2.08", Severity.WARN)


def test_an_unknown_county_is_advice_and_refuses_nothing() -> None:
    finding = place_rule(GOOD)
    assert finding is not None
    assert finding.severity is Severity.INFO
    assert place_rule(replace(GOOD, id_no="360426199101010071")) is None


def test_the_old_number_s_message_offers_the_new_one() -> None:
    (finding,) = check_member(replace(GOOD, id_no="350525800101001"), as_of=AS_OF)
    assert finding.fix == "350525198001010018"


def test_messages_show_no_more_of_a_number_than_its_mask() -> None:
    (finding,) = check_member(replace(GOOD, id_no="350525198001010019"), as_of=AS_OF)
    assert "3505**********19" in finding.message
    assert "19800101" not in finding.message


def test_another_policy_judges_otherwise() -> None:
    policy = RosterPolicy(min_age=30, required=frozenset())
    assert [f.rule for f in check_member(GOOD, as_of=AS_OF, policy=policy)] == ["R2.05"]
    assert check_member(replace(GOOD, address=""), as_of=AS_OF, policy=RosterPolicy(required=frozenset())) == ()


def test_every_policy_value_has_a_key_of_its_own_a_unit_and_a_source() -> None:
    values = list(policy_values())
    keys = [about.key for _, _, about in values]
    assert len(set(keys)) == len(keys) == len(RosterPolicy.__dataclass_fields__)
    assert all(about.unit and about.source for _, _, about in values)


def near(day: date, days: int) -> st.SearchStrategy[date]:
    return st.integers(-days, days).map(lambda n: day + timedelta(n))


@st.composite
def records(draw: st.DrawFn) -> MemberRecord:
    """Records that are right or wrong in any mixture of ways."""
    birth = draw(st.sampled_from([date(1980, 1, 1), date(1976, 2, 29), date(2004, 10, 15), date(1932, 5, 1)]))
    join = draw(near(add_months(birth, 216), 3) | near(add_months(birth, 300), 400) | near(AS_OF, 2) | st.none())
    regular = None
    if join is not None:
        regular = draw(st.none() | near(add_months(join, 12), 2) | near(add_months(join, 24), 100) | near(AS_OF, 2))
    return MemberRecord(
        name=draw(st.sampled_from(["单雄信", "阿卜杜·买买提", "Anna", "单", "", "=A1"])),
        sex=draw(st.sampled_from([MALE, MALE, FEMALE, None, "9"])),
        ethnic=draw(st.sampled_from(["01", None])),
        id_no=draw(st.sampled_from([number(birth), number(birth), number(birth, 2), number(birth)[:17] + "0", ""])),
        birth=draw(st.sampled_from([birth, birth, birth, birth + timedelta(1), None])),
        education=draw(st.sampled_from(["20", None])),
        person_type=draw(st.sampled_from([FORMAL, FORMAL, PROBATIONARY, None])),
        branch=draw(st.sampled_from(["支部", "支部", None])),
        join_date=join,
        regular_date=regular,
        post=draw(st.sampled_from(["farmer", None])),
        phone=draw(st.sampled_from(["13900000000", "0595-22222222", "123", ""])),
        address=draw(st.sampled_from(["清源县", ""])),
        membership_state=draw(st.sampled_from([None, "formal", "probationary", "suspended", "died"])),
        no_id_approval=draw(st.sampled_from([None, "批准"])),
        unreadable=draw(st.sampled_from([{}, {}, {"post": "天书"}, {"birth": "20226-01-01"}])),
    )


good_but_for_dates = st.tuples(
    st.sampled_from([date(1980, 1, 1), date(1976, 2, 29), date(1930, 2, 28)]),
    st.integers(-3, 3),
    st.integers(-100, 800),
).map(
    lambda t: with_birth(
        t[0],
        join_date=add_months(t[0], 216) + timedelta(t[1]),
        regular_date=add_months(add_months(t[0], 216), 12) + timedelta(t[1] + t[2]),
    )
)


@given(records() | good_but_for_dates, st.booleans())
def test_the_short_way_says_right_only_where_the_rules_find_nothing(record: MemberRecord, on_import: bool) -> None:
    rules_say = member_rules.all_findings(record, as_of=AS_OF, policy=DEFAULT_POLICY, on_import=on_import)
    assert check_member(record, as_of=AS_OF, on_import=on_import) == rules_say


@given(good_but_for_dates)
def test_the_short_way_takes_every_ordinary_record(record: MemberRecord) -> None:
    join, regular = record.join_date, record.regular_date
    assert join is not None
    assert regular is not None
    ordinary = join.year - record.birth.year > 18 and 365 < (regular - join).days < 700  # type: ignore[union-attr]
    if ordinary:
        assert member_rules.is_plainly_right(record, AS_OF, DEFAULT_POLICY)


@given(records(), st.booleans())
def test_every_finding_names_a_field_a_rule_and_ends_in_the_rule_s_id(record: MemberRecord, on_import: bool) -> None:
    for finding in check_member(record, as_of=AS_OF, on_import=on_import):
        assert isinstance(finding, Finding)
        assert finding.field in FIELD_LABELS
        assert finding.code is not None
        assert finding.message.endswith(f"（{finding.rule}）。")
        assert not set(finding.message) & set("();,!?")


@given(records(), st.booleans())
def test_a_completed_record_has_no_finding_that_the_record_had_not(record: MemberRecord, on_import: bool) -> None:
    before = {(f.rule, f.field) for f in check_member(record, as_of=AS_OF, on_import=on_import)}
    completed = complete(record, as_of=AS_OF)
    assert {(f.rule, f.field) for f in check_member(completed, as_of=AS_OF, on_import=on_import)} <= before
    assert complete(completed, as_of=AS_OF) is completed
