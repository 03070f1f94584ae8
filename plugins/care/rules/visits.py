"""The four occasions on which a visit must be made, when it is due, and when a case may be closed (R6.01 to R6.03)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from plugins.care.rules.findings import Said, Severity


class Kind(StrEnum):
    """The four occasions (四必访)."""

    HARDSHIP = "hardship"
    ILLNESS = "illness"
    FAMILY_DISPUTE = "family_dispute"
    WEDDING_FUNERAL = "wedding_funeral"


TITLES = {
    Kind.HARDSHIP: "生产生活困难",
    Kind.ILLNESS: "生病",
    Kind.FAMILY_DISPUTE: "家庭纠纷",
    Kind.WEDDING_FUNERAL: "红白喜事",
}
#: Kind → what it may be in particular.
SUB_KINDS = {
    Kind.HARDSHIP: {"disaster": "灾害", "unemployment": "失业", "schooling": "子女就学", "other": "其他困难"},
    Kind.ILLNESS: {"hospital": "住院", "serious": "重病", "surgery": "手术", "other": "其他疾病"},
    Kind.FAMILY_DISPUTE: {"couple": "夫妻", "neighbours": "邻里", "support": "赡养", "other": "其他纠纷"},
    Kind.WEDDING_FUNERAL: {"wedding": "婚事", "funeral": "丧事", "birth": "生育", "moving": "乔迁"},
}


class State(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    VISITED = "visited"
    FOLLOWING = "following"
    CLOSED = "closed"
    NOT_ESTABLISHED = "not_established"


STATE_TITLES = {
    State.REPORTED: "待核实",
    State.CONFIRMED: "已核实，待派人",
    State.ASSIGNED: "已派人，待走访",
    State.VISITED: "已走访",
    State.FOLLOWING: "跟进中",
    State.CLOSED: "已办结",
    State.NOT_ESTABLISHED: "不属实",
}
#: Which state may follow which.
NEXT = {
    State.REPORTED: {State.CONFIRMED, State.NOT_ESTABLISHED},
    State.CONFIRMED: {State.ASSIGNED, State.VISITED, State.NOT_ESTABLISHED},
    State.ASSIGNED: {State.ASSIGNED, State.VISITED, State.NOT_ESTABLISHED},
    State.VISITED: {State.FOLLOWING, State.CLOSED, State.NOT_ESTABLISHED},
    State.FOLLOWING: {State.FOLLOWING, State.CLOSED},
    State.CLOSED: set(),
    State.NOT_ESTABLISHED: set(),
}
OPEN = frozenset(State) - {State.CLOSED, State.NOT_ESTABLISHED}


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of R6.01 to R6.03 and R6.14, R6.15: design defaults, each a policy value."""

    illness: int = 3
    wedding_funeral: int = 3
    funeral: int = 2
    family_dispute: int = 5
    hardship: int = 7
    record: int = 3
    merge: int = 7
    visitors: int = 2

    def days(self, kind: Kind, sub_kind: str = "") -> int:
        """Days from the confirmation to the visit."""
        if kind is Kind.WEDDING_FUNERAL and sub_kind == "funeral":
            return self.funeral
        return int(getattr(self, kind.value))


DEFAULTS = Terms()


def due(kind: Kind, sub_kind: str, confirmed: date, terms: Terms = DEFAULTS) -> date:
    """The last day for the visit (R6.01)."""
    return confirmed + timedelta(days=terms.days(kind, sub_kind))


def overdue(due_on: date, as_of: date) -> bool:
    """Whether the visit is late; the due day itself is in time."""
    return as_of > due_on


def half_time(confirmed: date, due_on: date) -> date:
    """The day of the first reminder: half of the time is over."""
    return confirmed + timedelta(days=(due_on - confirmed).days // 2)


def moves(now: State, to: State) -> list[Said]:
    """Whether a case may go from one state to another."""
    if to in NEXT[now]:
        return []
    message = f"“{STATE_TITLES[now]}”的事项不能改为“{STATE_TITLES[to]}”。"
    return [Said("R6.01", Severity.BLOCK, message, "请刷新后查看最新状态。", "E_STATE", "state")]


@dataclass(frozen=True, slots=True)
class Known:
    """A case that is known already, for :func:`same`."""

    key: str
    kind: Kind
    reported: date
    state: State


def same(kind: Kind, reported: date, known: Sequence[Known], terms: Terms = DEFAULTS) -> Known | None:
    """The open case of the same kind reported within a week, to which a second report is to be added."""
    near = [
        one
        for one in known
        if one.kind is kind and one.state in OPEN and abs((reported - one.reported).days) <= terms.merge
    ]
    return max(near, key=lambda one: one.reported, default=None)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who went. A relative of the member is not counted (R6.02)."""

    person: str
    officer: bool = False
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it is recorded.

    :param channel: home | hospital | office | remote | other; ``remote`` needs a reason.
    :param refused: the member did not want the visit; it counts, with a note.
    :param needs: what the member needs, each with whether it has an owner and a due day.
    """

    made: date
    recorded: date
    visitors: Sequence[Visitor]
    channel: str = "home"
    refused: bool = False
    note: str = ""
    needs: Sequence[bool] = field(default=())


def visit_rulings(kind: Kind | None, sub_kind: str, given: Visit, terms: Terms = DEFAULTS) -> list[Said]:
    """R6.02 and R6.03 for a visit that is being recorded; ``kind`` is ``None`` for a visit of one's own accord."""
    found = []
    if given.made > given.recorded:
        found.append(Said("R6.03", Severity.BLOCK, "走访日期在将来。", "请填实际走访的日期。", "E_RANGE", "made"))
    if not given.visitors:
        found.append(
            Said("R6.02", Severity.BLOCK, "没有填写走访人。", "请至少填写一名走访人。", "E_REQUIRED", "visitors")
        )
    counted = [one for one in given.visitors if not one.relative]
    delicate = kind is Kind.FAMILY_DISPUTE or (kind is Kind.WEDDING_FUNERAL and sub_kind == "funeral")
    if delicate and (len(counted) < terms.visitors or not any(one.officer for one in counted)):
        message = (
            f"{TITLES[kind] if kind else ''}的走访应有{terms.visitors}人以上、其中至少一名支部委员（亲属不计入）。"
        )
        found.append(Said("R6.02", Severity.WARN, message, "请补充走访人，或写明原因。", field="visitors"))
    if (given.recorded - given.made).days > terms.record:
        message = f"走访记录应在{terms.record}天内登记，已过{(given.recorded - given.made).days}天。"
        found.append(Said("R6.03", Severity.WARN, message, "请写明原因。", field="recorded"))
    if given.channel == "remote" and not given.note.strip():
        found.append(
            Said("R6.01", Severity.BLOCK, "电话或视频走访须说明原因。", "如：本人在境外。", "E_REQUIRED", "note")
        )
    if given.refused and not given.note.strip():
        found.append(Said("R6.01", Severity.BLOCK, "本人谢绝走访的，须写明情况。", "", "E_REQUIRED", "note"))
    if not all(given.needs):
        message = "每项需求须有负责人和办理期限。"
        found.append(Said("R6.03", Severity.BLOCK, message, "请补充负责人和期限。", "E_REQUIRED", "needs"))
    return found


def closing_rulings(*, visits: int, open_follow_ups: int, reason: str = "") -> list[Said]:
    """R6.01, R6.03: a case closes with a visit made and nothing left open, or with a reason."""
    found = []
    if not visits:
        found.append(Said("R6.01", Severity.BLOCK, "还没有走访，不能办结。", "请先登记走访。", "E_STATE", "visits"))
    if open_follow_ups and not reason.strip():
        message = f"还有{open_follow_ups}项跟进没有完成，不能办结。"
        found.append(
            Said("R6.03", Severity.BLOCK, message, "请先完成跟进，或写明办结的原因。", "E_STATE", "follow_ups")
        )
    return found


def yearly_visits(*, old_weak_or_disabled: bool, visits_this_year: int, least: int = 2) -> list[Said]:
    """R6.14: who is old, weak or disabled is visited at least twice a year."""
    if not old_weak_or_disabled or visits_this_year >= least:
        return []
    message = f"年老体弱、行动不便的党员每年应走访{least}次以上，今年{visits_this_year}次。"
    return [Said("R6.14", Severity.INFO, message, "请安排上门走访、送学。", field="visits")]


def contact_overdue(last: date | None, as_of: date, *, days: int = 92) -> list[Said]:
    """R6.15: each officer speaks with those on their list once a quarter."""
    if last is not None and (as_of - last).days <= days:
        return []
    since = f"上次联系是{last:%Y-%m-%d}" if last else "还没有联系过"
    return [Said("R6.15", Severity.WARN, f"每季度至少联系一次，{since}。", "请联系并登记。", field="last")]
