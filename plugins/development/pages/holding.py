"""What the letters hold on somebody: told to themself, forgotten when they are to be."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from core.sdk import Account, transaction
from plugins.development.flow import KINDS
from plugins.development.models.case import Case
from plugins.development.models.letter import Letter
from plugins.development.pages.letters import text_of

_STATES = {"sent": "等待收下", "received": "已收下", "returned": "已退回"}


def _of(person_id: UUID) -> Any:
    accounts = select(Account.id).where(Account.person_id == person_id)
    cases = select(Case.id).where(Case.person_id == person_id)
    return or_(Letter.account_id.in_(accounts), Letter.case_id.in_(cases))


def personal_report(person_id: UUID, *, full: bool) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The letters somebody handed in; their texts only with ``full``."""
    with transaction() as session:
        found = session.scalars(select(Letter).where(_of(person_id)).order_by(Letter.sent_at)).all()
        return {
            "本人递交的材料": [
                {
                    "类别": str(KINDS[one.kind].title), "落款日期": one.written_on, "主题": one.theme,
                    "状态": _STATES[one.state], **({"正文": text_of(one.id)} if full else {}),
                }
                for one in found
            ]
        }  # fmt: skip


def redact_person(person_id: UUID) -> None:
    """Forget the letters."""
    with transaction() as session:
        session.execute(delete(Letter).where(_of(person_id)), execution_options={"synchronize_session": False})


def waiting() -> Mapping[str, tuple[int, str]]:
    """How many letters wait to be received."""
    with transaction() as session:
        count = (
            session.scalar(
                select(func.count())
                .select_from(Letter)
                .where(Letter.state == "sent")
                .execution_options(whole_tenant="numbers alone")
            )
            or 0
        )
    return {"本人递交的材料": (count, "等待党支部收下")} if count else {}
