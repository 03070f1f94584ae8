"""Posts and bodies in the database: who may take a post, what is asked, and how posts end (R1.06, R1.08, R1.16, R1.20)."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.database import db, transaction
from core.database.read import row, rows
from core.organization.actions.bodies import extend_term, start_body
from core.organization.actions.posts import answer_post, appoint, close_posts_of, leave_post
from core.organization.actions.units import cover, edit_unit
from core.organization.checkup import checkup
from core.organization.codes import Approval, ExtensionKind, HowTaken, PostCode
from core.organization.models import Body, PostHolding, Unit
from core.organization.queries import boards, cards
from core.organization.queries.policy import policy
from core.organization.queries.ranges import EVERYWHERE
from core.people.actions.standing import Decision, change_standing
from core.people.actions.writing import write_spell
from core.people.rules import Death
from core.policy.findings import Refused
from core.policy.models import PolicyValue
from tests.organization.conftest import County

TODAY = date(2026, 10, 31)
FROM = date(2026, 10, 1)


def take(
    county: County,
    person: UUID,
    unit: str = "甲一",
    post: PostCode = PostCode.SECRETARY,
    how: HowTaken = HowTaken.ELECTED,
    **more: object,
) -> UUID:
    return appoint(
        unit_id=county[unit], person_id=person, post=post, held_from=FROM, how=how, as_of=TODAY, **more  # type: ignore[arg-type]
    )  # fmt: skip


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str | None]]:
    return [(f.rule, f.code) for f in refused.value.findings]


def test_an_elected_secretary_waits_for_approval_and_filing_is_not_enough(county: County) -> None:
    (person,) = county.settle("甲一", 1)
    holding = take(county, person)
    assert row(select(PostHolding.approval, PostHolding.external)) == ("pending", False)
    with pytest.raises(Refused, match="须报上级党组织批准"):
        answer_post(holding_id=holding, approval=Approval.FILED)
    answer_post(holding_id=holding, approval=Approval.APPROVED)
    db.session.expire_all()
    assert row(select(PostHolding.approval)) == ("approved",)


def test_a_unit_has_one_secretary_at_a_time(county: County) -> None:
    first, second = county.settle("甲一", 2)
    holding = take(county, first)
    with pytest.raises(Refused) as refused:
        take(county, second)
    assert codes(refused) == [("R1.P", "E_CONFLICT")]
    leave_post(holding_id=holding, on=FROM)
    take(county, second)


def test_somebody_who_is_secretary_already_needs_a_reason(county: County) -> None:
    (person,) = county.settle("甲一", 1)
    take(county, person)
    with pytest.raises(Refused) as refused:
        take(county, person, "甲镇")
    assert codes(refused) == [("R1.16", "E_CONFLICT")]
    assert "中共清源县甲一支部委员会" in str(refused.value)
    take(county, person, "甲镇", reason="暂时兼任")


def test_an_officer_from_another_unit_is_refused_unless_appointed_secretary(county: County) -> None:
    (person,) = county.settle("乙一", 1)
    with pytest.raises(Refused) as refused:
        take(county, person)
    assert codes(refused) == [("R1.P", "E_SCOPE")]
    take(county, person, how=HowTaken.APPOINTED)
    assert row(select(PostHolding.external)) == (True,)


def test_a_probationary_member_is_not_elected_secretary(county: County) -> None:
    (person,) = county.settle("甲一", 1, formal=False)
    with pytest.raises(Refused) as refused:
        take(county, person, reason="没有别的人选")
    assert codes(refused) == [("R1.08", "E_STATE")]


def test_nobody_outside_the_roster_takes_a_post(county: County) -> None:
    with pytest.raises(Refused) as refused:
        take(county, UUID(int=7))
    assert codes(refused) == [("R1.P", "E_REQUIRED")]


def test_t1_05_the_eighth_member_of_a_branch_committee_is_refused(county: County) -> None:
    people = county.settle("甲一", 9)
    posts = [PostCode.SECRETARY, PostCode.DEPUTY_SECRETARY, *list(PostCode)[2:7]]
    for person, post in zip(people, posts, strict=False):
        take(county, person, post=post)
    with pytest.raises(Refused) as refused:
        take(county, people[7], post=PostCode.MASSES)
    assert codes(refused) == [("R1.06", "E_RANGE")]


def test_t1_04_seven_formal_members_without_a_committee_are_reported(county: County) -> None:
    county.settle("甲一", 7)
    found = look(county, "甲一")
    assert "R1.06" in found
    assert "R1.06" not in look(county, "甲二")


def look(county: County, word: str) -> list[str]:
    card = cards.card(county[word])
    assert card is not None
    numbers = policy(as_of=TODAY, unit_path=card.path)
    return [f.rule for f in checkup(card, cards.leadership(card.id), as_of=TODAY, policy=numbers)]


def test_somebody_who_leaves_loses_every_post_and_the_vacancy_shows(county: County) -> None:
    (person,) = county.settle("甲一", 1)
    take(county, person)
    assert close_posts_of(person_id=person, on=date(2026, 10, 5)) == 1
    db.session.expire_all()
    found, _total = boards.vacancies(EVERYWHERE)
    assert (found[0].unit_id, found[0].since) == (county["甲一"], date(2026, 10, 5))
    assert "R1.19" not in look(county, "甲一")


def test_the_post_of_somebody_who_died_ends_on_that_day(county: County) -> None:
    (person,) = county.settle("甲一", 1)
    take(county, person)
    with transaction():
        write_spell(person, started_on=date(2010, 7, 1), start_reason="imported")
    decision = Decision("died", "died", death=Death(date(2026, 10, 9), "死亡医学证明"))
    change_standing(person=person, version=1, ranges=EVERYWHERE, as_of=TODAY, decision=decision)
    assert rows(select(PostHolding.held_to)) == [(date(2026, 10, 9),)]


def test_a_new_body_ends_the_old_one_and_its_posts(county: County) -> None:
    (person,) = county.settle("甲一", 1)
    start_body(unit_id=county["甲一"], started_on=date(2021, 10, 1), as_of=TODAY)
    take(county, person)
    with pytest.raises(Refused) as refused:
        start_body(unit_id=county["甲一"], started_on=date(2020, 1, 1), as_of=TODAY)
    assert ("R1.B", "E_CONFLICT") in codes(refused)
    start_body(unit_id=county["甲一"], started_on=date(2026, 10, 20), as_of=TODAY)
    db.session.expire_all()
    assert rows(select(Body.started_on, Body.ended_on, Body.due_on).order_by(Body.started_on)) == [
        (date(2021, 10, 1), date(2026, 10, 20), date(2026, 10, 1)),
        (date(2026, 10, 20), None, date(2031, 10, 20)),
    ]
    assert rows(select(PostHolding.held_to)) == [(date(2026, 10, 20),)]


def test_t1_08_an_extension_moves_the_due_date_once_and_no_further_than_twelve_months(county: County) -> None:
    body = start_body(unit_id=county["甲一"], started_on=date(2021, 3, 10), as_of=TODAY)
    given = {"body_id": body, "kind": ExtensionKind.EXTEND, "approver": "中共清源县委员会", "doc_no": "1号"}
    assert extend_term(months=12, **given) == date(2027, 3, 10)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        extend_term(months=1, **given)  # type: ignore[arg-type]
    assert codes(refused) == [("R1.10", "E_RANGE")]


def test_the_terms_of_a_stricter_policy_hold_from_their_day_in_their_subtree(county: County) -> None:
    db.session.add(
        PolicyValue(
            key="org.vacancy", unit_id=county["甲镇"], value=10, effective_from=date(2026, 10, 1), reason="从严"
        )
    )
    db.session.commit()
    town, other = county.unit("甲镇").path, county.unit("乙镇").path
    assert policy(as_of=TODAY, unit_path=county.unit("甲一").path).vacancy == 10
    assert policy(as_of=TODAY, unit_path=other).vacancy == 30
    assert policy(as_of=date(2026, 9, 30), unit_path=town).vacancy == 30


def test_particulars_of_somebody_slower_are_not_saved(county: County) -> None:
    edit_unit(unit_id=county["甲一"], version=county.unit("甲一").version, values={"contact_name": "陈文"})
    with pytest.raises(Refused) as refused:
        edit_unit(unit_id=county["甲一"], version=1, values={"contact_name": "林青"})
    assert codes(refused) == [("R1.F", "E_CONFLICT")]
    with pytest.raises(ValueError, match="name"):
        edit_unit(unit_id=county["甲一"], version=2, values={"name": "另一个名称"})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "甲公司", "employees": 10, "employees_under_35": 11}, "employees_under_35"),
        ({"name": "甲公司", "employees": -1}, "employees"),
        ({"name": "甲公司", "credit_code": "123"}, "credit_code"),
    ],
)
def test_an_employer_is_recorded_with_sound_figures_only(county: County, given: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        cover(unit_id=county["甲一"], **given)  # type: ignore[arg-type]
    assert [f.field for f in refused.value.findings] == [field]


def test_a_temporary_branch_holds_no_election_but_its_secretary_may_be_appointed(county: County) -> None:
    (person,) = county.settle("甲一", 1)
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == county["甲一"]).values(subtype="temporary"))
    with pytest.raises(Refused, match="不选举") as refused:
        take(county, person)
    assert ("R1.13", "E_STATE") in codes(refused)
    take(county, person, how=HowTaken.APPOINTED)
