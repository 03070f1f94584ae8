"""Putting a record right, or taking it away: a further act that replaces the earlier one, with everything that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import has_request_context
from flask_babel import gettext as _
from sqlalchemy import select

from core.sdk import Refused, Unit, may, need_at, tenant_id, today, transaction
from plugins.development.cases import doers, ports
from plugins.development.cases.acts import replaced, standing
from plugins.development.cases.around import Around, Place, around, place_of
from plugins.development.cases.folding import about_of, fold
from plugins.development.cases.gates import Checked, health, rulings_for
from plugins.development.cases.reading import Read, read
from plugins.development.cases.recording import Held, Unknown, Written, hold, put
from plugins.development.cases.saying import block
from plugins.development.cases.sealing import sealed_of
from plugins.development.flow import KINDS, Kind
from plugins.development.models.case import Act
from plugins.development.permissions import CORRECT
from plugins.development.rules.outcomes import Outcome, Ruling

_RULE = "X1"
_MOVES = frozenset({"transfer_out", "transfer_in", "unit_merged"})
#: Kinds that the branch records itself, by which one knows where the case was.
_AT_HOME = frozenset(kind.code for kind in KINDS.values() if kind.actor in ("branch", "person")) - {"cosign", *_MOVES}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a correction brings about in acts that came later. :param checked: what the rules say of them now."""

    checked: Checked

    @property
    def ruling(self) -> Ruling:
        """The ruling."""
        return self.checked.ruling


def correct(
    *,
    act_id: UUID,
    act_on: date,
    data: Mapping[str, Any],
    sealed: Mapping[str, Any] | None = None,
    reason: str,
    file_ids: Sequence[UUID] | None = None,
    version: int | None = None,
) -> UUID:
    """Replace an act by a right one of the same kind; gives the new act's id.

    Days, clocks, projection and reminders follow; what the rules say of it, and of the later acts that it puts in the
    wrong, is kept with it and shown. Sealed facts that are not given stay as they were.

    :raises Refused: no reason, a field is wrong, a day that cannot be, somebody replaced it before, or no right.
    :raises Unknown: there is no such act.
    """
    with transaction():
        held, wrong = _held(act_id, version)
        found = _allowed(held, wrong, reason)
        kind = KINDS[wrong.kind]
        kept = sealed_of(wrong) if wrong.redacted_on is None else {}
        facts = read(kind, data, {**kept, **(sealed or {})})
        if found or facts.found:
            raise Refused([*found, *facts.found])
        surroundings = around(held.unit.path)
        said = _judged(held, wrong, act_on, facts, surroundings)
        written = Written(
            kind, act_on, facts, wrong.unit_id, reason, {}, tuple(wrong.file_ids if file_ids is None else file_ids),
            tuple(said), surroundings.on(act_on).terms, wrong.id,
        )  # fmt: skip
        made = put(held, written, surroundings)
        _moved_back(held, wrong)
        ports.superseded(held.case, [wrong.id])
        return made.id


def void(*, act_id: UUID, reason: str, version: int | None = None) -> UUID:
    """Take an act away, as if it had never been; it stays in the full-process record with the reason.

    :raises Refused: no reason, later acts rest on it, it was replaced before, or no right. :raises Unknown: no such act.
    """
    with transaction():
        held, wrong = _held(act_id, version)
        found = _allowed(held, wrong, reason)
        if not found:
            found = _rests(held, wrong)
        if found:
            raise Refused(found)
        kind, surroundings = KINDS[wrong.kind], around(held.unit.path)
        written = Written(
            kind, wrong.act_on, Read(), wrong.unit_id, reason, {}, (), (), surroundings.terms, wrong.id, voids=True
        )
        made = put(held, written, surroundings)
        _moved_back(held, wrong)
        ports.superseded(held.case, [wrong.id])
        return made.id


def consequences(*, act_id: UUID, act_on: date, data: Mapping[str, Any]) -> list[Consequence]:
    """What the rules would say of the later acts if an act were corrected so; nothing is written."""
    with transaction():
        held, wrong = _held(act_id, None)
        facts = read(KINDS[wrong.kind], data, sealed_of(wrong) if wrong.redacted_on is None else {})
        surroundings = around(held.unit.path)
        return [Consequence(one) for one in _new_trouble(held, wrong, act_on, facts, surroundings)]


def _held(act_id: UUID, version: int | None) -> tuple[Held, Act]:
    with transaction() as session:
        case_id = session.scalar(select(Act.case_id).where(Act.id == act_id))
        if case_id is None:
            raise Unknown(str(act_id))
        held = hold(case_id, version=version)
        return held, next(one for one in held.acts if one.id == act_id)


def _allowed(held: Held, wrong: Act, reason: str) -> list[Any]:
    """Reopened by the level that closed it or above, with a reason (section 13, note 2)."""
    kind = KINDS[wrong.kind]
    if has_request_context():
        _may(kind, held, wrong)
    found = []
    if wrong.id in replaced(held.acts):
        message = "这条记录已经更正或撤销过。"
        found.append(block(_RULE, "", message, "E_CONFLICT", "请查看最新的记录。"))
    if wrong.redacted_on is not None:
        found.append(block(_RULE, "", "这条记录中的个人信息已经清除，不能更正。", "E_STATE"))
    if not reason.strip():
        found.append(block(_RULE, "reason", "请写明更正的原因。", "E_REQUIRED"))
    return found


def _may(kind: Kind, held: Held, wrong: Act) -> None:
    """The right to put records right, and, beyond the branch, that of the level whose act it is."""
    if not may(CORRECT, held.unit.path):
        raise doers.Barred(doers.sentence(_("更正、撤销办理记录"), held.unit.short_name, CORRECT))
    need_at(CORRECT, held.unit.path, what=held.unit.short_name)
    if kind.actor in ("branch", "person", "platform") and kind.code != "cosign":
        return
    place = place_of(held.unit.path)
    doers.require(kind, place, _who_did(kind, place, wrong))


def _who_did(kind: Kind, place: Place, wrong: Act) -> Place:
    """The organisation that the act names, while it stands above the case (or signs at the other end); else the usual one."""
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), wrong.unit_id))
    if unit is not None and (place.path.startswith(unit.path) or kind.code == "cosign"):
        return place_of(unit.path)
    return doers.usual(kind, place)


def _moved_back(held: Held, wrong: Act) -> None:
    """A move that was none, or went elsewhere, leaves the case where it was before: with the branch that let it go."""
    if wrong.kind not in _MOVES:
        return
    with transaction() as session:
        acts = session.scalars(select(Act).where(Act.case_id == held.case.id).order_by(Act.seq)).all()
        if fold(about_of(held.case), standing(acts)).branch is not None:
            return
        before = [one for one in standing(acts) if one.place < wrong.seq and one.kind in _AT_HOME]
        home = wrong.unit_id if wrong.kind == "transfer_out" else before[-1].unit_id if before else None
        unit = session.get(Unit, (tenant_id(), home)) if home is not None else None
        if unit is not None and unit.type == "branch":
            held.case.unit_id = unit.id
            session.flush()


def _others(held: Held, wrong: Act) -> list[Act]:
    """The acts without one: as if it had not been."""
    return [one for one in held.acts if one.id != wrong.id and not (one.voids and one.corrects_id == wrong.id)]


def _judged(held: Held, wrong: Act, act_on: date, facts: Read, surroundings: Around) -> list[Ruling]:
    """What is kept with a correction: what the gates say of it, and of the acts it puts in the wrong."""
    if act_on > today() or act_on < held.case.birth:
        raise Refused([block(_RULE, "date", "更正后的日期在将来，或早于出生日期。", "E_RANGE", "请填实际发生的日期。")])
    earlier = [one for one in standing(_others(held, wrong)) if (one.act_on, one.place) < (act_on, wrong.seq)]
    so_far = fold(about_of(held.case), earlier)
    own = rulings_for(so_far, surroundings, wrong.kind, act_on, facts.data)
    later = [
        one.ruling
        for one in _new_trouble(held, wrong, act_on, facts, surroundings)
        if one.act and one.act.id != wrong.id
    ]
    return [one for one in (*own, *later) if one.outcome is not Outcome.WARN]


def _new_trouble(held: Held, wrong: Act, act_on: date, facts: Read, surroundings: Around) -> list[Checked]:
    """What the rules say of the case with the correction and did not say before."""
    about = about_of(held.case)
    now = standing(held.acts)
    changed = [
        one if one.id != wrong.id else type(one)(
            one.id, one.seq, one.place, one.kind, one.step, act_on, one.unit_id, facts.data, one.rulings, one.overrides,
        )
        for one in now
    ]  # fmt: skip
    before = {(one.act.id if one.act else None, one.ruling.rule) for one in health(fold(about, now), surroundings)}
    after = health(fold(about, sorted(changed, key=lambda one: (one.act_on, one.place))), surroundings)
    return [
        one for one in after
        if one.act is not None and one.ruling.outcome is not Outcome.WARN and (one.act.id, one.ruling.rule) not in before
    ]  # fmt: skip


def _rests(held: Held, wrong: Act) -> list[Any]:
    """A step is not taken away from under later ones."""
    about = about_of(held.case)
    now = fold(about, standing(held.acts))
    without = fold(about, [one for one in standing(held.acts) if one.id != wrong.id])
    lost = set(now.done) - set(without.done)
    later = [step for step in without.done if lost and step > min(lost)]
    closed_by = now.closing.get(wrong.step)
    if not later or closed_by is None or closed_by.id != wrong.id:
        return []
    steps = "、".join(str(step) for step in sorted(later))
    return [
        block(
            _RULE,
            "",
            f"后面的第{steps}步已经完成，不能撤销这一步。",
            "E_STATE",
            "请从最后一步起依次撤销，或更正这条记录。",
        )
    ]
