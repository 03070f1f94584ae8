"""The plan of the sample: programme, last year's and this year's places from the county down, and who is behind.

Only a few committees take part, so that what the figures say can be looked at: the town with the cases, two that are on the
way, one that rushed last December, one that has admitted nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Origin, Person, Unit, acting, add_months, today, transaction
from plugins.development.cases import opening, recording
from plugins.development.models.case import Case
from plugins.development.plan import items, planning, pool, programmes, splitting
from plugins.development.plan.models import Plan
from plugins.development.plan.places import link_of
from plugins.development.plan.progress import board
from plugins.development.plan.registers import keys
from plugins.development.plan.registers.models import KeyUnit
from plugins.development.sample.hands import NOBODY, officer
from plugins.development.sample.registers import root

#: Committees besides the one with the cases, and how many admissions are entered afterwards: of last year's December, of
#: the months before, of this year.
_OTHERS = ((0, 1, 3), (0, 2, 3), (3, 1, 2), (0, 0, 0))
#: Places beyond what was taken: of the first committee, of the second, which asks for more; of the last, which is behind.
_MORE, _LAST = {0: 3, 1: 0}, 4
_GOALS = "优化结构、提高质量：三年内35岁以下占六成，每个行政村每两年至少发展一名党员，培养返乡青年和致富能手。"
_TARGETS = {"under35": 60, "women": 30, "college": 40, "front_line_count": 6}
_FLOW = {"size": 7, "present": 7, "in_favour": 7, "collective": True, "one_by_one": True}


@dataclass(frozen=True, slots=True)
class Town:
    """A committee below the county. :param hands: who makes its plan."""

    unit: Unit
    hands: Origin


def load() -> None:
    """Everything, last year first; of a tenant that is one committee, this year's plan and its branches' alone."""
    county = root()
    year = today().year
    towns = _towns(county)
    above = officer(county.path, 0)
    _programme(county, year, above)
    if not towns:
        _alone(Town(county, above), year)
        return
    for town, (december, before, now) in zip(towns[1:], _OTHERS, strict=False):
        _entered(town.unit, december, before, now)
    last = _year(county, towns, year - 1, above)
    with acting(above):
        planning.close(plan_id=last)
    _year(county, towns, year, above)
    _branches(towns[0], year)
    _wishes(towns, year, above)
    _listed(towns[0], year)
    _behind(county, towns[-1], year, above)
    with acting(above):
        pool.analyse(
            unit_id=county.id, year=year, conclusion="总量不足，返乡青年和非公企业骨干来源增加，部分村连续两年没有新增。",
            measures="下半年举办一期入党积极分子培训班；对滞后村逐村落实培养对象。",
        )  # fmt: skip


def _alone(place: Town, year: int) -> None:
    """The plan of a tenant whose branches stand below its one committee."""
    line = next(
        one for one in board(((place.unit.path, place.unit.path_end),), year, today()) if one.id == place.unit.id
    )
    quota = line.used + line.reserved + 3
    with acting(NOBODY):
        planning.make(
            unit_id=place.unit.id, year=year, quota=quota, targets=_TARGETS, milestones=_steps(line.months, quota),
            basis="按上级下达的名额，向一线和青年骨干倾斜。", number=f"上级组〔{year}〕3号",
        )  # fmt: skip
    _in_force(place.unit.id, year, NOBODY, place.hands)
    _branches(place, year)
    _listed(place, year)


def _towns(county: Unit) -> list[Town]:
    """The committee over the cases, and those after it that have branches."""
    with transaction() as session:
        below = session.scalars(
            select(Unit)
            .where(Unit.parent_id == county.id, Unit.type == "committee", Unit.state == "active")
            .order_by(Unit.path)
        ).all()
        own = session.scalar(
            select(func.min(Unit.path)).join(Case, (Case.tenant_id == Unit.tenant_id) & (Case.unit_id == Unit.id))
        )
    first = next((one for one in below if own and one.path <= own < one.path_end), None)
    if first is None:
        return []
    others = [one for one in below if one.id != first.id][: len(_OTHERS)]
    return [Town(one, officer(one.path, 1)) for one in (first, *others)]


def _programme(county: Unit, year: int, above: Origin) -> None:
    with acting(NOBODY):
        places = {str(year - 1): 40, str(year): 45, str(year + 1): 50}
        made = programmes.save(unit_id=county.id, start_year=year - 1, goals=_GOALS, places=places, targets=_TARGETS)
        programmes.submit(programme_id=made)
    with acting(above):
        programmes.decide(programme_id=made, approved=True, number=f"清委〔{year - 1}〕5号")


def _entered(town: Unit, december: int, before: int, now: int) -> None:
    """Admissions that a committee entered afterwards from its own register: of members who are on the roster."""
    first = date(today().year, 1, 1)
    spans = (
        (december, date(first.year - 1, 11, 10), date(first.year - 1, 12, 10)),
        (before, date(first.year - 1, 2, 1), date(first.year - 1, 10, 31)),
        (now, first, today() - timedelta(days=40)),
    )
    for count, since, until in spans:
        with transaction() as session:
            people: Sequence[Any] = session.execute(
                select(Person.id, Person.unit_id, Person.name, Person.sex, Person.birth, Person.education, Person.join_date)
                .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
                .where(Unit.path >= town.path, Unit.path < town.path_end, Unit.type == "branch")
                .where(Person.standing.in_(("formal", "probationary")), Person.join_date.between(since, until))
                .where(Person.id.not_in(select(Case.person_id).where(Case.person_id.is_not(None))))
                .order_by(Person.join_date.desc(), Person.id).limit(count)
            ).all()  # fmt: skip
        for person, unit, name, sex, birth, education, joined in people:
            given = opening.NewCase(
                name=name,
                sex=sex,
                birth=birth,
                education=education,
                person_id=person,
                source_kind="other",
                traits=("farmer",),
            )
            _admitted(unit, given, joined)


def _admitted(unit: UUID, given: opening.NewCase, joined: date) -> None:
    with transaction():
        case = opening.open_case(unit_id=unit, given=given, quietly=True)
        term = {
            "probation_from": joined.isoformat(),
            "probation_to": (add_months(joined, 12) - timedelta(days=1)).isoformat(),
        }
        for kind, on, data in (
            ("application", joined - timedelta(days=525), {"channel": "paper"}),
            ("activist_meeting", joined - timedelta(days=470), {"result": "named"}),
            ("branch_meeting", joined, {}),
            ("approval", joined + timedelta(days=20), {"result": "approved", **_FLOW, **term}),
        ):
            recording.act(
                case_id=case, kind=kind, act_on=on, data=data, reason="从原有台账补录", history=True, sparse=True, quietly=True,
            )  # fmt: skip


def _year(county: Unit, towns: Sequence[Town], year: int, above: Origin) -> UUID:
    """A year's plan of the county and its committees, in force; all but the last committee keep step with it."""
    lines = {line.id: line for line in board(((county.path, county.path_end),), year, today())}
    more = [*(_MORE.get(place, 1) for place in range(len(towns) - 1)), _LAST]
    shares = {
        town.unit.id: lines[town.unit.id].used + lines[town.unit.id].reserved + extra
        for town, extra in zip(towns, more, strict=True)
    }
    quota = sum(shares.values()) + 5
    with acting(NOBODY):
        whole = planning.make(
            unit_id=county.id, year=year, quota=quota, reserve=3, targets=_TARGETS, pool_target=60,
            milestones=_steps(lines[county.id].months, quota), number=f"市组〔{year}〕3号",
            basis="上年新发展党员结构趋于合理，农村和非公企业力量仍显薄弱。",
        )  # fmt: skip
        splitting.split(plan_id=whole, shares=shares, reserve=3)
        for town in towns[:-1]:
            _paced(town.unit.id, year, _steps(lines[town.unit.id].months, shares[town.unit.id]))
        planning.submit(plan_id=whole)
    with acting(above):
        planning.approve(plan_id=whole, number=f"清委组〔{year}〕2号")
    for town in towns:
        _in_force(town.unit.id, year, town.hands, above)
    return whole


def _steps(months: Sequence[int], quota: int) -> list[int]:
    """How many are to be approved by the end of each month: as it came, and the rest in December."""
    return [*accumulate(months[:-1]), quota]


def _paced(unit_id: UUID, year: int, steps: Sequence[int]) -> None:
    plan = _plan(unit_id, year)
    if plan is not None:
        planning.edit(plan_id=plan, basis="", targets={}, milestones=steps, pool_target=None)


def _plan(unit_id: UUID, year: int) -> UUID | None:
    with transaction() as session:
        return session.scalar(select(Plan.id).where(Plan.unit_id == unit_id, Plan.year == year))


def _in_force(unit_id: UUID, year: int, below: Origin, above: Origin) -> None:
    plan = _plan(unit_id, year)
    if plan is None:
        return
    with acting(NOBODY if below.actor_id == above.actor_id else below):
        planning.submit(plan_id=plan)
    with acting(above):
        planning.approve(plan_id=plan, number=f"清组〔{year}〕8号")


def _branches(town: Town, year: int) -> None:
    """The town hands its places down to what lies below it: each has what it took, the first one more."""
    plan = _plan(town.unit.id, year)
    if plan is None:
        return
    lines = board(((town.unit.path, town.unit.path_end),), year, today())
    direct = [line for line in lines if line.parent_id == town.unit.id and line.used + line.reserved + line.activists]
    room = link_of(plan).room
    free = max(room.free, 0)
    shares = {line.id: line.used + line.reserved + (1 if place < free - 1 else 0) for place, line in enumerate(direct)}
    with acting(town.hands):
        splitting.split(plan_id=plan, shares=shares, reserve=0)
    for line in direct:
        with acting(town.hands):
            _paced(line.id, year, _steps(line.months, shares[line.id]))
        _in_force(line.id, year, NOBODY, town.hands)


def _wishes(towns: Sequence[Town], year: int, above: Origin) -> None:
    """Further places: one request was approved, one waits; and what units report for next year."""
    for number, (town, reason) in enumerate(
        zip(towns[1:3], ("新建工业园区，一线工人申请人较多。", "两个村换届后后备力量不足。"), strict=False)
    ):
        plan = _plan(town.unit.id, year)
        if plan is None:
            continue
        with acting(NOBODY):
            asked = splitting.ask_more(plan_id=plan, places=1, reason=reason)
        if number == 0:
            with acting(above):
                splitting.decide_more(
                    supplement_id=asked,
                    approved=True,
                    number=f"清组〔{year}〕15号",
                    answer="情况属实，从机动名额中解决。",
                )
    for town, wanted in zip(towns, (8, 5, 5, 4, 0), strict=False):
        with acting(town.hands):
            items.report(
                unit_id=town.unit.id, year=year + 1, wanted=wanted, non_members=1200 if wanted else None,
                without_conditions="" if wanted else "集中整顿期间，上级明确暂缓发展。", note="已征求各支部意见。",
            )  # fmt: skip


def _listed(town: Town, year: int) -> None:
    """Whom the branches mean to bring up this year and next."""
    plan = _plan(town.unit.id, year)
    if plan is None:
        return
    reasons = ("young", "front_line", "key_post", "technical")
    with acting(town.hands):
        for number, (case, *_) in enumerate(items.candidates(town.unit, year)[:6]):
            items.list_person(plan_id=plan, case_id=case, priority=reasons[number % 4], month=min(12, 9 + number % 4))


def _behind(county: Unit, town: Town, year: int, above: Origin) -> None:
    """Branches without admission go on the lists of key management; one is checked; its committee is told it is behind."""
    ranges = ((town.unit.path, town.unit.path_end),)
    with acting(NOBODY):
        keys.refresh(today(), ranges)
    with transaction() as session:
        listed = session.scalars(select(KeyUnit).order_by(KeyUnit.years.desc(), KeyUnit.id)).first()
    with acting(above):
        if listed is not None:
            keys.plan_measures(
                key_id=listed.id, measures="镇党委副书记包村，年内至少确定两名入党积极分子，明年发展一名。"
            )
            keys.check(key_id=listed.id, found="已确定两名培养对象，联系人已指定。", result="partly")
        lines = [line for line in board(((county.path, county.path_end),), year, today()) if line.id == town.unit.id]
        demand = "请分析原因，逐村落实培养对象，年底前报送整改情况。"
        keys.send_notices(
            lines=[line for line in lines if line.lag], year=year, month=max(today().month - 1, 1), demand=demand
        )
