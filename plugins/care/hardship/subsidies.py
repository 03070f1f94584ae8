"""Living subsidies for members of before the founding of the state: who is paid, how much, month by month (R6.09)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, text
from sqlalchemy import update as sql_update

from core.sdk import Person, Unit, record, today, transaction, uuid7
from core.sdk.people import MembershipSpell
from plugins.care.findings import block, settle
from plugins.care.hardship.models import Subsidy, SubsidyPayment, SubsidyRate, SubsidyRun
from plugins.care.people import Hand, member, taken, unit
from plugins.care.rules.money import paid_until, subsidy_class
from plugins.care.sealing import seal

CLASSES = {
    1: "1937年7月6日以前入党",
    2: "1937年7月7日至1945年9月2日入党",
    3: "1945年9月3日至1949年9月30日入党",
}
STATES = {"draft": "待批准", "approved": "已批准", "paid": "已发放"}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('care_subsidy'))")


def set_rate(*, class_no: int, valid_from: date, monthly: int, source: str) -> UUID:
    """What a class is paid from a month on; gives the rate's id. :raises Refused: a month that is paid already would change."""
    month = valid_from.replace(day=1)
    with transaction() as session:
        last = session.scalar(select(func.max(SubsidyPayment.month)).where(SubsidyPayment.class_no == class_no))
        found = []
        if last is not None and month <= last:
            found.append(block("R6.09", "valid_from", f"{last:%Y年%m月}及以前已经发放，标准不能再改。", "E_LOCKED"))
        if not source.strip():
            found.append(block("R6.09", "source", "请填写标准的文件依据。", "E_REQUIRED"))
        settle(found)
        same = session.scalar(
            select(SubsidyRate).where(SubsidyRate.class_no == class_no, SubsidyRate.valid_from == month)
        )
        if same is None:
            same = SubsidyRate(id=uuid7(), class_no=class_no, valid_from=month)
            session.add(same)
        same.monthly_fen, same.source = monthly, source.strip()
        session.flush()
        detail = {"class": class_no, "from": month.isoformat()}
        record(kind="care.subsidy.rated", subject="care_subsidy_rate", subject_id=same.id, detail=detail)
        return same.id


def rate(class_no: int, month: date) -> int | None:
    """The monthly amount of a class in a month, in fen."""
    with transaction() as session:
        found: int | None = session.scalar(
            select(SubsidyRate.monthly_fen)
            .where(SubsidyRate.class_no == class_no, SubsidyRate.valid_from <= month)
            .order_by(SubsidyRate.valid_from.desc())
            .limit(1)
        )
        return found


def grant(
    *, person_id: UUID, first_month: date, no_benefits: bool, payee: str, by: Hand, last_month: date | None = None
) -> UUID:
    """Begin to pay a member. :raises Refused: the member is of no class, has retirement benefits, or is paid already."""
    first = first_month.replace(day=1)
    with transaction() as session:
        session.execute(_ONE_AT_A_TIME)
        person, place = member(person_id)
        number = subsidy_class(person.join_date) if person.join_date else None
        found = []
        if number is None:
            message = f"{person.name}入党日期为{person.join_date or '空'}，不属于建国前入党的老党员。"
            found.append(block("R6.09", "person", message, "E_STATE", "只发给1949年9月30日以前入党的党员。"))
        if not no_benefits:
            found.append(block("R6.09", "no_benefits", "已享受离退休待遇的，不发生活补助。", "E_STATE"))
        over = select(Subsidy.id).where(
            Subsidy.person_id == person.id, or_(Subsidy.last_month.is_(None), Subsidy.last_month >= first)
        )
        if last_month is not None:
            over = over.where(Subsidy.first_month <= last_month)
        if session.scalar(over.limit(1)) is not None:
            found.append(
                block("R6.09", "first_month", f"{person.name}在这段时间已有生活补助。", "E_DUP", "请先结束原来的。")
            )
        settle(found)
        made = uuid4()
        one = Subsidy(
            id=made, person_id=person.id, unit_id=place.id, class_no=number, first_month=first, last_month=last_month,
            payee_cipher=seal(payee, Subsidy, "payee_cipher", made),
        )  # fmt: skip
        session.add(one)
        session.flush()
        record(kind="care.subsidy.granted", subject="care_subsidy", subject_id=made, detail={"by": by.name})
        return made


def stop(*, subsidy_id: UUID, last_month: date, reason: str, by: Hand) -> None:
    """End a subsidy with a month, which is still paid in full."""
    with transaction() as session:
        one: Subsidy = taken(Subsidy, subsidy_id)
        month = last_month.replace(day=1)
        paid = session.scalar(select(func.max(SubsidyPayment.month)).where(SubsidyPayment.subsidy_id == one.id))
        found = []
        if month < one.first_month:
            found.append(block("R6.09", "last_month", "结束月份不能早于开始月份。", "E_RANGE"))
        if paid is not None and month < paid:
            found.append(block("R6.09", "last_month", f"{paid:%Y年%m月}已经发放。", "E_LOCKED"))
        if not reason.strip():
            found.append(block("R6.09", "reason", "请写明停发的原因。", "E_REQUIRED"))
        settle(found)
        one.last_month, one.end_reason = month, reason.strip()
        session.flush()
        record(kind="care.subsidy.stopped", subject="care_subsidy", subject_id=one.id, detail={"by": by.name})


def deaths() -> Mapping[UUID, date]:
    """When members who are paid died."""
    with transaction() as session:
        found = (
            session.execute(
                select(MembershipSpell.person_id, func.max(MembershipSpell.ended_on))
                .join(Subsidy, (Subsidy.tenant_id == MembershipSpell.tenant_id) & (Subsidy.person_id == MembershipSpell.person_id))
                .where(MembershipSpell.end_reason == "died")
                .group_by(MembershipSpell.person_id)
            ).all()
        )  # fmt: skip
        return {person: died for person, died in found if died is not None}


def run(*, unit_id: UUID, month: date, by: Hand) -> UUID:
    """Compute a month's payments in a unit and below; who died is paid for the month of the death, and not after.

    :raises Refused: a class has no amount yet, the month is in the future, or nobody is left to be paid.
    """
    month = month.replace(day=1)
    with transaction() as session:
        session.execute(_ONE_AT_A_TIME)
        place = unit(unit_id)
        found = []
        if month > today():
            found.append(block("R6.09", "month", "还没有到这个月。", "E_RANGE"))
        if session.scalar(select(SubsidyRun.id).where(SubsidyRun.unit_id == unit_id, SubsidyRun.month == month)):
            found.append(block("R6.09", "month", f"{month:%Y年%m月}的发放表已经编制。", "E_DUP"))
        settle(found)
        held = session.execute(
            select(Subsidy, Person.name)
            .join(Person, (Person.tenant_id == Subsidy.tenant_id) & (Person.id == Subsidy.person_id))
            .join(Unit, (Unit.tenant_id == Subsidy.tenant_id) & (Unit.id == Subsidy.unit_id))
            .where(
                Subsidy.first_month <= month, or_(Subsidy.last_month.is_(None), Subsidy.last_month >= month),
                Unit.path >= place.path, Unit.path < place.path_end,
                ~select(SubsidyPayment.id).where(SubsidyPayment.person_id == Subsidy.person_id, SubsidyPayment.month == month).exists(),
            )
        ).all()  # fmt: skip
        died = deaths()
        lines = [
            one
            for one, _ in held
            if one.person_id not in died or paid_until(died[one.person_id]) >= (month.year, month.month)
        ]
        if not lines:
            settle([block("R6.09", "month", "这个月没有应发放的人员，或已在其他发放表中。", "E_REQUIRED")])
        made = SubsidyRun(id=uuid7(), unit_id=unit_id, month=month, made_by=by.account, maker=by.name)
        session.add(made)
        session.flush()
        for one in lines:
            amount = rate(one.class_no, month)
            if amount is None:
                message = f"没有{month:%Y年%m月}“{CLASSES[one.class_no]}”的补助标准。"
                settle([block("R6.09", "month", message, "E_REQUIRED", "请先填写补助标准。")])
            session.add(
                SubsidyPayment(
                    id=uuid4(), run_id=made.id, subsidy_id=one.id, person_id=one.person_id, month=month,
                    class_no=one.class_no, amount_fen=amount,
                )
            )  # fmt: skip
        _stop_dead(died)
        session.flush()
        detail = {"month": month.isoformat(), "count": len(lines)}
        record(kind="care.subsidy.computed", subject="care_subsidy_run", subject_id=made.id, detail=detail)
        return made.id


def _stop_dead(died: Mapping[UUID, date]) -> None:
    with transaction() as session:
        for person, day in died.items():
            session.execute(
                sql_update(Subsidy)
                .where(Subsidy.person_id == person, Subsidy.last_month.is_(None))
                .values(last_month=day.replace(day=1), end_reason="去世")
            )


def approve(*, run_id: UUID, by: Hand, version: int | None = None) -> None:
    """Approve a month's payments. :raises Refused: by who computed them."""
    with transaction() as session:
        one: SubsidyRun = taken(SubsidyRun, run_id, version=version)
        found = [] if one.state == "draft" else [block("R6.09", "", f"发放表{STATES[one.state]}。", "E_STATE")]
        if (one.made_by is not None and one.made_by == by.account) or one.maker == by.name:
            found.append(block("R6.09", "", "编制人不能批准自己编制的发放表。", "E_CONFLICT"))
        settle(found)
        one.state, one.decider, one.decided_on = "approved", by.name, today()
        session.flush()
        record(kind="care.subsidy.approved", subject="care_subsidy_run", subject_id=one.id)


def paid(*, run_id: UUID, version: int | None = None) -> None:
    """The month's payments were made."""
    with transaction() as session:
        one: SubsidyRun = taken(SubsidyRun, run_id, version=version)
        settle([] if one.state == "approved" else [block("R6.09", "", "请先批准发放表。", "E_STATE")])
        one.state, one.paid_on = "paid", today()
        session.flush()
        record(kind="care.subsidy.paid", subject="care_subsidy_run", subject_id=one.id)


def discard(*, run_id: UUID) -> None:
    """Take back a table that nobody has approved, so that it can be computed anew."""
    with transaction() as session:
        one: SubsidyRun = taken(SubsidyRun, run_id)
        settle([] if one.state == "draft" else [block("R6.09", "", "已批准的发放表不能删除。", "E_STATE")])
        session.delete(one)
        session.flush()
        record(kind="care.subsidy.discarded", subject="care_subsidy_run", subject_id=run_id)
