"""Cases in every state for a demonstration, made by the same verbs that people use; running it again changes nothing."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import Origin, Person, Unit, acting, holders_at, today, transaction
from plugins.care.actions import contacts, deciding, reporting, visiting
from plugins.care.models import Case
from plugins.care.rules.visits import Kind, due

#: (kind, particular, what is told, how far it goes, days ago)
_CASES = (
    ("illness", "hospital", "在县医院住院，准备手术。", "reported", 0),
    ("hardship", "disaster", "大雨冲垮了猪圈，损失较大。", "confirmed", 1),
    ("wedding_funeral", "wedding", "儿子结婚。", "confirmed", 2),
    ("family_dispute", "neighbours", "与邻居为宅基地边界起了争执。", "assigned", 3),
    ("illness", "serious", "确诊重病，家里人手不够。", "assigned", 5),
    ("illness", "surgery", "腿部手术后在家休养。", "visited", 6),
    ("hardship", "unemployment", "厂里停产，暂时没有收入。", "following", 9),
    ("hardship", "schooling", "孩子考上大学，学费有困难。", "closed", 20),
    ("wedding_funeral", "birth", "报错了人。", "not_established", 4),
)
_REPORTER = Origin(actor="演示数据")


def load() -> None:
    """Fill the first branch that has an officer and enough members; nothing is done where cases are already."""
    with transaction() as session:
        if session.scalar(select(func.count()).select_from(Case)):
            return
        place = _place()
        if place is None:
            return
        unit, officer, people = place
        for (kind, sub_kind, told, state, ago), person in zip(_CASES, people, strict=False):
            _one(officer, person, kind, sub_kind, told, state, ago)
        with acting(Origin(actor_id=officer[0], actor=officer[1])):
            contacts.set_list(account_id=officer[0], unit_id=unit.id, people=people[:5])
            contacts.talk(person_id=people[0], kind="contact", made_on=today(), content="了解近况，鼓励参加主题党日。")


def _place() -> tuple[Unit, tuple[UUID, str], list[UUID]] | None:
    with transaction() as session:
        for unit in session.scalars(select(Unit).where(Unit.type == "branch").order_by(Unit.path).limit(5)).all():
            officers = [one for one in holders_at(unit.path) if "branch_secretary" in one.roles]
            people = session.scalars(
                select(Person.id)
                .where(Person.unit_id == unit.id, Person.standing.in_(("formal", "probationary")))
                .order_by(Person.name_key)
                .limit(len(_CASES) + 3)
            ).all()
            if officers and len(people) >= len(_CASES):
                return unit, (officers[0].account_id, officers[0].name), list(people)
        return None


def _one(officer: tuple[UUID, str], person: UUID, kind: str, sub_kind: str, told: str, state: str, ago: int) -> None:
    with acting(_REPORTER):
        made = reporting.report(person_id=person, kind=kind, sub_kind=sub_kind, detail=told)
    _earlier(made.id, ago)
    with acting(Origin(actor_id=officer[0], actor=officer[1])):
        if state == "not_established":
            deciding.not_established(case_id=made.id, reason="核对后是另一名党员家的事。")
        elif state != "reported":
            _further(officer, made.id, Kind(kind), sub_kind, state, ago)


def _earlier(case_id: UUID, ago: int) -> None:
    day = today() - timedelta(days=ago)
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(reported_on=day, occurred_on=day))


def _further(officer: tuple[UUID, str], case_id: UUID, kind: Kind, sub_kind: str, state: str, ago: int) -> None:
    deciding.confirm(case_id=case_id)
    day = today() - timedelta(days=max(ago - 1, 0))
    with transaction() as session:
        session.execute(
            update(Case).where(Case.id == case_id).values(confirmed_on=day, due_on=due(kind, sub_kind, day))
        )
    if state == "confirmed":
        return
    deciding.assign(case_id=case_id, accounts=[officer[0]], reason="另一名委员外出，先行走访。")
    if state == "assigned":
        return
    need = visiting.Need(text="联系镇里的招聘会。", owner_id=officer[0], due_on=today() + timedelta(days=14))
    given = visiting.Given(
        made_on=min(day + timedelta(days=1), today()), visitors=[officer[0]], content="到家里看望，情绪稳定，家人在照料。", gift_fen=50000,
        needs=[need] if state == "following" else (),
    )  # fmt: skip
    visiting.visit_case(case_id=case_id, given=given, reason="另一名委员外出。")
    if state == "closed":
        deciding.close(case_id=case_id, reason="困难已经解决。")
