"""The register of running cases as a kind of import: judging its rows, and recording what they tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Finding, Refused, keyring, tenant_id, today, transaction
from core.sdk.importing import Act, Batch, Branches, Effect, ImportContext, Verdicts
from core.sdk.people import identity_fault
from plugins.development.cases import opening, recording
from plugins.development.cases.saying import block
from plugins.development.importing.fields import TITLES
from plugins.development.importing.matching import Members, Stock, Stored
from plugins.development.importing.reading import Row, read_rows
from plugins.development.importing.steps import Wanted, beside, known_days, tell, wanted
from plugins.development.models.case import Case

SUBJECT: Final = "development_case"
_WHY: Final = "从原有登记表补录"
#: Kinds whose people may be on the roster.
_HELPED: Final = frozenset({"contacts", "sponsors"})


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be recorded of a row. :param case_id: ``None`` for somebody new."""

    row: Row
    unit_id: UUID
    case_id: UUID | None
    acts: Sequence[Wanted]


class CaseImporter:
    """Judges and records the rows of one register."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._branches = Branches(within=context.within)
        self._last = min(context.as_of, today())
        self._seen: dict[Any, tuple[str, int]] = {}

    def check(self, batch: Batch) -> Verdicts:
        """Judge a batch; somebody who stands in the file twice is refused the second time."""
        read = read_rows(batch, self._branches)
        numbers = [self._number(row) for row in read]
        stock = Stock([one for one in numbers if one], [row.given.name for row in read if row.given.name])
        cases = [self._case(stock, row, number) for row, number in zip(read, numbers, strict=True)]
        stock.load({one.id for one in cases if one is not None})
        verdicts, tasks = Verdicts([]), list[Task]()
        for at, (row, number, case) in enumerate(zip(read, numbers, cases, strict=True)):
            act = self._judge(row, case, stock, tasks)
            self._twice(batch, at, row, number)
            if row.blocked and act is not Act.REFUSE:
                if act in (Act.CREATE, Act.UPDATE):
                    tasks.pop()
                act = Act.REFUSE
            verdicts.acts.append(act)
            if row.findings:
                verdicts.findings[at] = row.findings
        verdicts.payload = tasks
        return verdicts

    def apply(self, batch: Batch, verdicts: Verdicts) -> Sequence[Effect]:
        """Record what :meth:`check` judged, a row after the other."""
        del batch
        tasks: list[Task] = verdicts.payload
        members = Members(task.unit_id for task in tasks)
        return [_record(task, members) for task in tasks]

    def totals(self) -> dict[str, Any]:
        """How many cases are open, and how many of them are objects or candidates."""
        with transaction() as session:
            found = session.execute(
                select(Case.state, func.count()).where(Case.closed_on.is_(None)).group_by(Case.state)
            ).all()
        by_state: dict[str, int] = {state: int(count) for state, count in found}
        return {"open": sum(by_state.values())} | {name: by_state.get(name, 0) for name in list(FIGURES)[1:]}

    def _number(self, row: Row) -> bytes | None:
        number = row.given.id_no
        if not number or identity_fault(number, as_of=today()) is not None:
            return None
        return keyring().blind(number, purpose="id_no")

    def _case(self, stock: Stock, row: Row, number: bytes | None) -> Stored | None:
        unit = row.place.branch if row.place else None
        return stock.find(number, row.given.name, row.given.birth, unit)

    def _judge(self, row: Row, case: Stored | None, stock: Stock, tasks: list[Task]) -> Act:
        stored = stock.acts(case.id) if case else []
        said = beside(wanted(row.days, row.texts, known_days(stored)), stored)
        row.findings += said.findings
        row.findings += self._impossible(row, said.acts, case.birth if case else row.given.birth)
        acts = [one for one in said.acts if not (one.implied and one.act_on > self._last)]
        if case is None:
            return self._new(row, acts, tasks)
        self._known(row, case, acts)
        if row.blocked:
            return Act.REFUSE
        if not acts or self._context.mode == "add":
            return Act.SAME
        tasks.append(Task(row, case.unit_id, case.id, acts))
        return Act.UPDATE

    def _new(self, row: Row, acts: Sequence[Wanted], tasks: list[Task]) -> Act:
        already = {one.field for one in row.findings}
        row.findings += [one for one in opening.faults(row.given) if one.field not in already]
        if self._context.mode == "update":
            row.findings.append(block("X0", "name", "系统中没有这名同志的事项，而这次导入只更新已有的。", "E_STATE"))
        if "applied" not in row.days and "applied" not in already:
            row.findings.append(_without_application(bool(row.days)))
        if row.blocked or row.place is None:
            return Act.REFUSE
        tasks.append(Task(row, row.place.branch, None, acts))
        return Act.CREATE

    def _known(self, row: Row, case: Stored, acts: Sequence[Wanted]) -> None:
        """What stands against adding to a case: it is another's name, it is elsewhere, it has ended."""
        if not self._branches.reaches(case.unit_id):
            message = "该同志已有一件发展党员事项，不在您的管理范围内，不能用导入补录。"
            row.findings.append(block("X5", "branch", message, "E_SCOPE", "请由办理的党组织补录。"))
            return
        if row.given.name and row.given.name != case.name:
            message = f"这个公民身份号码在系统中登记的是{case.name}，与表中的姓名不同。"
            row.findings.append(block("R2.04", "name", message, "E_CONFLICT", "请核对姓名和身份号码。"))
        if row.place and row.place.branch != case.unit_id:
            message = f"该同志的事项由{self._branches.name_of(case.unit_id)}办理，与表中的党支部不同。"
            row.findings.append(block("X5", "branch", message, "E_SCOPE", "换了党组织的，请在系统中办理转出和接收。"))
        if acts and case.closed_on is not None:
            message = f"该同志的事项已在{case.closed_on:%Y-%m-%d}结束，不能再补录。"
            fix = "再次申请的，请在系统中另行登记；登记有误的，请更正原来的办理记录。"
            row.findings.append(block("X1", acts[0].field, message, "E_STATE", fix))

    def _impossible(self, row: Row, acts: Sequence[Wanted], born: date | None) -> list[Finding]:
        """Days in the future, or before birth; anything else that is irregular is kept as a flag."""
        found = []
        for one in acts:
            title = TITLES[one.field]
            if one.act_on > self._last and not one.implied:
                message = f"{title}{one.act_on:%Y-%m-%d}在将来。"
                found.append(block("X1", one.field, message, "E_RANGE", "请填实际发生的日期；还没有办的留空。"))
            elif born is not None and one.act_on < born:
                message = f"{title}{one.act_on:%Y-%m-%d}早于出生日期{born:%Y-%m-%d}。"
                found.append(block("X1", one.field, message, "E_RANGE", "请核对日期。"))
        start, end = row.days.get("notice"), row.days.get("notice_end")
        if start and end and end < start:
            message = f"公示结束时间{end:%Y-%m-%d}早于公示时间{start:%Y-%m-%d}。"
            found.append(block("X1", "notice_end", message, "E_RANGE", "请核对日期。"))
        return found

    def _twice(self, batch: Batch, at: int, row: Row, number: bytes | None) -> None:
        """The same person in two rows: the first stands."""
        if row.blocked:
            return
        key = number or (row.given.name, row.given.birth, row.place.branch if row.place else None)
        before = self._seen.setdefault(key, (batch.sheets[at], batch.rows[at]))
        if before != (batch.sheets[at], batch.rows[at]):
            sheet = f"工作表“{before[0]}”" if before[0] != batch.sheets[at] else ""
            message = f"与{sheet}第{before[1]}行是同一个人。"
            row.findings.append(block("X1", "id_no" if number else "name", message, "E_DUP", "一人只留一行。"))


def _without_application(other_days: bool) -> Finding:
    """A register may begin with a later step; one that has no day at all tells of nothing."""
    if other_days:
        return tell(
            "applied", "没有申请入党时间，其他时间照样登记，体检时会提示第1步没有完成。", "请补登收到入党申请书的日期。"
        )
    message = "没有任何一步的时间，不能登记新的事项。"
    return block("X0", "applied", message, "E_REQUIRED", "至少填收到入党申请书的日期。")


def _record(task: Task, members: Members) -> Effect:
    """A row in one transaction, without telling anybody."""
    with transaction() as session:
        case_id = task.case_id or opening.open_case(unit_id=task.unit_id, given=task.row.given, quietly=True)
        made = [str(_act(case_id, one, task.unit_id, members)) for one in task.acts]
        session.flush()
        case = session.get_one(Case, (tenant_id(), case_id))
        return Effect(SUBJECT, case_id, {"created": task.case_id is None, "acts": made}, case.version)


def _act(case_id: UUID, one: Wanted, unit_id: UUID, members: Members) -> UUID:
    data = dict(one.data)
    if one.kind in _HELPED:
        data["people"] = members.named(unit_id, data["people"])
    try:
        return recording.act(
            case_id=case_id, kind=one.kind, act_on=one.act_on, data=data, reason=_WHY, history=True, sparse=True,
            quietly=True,
        )  # fmt: skip
    except Refused as refused:  # the column is named, so that whoever imports finds it
        raise Refused([replace(found, field=one.field) for found in refused.findings]) from refused


#: What the totals are called.
FIGURES: Final = {
    "open": "正在办理的事项", "applicant": "入党申请人", "activist": "入党积极分子", "dev_object": "发展对象", "probationary": "预备党员",
}  # fmt: skip
