"""Changes in odd orders: written behind later ones, on one day, with forged places; refused in words, never a broken history."""

from collections import Counter
from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.database import db, transaction
from core.database.read import row, rows
from core.organization.actions.changes import approve, enforce_due
from core.organization.codes import ChangeKind, Subtype, UnitType
from core.organization.models import Body, Unit, UnitChange, UnitVersion
from core.organization.plan import NewUnit, Plan
from core.organization.queries.tree import tree_on
from core.organization.rules.changes import MemberMove
from core.people.models import Person, Placement
from core.policy.findings import Refused
from tests.organization.conftest import DECIDER, County, by
from tests.organization.test_change_actions import asked, done, refused, rename

MARCH, MAY, JUNE = date(2026, 3, 1), date(2026, 5, 1), date(2026, 6, 1)


def merge(county: County, source: str, target: str, on: date) -> Plan:
    return Plan(kind=ChangeKind.MERGE, effective_on=on, sources=(county[source],), target_id=county[target])


def told(plan: Plan, reason: str | None = None) -> str:
    """What refuses a plan, in words."""
    with pytest.raises(Refused) as found:
        done(plan, reason)
    return str(found.value)


def new(
    kind: UnitType = UnitType.BRANCH, *, key: str = "new1", parent: UUID | None = None, word: str = "新"
) -> NewUnit:
    ending = {UnitType.BRANCH: "支部委员会", UnitType.COMMITTEE: "委员会", UnitType.GENERAL_BRANCH: "总支部委员会"}[
        kind
    ]
    own = Subtype.STANDALONE if kind is UnitType.BRANCH else None
    return NewUnit(key=key, name=f"中共清源县{word}{ending}", type=kind, subtype=own, parent_id=parent, formal=3)


def split(county: County, word: str, made: NewUnit, *, moves: list[MemberMove] | None = None, **more: object) -> Plan:
    return Plan(
        kind=ChangeKind.SPLIT, effective_on=MARCH, unit_id=county[word], new_units=(made,), moves=tuple(moves or ()),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("renamed", "source", "target"), [("甲一", "甲镇", "乙镇"), ("第一", "甲一", "甲二")], ids=["child", "group"]
)
def test_a_merge_is_not_written_behind_what_happened_to_those_who_come_along(
    county: County, renamed: str, source: str, target: str
) -> None:
    name = "第一新党小组" if renamed == "第一" else "中共清源县甲一新支部委员会"
    with transaction():
        county.unit(renamed).name = name
        known = update(UnitVersion).where(UnitVersion.unit_id == county[renamed])
        db.session().execute(known.values(valid_from=JUNE))
    assert ("R1.D", "E_CONFLICT") in refused(merge(county, source, target, MARCH), "合并")
    done(merge(county, source, target, JUNE), "合并")
    assert county.unit(source).state == "dissolved"


def test_nothing_comes_under_a_superior_before_that_was_there(county: County) -> None:
    done(
        Plan(kind=ChangeKind.ESTABLISH, effective_on=JUNE, new_units=(new(UnitType.COMMITTEE, parent=county.root),)),
        "新设",
    )
    town = row(select(Unit.id).where(Unit.name == "中共清源县新委员会"))[0]  # type: ignore[index]
    early = Plan(kind=ChangeKind.REPARENT, effective_on=MAY, unit_id=county["甲一"], parent_id=town)
    assert "早于上级党组织“中共清源县新委员会”的成立日期2026-06-01" in told(early)
    founded = Plan(kind=ChangeKind.ESTABLISH, effective_on=MAY, new_units=(new(parent=town, word="新一"),))
    assert refused(founded) == [("R1.D", "E_RANGE")]
    done(Plan(kind=ChangeKind.REPARENT, effective_on=JUNE, unit_id=county["甲一"], parent_id=town))
    for day in (MARCH, MAY, JUNE, date(2026, 10, 31)):
        assert [unit.name for unit in tree_on(day) if unit.depth == 0] == ["中共清源县委员会"], day


@pytest.mark.parametrize(("day", "words"), [(date(1900, 1, 1), "早于中国共产党成立"), (date(2226, 1, 1), "年以后")])
def test_a_year_that_cannot_be_meant_is_refused(county: County, day: date, words: str) -> None:
    found = Plan(kind=ChangeKind.ESTABLISH, effective_on=day, new_units=(new(parent=county["甲镇"]),))
    assert words in told(found)


def test_nobody_leaves_a_branch_before_the_day_they_came(county: County) -> None:
    county.settle("甲一", 4)
    late = county.settle("甲二", 4)[-1]
    with transaction() as session:
        session.execute(
            update(Placement).where(Placement.person_id == late).values(valid_from=MAY, cause="moved"),
            execution_options={"synchronize_session": False},
        )
    assert "甲二党员4在生效日期2026-03-01之后才编入" in told(merge(county, "甲二", "甲一", MARCH))
    done(merge(county, "甲二", "甲一", MAY))
    for person, _ in rows(select(Person.id, Person.name)):
        stays = rows(
            select(Placement.valid_from, Placement.valid_to)
            .where(Placement.person_id == person)
            .order_by(Placement.valid_from, Placement.valid_to)
        )
        assert all(begin <= (end or date.max) for begin, end in stays)
        assert all(end is not None and end <= nxt for (_, end), (nxt, _) in pairwise(stays))


def test_an_imported_stay_that_began_with_the_import_stands_in_no_changes_way(county: County) -> None:
    county.settle("甲一", 4)
    county.settle("甲二", 4)
    with transaction() as session:
        session.execute(update(Placement).values(valid_from=MAY), execution_options={"synchronize_session": False})
    done(merge(county, "甲二", "甲一", MARCH))
    assert county.unit("甲二").state == "dissolved"


def test_a_body_that_began_after_the_day_its_unit_ended_ends_on_the_day_it_began(county: County) -> None:
    with transaction() as session:
        session.add(Body(unit_id=county["甲二"], term_no=1, started_on=JUNE, years=3, due_on=date(2029, 6, 1)))
    done(Plan(kind=ChangeKind.DISSOLVE, effective_on=MARCH, unit_id=county["甲二"]))
    assert rows(select(Body.started_on, Body.ended_on)) == [(JUNE, JUNE)]


def test_merged_and_split_on_one_day_everybody_is_where_the_last_change_put_them(county: County) -> None:
    county.settle("甲一", 6)
    county.settle("甲二", 4)
    done(merge(county, "甲二", "甲一", MARCH))
    people = [
        person for (person,) in rows(select(Person.id).where(Person.unit_id == county["甲一"]).order_by(Person.id))
    ]
    moves = [MemberMove(str(one), "new1" if n < 4 else str(county["甲一"])) for n, one in enumerate(people)]
    done(split(county, "甲一", new(), moves=moves))
    open_stays = dict(
        rows(
            select(Placement.person_id, Unit.name)
            .join(Unit, Unit.id == Placement.unit_id)
            .where(Placement.valid_to.is_(None))
        )
    )
    assert Counter(open_stays.values()) == {"中共清源县新支部委员会": 4, "中共清源县甲一支部委员会": 6}
    before, after = ({unit.short_name for unit in tree_on(day)} for day in (date(2026, 2, 28), MARCH))
    assert "清源县甲二支部委员会" in before - after
    assert "清源县新支部委员会" in after - before


def test_who_stays_in_a_branch_that_is_split_holds_nobody_else_back(county: County) -> None:
    people = county.settle("甲一", 8)
    moves = [MemberMove(str(one), "new1" if n < 3 else str(county["甲一"])) for n, one in enumerate(people)]
    done(split(county, "甲一", new(), moves=moves))
    where = dict(rows(select(Person.id, Unit.name).join(Unit, Unit.id == Person.unit_id)))
    assert {where[one] for one in people[:3]} == {"中共清源县新支部委员会"}
    assert {where[one] for one in people[3:]} == {"中共清源县甲一支部委员会"}


def test_a_split_sends_only_its_own_children_and_only_to_what_it_founds(county: County) -> None:
    town = new(UnitType.COMMITTEE)
    foreign = split(county, "甲镇", town, child_moves={county["乙一"]: "new1"})
    assert ("R1.18", "E_SCOPE") in refused(foreign, "拆分")
    nowhere = split(county, "甲镇", town, child_moves={county["甲一"]: "nowhere"})
    assert "“nowhere”不在本次变动新成立的党组织之内" in told(nowhere, "拆分")
    wrong = split(county, "甲镇", new(UnitType.BRANCH), child_moves={county["甲一"]: "new1"})
    assert ("R1.01", "E_CONFLICT") in refused(wrong, "拆分")
    done(split(county, "甲镇", town, child_moves={county["甲一"]: "new1"}), "拆分")
    assert county.unit("甲一").path.startswith(row(select(Unit.path).where(Unit.name == town.name))[0])  # type: ignore[index]
    assert county.unit("乙一").parent_id == county["乙镇"]


def test_a_new_unit_does_not_hang_below_what_ends_or_moves_with_the_change(county: County) -> None:
    merged = Plan(kind=ChangeKind.MERGE, effective_on=MARCH, sources=(county["甲镇"], county["乙镇"]),
                  new_units=(new(UnitType.COMMITTEE, parent=county["甲镇"]),))  # fmt: skip
    assert "在这项变动中撤销" in told(merged, "合并")
    county.add("甲片", UnitType.COMMITTEE, "甲镇")
    below = split(county, "甲镇", new(UnitType.COMMITTEE, parent=county["甲片"]), child_moves={county["甲片"]: "new1"})
    assert "随同调整" in told(below, "拆分")


def test_nothing_ends_before_the_day_the_last_left_it(county: County) -> None:
    done(Plan(kind=ChangeKind.REPARENT, effective_on=JUNE, unit_id=county["甲一"], parent_id=county["乙镇"]))
    done(Plan(kind=ChangeKind.REPARENT, effective_on=MAY, unit_id=county["甲二"], parent_id=county["乙镇"]))
    assert "“中共清源县甲镇委员会”到2026-06-01还有下级党组织或党员" in told(
        Plan(kind=ChangeKind.DISSOLVE, effective_on=MAY, unit_id=county["甲镇"])
    )
    done(Plan(kind=ChangeKind.DISSOLVE, effective_on=JUNE, unit_id=county["甲镇"]))
    people = county.settle("甲二", 3)
    with transaction() as session:
        left = update(Placement).where(Placement.person_id.in_(people)).values(valid_to=JUNE)
        session.execute(left, execution_options={"synchronize_session": False})
        session.execute(
            update(Person).where(Person.id.in_(people)).values(standing="transferred_out"),
            execution_options={"synchronize_session": False},
        )
    assert refused(Plan(kind=ChangeKind.DISSOLVE, effective_on=MAY, unit_id=county["甲二"])) == [("R1.D", "E_CONFLICT")]
    done(Plan(kind=ChangeKind.DISSOLVE, effective_on=JUNE, unit_id=county["甲二"]))
    for day in (MARCH, MAY, JUNE, date(2026, 10, 31)):
        assert [unit.name for unit in tree_on(day) if unit.depth == 0] == ["中共清源县委员会"], day


def test_members_are_sent_to_branches_alone(county: County) -> None:
    people = county.settle("甲一", 6)
    moves = [MemberMove(str(one), "new1") for one in people]
    assert ("R1.15", "E_SCOPE") in refused(split(county, "甲一", new(UnitType.COMMITTEE), moves=moves), "拆分")


def test_a_merge_into_a_new_unit_is_a_change_of_the_first_that_merges_until_the_new_one_is_there(
    county: County,
) -> None:
    county.settle("甲一", 4)
    county.settle("甲二", 4)
    plan = Plan(kind=ChangeKind.MERGE, effective_on=MARCH, sources=(county["甲一"], county["甲二"]),
                new_units=(new(parent=county["甲镇"]),))  # fmt: skip
    waiting = asked(plan)
    assert rows(select(UnitChange.unit_id).where(UnitChange.id == waiting)) == [(county["甲一"],)]
    with by(DECIDER):
        approve(change_id=waiting, doc_no="清委〔2026〕2号", as_of=date(2026, 10, 31))
    made = row(select(Unit.id).where(Unit.name == "中共清源县新支部委员会"))
    assert rows(select(UnitChange.unit_id).where(UnitChange.id == waiting)) == [made]
    assert rows(select(Person.unit_id).distinct()) == [made]


def test_renames_of_one_unit_waiting_at_once_both_happen_in_the_order_of_their_days(county: County) -> None:
    done(rename(county, "甲二", "中共清源县丙支部委员会", date(2026, 11, 2)))
    done(rename(county, "甲二", "中共清源县丁支部委员会", date(2026, 11, 1)))
    assert len(enforce_due(as_of=date(2026, 12, 1))) == 2
    assert county.unit("甲二").name == "中共清源县丙支部委员会"
    assert [unit.name for unit in tree_on(date(2026, 11, 1)) if unit.id == county["甲二"]] == ["中共清源县丁支部委员会"]
