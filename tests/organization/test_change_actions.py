"""Changes on their way into force: decided by another, effective once and on their day, with history (T1.02 to T1.12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.database.read import row, rows, scalar
from core.organization import dependants
from core.organization.actions.changes import amend, approve, draft, enforce_due, give_back, reject, submit, withdraw
from core.organization.codes import ChangeKind, Subtype, UnitType
from core.organization.models import Body, PostHolding, Unit, UnitChange, UnitFigures, UnitVersion
from core.organization.plan import NewUnit, Plan
from core.organization.queries.changes import history
from core.organization.queries.tree import tree_on
from core.organization.rules.changes import MemberMove, OpenItem
from core.people.models import Person, Placement
from core.policy.findings import Refused
from tests.organization.conftest import DECIDER, SUBMITTER, County, by

TODAY = date(2026, 10, 31)
ON = date(2026, 10, 1)


def asked(plan: Plan, reason: str | None = None) -> UUID:
    """A change drafted and submitted."""
    with by(SUBMITTER):
        change = draft(plan=plan, reason=reason)
        submit(change_id=change, as_of=TODAY)
    return change


def done(plan: Plan, reason: str | None = None) -> UUID:
    """A change submitted, approved and, if its day has come, in force."""
    change = asked(plan, reason)
    with by(DECIDER):
        approve(change_id=change, doc_no="清委〔2026〕1号", as_of=TODAY)
    db.session.expire_all()
    return change


def refused(plan: Plan, reason: str | None = None) -> list[tuple[str, str | None]]:
    """(rule, code) of what refuses the plan."""
    with pytest.raises(Refused) as found:
        done(plan, reason)
    db.session.expire_all()
    return [(f.rule, f.code) for f in found.value.findings if f.blocks]


def state(change: UUID) -> str:
    return str(scalar(select(UnitChange.state).where(UnitChange.id == change)))


def rename(county: County, word: str, name: str, on: date = ON) -> Plan:
    return Plan(kind=ChangeKind.RENAME, effective_on=on, unit_id=county[word], name=name)


def branch(name: str, county: County, formal: int = 3, probationary: int = 0) -> Plan:
    new = NewUnit(
        name=name, type=UnitType.BRANCH, subtype=Subtype.STANDALONE, parent_id=county["甲镇"], formal=formal,
        probationary=probationary,
    )  # fmt: skip
    return Plan(kind=ChangeKind.ESTABLISH, effective_on=ON, new_units=(new,))


def test_t1_01_a_branch_of_two_formal_members_is_not_even_submitted(county: County) -> None:
    assert refused(branch("中共清源县新村支部委员会", county, 2, 5)) == [("R1.02", "E_RANGE")]
    assert row(select(Unit.id).where(Unit.name == "中共清源县新村支部委员会")) is None


def test_t1_02_three_formal_members_are_applied_for_approved_and_active(county: County) -> None:
    change = asked(branch("中共清源县新村支部委员会", county))
    assert state(change) == "submitted"
    with by(DECIDER):
        approve(change_id=change, doc_no="清委〔2026〕1号", as_of=TODAY)
    assert state(change) == "effective"
    made = row(
        select(Unit.state, Unit.established_on, Unit.approval_doc_no).where(Unit.name == "中共清源县新村支部委员会")
    )
    assert made == ("active", ON, "清委〔2026〕1号")


def test_t1_03_a_joint_branch_of_six_units_is_saved_only_with_a_reason(county: County) -> None:
    new = NewUnit(
        name="中共清源县联合支部委员会", type=UnitType.BRANCH, subtype=Subtype.JOINT, parent_id=county["甲镇"], formal=9,
        covered=tuple(f"单位{n}" for n in range(6)),
    )  # fmt: skip
    plan = Plan(kind=ChangeKind.ESTABLISH, effective_on=ON, new_units=(new,))
    with pytest.raises(Refused) as found:
        done(plan)
    assert [f.rule for f in found.value.findings] == ["R1.03"]
    done(plan, reason="山区单位分散")


def test_nobody_approves_what_he_submitted(county: County) -> None:
    change = asked(rename(county, "甲一", "中共清源县丙一支部委员会"))
    with by(SUBMITTER), pytest.raises(Refused, match="提交人不能审批"):
        approve(change_id=change, doc_no="1号", as_of=TODAY)
    assert state(change) == "submitted"
    assert county.unit("甲一").name == "中共清源县甲一支部委员会"


def test_a_group_is_the_branchs_own_affair(county: County) -> None:
    new = NewUnit(name="第二党小组", type=UnitType.GROUP, parent_id=county["甲一"], formal=3)
    with by(SUBMITTER):
        change = draft(plan=Plan(kind=ChangeKind.ESTABLISH, effective_on=ON, new_units=(new,)))
        submit(change_id=change, as_of=TODAY)
    assert state(change) == "effective"


def test_a_returned_change_is_mended_and_submitted_again_and_a_withdrawn_one_is_over(county: County) -> None:
    change = asked(rename(county, "甲一", "中共清源县丙一支部委员会"))
    with by(DECIDER):
        give_back(change_id=change, reason="名称有误")
    assert state(change) == "draft"
    with by(SUBMITTER):
        amend(change_id=change, plan=rename(county, "甲一", "中共清源县丁一支部委员会"))
        submit(change_id=change, as_of=TODAY)
        withdraw(change_id=change)
        with pytest.raises(Refused):
            submit(change_id=change, as_of=TODAY)
    assert state(change) == "cancelled"


def test_t1_12_the_old_name_shows_before_the_day_and_the_new_one_from_it_on(county: County) -> None:
    done(rename(county, "甲一", "中共清源县丙一支部委员会", date(2025, 2, 1)))

    def name_on(day: date) -> str:
        return next(unit.name for unit in tree_on(day) if unit.id == county["甲一"])

    assert name_on(date(2024, 12, 31)) == name_on(date(2025, 1, 31)) == "中共清源县甲一支部委员会"
    assert name_on(date(2025, 2, 1)) == "中共清源县丙一支部委员会"
    assert [(past.valid_from, past.valid_to) for past in history(county["甲一"])] == [
        (date(2025, 2, 1), None),
        (date(2000, 7, 1), date(2025, 2, 1)),
    ]


def test_two_changes_of_one_day_leave_one_state_of_that_day(county: County) -> None:
    done(rename(county, "甲一", "中共清源县丙一支部委员会"))
    done(rename(county, "甲一", "中共清源县丁一支部委员会"))
    assert [(past.valid_from, past.name) for past in history(county["甲一"])] == [
        (ON, "中共清源县丁一支部委员会"),
        (date(2000, 7, 1), "中共清源县甲一支部委员会"),
    ]


def test_history_is_not_written_behind_what_it_records_already(county: County) -> None:
    done(rename(county, "甲一", "中共清源县丙一支部委员会", date(2025, 2, 1)))
    plan = rename(county, "甲一", "中共清源县丁一支部委员会", date(2025, 1, 1))
    assert refused(plan) == [("R1.D", "E_CONFLICT")]
    assert refused(rename(county, "甲二", "中共清源县丁二支部委员会", date(1999, 1, 1)))[0] == ("R1.D", "E_RANGE")


def test_a_future_change_waits_for_its_day_and_happens_exactly_once(county: County) -> None:
    change = done(rename(county, "甲一", "中共清源县丙一支部委员会", date(2027, 1, 1)))
    assert state(change) == "approved"
    assert enforce_due(as_of=date(2026, 12, 31)) == []
    assert enforce_due(as_of=date(2027, 1, 1)) == [change]
    assert enforce_due(as_of=date(2027, 1, 1)) == []
    assert county.unit("甲一").name == "中共清源县丙一支部委员会"
    events = select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == "organization.change.effective")
    assert scalar(events) == 1


def test_an_approved_change_that_no_longer_fits_is_held_for_people_to_decide(county: County) -> None:
    plan = Plan(kind=ChangeKind.DISSOLVE, effective_on=date(2027, 1, 1), unit_id=county["甲二"])
    change = done(plan)
    county.settle("甲二", 1)
    assert enforce_due(as_of=date(2027, 1, 1)) == []
    assert state(change) == "approved"
    assert "甲二党员1" in row(select(UnitChange.findings).where(UnitChange.id == change))[0][0]["message"]
    with by(DECIDER):
        reject(change_id=change, reason="有党员转入")
    assert state(change) == "rejected"


def test_a_move_takes_the_whole_subtree_along(county: County) -> None:
    county.settle("甲一", 4)
    done(Plan(kind=ChangeKind.REPARENT, effective_on=ON, unit_id=county["甲一"], parent_id=county["乙镇"]))
    moved, group, town = county.unit("甲一"), county.unit("第一"), county.unit("乙镇")
    assert moved.path.startswith(town.path)
    assert group.path.startswith(moved.path)
    assert (moved.depth, group.depth) == (2, 3)
    assert moved.path_end == moved.path[:-1] + "/"
    assert group.path_end == group.path[:-1] + "/"
    assert row(
        select(UnitVersion.parent_id).where(UnitVersion.unit_id == moved.id, UnitVersion.valid_to.is_(None))
    ) == (county["乙镇"],)


def test_a_move_to_another_depth_is_written_down_for_everything_below(county: County) -> None:
    done(Plan(kind=ChangeKind.REPARENT, effective_on=ON, unit_id=county["甲镇"], parent_id=county["乙镇"]))
    assert [county.unit(word).depth for word in ("甲镇", "甲一", "第一", "乙镇")] == [2, 3, 4, 1]


def test_two_workers_put_a_change_in_force_once(county: County, inside, app) -> None:
    change = done(rename(county, "甲一", "中共清源县丙一支部委员会", date(2027, 1, 1)))

    def work(_number: int) -> list[UUID]:
        with app.app_context(), bound(tenant_id=inside.id):
            try:
                return enforce_due(as_of=date(2027, 1, 1))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as workers:
        found = [one for ended in workers.map(work, range(4)) for one in ended]
    assert found == [change]
    assert row(select(UnitChange.state, UnitChange.findings).where(UnitChange.id == change)) == ("effective", [])


def test_t1_09_a_committee_does_not_come_under_its_own_branch(county: County) -> None:
    plan = Plan(kind=ChangeKind.REPARENT, effective_on=ON, unit_id=county["甲镇"], parent_id=county["甲一"])
    assert set(refused(plan)) == {("R1.01", "E_CONFLICT")}
    assert county.unit("甲镇").parent_id == county.root


def test_a_group_is_not_moved_and_the_root_neither_moved_nor_dissolved(county: County) -> None:
    group = Plan(kind=ChangeKind.REPARENT, effective_on=ON, unit_id=county["第一"], parent_id=county["甲二"])
    assert ("R1.14", "E_CONFLICT") in refused(group)
    assert refused(Plan(kind=ChangeKind.DISSOLVE, effective_on=ON, unit_id=county.root))
    assert refused(Plan(kind=ChangeKind.REPARENT, effective_on=ON, unit_id=county.root, parent_id=county["甲镇"]))


def test_t1_10_a_branch_with_a_member_and_an_open_transfer_is_not_dissolved(county: County, monkeypatch) -> None:
    county.settle("甲二", 1)
    monkeypatch.setattr(dependants, "_open_items", [lambda _ids: [OpenItem("组织关系转接", "李四转往乙一支部")]])
    with pytest.raises(Refused) as found:
        done(Plan(kind=ChangeKind.DISSOLVE, effective_on=ON, unit_id=county["甲二"]))
    assert [(f.rule, f.code) for f in found.value.findings] == [("R1.17", "E_STATE")] * 2
    assert "甲二党员1" in str(found.value)
    assert "李四转往乙一支部" in str(found.value)


def test_an_empty_branch_is_dissolved_with_its_groups_posts_and_body(county: County) -> None:
    with transaction() as session:
        session.add(Body(unit_id=county["甲一"], started_on=date(2023, 1, 1), years=5, due_on=date(2028, 1, 1)))
        session.add(
            PostHolding(
                unit_id=county["甲一"], person_id=UUID(int=9), person_name="王五", post_code="01", how="elected",
                held_from=date(2023, 1, 1),
            )
        )  # fmt: skip
    done(Plan(kind=ChangeKind.DISSOLVE, effective_on=ON, unit_id=county["甲一"]))
    assert (county.unit("甲一").state, county.unit("第一").state) == ("dissolved", "dissolved")
    assert rows(select(Body.ended_on)) == [(ON,)]
    assert rows(select(PostHolding.held_to)) == [(ON,)]
    assert county["甲一"] not in {unit.id for unit in tree_on(ON)}
    assert county["甲一"] in {unit.id for unit in tree_on(date(2026, 9, 30))}
    assert refused(rename(county, "甲一", "中共清源县丙一支部委员会")) == [("R1.D", "E_STATE")]


def merge(county: County, moves: list[MemberMove]) -> Plan:
    return Plan(
        kind=ChangeKind.MERGE, effective_on=ON, sources=(county["甲一"], county["甲二"]), target_id=county["乙一"],
        moves=tuple(moves),
    )  # fmt: skip


def test_t1_11_a_merge_map_of_twenty_for_twenty_one_members_names_the_missing_one(county: County) -> None:
    people = county.settle("甲一", 12) + county.settle("甲二", 9)
    moves = [MemberMove(str(one), str(county["乙一"])) for one in people]
    with pytest.raises(Refused) as found:
        done(merge(county, moves[:-1]))
    assert [(f.rule, f.code) for f in found.value.findings] == [("R1.18", "E_REQUIRED")]
    assert "甲二党员9" in str(found.value)
    with pytest.raises(Refused) as found:
        done(merge(county, [*moves, moves[0]]))
    assert ("R1.18", "E_DUP") in [(f.rule, f.code) for f in found.value.findings]


def test_a_merge_moves_every_member_once_and_ends_its_sources(county: County) -> None:
    county.settle("甲一", 12)
    county.settle("甲二", 9)
    done(merge(county, []))
    assert rows(select(Person.unit_id).distinct()) == [(county["乙一"],)]
    assert (county.unit("甲一").state, county.unit("甲二").state) == ("dissolved", "dissolved")
    assert scalar(select(func.count()).select_from(Placement).where(Placement.valid_to.is_(None))) == 21
    assert row(select(UnitFigures.members).where(UnitFigures.id == county["乙一"])) == (21,)
    assert row(select(UnitFigures.members).where(UnitFigures.id == county["甲一"])) == (0,)


def test_townships_merge_with_everything_below_them(county: County) -> None:
    plan = Plan(kind=ChangeKind.MERGE, effective_on=ON, sources=(county["甲镇"],), target_id=county["乙镇"])
    done(plan, reason="乡镇合并")
    town = county.unit("乙镇")
    assert all(county.unit(word).path.startswith(town.path) for word in ("甲一", "甲二", "乙一", "第一"))
    assert county.unit("甲镇").state == "dissolved"


def split(county: County, people: list[UUID], first: int) -> Plan:
    made = tuple(
        NewUnit(key=f"new{n}", name=f"中共清源县新{n}支部委员会", type=UnitType.BRANCH, subtype=Subtype.STANDALONE)
        for n in (1, 2)
    )
    moves = tuple(MemberMove(str(one), "new1" if n < first else "new2") for n, one in enumerate(people))
    return Plan(
        kind=ChangeKind.SPLIT, effective_on=ON, unit_id=county["甲一"], new_units=made, keep_source=False, moves=moves
    )


def test_a_split_founds_branches_that_are_large_enough_and_places_everybody(county: County) -> None:
    people = county.settle("甲一", 6)
    assert ("R1.02", "E_RANGE") in refused(split(county, people, 4))
    done(split(county, people, 3))
    found = dict(rows(select(Unit.name, func.count()).join(Person, Person.unit_id == Unit.id).group_by(Unit.name)))
    assert found == {"中共清源县新1支部委员会": 3, "中共清源县新2支部委员会": 3}
    assert row(select(Unit.parent_id).where(Unit.name == "中共清源县新1支部委员会")) == (county["甲镇"],)
    assert county.unit("甲一").state == "dissolved"


def test_a_branch_with_members_becomes_a_general_branch_only_when_each_has_a_new_branch(county: County) -> None:
    people = county.settle("甲二", 60)
    plan = Plan(kind=ChangeKind.UPGRADE, effective_on=ON, unit_id=county["甲二"], new_type=UnitType.GENERAL_BRANCH,
                name="中共清源县甲二总支部委员会")  # fmt: skip
    assert refused(plan) == [("R1.18", "E_REQUIRED")]
    made = tuple(
        NewUnit(key=f"new{n}", name=f"中共清源县甲二第{n}支部委员会", type=UnitType.BRANCH, subtype=Subtype.STANDALONE,
                parent_id=county["甲二"])
        for n in (1, 2)
    )  # fmt: skip
    moves = tuple(MemberMove(str(one), f"new{n % 2 + 1}") for n, one in enumerate(people))
    done(Plan(kind=plan.kind, effective_on=ON, unit_id=plan.unit_id, new_type=plan.new_type, name=plan.name,
              new_units=made, moves=moves))  # fmt: skip
    unit = county.unit("甲二")
    assert (unit.type, unit.subtype, unit.name) == ("general_branch", None, "中共清源县甲二总支部委员会")
    assert sorted(rows(select(func.count()).select_from(Person).group_by(Person.unit_id))) == [(30,), (30,)]


def test_a_branch_changes_its_kind(county: County) -> None:
    county.settle("甲二", 5)
    plan = Plan(kind=ChangeKind.SUBTYPE_CHANGE, effective_on=ON, unit_id=county["甲二"], new_subtype=Subtype.RETIRED)
    done(plan)
    assert county.unit("甲二").subtype == "retired"
    assert refused(plan) == [("R1.D", "E_REQUIRED")]


WORDS = ("甲镇", "乙镇", "甲一", "甲二", "乙一", "第一")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), max_size=6))
def test_whatever_is_moved_where_the_tree_stays_a_tree(county: County, moves: list[tuple[str, str]]) -> None:
    for word, under in moves:
        try:
            done(Plan(kind=ChangeKind.REPARENT, effective_on=ON, unit_id=county[word], parent_id=county[under]))
        except Refused:
            db.session.expire_all()
    units = {unit.id: unit for unit in db.session.scalars(select(Unit))}
    for unit in units.values():
        if unit.parent_id is not None:
            parent = units[unit.parent_id]
            assert unit.path[:-5] == parent.path
            assert parent.path < unit.path < parent.path_end
            assert unit.depth == parent.depth + 1
    assert sum(unit.parent_id is None for unit in units.values()) == 1
