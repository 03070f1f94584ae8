"""Cards for 1 July, and greetings on political birthdays (R6.05, R6.06)."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from core.sdk import Account, Unit, notify, record, today, transaction, uuid7
from plugins.care.people import root, unit
from plugins.care.rounds.models import Greeting, GreetingText, OptOut
from plugins.care.rounds.sources import Known, everybody, joined_on
from plugins.care.rules.rounds import birthday, cards, greetings

KINDS = {"july": "七一问候", "birthday": "政治生日"}
CHANNELS = {"print": "打印贺卡", "message": "站内消息"}
#: The notice kind of both.
NOTICE = "care.greeting"
DEFAULTS = {
    "july": "在中国共产党成立纪念日到来之际，谨向您致以诚挚的问候和崇高的敬意！感谢您为党的事业作出的贡献，祝您身体健康，工作顺利，阖家幸福！",
    "birthday": "今天是您的政治生日。愿您不忘初心、牢记使命，永葆共产党员本色。祝您政治生日快乐！",
}


def text_for(place: Unit, kind: str) -> tuple[str, str]:
    """(text, signature) that the nearest unit upwards wrote, or the product's own."""
    with transaction() as session:
        found = session.execute(
            select(GreetingText.text, GreetingText.signed)
            .join(Unit, (Unit.tenant_id == GreetingText.tenant_id) & (Unit.id == GreetingText.unit_id))
            .where(GreetingText.kind == kind, Unit.path <= place.path, Unit.path_end > place.path)
            .order_by(Unit.path.desc())
            .limit(1)
        ).first()
    return (found[0], found[1]) if found else (DEFAULTS[kind], place.name)


def write_text(*, unit_id: UUID, kind: str, text: str, signed: str) -> None:
    """Keep a unit's own words."""
    with transaction() as session:
        found = session.scalar(select(GreetingText).where(GreetingText.unit_id == unit_id, GreetingText.kind == kind))
        if found is None:
            found = GreetingText(id=uuid7(), unit_id=unit_id, kind=kind)
            session.add(found)
        found.text, found.signed = text, signed
        session.flush()
        record(kind="care.greeting.written", subject="unit", subject_id=unit_id, detail={"kind": kind})


def receivers(unit_id: UUID, kind: str, day: date) -> list[tuple[Known, int, bool]]:
    """Who is greeted: (member, years since joining, whether a round number)."""
    place = unit(unit_id)
    span = (place.path, place.path_end)
    if kind == "july":
        people = everybody(span, kind)
        kept = {one.person for one in cards([known.member for known in people])}
        return [(known, 0, False) for known in people if known.member.person in kept]
    people, _count = joined_on(span, days_joined(day))
    by = {known.member.person: known for known in people}
    wanted = [known.member for known in people if not known.member.opted_out]
    return [(by[one.person], one.years, one.round) for one in greetings(wanted, day)]


def days_joined(first: date, days: int = 1) -> list[str]:
    """On which days of a year somebody joined whose anniversary is on one of the days from ``first`` on, in order."""
    found = []
    for day in (first + timedelta(days=offset) for offset in range(days)):
        found.append(f"{day:%m%d}")
        if (day.month, day.day) == (2, 28) and birthday(date(2000, 2, 29), day) == (2, 28):
            found.append("0229")
    return found


def upcoming(unit_id: UUID, first: date, days: int, *, most: int) -> tuple[list[tuple[date, Known, int, bool]], int]:
    """The political birthdays of the coming days in their order, as far as ``most``, and how many there are in all."""
    place = unit(unit_id)
    people, count = joined_on((place.path, place.path_end), days_joined(first, days), most=most)
    found, on_it = [], {known.member.person: known for known in people}
    for day in (first + timedelta(days=offset) for offset in range(days)):
        found += [(day, on_it[one.person], one.years, one.round) for one in greetings([k.member for k in people], day)]
    return found, count


def greet(*, unit_id: UUID, kind: str, day: date, channel: str, only: Collection[UUID] | None = None) -> int:
    """Greet everybody who is to be greeted and was not this year; a message goes to those with an account.

    :returns: how many were greeted now.
    """
    with transaction() as session:
        there = set(session.scalars(select(Greeting.person_id).where(Greeting.kind == kind, Greeting.year == day.year)))
        made: list[Greeting] = []
        for known, years, is_round in receivers(unit_id, kind, day):
            person = UUID(known.member.person)
            if person in there or (only is not None and person not in only):
                continue
            made.append(
                Greeting(
                    id=uuid7(), kind=kind, year=day.year, person_id=person, unit_id=known.unit_id, day=day, years=years,
                    round=is_round, channel=channel,
                )
            )  # fmt: skip
        session.add_all(made)
        session.flush()
        if channel == "message":
            _send(made, kind, unit(unit_id))
        if made:
            detail = {"kind": kind, "count": len(made), "channel": channel}
            record(kind="care.greeting.made", subject="unit", subject_id=unit_id, detail=detail)
        return len(made)


def _send(made: list[Greeting], kind: str, place: Unit) -> None:
    text, signed = text_for(place, kind)
    with transaction() as session:
        accounts = dict(
            session.execute(
                select(Account.person_id, Account.id).where(Account.person_id.in_([one.person_id for one in made]))
            ).all()
        )  # fmt: skip
        for one in made:
            account = accounts.get(one.person_id)
            if account is None:
                one.channel = "print"
                continue
            title = "七一问候" if kind == "july" else f"政治生日快乐！入党{one.years}周年"
            notify(kind=NOTICE, to=[account], key=f"care:{kind}:{one.id}", title=title, text=f"{text}\n{signed}")
            one.delivered_on = today()


def delivered(*, unit_id: UUID, kind: str, year: int) -> int:
    """Printed cards were handed over. :returns: how many."""
    with transaction() as session:
        place = unit(unit_id)
        found = session.scalars(
            select(Greeting)
            .join(Unit, (Unit.tenant_id == Greeting.tenant_id) & (Unit.id == Greeting.unit_id))
            .where(
                Greeting.kind == kind, Greeting.year == year, Greeting.delivered_on.is_(None), Unit.path >= place.path,
                Unit.path < place.path_end,
            )
        ).all()  # fmt: skip
        for one in found:
            one.delivered_on = today()
        return len(found)


def opt(*, person_id: UUID, kind: str, out: bool) -> None:
    """The member wants no greetings of a kind, or wants them again."""
    with transaction() as session:
        found = session.scalar(select(OptOut).where(OptOut.person_id == person_id, OptOut.kind == kind))
        if out and found is None:
            session.add(OptOut(id=uuid7(), person_id=person_id, kind=kind, since=today()))
        elif not out and found is not None:
            session.delete(found)
        session.flush()
        record(kind="care.greeting.chosen", subject="person", subject_id=person_id, detail={"kind": kind, "out": out})


def usual_day(kind: str) -> date:
    """The day of a greeting unless another is given: 1 July, or today."""
    return date(today().year, 7, 1) if kind == "july" else today()


def greet_daily(as_of: date) -> int:
    """The daily job: a message on each political birthday, tenant-wide."""
    return greet(unit_id=root().id, kind="birthday", day=as_of, channel="message")
