"""The activist pool 信息库 (9.3; S4-20 to S4-27): stock against its target, sources, who came in, who went out and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, Text, bindparam, cast, extract, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from core.sdk import Finding, Unit, flush, policy_value, record, rows, tenant_id, today, touch, transaction, uuid7
from plugins.development.models.case import Act, Case, Helper
from plugins.development.plan.models import Plan, PlanItem
from plugins.development.plan.places import span
from plugins.development.plan.policy import POOL_TARGET
from plugins.development.plan.reckoning import percent, ratio
from plugins.development.plan.records import Ranges, any_word, block, hand, inside, settle
from plugins.development.plan.registers.models import PoolAnalysis
from plugins.development.rules.dates import add_months, full_months
from plugins.development.rules.rulesets import ruleset

_FIRST, _LAST, _ON = (bindparam(name, type_=Date) for name in ("first", "last", "as_of"))
_AT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
_IN = (Case.state == "activist") & Case.closed_on.is_(None)
_CAME = (Case.named_on >= _FIRST) & (Case.named_on <= _LAST)
_WENT_UP = (Case.listed_on >= _FIRST) & (Case.listed_on <= _LAST)
_WENT_OUT = (Case.state == "activist") & (Case.closed_on >= _FIRST) & (Case.closed_on <= _LAST)
_LATER = aliased(Act)
#: Trainings of a year that stand: what was corrected or voided has a later act.
_TRAINED = (
    (Act.kind == "training") & (Act.act_on >= _FIRST) & (Act.act_on <= _LAST) & Act.corrects_id.is_(None)
    & ~select(_LATER.id).where(
        _LATER.tenant_id == Act.tenant_id, _LATER.corrects_id == Act.id, _LATER.voids
    ).exists()
)  # fmt: skip
_SPAN = cast(
    (extract("year", _ON) - extract("year", Case.named_on)) * 12
    + extract("month", _ON)
    - extract("month", Case.named_on),
    Integer,
)
#: Whole months in the pool, as ``rules.dates.full_months`` counts them: 31 January to 30 September is eight.
_MONTHS = func.greatest(_SPAN - cast(Case.named_on + func.make_interval(0, _SPAN) > _ON, Integer), 0)


def _counts(near: Any) -> Any:
    count = func.count()
    trained = select(Act.id).where(Act.tenant_id == Case.tenant_id, Act.case_id == Case.id, _TRAINED).exists()
    return (
        select(
            Unit.path, count.filter(_IN), func.coalesce(func.sum(_MONTHS).filter(_IN), 0), count.filter(_CAME),
            count.filter(_WENT_UP), count.filter(_WENT_OUT), count.filter(_IN & trained),
            count.filter(Case.closed_on.is_(None), any_word(Case.state, ("visitor", "applicant"))),
        )
        .select_from(Case).join(Unit, _AT).where(near).group_by(Unit.path)
    )  # fmt: skip


def _by_word(near: Any, word: Any, condition: Any) -> Any:
    said = func.coalesce(word, literal_column("'other'"))
    return select(said, func.count()).select_from(Case).join(Unit, _AT).where(near, condition).group_by(said)


def _classes(near: Any) -> Any:
    """Classes held: those of the plugin by their id, others by day and title."""
    one = func.coalesce(Act.data["class_id"].astext, cast(Act.act_on, Text) + Act.data["title"].astext)
    return (
        select(func.count(one.distinct())).select_from(Act)
        .join(Case, (Case.tenant_id == Act.tenant_id) & (Case.id == Act.case_id)).join(Unit, _AT).where(near, _TRAINED)
    )  # fmt: skip


def _plans(near: Any) -> Any:
    return (
        select(Unit.path, Plan.quota + Plan.supplement, Plan.pool_target)
        .join(Unit, (Unit.tenant_id == Plan.tenant_id) & (Unit.id == Plan.unit_id))
        .where(
            near,
            Plan.year == bindparam("year", type_=Integer),
            any_word(Plan.state, ("approved", "adjusted", "closed")),
        )
    )


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the pool: a unit with all below it."""

    id: UUID
    name: str
    path: str
    stock: int
    months: int
    came: int
    went_up: int
    went_out: int
    trained: int
    applicants: int
    quota: int
    target: int | None

    @property
    def average(self) -> str:
        """Average whole months in the pool, to one decimal."""
        if not self.stock:
            return ""
        tenths = (self.months * 20 + self.stock) // (2 * self.stock)
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def share_trained(self) -> str:
        """Of those in the pool, who were trained this year."""
        return percent(self.trained, self.stock)

    @property
    def deviation(self) -> int | None:
        """Stock less target."""
        return None if self.target is None else self.stock - self.target

    @property
    def per_place(self) -> str:
        """Applicants : activists : places."""
        return ratio(self.applicants, self.stock, self.quota)


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool of a unit: itself, the units below it, and by source and reason."""

    whole: Group
    below: list[Group]
    sources: Mapping[str, int]
    reasons: Mapping[str, int]
    scouted: Mapping[str, int]
    classes: int


def pool(place: Unit, year: int, as_of: date) -> Pool:
    """The pool of a unit in a year, as of a day."""
    near, given = inside(((place.path, place.path_end),))
    first, last = span(year)
    days = {**given, "first": first, "last": last}
    units = select(Unit.id, Unit.short_name, Unit.path, Unit.path_end).where(
        near, Unit.state == "active", or_(Unit.id == place.id, Unit.parent_id == place.id), Unit.type != "group"
    )
    found = flush(
        (units.order_by(Unit.path), given), (_counts(near), {**days, "as_of": as_of}), (_plans(near), {**given, "year": year}),
        (_by_word(near, Case.source_kind, _IN), given), (_by_word(near, Case.close_reason, _WENT_OUT), days),
        (_by_word(near, Case.source_kind, (Case.state == "visitor") & Case.closed_on.is_(None)), given), (_classes(near), days),
    )  # fmt: skip
    groups = [_group(row, found[1], found[2], root=place.depth == 0 and row[0] == place.id) for row in found[0]]
    whole = next(group for group in groups if group.id == place.id)
    below = [group for group in groups if group.id != place.id]
    sources, reasons, scouted = ({str(word): int(count) for word, count in part} for part in found[3:6])
    return Pool(whole, below, sources, reasons, scouted, int(found[6][0][0]))


def _group(row: tuple[Any, ...], counts: Any, plans: Any, *, root: bool) -> Group:
    unit_id, name, path, end = row
    own = [[int(one) for one in line[1:]] for line in counts if path <= line[0] < end]
    total = [sum(column) for column in zip(*own, strict=True)] or [0] * 7
    quota, target = next(((int(q), t) for at, q, t in plans if at == path), (0, None))
    if target is None and root:
        target = int(policy_value(POOL_TARGET))
    values = (unit_id, name, path, *total, quota, target)
    return Group(*values)


#: Lists behind the numbers.
LISTS: dict[str, Any] = {
    "in": _IN, "came": _CAME, "up": _WENT_UP, "out": _WENT_OUT,
    "scouted": (Case.state == "visitor") & Case.closed_on.is_(None),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activist:
    """Somebody in the pool. :param ready_on: when the year of training is over. :param planned: year of the plan they stand in."""

    id: UUID
    name: str
    unit: str
    state: str
    side: str
    source: str
    named_on: date | None
    out_on: date | None
    reason: str
    contacts: int
    reviews: int
    trainings: int
    ready_on: date | None
    planned: int | None

    def months(self, as_of: date) -> int | None:
        """Whole months in the pool."""
        return full_months(self.named_on, self.out_on or as_of) if self.named_on else None


def _acts(kind: str) -> Any:
    done = aliased(Act)
    return (
        select(func.count()).where(done.tenant_id == Case.tenant_id, done.case_id == Case.id, done.kind == kind,
                                   done.corrects_id.is_(None)).scalar_subquery()
    )  # fmt: skip


def activists(place: Unit, year: int, what: str = "in", *, source: str = "") -> list[Activist]:
    """The people behind a number of the pool. :raises KeyError: no number is called so."""
    contacts = (
        select(func.count()).where(Helper.tenant_id == Case.tenant_id, Helper.case_id == Case.id, Helper.role == "contact",
                                   Helper.until.is_(None)).scalar_subquery()
    )  # fmt: skip
    planned = (
        select(func.min(PlanItem.year)).where(PlanItem.tenant_id == Case.tenant_id, PlanItem.case_id == Case.id,
                                              PlanItem.removed_on.is_(None), PlanItem.year >= year).scalar_subquery()
    )  # fmt: skip
    out_on = func.coalesce(Case.listed_on, Case.closed_on)
    found = (
        select(
            Case.id, Case.name, Unit.short_name, Case.state, Case.side, func.coalesce(Case.source_kind, "other"), Case.named_on,
            out_on, func.coalesce(Case.close_reason, ""), contacts, _acts("half_year_review"), _acts("training"),
            Case.clock_from, planned,
        )
        .join(Unit, _AT)
        .where(Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"), LISTS[what])
        .order_by(Case.named_on, Case.name_key).limit(2000)
    )  # fmt: skip
    if source:
        found = found.where(func.coalesce(Case.source_kind, "other") == source)
    given: dict[str, Any] = {"from0": place.path, "to0": place.path_end}
    if what in ("came", "up", "out"):
        given["first"], given["last"] = span(year)
    made = ((*one[:12], add_months(one[12], 12) if one[12] else None, one[13]) for one in rows(found, **given))
    return [Activist(*one) for one in made]


def figures(group: Group, found: Pool) -> dict[str, Any]:
    """The pool's figures as an analysis keeps them."""
    return {
        "stock": group.stock, "target": group.target, "came": group.came, "went_up": group.went_up,
        "went_out": group.went_out, "average_months": group.average, "trained": group.trained, "classes": found.classes,
        "applicants": group.applicants, "quota": group.quota, "sources": dict(found.sources), "reasons": dict(found.reasons),
    }  # fmt: skip


def analyse(*, unit_id: UUID, year: int, conclusion: str, measures: str, as_of: date | None = None) -> UUID:
    """Write down the yearly analysis of the pool by a committee or the county (article 11), with the day's figures.

    :raises Refused: nothing is said; a year to come; done for the year already.
    """
    day = as_of or today()
    article = ruleset(day).article(11)
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), unit_id))
        said: list[Finding] = []
        for name, text, label in (("conclusion", conclusion, "分析结论"), ("measures", measures, "改进措施")):
            if not text.strip():
                said.append(block("G11.0", name, f"请填写{label}。", "E_REQUIRED", source=article))
        if year > day.year:
            said.append(block("G11.0", "year", "还没有到这一年度。", "E_RANGE", source=article))
        known = select(PoolAnalysis.id).where(PoolAnalysis.unit_id == unit_id, PoolAnalysis.year == year)
        if session.scalar(known) is not None:
            said.append(block("G11.0", "year", f"{place.short_name}{year}年的分析已经登记。", "E_DUP", source=article))
        settle(said)
        found = pool(place, year, day)
        made = PoolAnalysis(
            id=uuid7(), unit_id=unit_id, year=year, figures=figures(found.whole, found), conclusion=conclusion.strip(),
            measures=measures.strip(), analysed_on=day, analyst=hand(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        touch("development.pool", unit_id)
        record(
            kind="development.pool.analysed",
            subject="development_pool_analysis",
            subject_id=made.id,
            detail={"year": year},
        )
        return made.id


def analyses(ranges: Ranges, year: int) -> list[tuple[Any, ...]]:
    """(id, unit, day, analyst) of the analyses of a year within the ranges."""
    near, given = inside(ranges)
    found = (
        select(PoolAnalysis.id, Unit.short_name, PoolAnalysis.analysed_on, PoolAnalysis.analyst)
        .join(Unit, (Unit.tenant_id == PoolAnalysis.tenant_id) & (Unit.id == PoolAnalysis.unit_id))
        .where(near, PoolAnalysis.year == year).order_by(Unit.path)
    )  # fmt: skip
    return list(rows(found, **given))
