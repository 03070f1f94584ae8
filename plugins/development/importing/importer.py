"""The register of running cases as a kind of import: judging its rows, and recording what they tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Finding, Refused, Severity, keyring, tenant_id, today, transaction
from core.sdk.importing import Act, Batch, Branches, Effect, ImportContext, Verdicts
from core.sdk.people import identity_fault
from plugins.development.cases import opening, recording
from plugins.development.cases.acts import Done
from plugins.development.cases.numbering import add_number, belongs
from plugins.development.cases.saying import block
from plugins.development.importing.fields import TITLES
from plugins.development.importing.matching import Members, Stock, Stored
from plugins.development.importing.reading import Row, read_rows
from plugins.development.importing.steps import Wanted, beside, doubts, known_days, tell, wanted
from plugins.development.models.case import Case

SUBJECT: Final = "development_case"
_WHY: Final = "从原有登记表补录"
#: Kinds whose people may be on the roster.
_HELPED: Final = frozenset({"contacts", "sponsors"})


@dataclass(slots=True)
class Seen:
    """Somebody of whom this file has told already, and who is to be opened: where, what, and their case once it is."""

    sheet: str
    row: int
    number: bytes | None
    acts: list[Wanted] = field(default_factory=list)
    case_id: UUID | None = None

    def stored(self) -> list[Done]:
        """What was told so far, as a case would have it."""
        nobody = UUID(int=0)
        return [Done(nobody, 1, 1, one.kind, 0, one.act_on, nobody, dict(one.data)) for one in self.acts]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a row comes to, were nothing wrong with it.

    :param doubts: what needs a reason to be imported. :param numbered: the case gets the identity number of the row.
    """

    act: Act
    acts: Sequence[Wanted]
    doubts: Sequence[Finding]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be recorded of a row.

    :param case_id: ``None`` for somebody whose case is opened by this row, or by an earlier one of the same file (``seen``).
    :param reason: why what is doubted is right. :param numbered: the case gets the row's identity number.
    """

    row: Row
    unit_id: UUID
    case_id: UUID | None
    acts: Sequence[Wanted]
    seen: Seen | None = None
    reason: str = ""
    numbered: bool = False


class CaseImporter:
    """Judges and records the rows of one register."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._branches = Branches(within=context.within)
        self._last = min(context.as_of, today())
        self._seen: dict[Any, Seen] = {}
        self._numbered: dict[UUID, tuple[bytes, int]] = {}

    def check(self, batch: Batch) -> Verdicts:
        """Judge a batch.

        Somebody who stands in a sheet twice is refused the second time; in another sheet they go on where the first one ended.
        """
        read = read_rows(batch, self._branches)
        numbers = [self._number(row) for row in read]
        stock = Stock([one for one in numbers if one], [row.given.name for row in read if row.given.name])
        cases = [self._case(stock, row, number) for row, number in zip(read, numbers, strict=True)]
        stock.load({one.id for one in cases if one is not None})
        verdicts, tasks = Verdicts([]), list[Task]()
        for at, (row, number, case) in enumerate(zip(read, numbers, cases, strict=True)):
            keys = _keys(row, number)
            before = self._before(keys, number)
            if before is not None and before.sheet == batch.sheets[at]:
                _twice(row, before, by_number=number is not None)
            said = self._judge(row, case, stock, before, number)
            reason = batch.reasons[at].strip() if batch.reasons else ""
            act, askable = self._settled(row, said, reason)
            if act in (Act.CREATE, Act.UPDATE):
                tasks.append(
                    self._task(row, case, said, before, keys, Seen(batch.sheets[at], batch.rows[at], number), reason)
                )
            elif act is Act.SAME:
                for key in keys:
                    self._seen.setdefault(key, Seen(batch.sheets[at], batch.rows[at], number, list(said.acts)))
            if askable:
                verdicts.askable.add(at)
            verdicts.acts.append(act)
            if row.findings:
                verdicts.findings[at] = row.findings
        verdicts.payload = tasks
        return verdicts

    def _before(self, keys: Sequence[Any], number: bytes | None) -> Seen | None:
        """Whether this file has told of somebody: two numbers that differ are two people, whatever else is the same."""
        for key in keys:
            found = self._seen.get(key)
            if found is not None and (found.number == number or None in (found.number, number)):
                return found
        return None

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

    def _judge(self, row: Row, case: Stored | None, stock: Stock, before: Seen | None, number: bytes | None) -> Judged:
        """What a row adds to a case, to what an earlier sheet tells, or to nothing yet; what is wrong goes to the row."""
        stored = stock.acts(case.id) if case else before.stored() if before else []
        known = known_days(stored)
        said = beside(wanted(row.days, row.texts, known), stored)
        row.findings += said.findings
        born = case.birth if case else row.given.birth
        row.findings += self._impossible(row, said.acts, born)
        acts, numbered = [one for one in said.acts if not (one.implied and one.act_on > self._last)], False
        row.findings += [_not_yet(one) for one in said.acts if one.field == "regular" and one not in acts][:1]
        if case is None and before is None:
            self._new(row)
            act = Act.CREATE
        else:
            if case is not None:
                self._known(row, case, acts)
                numbered = self._number_for(row, case, stock, number)
            act = Act.UPDATE if (acts or numbered) and self._context.mode != "add" else Act.SAME
        if act is Act.SAME:
            return Judged(act, acts, [])
        row.findings += _on_roster(stock.member(number), row.days)
        elsewhere = self._elsewhere(row, number, stock) if act is Act.CREATE else []
        return Judged(act, acts, [*doubts({**known, **row.days}, born), *elsewhere], numbered)

    def _number_for(self, row: Row, case: Stored, stock: Stock, number: bytes | None) -> bool:
        """Whether a row brings the identity number that a case lacks; either way it is told."""
        if number is None or case.number is not None or case.closed_on is not None or row.blocked:
            return False
        before = self._numbered.setdefault(case.id, (number, row.line))
        if before[0] != number:
            message = f"第{before[1]}行已用另一个公民身份号码认出系统中的这名同志，姓名、出生日期和党支部都相同。"
            row.findings.append(block("R2.04", "id_no", message, "E_CONFLICT", "请核对是哪一位，另一位单独登记。"))
            return False
        sure = self._context.mode != "add" and stock.without_doubt(case, number)
        if sure and belongs(row.given.id_no, sex=case.sex, birth=case.birth):
            row.findings.append(tell("id_no", "系统中这名同志还没有公民身份号码，按本表补上。"))
            return True
        message = "系统中这名同志还没有公民身份号码，不能确定是同一个人，没有补上。"
        row.findings.append(tell("id_no", message, "核对后请在“修改基本情况”中补填。"))
        return False

    def _elsewhere(self, row: Row, number: bytes | None, stock: Stock) -> list[Finding]:
        """Somebody else may be the same person, whom another branch is training."""
        found = stock.namesake(number, row.given.name, row.given.birth, row.place.branch if row.place else None)
        if found is None:
            return []
        where = self._branches.name_of(found.unit_id) if self._branches.reaches(found.unit_id) else "另一个党支部"
        message = f"{where}正在办理一名姓名、出生日期都相同的同志，可能是同一个人。"
        fix = "是同一个人的，请在系统中办理转出和接收；不是的，写明情况说明后可以导入。"
        return [block("X1", "name", message, "E_DUP", fix)]

    @staticmethod
    def _settled(row: Row, said: Judged, reason: str) -> tuple[Act, bool]:
        """What becomes of a row, and whether it is refused only for want of a reason."""
        wrong = row.blocked or (said.act is Act.CREATE and row.place is None)
        if reason:
            row.findings += [replace(one, severity=Severity.INFO) for one in said.doubts]
        else:
            row.findings += said.doubts
        return (Act.REFUSE, not wrong) if wrong or (said.doubts and not reason) else (said.act, False)

    def _task(
        self,
        row: Row,
        case: Stored | None,
        said: Judged,
        before: Seen | None,
        keys: Sequence[Any],
        now: Seen,
        reason: str,
    ) -> Task:
        """What is to be recorded; later rows of the same person find it."""
        seen = before or now
        seen.acts += said.acts
        seen.case_id = seen.case_id or (case.id if case else None)
        for key in keys:
            self._seen.setdefault(key, seen)
        unit = case.unit_id if case else row.place.branch if row.place else UUID(int=0)
        return Task(row, unit, seen.case_id, said.acts, seen, reason, said.numbered)

    def _new(self, row: Row) -> None:
        already = {one.field for one in row.findings}
        if "id_no" in already:
            already |= {"birth", "sex"}  # they would have come from the number
        row.findings += [one for one in opening.faults(row.given) if one.field not in already]
        if self._context.mode == "update":
            row.findings.append(block("X0", "name", "系统中没有这名同志的事项，而这次导入只更新已有的。", "E_STATE"))
        if "applied" not in row.days and "applied" not in already:
            row.findings.append(_without_application(bool(row.days)))

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


def _keys(row: Row, number: bytes | None) -> list[Any]:
    """By what somebody is known within a file: the number; name, day of birth and branch."""
    person = (row.given.name, row.given.birth, row.place.branch) if row.place and row.given.birth else None
    return [key for key in (number, person) if key]


def _twice(row: Row, before: Seen, *, by_number: bool) -> None:
    """The same person in two rows of a sheet: the first stands."""
    message = f"与第{before.row}行是同一个人。"
    row.findings.append(block("X1", "id_no" if by_number else "name", message, "E_DUP", "一人只留一行。"))


def _on_roster(member: tuple[str, date | None] | None, days: Mapping[str, date]) -> list[Finding]:
    """What the roster says of somebody: a member applies no more, and the day of joining is the branch meeting's (G1.5)."""
    if member is None or member[1] is None:
        return []
    joined, applied, adopted = member[1], days.get("applied"), days.get("adopted")
    if applied is not None and applied > joined:
        message = f"该同志已在党员名册上，入党时间{joined:%Y-%m-%d}早于表中的申请入党时间{applied:%Y-%m-%d}。"
        return [block("G1.5", "applied", message, "E_STATE", "已经是党员的不再登记申请，请核对是不是同一个人。")]
    if adopted is not None and adopted != joined:
        message = f"党员名册上的入党时间是{joined:%Y-%m-%d}，与支部大会时间{adopted:%Y-%m-%d}不同。"
        return [tell("adopted", message, "请核对；名册有误的，请在名册中更正。")]
    return []


def _not_yet(one: Wanted) -> Finding:
    """A conversion that is to come is kept as no act."""
    message = f"{TITLES[one.field]}{one.act_on:%Y-%m-%d}还没有到，这一步先不登记。"
    return tell(one.field, message, "办理后再导入一次，或在系统中登记。")


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
        known = task.case_id or (task.seen.case_id if task.seen else None)
        before = session.get_one(Case, (tenant_id(), known)).version if known else None
        case_id = known or opening.open_case(unit_id=task.unit_id, given=task.row.given, quietly=True)
        if task.seen is not None:
            task.seen.case_id = case_id
        made = [str(_act(case_id, one, task, members)) for one in task.acts]
        told: dict[str, Any] = {"created": known is None, "acts": made, "version": before}
        if task.numbered:
            told |= {"numbered": True, "linked": add_number(case_id=case_id, id_no=task.row.given.id_no)}
        session.flush()
        case = session.get_one(Case, (tenant_id(), case_id))
        return Effect(SUBJECT, case_id, told, case.version)


def _act(case_id: UUID, one: Wanted, task: Task, members: Members) -> UUID:
    data = dict(one.data)
    if one.kind in _HELPED:
        data["people"] = members.named(task.unit_id, data["people"])
    try:
        return recording.act(
            case_id=case_id, kind=one.kind, act_on=one.act_on, data=data,
            reason="：".join(filter(None, (_WHY, task.reason))), history=True, sparse=True,
            quietly=True,
        )  # fmt: skip
    except Refused as refused:  # the column is named, so that whoever imports finds it
        raise Refused([replace(found, field=one.field) for found in refused.findings]) from refused


#: What the totals are called.
FIGURES: Final = {
    "open": "正在办理的事项", "applicant": "入党申请人", "activist": "入党积极分子", "dev_object": "发展对象", "probationary": "预备党员",
}  # fmt: skip
