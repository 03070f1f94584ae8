"""What the plugin answers when a unit or a member changes, and when somebody asks what is held on them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from core.sdk import MemberChange, UnitChange, Veto, today, transaction
from dangjian_venue import queries
from dangjian_venue.models import Booking, Earlier


def unit_veto(change: UnitChange) -> Veto | None:
    """A unit that has keys out is not dissolved."""
    out = queries.keys_out(unit_id=change.unit_id, before=today()) if change.kind == "dissolve" else []
    return _keys(out, "该党组织") if out else None


def member_veto(change: MemberChange) -> Veto | None:
    """Somebody who has a key does not move away with it."""
    out = queries.keys_out(person_id=change.person_id, before=today()) if change.kind == "moved" else []
    return _keys(out, "该党员") if out else None


def _keys(out: Sequence[queries.BookingView], who: str) -> Veto:
    return Veto(f"{who}还有 {len(out)} 把场地钥匙没有归还（{out[0].room}）。", fix="请先办理归还。", rule="VENUE.08")


def report(person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What is held on a person, for the person."""
    found = queries.of_person(person_id)
    shown = [{"场地": one.room, "主题": one.topic, "日期": one.day.isoformat()} for one in found]
    before = queries.times_by_person([person_id]).get(str(person_id), 0) - len(found)
    kept = {"领用场地钥匙": shown} if shown else {}
    return {**kept, "在原单位领用场地钥匙": [{"次数": before}]} if before else kept


def forget(person_id: UUID) -> None:
    """Who it was is forgotten; that the room was used stays right."""
    with transaction() as session:
        session.execute(update(Booking).where(Booking.person_id == person_id).values(person_id=None))
        session.execute(delete(Earlier).where(Earlier.person_id == person_id))


def move(kept: UUID, gone: UUID) -> None:
    """What hangs on one record of a person belongs to the other. Said again, nothing is left to do."""
    with transaction() as session:
        session.execute(update(Booking).where(Booking.person_id == gone).values(person_id=kept))
        theirs = session.scalar(delete(Earlier).where(Earlier.person_id == gone).returning(Earlier.times))
        if theirs:
            add_earlier(kept, theirs)


def pack(person_id: UUID) -> Mapping[str, Any]:
    """What travels with somebody who moves to another tenant: how often they have had a key."""
    times = queries.times_by_person([person_id]).get(str(person_id), 0)
    return {"times": times} if times else {}


def add_earlier(person_id: UUID, times: int) -> None:
    """So many times more, somewhere else."""
    with transaction() as session:
        known = session.scalars(select(Earlier).where(Earlier.person_id == person_id).with_for_update()).one_or_none()
        if known is None:
            session.add(Earlier(person_id=person_id, times=times))
        else:
            known.times += times


def release() -> None:
    """The plugin is being switched off: cancelled bookings need not be kept."""
    with transaction() as session:
        session.execute(delete(Booking).where(Booking.state == "cancelled"))


def impact() -> Mapping[str, tuple[int, str]]:
    """What switching off would touch beyond rows."""
    coming = queries.count([("", "~")], today(), today().replace(year=today().year + 1, day=1))
    return {"尚未使用的预订": (coming, "停用期间不再显示，也不再提醒归还钥匙")}
