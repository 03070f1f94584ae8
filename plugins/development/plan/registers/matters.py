"""Accountability 责任追究 (S0-15, S4-18): opened from an act, a step or an overrun; people named; concluded; handled.

Nothing follows by itself: the register holds facts, what people concluded, and what they did. Texts are sealed; each view of
them is written down by the page that shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import (
    Model,
    Unit,
    emit,
    is_same_person,
    keyring,
    origin,
    person_of,
    record,
    tenant_id,
    today,
    transaction,
    uuid7,
)
from plugins.development.models.case import Act, Case
from plugins.development.plan.records import block, hand, settle, taken
from plugins.development.plan.registers.models import Accountability, Accountable
from plugins.development.plan.words import FAULTS, FINDINGS, HANDLINGS

SOURCE = "责任追究制（S0-15、S4-18）"
#: Measures of the act ``accountability_mark`` as the register names them.
_MEASURES = {"talk": "talk", "criticise": "criticism", "order": "order", "discipline": "discipline"}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who is answerable. :param part: what they were in it, such as 经办人."""

    name: str
    part: str = ""
    account_id: UUID | None = None
    person_id: UUID | None = None


def seal(text: str, column: str, row: UUID) -> bytes | None:
    """The ciphertext of what is said; nothing of nothing."""
    plain = text.strip()
    if not plain:
        return None
    return keyring(fresh=True).encrypt(plain, table="development_accountability", column=column, row=row)


def opened(matter: Accountability, column: str) -> str:
    """What is said, in clear; empty for nothing."""
    data = getattr(matter, column)
    if data is None:
        return ""
    return keyring().decrypt(bytes(data), table="development_accountability", column=column, row=matter.id)


def open_matter(
    *, unit: Unit, fault: str, facts: str, parties: Sequence[Party] = (), rule: str = "", cause: str | None = None,
    case_id: UUID | None = None, act_id: UUID | None = None, plan_id: UUID | None = None, step: int | None = None,
    on: date | None = None,
) -> UUID:  # fmt: skip
    """Open a matter.

    :param parties: who is answerable; may be named later. :param cause: names what made it open, so that it opens once.
    :raises Refused: no facts, an unknown fault, a step there is not, an act that is not the case's.
    """
    with transaction() as session:
        found = []
        if fault not in FAULTS:
            found.append(block("S0-15", "fault", "请选择问题类别。", "E_REQUIRED", source=SOURCE))
        if not facts.strip():
            found.append(block("S0-15", "facts", "请写明事实。", "E_REQUIRED", source=SOURCE))
        if step is not None and not 1 <= step <= 25:
            found.append(block("S0-15", "step", "步骤应为1到25。", "E_RANGE", source=SOURCE))
        if act_id is not None:
            act = session.get(Act, (tenant_id(), act_id))
            if act is None or (case_id is not None and act.case_id != case_id):
                found.append(block("S0-15", "act", "这条办理记录不属于这名同志。", "E_SCOPE", source=SOURCE))
            else:
                case_id, step = act.case_id, step or act.step or None
                parties = parties or (_actor_of(act),)
        settle(found)
        made = uuid7()
        session.add(
            Accountability(
                id=made, unit_id=unit.id, case_id=case_id, act_id=act_id, plan_id=plan_id, step=step, fault=fault, rule=rule,
                cause=cause, facts_cipher=seal(facts, "facts_cipher", made), state="open", opened_on=on or today(),
                opened_by=origin().actor_id, opener=hand(), version=1,
            )
        )  # fmt: skip
        session.flush()
        _name(made, parties)
        detail = {"unit": str(unit.id), "fault": fault, "step": step}
        record(
            kind="development.accountability.opened",
            subject="development_accountability",
            subject_id=made,
            detail=detail,
        )
        data = {"unit": unit.id, "fault": fault}
        emit(
            "development.accountability.opened", subject="development_accountability", subject_id=made, unit_path=unit.path,
            data=data,
        )  # fmt: skip
        return made


def _actor_of(act: Act) -> Party:
    person = person_of(act.actor_id) if act.actor_id else None
    return Party(act.actor_name, "经办人", act.actor_id, person)


def _name(matter_id: UUID, parties: Sequence[Party]) -> None:
    with transaction() as session:
        for one in parties:
            session.add(
                Accountable(
                    id=uuid7(), accountability_id=matter_id, name=one.name.strip(), part=one.part.strip(),
                    account_id=one.account_id, person_id=one.person_id,
                )
            )  # fmt: skip
        session.flush()


def open_once(*, cause: str, unit: Unit, act: Act, **given: Any) -> UUID | None:
    """Open a matter for a cause, if that has not been done; whoever recorded the act is named."""
    with transaction() as session:
        if session.scalar(select(Accountability.id).where(Accountability.cause == cause)) is not None:
            return None
    return open_matter(cause=cause, unit=unit, parties=(_actor_of(act),), act_id=act.id, **given)


def name_party(*, matter_id: UUID, party: Party, version: int | None = None) -> None:
    """Name a further person. :raises Refused: no name, or it is closed."""
    with transaction():
        matter: Accountability = taken(Accountability, matter_id, version=version)
        found = _closed(matter)
        if not party.name.strip():
            found.append(block("S0-15", "name", "请填写责任人姓名。", "E_REQUIRED", source=SOURCE))
        settle(found)
        _name(matter.id, (party,))
        record(kind="development.accountability.named", subject="development_accountability", subject_id=matter.id)


def _closed(matter: Accountability) -> list[Any]:
    if matter.state == "closed":
        return [block("S0-15", "", "这件事项已经结案。", "E_STATE", "有新情况请另行登记。", SOURCE)]
    return []


def parties_of(matter_id: UUID) -> list[Accountable]:
    """Who is named in a matter."""
    with transaction() as session:
        found = select(Accountable).where(Accountable.accountability_id == matter_id).order_by(Accountable.name)
        return list(session.scalars(found))


def conclude(*, matter_id: UUID, finding: str, conclusion: str, version: int | None = None) -> None:
    """Say whether it is founded, and why.

    :raises Refused: nobody is named though it is founded; who concludes is named in it; nothing is said.
    """
    with transaction():
        matter: Accountability = taken(Accountability, matter_id, version=version)
        found = _closed(matter)
        named = parties_of(matter.id)
        if finding not in FINDINGS:
            found.append(block("S0-15", "finding", "请选择结论。", "E_REQUIRED", source=SOURCE))
        if not conclusion.strip():
            found.append(block("S0-15", "conclusion", "请写明结论的依据。", "E_REQUIRED", source=SOURCE))
        if finding == "founded" and not named:
            found.append(block("S0-15", "", "还没有责任人。", "E_REQUIRED", "请先登记责任人。", SOURCE))
        if any(one.account_id and is_same_person(one.account_id, on=matter.opened_on) for one in named):
            found.append(block("S0-15", "", "责任人不能给自己下结论。", "E_CONFLICT", "请由另一位同志办理。", SOURCE))
        settle(found)
        matter.finding, matter.concluded_on, matter.concluder = finding, today(), hand()
        matter.conclusion_cipher = seal(conclusion, "conclusion_cipher", matter.id)
        matter.state = "concluded"
        record(
            kind="development.accountability.concluded", subject="development_accountability", subject_id=matter.id,
            detail={"finding": finding},
        )  # fmt: skip


def handle(*, matter_id: UUID, handling: str, text: str = "", version: int | None = None) -> None:
    """Write down what was done about it, and close the matter.

    :raises Refused: there is no conclusion yet, or the two do not fit together.
    """
    with transaction():
        matter: Accountability = taken(Accountability, matter_id, version=version)
        found = _closed(matter)
        if matter.finding is None:
            found.append(block("S0-15", "", "请先作出结论。", "E_STATE", source=SOURCE))
        if handling not in HANDLINGS:
            found.append(block("S0-15", "handling", "请选择处理方式。", "E_REQUIRED", source=SOURCE))
        if matter.finding == "unfounded" and handling != "none":
            found.append(block("S0-15", "handling", "结论为不属实，不能追究。", "E_STATE", "请选择“不追究”。", SOURCE))
        if matter.finding == "founded" and handling == "none" and not text.strip():
            found.append(block("S0-15", "text", "属实而不追究的，请写明理由。", "E_REQUIRED", source=SOURCE))
        settle(found)
        matter.handling, matter.handling_cipher = handling, seal(text, "handling_cipher", matter.id)
        matter.handled_on, matter.handler, matter.state = today(), hand(), "closed"
        record(
            kind="development.accountability.closed", subject="development_accountability", subject_id=matter.id,
            detail={"handling": handling},
        )  # fmt: skip


def from_mark(case: Case, act: Act) -> UUID | None:
    """What a case's own record says of accountability, in the register; nothing when the register wrote it there."""
    if act.corrects_id is not None or act.data.get("mark_id"):
        return None
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), case.unit_id))
    step = act.data.get("at_step")
    made = open_matter(
        unit=place, fault="procedure", facts="见办理记录中的责任追究。", parties=(Party(str(act.data.get("who", "")), "责任人"),),
        case_id=case.id, step=int(step) if step else None, cause=f"mark:{act.id}", on=act.act_on,
    )  # fmt: skip
    measure = _MEASURES.get(str(act.data.get("measure")), "talk")
    with transaction():
        matter: Accountability = taken(Accountability, made)
        matter.act_id, matter.handling = act.id, measure
    return made


#: Columns that are sealed.
SEALED: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Accountability, ("facts_cipher", "conclusion_cipher", "handling_cipher")),
)
