"""The ledger of numbered application forms 入党志愿书控制号台账 (G14.1, D38): received, issued, used, voided.

Cases speak and the ledger follows: numbers are issued and voided by acts; after every act the case's living number is the one
that the ledger holds as issued or used for it.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from core.sdk import Unit, origin, record, tenant_id, today, transaction, uuid7
from plugins.development.models.case import Act, Case
from plugins.development.plan.records import block, hand, settle, taken
from plugins.development.plan.registers.models import FormNumber, FormRange
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import RS2026

ARTICLE = RS2026.article(42)
#: Forms that may be entered at once.
MOST = 5000
_LIVE = ("issued", "used")


def receive(
    *, unit_id: UUID, prefix: str, first: int, last: int, digits: int, received_on: date, received_from: str
) -> UUID:
    """Enter a delivery of blank forms, number by number.

    :param digits: with how many digits a number is written.
    :raises Refused: numbers that make no range, are too many, or are in the ledger already.
    """
    with transaction() as session:
        found = []
        start = prefix.strip()
        if first < 0 or last < first or last - first >= MOST:
            found.append(_wrong("last", f"止号不能小于起号，一次最多{MOST}份。", "E_RANGE"))
        if not 1 <= digits <= 12 or len(str(last)) > digits:
            found.append(_wrong("digits", "号码的位数不够写下止号。", "E_RANGE"))
        if not received_from.strip():
            found.append(_wrong("received_from", "请填写从哪里领取。", "E_REQUIRED"))
        if received_on > today():
            found.append(_wrong("received_on", "领取日期不能晚于今天。", "E_RANGE"))
        settle(found)
        numbers = [f"{start}{number:0{digits}d}" for number in range(first, last + 1)]
        known = session.scalar(select(FormNumber.number).where(FormNumber.number.in_(numbers)).limit(1))
        if known is not None:
            settle([_wrong("first", f"编号{known}已经在台账中。", "E_DUP")])
        made = uuid7()
        session.add(
            FormRange(
                id=made, unit_id=unit_id, prefix=start, first_number=first, last_number=last, digits=digits,
                received_on=received_on, received_from=received_from.strip(), receiver=hand(),
            )
        )  # fmt: skip
        session.flush()
        session.execute(
            insert(FormNumber),
            [
                {
                    "tenant_id": tenant_id(),
                    "id": uuid7(),
                    "range_id": made,
                    "unit_id": unit_id,
                    "number": number,
                    "state": "received",
                }
                for number in numbers
            ],
        )
        detail = {"unit": str(unit_id), "count": len(numbers)}
        record(kind="development.forms.received", subject="development_form_range", subject_id=made, detail=detail)
        return made


def _wrong(field: str, message: str, code: str) -> Any:
    return block("G14.1", field, message, code, source=ARTICLE)


def void_blank(*, number_id: UUID, reason: str) -> None:
    """Void a form that was not issued: spoilt, lost. :raises Refused: it was issued; no reason."""
    with transaction():
        one: FormNumber = taken(FormNumber, number_id)
        found = []
        if one.state != "received":
            message = "已发放的志愿书在该同志的办理记录中作废。" if one.state in _LIVE else "这个编号已经作废。"
            found.append(_wrong("", message, "E_STATE"))
        if not reason.strip():
            found.append(_wrong("reason", "请写明作废的原因。", "E_REQUIRED"))
        settle(found)
        one.state, one.voided_on, one.void_reason, one.voider = "voided", today(), reason.strip(), hand()
        record(kind="development.forms.voided", subject="development_form_number", subject_id=one.id)


def _row(number: str, *, lock: bool = False) -> FormNumber | None:
    with transaction() as session:
        found = select(FormNumber).where(FormNumber.number == number)
        return session.scalar(found.with_for_update() if lock else found)


def _live(case_id: UUID) -> FormNumber | None:
    with transaction() as session:
        found = select(FormNumber).where(FormNumber.case_id == case_id, FormNumber.state.in_(_LIVE)).with_for_update()
        return session.scalar(found)


def _kept(path: str) -> bool:
    """Whether a committee over this place keeps a ledger."""
    with transaction() as session:
        found = (
            select(FormRange.id)
            .join(Unit, (Unit.tenant_id == FormRange.tenant_id) & (Unit.id == FormRange.unit_id))
            .where(Unit.path <= path, Unit.path_end > path)
            .limit(1)
        )
        return session.scalar(found) is not None


def _block(message: str, fix: str) -> Ruling:
    return Ruling("G14.1", Outcome.BLOCK, message, ARTICLE, fix, field="number")


def issue_rulings(case: Case, number: str, path: str) -> list[Ruling]:
    """What stands against issuing a number for a case; the number is locked until the transaction ends."""
    wanted, held = number.strip(), _live(case.id)
    if held is not None:
        return [_block(f"该同志已持有编号{held.number}的志愿书。", "请先将原编号作废，再发放新的。")]
    one = _row(wanted, lock=True)
    if one is None:
        return [_block(f"编号{wanted}不在控制号台账中。", "请核对编号，或先登记领取。")] if _kept(path) else []
    if one.state != "received":
        said = {"voided": "已经作废", "issued": "已发给他人", "used": "已由他人使用"}[one.state]
        return [_block(f"编号{wanted}{said}，不能再用。", "请另取一份。")]
    with transaction() as session:
        keeper = session.get_one(Unit, (tenant_id(), one.unit_id))
    if not keeper.path <= path < keeper.path_end:
        return [_block(f"编号{wanted}由{keeper.short_name}保管。", "请使用本级党委领取的志愿书。")]
    return []


def held_rulings(case: Case, number: str) -> list[Ruling]:
    """What stands against filling or voiding a form: it must be the one the person holds."""
    held = _live(case.id)
    if held is None or held.number == number.strip():
        return []
    return [_block(f"该同志持有的志愿书编号是{held.number}，不是{number.strip()}。", "请核对编号。")]


def follow(case: Case, act: Act, history: Any) -> None:
    """Make the ledger say what the case says."""
    held, living = _live(case.id), (case.form_no or "").strip()
    if held is not None and held.number != living:
        _let_go(held, act)
    if living:
        _hold(case, living, act, used=_filled(case, history))


def _filled(case: Case, history: Any) -> bool:
    return any(one.text("number").strip() == case.form_no for one in history.of("form_filled"))


def _let_go(one: FormNumber, act: Act) -> None:
    """Voided by an act that names it; otherwise it was written by mistake, and lies blank again."""
    if act.kind == "form_void" and str(act.data.get("number", "")).strip() == one.number and not act.voids:
        one.state, one.voided_on, one.voider = "voided", act.act_on, hand()
        one.void_reason = str(act.data.get("why", "")).strip()
        record(kind="development.forms.voided", subject="development_form_number", subject_id=one.id)
    elif one.range_id is None:
        with transaction() as session:
            session.delete(one)
    else:
        one.state, one.case_id, one.holder, one.issued_on, one.issuer, one.used_on = (
            "received",
            None,
            None,
            None,
            None,
            None,
        )
    with transaction() as session:
        session.flush()


def _hold(case: Case, number: str, act: Act, *, used: bool) -> None:
    one = _row(number, lock=True)
    with transaction() as session:
        if one is None:
            one = FormNumber(id=uuid7(), range_id=None, unit_id=_keeper(case.unit_id), number=number, state="received")
            session.add(one)
        if one.case_id != case.id or one.state not in _LIVE:
            one.case_id, one.holder, one.state = case.id, case.name, "issued"
            one.issued_on, one.issuer = act.act_on, origin().actor
            one.voided_on = one.void_reason = one.voider = None
            session.flush()
            record(kind="development.forms.issued", subject="development_form_number", subject_id=one.id)
        one.state, one.used_on = ("used", one.used_on or act.act_on) if used else ("issued", None)
        session.flush()


def _keeper(unit_id: UUID) -> UUID:
    """The nearest committee over a branch, which keeps its forms."""
    with transaction() as session:
        here = session.get_one(Unit, (tenant_id(), unit_id))
        found = (
            select(Unit.id)
            .where(Unit.path < here.path, Unit.path_end > here.path, Unit.type.in_(("committee", "work_committee")))
            .order_by(Unit.depth.desc())
            .limit(1)
        )
        return session.scalar(found) or unit_id
