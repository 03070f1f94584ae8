"""Taking an import of a register back: its acts are voided, the cases it opened are removed."""

from collections.abc import Sequence
from uuid import UUID

from core.sdk import Refused, tenant_id, transaction
from core.sdk.importing import Effect, Undone
from plugins.development.cases import correcting
from plugins.development.cases.numbering import take_number
from plugins.development.models.case import Case

_WHY = "撤销导入"


def undo(run_id: UUID, effects: Sequence[Effect]) -> Undone:
    """Undo one run inside the open transaction; cases that somebody went on with stay, and are named."""
    del run_id
    removed, restored = 0, 0
    kept: list[str] = []
    ours: dict[UUID, int] = {}
    for effect in effects:
        with transaction() as session:
            case = session.get(Case, (tenant_id(), effect.subject_id))
        if case is None:
            kept.append("有一件事项已不在系统中")
        elif effect.version_after not in (case.version, ours.get(case.id)):
            kept.append(f"{case.name}：导入后又办理过，已保留")
        else:
            why = _back(case, effect)
            if not why and effect.before.get("version") is not None:
                ours[case.id] = effect.before["version"]  # an earlier row of the same file may be taken back now
            if why:
                kept.append(f"{case.name}：{why}，已保留")
            elif effect.before["created"]:
                removed += 1
            else:
                restored += 1
    return Undone(removed, restored, tuple(kept))


def _back(case: Case, effect: Effect) -> str:
    """Take one case's acts back, the last first, all or none; gives why not, or nothing."""
    try:
        with transaction() as session, session.begin_nested():
            for act in reversed(effect.before["acts"]):
                correcting.void(act_id=UUID(act), reason=_WHY)
            if effect.before.get("numbered"):
                take_number(case_id=case.id, unlink=bool(effect.before.get("linked")))
            if effect.before["created"]:
                session.flush()
                session.delete(case)
                session.flush()
    except Refused as refused:
        with transaction() as session:
            session.refresh(case)
        return refused.findings[0].message.rstrip("。")
    return ""
