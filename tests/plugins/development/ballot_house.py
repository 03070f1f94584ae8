"""A branch with members and somebody to vote on, for the tests of ballots, polls and notices."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from core.clock import now
from core.database import db, transaction, uuid7
from core.identity.models import Account
from core.people.models import Person
from plugins.development.ballots import roll, rounds
from plugins.development.models.case import Case
from tests.conftest import PASSWORD, add_account
from tests.people.conftest import enrol

MEETING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"


def a_case(unit: UUID, name: str = "林小明", state: str = "reviewed", **more) -> UUID:
    """A case in a state, as its columns say it; its record is empty."""
    with transaction() as session:
        case = Case(
            id=uuid7(), unit_id=unit, name=name, name_key="lin xiao ming", initials="lxm", sex="1",
            birth=date(1998, 3, 1), state=state, **more,
        )  # fmt: skip
        session.add(case)
        session.flush()
        return case.id


def members(unit: UUID, count: int) -> list[UUID]:
    """So many full members of a branch."""
    first = enrol(unit, f"{SURNAMES[0]}同志")
    made = [first.id]
    with transaction() as session:
        pattern = session.get_one(Person, (db.session.info["tenant"], first.id))
        kept = {
            column.name: getattr(pattern, column.name)
            for column in Person.__table__.columns
            if column.name not in ("id", "name", "id_no_index", "id_no_cipher", "phone_index", "phone_cipher")
        }
        for n in range(1, count):
            made.append(uuid7())
            session.add(Person(id=made[-1], name=f"{SURNAMES[n % len(SURNAMES)]}同志{n}", **kept))
    return made


def account_of(person: UUID, login: str, unit: UUID, role: str = "member") -> UUID:
    """Give a member an account."""
    add_account(login=login, name=login, password=PASSWORD, role=role, unit_id=unit)
    with transaction() as session:
        session.execute(update(Account).where(Account.login == login).values(person_id=person))
        return session.scalars(select(Account.id).where(Account.login == login)).one()


def prepared(case: UUID, unit: UUID, people: list[UUID], *, way: str = "phone", kind: str = "accept", **more) -> UUID:
    """A round whose first two members count and supervise."""
    given = {"meeting_at": MEETING, "counter_id": people[0], "supervisor_id": people[1], **more}
    return rounds.prepare(case_id=case, unit_id=unit, kind=kind, way=way, **given)


def lines(ballot: UUID) -> dict[UUID, UUID]:
    """Person → line of the roll."""
    return {one.person_id: one.id for one in roll.voters(ballot)}


def attend(ballot: UUID, people: list[UUID], papers: list[UUID] = ()) -> None:
    """These have come; those among ``papers`` take a paper."""
    there = lines(ballot)
    roll.attend(ballot_id=ballot, present=[there[one] for one in people], papers=[there[one] for one in papers])


def begun(case: UUID, unit: UUID, people: list[UUID], *, papers: list[UUID] = (), **more) -> UUID:
    """A round in which everybody is present and voting has begun."""
    ballot = prepared(case, unit, people, **more)
    attend(ballot, people, papers)
    rounds.begin(ballot_id=ballot)
    return ballot


def yesterday() -> datetime:
    """A moment before now."""
    return now() - timedelta(days=1)
