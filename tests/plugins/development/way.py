"""A whole way into the Party as its acts, day by day: what tests record, change, or leave out."""

from copy import deepcopy
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.database import db, transaction
from core.organization.models import Unit
from core.people.actions.members import create
from core.people.schemas import read
from plugins.development.cases import opening, recording
from plugins.development.models.case import Act, Case
from tests.people.conftest import AS_OF, EVERYWHERE, County, form, id_no

TOPICS = ["study_and_work", "view_of_party", "motive", "law_abidingness", "family"]
VOTE = {"committee": True, "size": 5, "present": 5, "in_favour": 5}
MET = {"due": 9, "present": 8, "in_favour": 8, "issued": 8, "secret": True, "candidates_on_paper": 1, "full_members": 9}
APPROVED = {"result": "approved", "size": 7, "present": 7, "in_favour": 7}


def on(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def way(sponsors: list[UUID]) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Kind, day, facts, sealed facts of every act from the application to the archive, all of it in order."""
    helpers = [{"id": str(one)} for one in sponsors]
    return deepcopy(
        [
            ("application", "2024-01-10", {"signed": "2024-01-10", "channel": "paper"}, {}),
            ("talk", "2024-01-20", {"interviewers": helpers[:1], "topics": TOPICS, "basics_introduced": True}, {"record": "谈心"}),
            ("recommendation", "2024-02-20", {"channel": "member", "recommender": "老王"}, {}),
            ("activist_meeting", "2024-03-01", {**VOTE, "result": "named"}, {}),
            ("filing_request", "2024-03-02", {}, {}),
            ("filing_reply", "2024-03-10", {"result": "filed"}, {}),
            ("contacts", "2024-03-12", {"people": helpers}, {}),
            ("half_year_review", "2024-08-20", {"contact_opinion": "好", "branch_opinion": "好", "result": "continue"}, {}),
            ("half_year_review", "2025-02-20", {"contact_opinion": "好", "branch_opinion": "好", "result": "ready"}, {}),
            *[("opinion", "2025-02-25", {"side": side, "asked": 9, "agree": 9}, {})
              for side in ("group", "contacts", "members", "masses", "community")],
            ("poll_result", "2025-02-26", {"stage": "object", "side": "host", "issued": 20, "returned": 20, "in_favour": 18}, {}),
            ("object_meeting", "2025-03-05", {**VOTE, "result": "proposed"}, {}),
            ("consent_request", "2025-03-06", {}, {}),
            ("consent", "2025-03-10", {"result": "filed"}, {}),
            ("sponsors", "2025-03-20", {"people": [{**one, "consented": True} for one in helpers]}, {}),
            ("self_statement", "2025-03-21", {}, {"text": "自述"}),
            ("relation", "2025-03-21", {}, {"name": "林父", "relation": "父亲"}),
            ("political_review", "2025-04-01", {"topics": ["line", "law"], "ways": ["talk"], "conclusion": "qualified"}, {"text": "合格"}),
            ("course", "2025-04-20", {"title": "集中培训班", "half_days": 6, "hours": 24}, {}),
            ("branch_review", "2025-05-06", {**VOTE, "rating_political": "above", "rating_work": "above", "result": "qualified"}, {}),
            ("prereview", "2025-05-15", {"result": "passed"}, {}),
            ("form_issue", "2025-05-16", {"number": "A0001"}, {}),
            ("form_filled", "2025-05-20", {"number": "A0001", "sponsors_wrote": True, "checked": True}, {}),
            ("branch_meeting", "2025-06-10", {
                **MET, "candidate_present": True, "sponsors_present": 2,
                "resolution": ["conduct", "due", "present", "result", "date", "signature"],
            }, {}),
            ("interview", "2025-06-20", {"interviewers": helpers[:1], "capacity": "organiser", "result": "yes"}, {}),
            ("approval", "2025-07-01", {
                **APPROVED, "collective": True, "one_by_one": True, "probation_from": "2025-06-10",
                "probation_to": "2026-06-09", "number": "青委〔2025〕7号",
            }, {}),
            ("filing_up", "2025-07-05", {}, {}),
            ("assignment", "2025-07-06", {}, {}),
            ("oath", "2025-07-10", {"place": "党员活动室"}, {}),
            ("probation_review", "2025-12-15", {"sponsor_opinion": "好", "branch_opinion": "好"}, {}),
            ("probation_review", "2026-06-05", {"sponsor_opinion": "好", "branch_opinion": "好"}, {}),
            ("conversion_letter", "2026-06-01", {"signed": "2026-06-01"}, {}),
            *[("conversion_opinion", "2026-06-08", {"side": side}, {}) for side in ("group", "members", "masses")],
            ("conversion_review", "2026-06-09", {**VOTE, "decision": "convert"}, {}),
            ("conversion_meeting", "2026-06-15", {**MET, "decision": "convert"}, {}),
            ("conversion_approval", "2026-07-10", {**APPROVED, "standing": "2026-06-10", "number": "青委〔2026〕9号"}, {}),
            ("talk_after", "2026-07-12", {"interviewers": helpers[:1], "announced": True}, {}),
            ("archive_list", "2026-07-20", {
                "papers": ["form", "letter", "training_form", "review", "probation_form", "conversion_letter"], "place": "人事档案",
            }, {}),
        ]
    )  # fmt: skip


def member(unit: UUID, name: str, **more: Any) -> UUID:
    """Somebody on the roster."""
    return create(reading=read(form(unit, name, **more)), ranges=EVERYWHERE, as_of=AS_OF).id


def newcomer(name: str = "林小明", **more: Any) -> opening.NewCase:
    """Somebody who applies, with all that the roster will ask for."""
    birth = more.pop("birth", date(1998, 3, 1))
    return opening.NewCase(
        name=name, id_no=id_no(birth), birth=birth, sex="1", phone="13800001234", ethnic="01", education="20", post="农民",
        private={"address": "清源县青岭乡青岭村5号"}, **more,
    )  # fmt: skip


def founded(county: County) -> SimpleNamespace:
    """A branch with members, a committee that approves, and an open case."""
    with transaction() as session:
        session.execute(
            update(Unit).where(Unit.id.in_([county.green, county.blue])).values(can_approve_probationary=True)
        )
    members = [member(county.green_branch, name) for name in ("王建国", "李志强", "陈秀英")]
    case = opening.open_case(unit_id=county.green_branch, given=newcomer())
    return SimpleNamespace(county=county, branch=county.green_branch, members=members, case=case)


def go(
    made: SimpleNamespace,
    *,
    until: str = "",
    after: str = "",
    change: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> None:
    """Record the way, from behind the first act of kind ``after`` up to and without the first of kind ``until``."""
    steps = way(made.members[:2])
    kinds = [kind for kind, *_ in steps]
    first = kinds.index(after) + 1 if after else 0
    last = kinds.index(until) if until else len(steps)
    for kind, held, data, sealed in steps[first:last]:
        if change and change.get(kind) is None and kind in change:
            continue
        given = {**data, **(change or {}).get(kind, {})}
        record(made, kind, given.pop("on", held), given, sealed, **more)


def record(
    made: SimpleNamespace,
    kind: str,
    held: str | date,
    data: dict[str, Any] | None = None,
    sealed: Any = None,
    **more: Any,
) -> UUID:
    """Record one act."""
    day = on(held) if isinstance(held, str) else held
    return recording.act(case_id=made.case, kind=kind, act_on=day, data=data or {}, sealed=sealed or {}, **more)


def row(made: SimpleNamespace) -> Case:
    """The case as it is in the database."""
    db.session.expire_all()
    return db.session.scalars(select(Case).where(Case.id == made.case)).one()


def acts(made: SimpleNamespace, kind: str = "") -> list[Act]:
    """Its acts, in the order in which they were recorded."""
    db.session.expire_all()
    found = select(Act).where(Act.case_id == made.case).order_by(Act.seq)
    return list(db.session.scalars(found.where(Act.kind == kind) if kind else found))


def later(day: str, days: int) -> date:
    """So many days after a day."""
    return on(day) + timedelta(days=days)
