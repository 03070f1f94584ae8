"""Public notices 公示: drawn up, hung, reckoned again when holidays become known, and concluded person by person.

What is recorded in the cases (``notice``, ``notice_result``) goes through :mod:`acts`; the gates of step 8 judge it there.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Finding, Refused, record, today, transaction, uuid7
from plugins.development.ballots import acts
from plugins.development.ballots.days import last_day
from plugins.development.ballots.models import Feedback, NoticePerson, PublicNotice
from plugins.development.ballots.policy import extra_stages
from plugins.development.ballots.polls import switches_at
from plugins.development.ballots.saying import no, place_of, refuse, taken
from plugins.development.ballots.words import NOTICE_STAGES
from plugins.development.models.case import Case
from plugins.development.rules.dates import Calendar

#: Feedback that keeps a person from being listed.
OPEN = ("new", "objection")


def note_notice(notice: PublicNotice, what: str, **detail: Any) -> None:
    """Write down what was done with a notice."""
    record(kind=f"development.notice.{what}", subject="development_notice", subject_id=notice.id, detail=detail)


def draw_up(
    *, case_ids: Sequence[UUID], unit_id: UUID, starts_on: date, place: str, contact: str, phone: str, stage: str = "object",
    ends_on: date | None = None, other_place: str = "", address: str = "", body: str = "", posts: dict[UUID, str] | None = None,
) -> UUID:  # fmt: skip
    """Draw up a notice on one or several people; it is not to be seen yet.

    :param ends_on: the last day; the last of the working days it must hang by default.
    :param posts: what each is shown to be, where it differs from the case.
    :raises Refused: what is missing, or too short, or a migrant without the second place.
    """
    with transaction() as session:
        unit = place_of(unit_id)
        cases = [taken(Case, one, lock=False) for one in dict.fromkeys(case_ids)]
        terms = switches_at(unit.id, starts_on)
        found = _lacking(cases, place, contact, phone, stage, extra_stages(as_of=starts_on, unit_path=unit.path))
        least = last_day(starts_on, terms.notice_workdays)
        migrants = any(one.migrant for one in cases)
        if migrants and not other_place.strip():
            message = "有流动人员，须在流入地和流出地同时公示，请填写流出地的公示地点。"
            found.append(no("other_place", message, rule="G8.3", code="E_REQUIRED"))
        if ends_on is not None and ends_on < least.day:
            message = (
                f"公示不少于{terms.notice_workdays}个工作日，{starts_on:%Y-%m-%d}开始的最早到{least.day:%Y-%m-%d}结束。"
            )
            found.append(no("ends_on", message, rule="G8.2", code="E_RANGE", fix=f"请改为{least.day:%Y-%m-%d}或以后。"))
        if found:
            raise Refused(found)
        notice = PublicNotice(
            id=uuid7(), token=token_urlsafe(18), unit_id=unit.id,
            origin_unit_id=next((one.origin_unit_id for one in cases if one.migrant), None), stage=stage, state="draft",
            starts_on=starts_on, ends_on=ends_on or least.day, workdays=terms.notice_workdays, provisional=least.provisional,
            place=place.strip(), other_place=other_place.strip() if migrants else "", contact=contact.strip(),
            phone=phone.strip(), address=address.strip(), body=body.strip(),
        )  # fmt: skip
        session.add(notice)
        session.flush()
        for rank, case in enumerate(cases, 1):
            session.add(
                NoticePerson(
                    notice_id=notice.id, case_id=case.id, rank=rank, name=case.name, sex=case.sex,
                    birth_month=f"{case.birth:%Y-%m}", post=(posts or {}).get(case.id) or acts.shown_post(case), migrant=case.migrant,
                )
            )  # fmt: skip
        note_notice(notice, "drawn", people=len(cases))
        return notice.id


def _lacking(
    cases: Sequence[Case], place: str, contact: str, phone: str, stage: str, extra: Iterable[str]
) -> list[Finding]:
    found = []
    if not cases:
        found.append(no("case_ids", "请至少选择一个公示对象。", code="E_REQUIRED", rule="G8.2"))
    if stage not in NOTICE_STAGES or (stage != "object" and stage not in extra):
        found.append(
            no("stage", "本单位没有规定这个环节公示。", rule="G8.2", fix="可在单位设置的规则值中增加公示环节。")
        )
    for field, title, text in (
        ("place", "公示地点", place),
        ("contact", "联系人", contact),
        ("phone", "联系电话", phone),
    ):
        if not text.strip():
            found.append(no(field, f"请填写{title}。", code="E_REQUIRED", rule="G8.2"))
    return found


def people_of(notice_id: UUID) -> Sequence[NoticePerson]:
    """Those on a notice, in order."""
    with transaction() as session:
        return session.scalars(
            select(NoticePerson).where(NoticePerson.notice_id == notice_id).order_by(NoticePerson.rank)
        ).all()


def feedback_of(notice_id: UUID) -> Sequence[Feedback]:
    """What was said to a notice, by day."""
    with transaction() as session:
        return session.scalars(
            select(Feedback).where(Feedback.notice_id == notice_id).order_by(Feedback.received_on, Feedback.id)
        ).all()


def sides_of(notice: PublicNotice, person: NoticePerson) -> list[tuple[str, str]]:
    """Where somebody's notice hangs: (side, place); of migrants at both places from and to the same days."""
    return [("host", notice.place), *([("origin", notice.other_place)] if person.migrant else [])]


def hang(*, notice_id: UUID, version: int | None = None) -> None:
    """Hang it: from its first day on its link answers everybody, and each case records it.

    :raises Refused: its days are over already, or the gates of step 8 say no.
    """
    with transaction() as session:
        notice = taken(PublicNotice, notice_id, version=version)
        if notice.state != "draft":
            raise refuse("", "这份公示已经发布过。", rule="G8.2")
        if notice.starts_on > today():
            raise refuse("", f"公示从{notice.starts_on:%Y-%m-%d}开始，到那天才能发布。", rule="X1")
        _hangs_once(notice)
        notice.state = "running"
        for person in people_of(notice.id):
            for side, place in sides_of(notice, person):
                data = {
                    "stage": notice.stage, "end": notice.ends_on.isoformat(), "side": side, "location": place,
                    "contact": notice.phone, "notice_id": str(notice.id),
                }  # fmt: skip
                made = acts.write(case_id=person.case_id, kind="notice", act_on=notice.starts_on, data=data)
                person.notice_act_id = person.notice_act_id or made
        session.flush()
        note_notice(notice, "hung", starts_on=notice.starts_on.isoformat(), ends_on=notice.ends_on.isoformat())


def _hangs_once(notice: PublicNotice) -> None:
    """Nobody is on two notices for the same at a time. :raises Refused: somebody is, with until when."""
    own = select(NoticePerson.case_id).where(NoticePerson.notice_id == notice.id)
    other = (
        select(NoticePerson.name, PublicNotice.starts_on, PublicNotice.ends_on)
        .join(PublicNotice, (PublicNotice.tenant_id == NoticePerson.tenant_id) & (PublicNotice.id == NoticePerson.notice_id))
        .where(
            NoticePerson.case_id.in_(own), PublicNotice.state == "running", PublicNotice.stage == notice.stage,
            NoticePerson.result == "",
        )
    )  # fmt: skip
    with transaction() as session:
        found = session.execute(other.limit(1)).one_or_none()
    if found is not None:
        message = f"{found[0]}已在另一份公示中（{found[1]:%Y-%m-%d}至{found[2]:%Y-%m-%d}），还没有办结。"
        raise refuse("", message, rule="G8.2", code="E_DUP", fix="请先办结或撤销那一份。")


def ended(notice: PublicNotice, on: date) -> bool:
    """Whether its last day is over."""
    return on > notice.ends_on


def visible(notice: PublicNotice, on: date) -> bool:
    """Whether everybody may read it on a day."""
    return notice.state == "running" and notice.starts_on <= on <= notice.ends_on


def earliest_listing(notice: PublicNotice) -> date:
    """The first day on which those on it may be listed (G8.5)."""
    return notice.ends_on + timedelta(days=1)


def waiting_on(notice: PublicNotice, person: NoticePerson, on: date) -> list[Finding]:
    """What stands in the way of concluding the notice on somebody."""
    found = []
    if notice.provisional:
        message = f"{notice.ends_on.year}年的节假日安排尚未载入，公示期满日是暂定的，现在不能办结。"
        found.append(no("", message, rule="G8.2", fix="载入节假日安排后会自动重新计算。"))
    if not ended(notice, on):
        message = f"公示到{notice.ends_on:%Y-%m-%d}才期满，最早{earliest_listing(notice):%Y-%m-%d}可以列为发展对象。"
        found.append(no("listed_on", message, rule="G8.5"))
    about = [one for one in feedback_of(notice.id) if one.about_id in (None, person.id) and one.state in OPEN]
    if about:
        message = f"还有{len(about)}条反映没有处理完，不能办结。"
        found.append(no("", message, rule="G8.4", fix="请调查并登记结论。"))
    return found


def conclude(*, notice_id: UUID, person_id: UUID, listed_on: date, note_: str = "") -> str:
    """Conclude the notice on somebody: listed from a day on, or stopped where an objection found them unfit.

    :param person_id: of the line on the notice.
    :returns: ``clear`` | ``stop``. :raises Refused: the days are not over, feedback is open, or the gates say no.
    """
    with transaction() as session:
        notice, person = taken(PublicNotice, notice_id), taken(NoticePerson, person_id)
        if notice.state != "running" or person.notice_id != notice.id or person.result:
            raise refuse("", "这份公示对这个人已经办结，或者没有在公示。", rule="G8.5")
        found = waiting_on(notice, person, today())
        if not found and listed_on < earliest_listing(notice):
            found.append(no("listed_on", f"最早{earliest_listing(notice):%Y-%m-%d}可以列为发展对象。", rule="G8.5"))
        if listed_on > today():
            found.append(no("listed_on", "日期不能晚于今天。", rule="X1", code="E_RANGE"))
        if found:
            raise Refused(found)
        unfit = any(one.verdict == "unfit" and one.about_id == person.id for one in feedback_of(notice.id))
        person.result = "stop" if unfit else "clear"
        if notice.stage == "object":
            person.result_act_id = acts.write(
                case_id=person.case_id, kind="notice_result", act_on=listed_on, data={"result": person.result, "note": note_.strip()}
            )  # fmt: skip
        session.flush()
        if all(one.result for one in people_of(notice.id)):
            notice.state, notice.concluded_on = "concluded", today()
        note_notice(notice, "concluded", person=str(person.case_id), result=person.result)
        return person.result


def withdraw(*, notice_id: UUID, reason: str, version: int | None = None) -> None:
    """Take a notice down before it is concluded; the acts it made in the cases are voided."""
    with transaction():
        notice = taken(PublicNotice, notice_id, version=version)
        if notice.state not in ("draft", "running"):
            raise refuse("", "这份公示已经办结，不能撤销。", rule="G8.2")
        if not reason.strip():
            raise refuse("reason", "请写明撤销的原因。", code="E_REQUIRED", rule="G8.2")
        people = people_of(notice.id)
        if any(one.result for one in people):
            raise refuse("", "已有人办结，不能整份撤销。", rule="G8.2")
        if notice.state == "running":
            for person in people:
                acts.take_back(
                    case_id=person.case_id, kind="notice", key="notice_id", value=str(notice.id), reason=reason
                )
        notice.state, notice.void_reason = "void", reason.strip()
        note_notice(notice, "withdrawn", reason=reason.strip())


def reckon_again(calendar: Calendar | None = None) -> int:
    """Reckon the last day of provisional notices anew, once the holidays are known. :returns: how many became firm."""
    with transaction() as session:
        found = session.scalars(
            select(PublicNotice)
            .where(PublicNotice.provisional, PublicNotice.state.in_(("draft", "running")))
            .with_for_update()
        ).all()
        firm = 0
        for notice in found:
            least = last_day(notice.starts_on, notice.workdays, calendar)
            if least.provisional:
                continue
            moved = notice.ends_on < least.day
            notice.provisional, notice.ends_on = False, max(notice.ends_on, least.day)
            if moved and notice.state == "running":
                for person in people_of(notice.id):
                    acts.put_right(
                        case_id=person.case_id, kind="notice", key="notice_id", value=str(notice.id),
                        changes={"end": notice.ends_on.isoformat()}, reason="节假日安排载入后，公示期满日重新计算",
                    )  # fmt: skip
            firm += 1
            note_notice(notice, "reckoned", ends_on=notice.ends_on.isoformat())
        return firm
