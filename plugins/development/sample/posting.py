"""Public notices of the sample: one hangs today with its link and something said to it, one is concluded."""

from datetime import date, timedelta
from uuid import UUID

from core.sdk import transaction
from plugins.development.ballots import feedback, notices
from plugins.development.ballots.models import PublicNotice
from plugins.development.ballots.saying import taken


def hang(case_id: UUID, unit_id: UUID, on: date, *, done: bool) -> None:
    """Draw up and hang the notice of step 8 on somebody; what is said to one that ran is looked into as well.

    :param done: it ran a fortnight and is to be concluded.
    """
    notice = notices.draw_up(
        case_ids=[case_id], unit_id=unit_id, starts_on=on, place="村党务公开栏", contact="支部组织委员", phone="0595-20000000",
        ends_on=on + timedelta(days=14) if done else None, address="村委会办公楼", body="如有不同意见，请在公示期内反映。",
    )  # fmt: skip
    notices.hang(notice_id=notice)
    person = notices.people_of(notice)[0].id
    if not done:
        feedback.send(notice_id=notice, text="他带头参加村里的志愿服务，大家都认可。", about=person)
        return
    said = feedback.take_down(
        notice_id=notice,
        text="反映其邻里纠纷处理不当。",
        about=person,
        sender="村民来访",
        received_on=on + timedelta(days=3),
    )
    feedback.sort_out(feedback_id=said, state="objection")
    text = "经走访邻里和村调解委员会，纠纷已于去年调解，责任不在本人。"
    feedback.conclude(feedback_id=said, verdict="unfounded", text=text, on=on + timedelta(days=9))


def conclude(case_id: UUID, on: date) -> None:
    """Conclude the notice that hung on somebody; one whose holidays are not known yet goes on."""
    from sqlalchemy import select

    from plugins.development.ballots.models import NoticePerson

    with transaction() as session:
        person = session.scalars(select(NoticePerson).where(NoticePerson.case_id == case_id)).one()
    if not taken(PublicNotice, person.notice_id).provisional:
        notices.conclude(
            notice_id=person.notice_id, person_id=person.id, listed_on=on, note_="公示期满，反映已经查清。"
        )
