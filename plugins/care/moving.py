"""What goes with a member who moves to another tenant, and what the new branch is told (06-care 6.7).

Open occasions and needs go, with what was told of them, and what the member chose; nothing that is closed, no names of
visitors, no money. The new branch takes each up anew: it is reported there, and confirmed there.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import transaction
from plugins.care.actions import reporting
from plugins.care.models import Case, CaseReport, FollowUp
from plugins.care.people import among
from plugins.care.rounds import greetings
from plugins.care.rounds.models import OptOut
from plugins.care.rules.visits import OPEN, SUB_KINDS, Kind
from plugins.care.sealing import unseal


def pack(person_id: UUID) -> Mapping[str, Any]:
    """Everything open about a member, as JSON values; nothing when nothing is."""
    with transaction() as session:
        cases = session.scalars(select(Case).where(Case.person_id == person_id, among(Case.state, *sorted(OPEN)))).all()
        told = session.scalars(select(CaseReport).where(CaseReport.case_id.in_([one.id for one in cases]))).all()
        needs = session.scalars(select(FollowUp).where(FollowUp.person_id == person_id, FollowUp.state == "open")).all()
        out = session.scalars(select(OptOut.kind).where(OptOut.person_id == person_id)).all()
    texts = [(one.case_id, unseal(one.detail_cipher, CaseReport, "detail_cipher", one.id)) for one in told]
    wanted = [(one.case_id, unseal(one.need_cipher, FollowUp, "need_cipher", one.id)) for one in needs]
    packed = {
        "cases": [
            {
                "kind": one.kind, "sub_kind": one.sub_kind, "occurred_on": one.occurred_on.isoformat(),
                "urgent": one.severity == "urgent", "told": [text for case, text in texts if case == one.id and text],
                "needs": [text for case, text in wanted if case == one.id],
            }
            for one in cases
        ],
        "needs": [text for case, text in wanted if case not in {one.id for one in cases}],
        "unwanted": list(out),
    }  # fmt: skip
    return packed if any(packed.values()) else {}


def unpack(person_id: UUID, packed: Mapping[str, Any]) -> None:
    """Tell the branch that counts the member now; what is told already is not told again."""
    with transaction() as session:
        there = set(session.execute(select(Case.kind, Case.sub_kind).where(
            Case.person_id == person_id, among(Case.state, *sorted(OPEN)))).all())  # fmt: skip
    for one in packed.get("cases", ()):
        kind, sub_kind = str(one.get("kind")), str(one.get("sub_kind"))
        known = kind in set(Kind) and sub_kind in SUB_KINDS[Kind(kind)]
        if known and (kind, sub_kind) not in there:
            _told(person_id, kind, sub_kind, [*one.get("told", ()), *map(_need, one.get("needs", ()))], one)
    if packed.get("needs") and ("hardship", "other") not in there:
        _told(person_id, "hardship", "other", [_need(text) for text in packed["needs"]], {})
    for kind in packed.get("unwanted", ()):
        if kind in greetings.KINDS:
            greetings.opt(person_id=person_id, kind=kind, out=True)


def _need(text: object) -> str:
    return f"未完成的需求：{text}"


def _told(person_id: UUID, kind: str, sub_kind: str, texts: list[Any], one: Mapping[str, Any]) -> None:
    on = one.get("occurred_on")
    reporting.report(
        person_id=person_id, kind=kind, sub_kind=sub_kind, occurred_on=date.fromisoformat(str(on)) if on else None,
        detail="\n".join(["原党组织移交。", *map(str, texts)])[:2000], urgent=bool(one.get("urgent")), source="transfer",
    )  # fmt: skip
