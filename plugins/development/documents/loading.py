"""Dossiers out of the database: any number of cases in a handful of statements."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.sdk import Unit, rows, today, transaction
from core.sdk.people import label, people, people_in
from plugins.development.cases.acts import Done, standing
from plugins.development.cases.around import Place, place_of
from plugins.development.cases.sealing import private_of, sealed_of, unseal_text
from plugins.development.documents.dossier import Dossier, Known
from plugins.development.flow import KINDS
from plugins.development.models.case import Act, Case
from plugins.development.policy import numbers

Ranges = tuple[tuple[str, str], ...]
_UNITS = select(Unit.id, Unit.name, Unit.short_name).where(Unit.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
_COLUMNS = (
    "name", "sex", "birth", "ethnic", "education", "post", "occupation", "employer", "source_kind", "migrant", "applied_on", "named_on",
    "listed_on", "adopted_on", "approved_on", "expiry_on", "standing_on", "plan_year", "form_no", "state", "special", "step", "done_days",
)  # fmt: skip


def reaches(ranges: Ranges, path: str) -> bool:
    """Whether a path lies in one of the ranges."""
    return any(start <= path < end for start, end in ranges)


class Brought:
    """A case as it was loaded: its row, where it stands, its dossier."""

    __slots__ = ("case", "dossier", "path")

    def __init__(self, case: Case, path: str, dossier: Dossier) -> None:
        self.case, self.path, self.dossier = case, path, dossier


def dossiers(case_ids: Sequence[UUID], ranges: Ranges, *, sealed: Ranges = (), full: bool = False) -> list[Brought]:
    """The cases within the ranges, in the order asked for.

    :param sealed: where sealed facts and guarded acts may be opened. :param full: numbers in clear (where sealed may be opened).
    """
    with transaction() as session:
        found = session.execute(
            select(Case, Unit)
            .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
            .where(Case.id.in_(list(case_ids)))
        ).all()  # fmt: skip
        held = {case.id: (case, unit) for case, unit in found if reaches(ranges, unit.path)}
        acts: dict[UUID, list[Act]] = {one: [] for one in held}
        for act in session.scalars(select(Act).where(Act.case_id.in_(list(held))).order_by(Act.case_id, Act.seq)):
            acts[act.case_id].append(act)
        stand = {one: standing(given) for one, given in acts.items()}
        places = {unit.path: place_of(unit.path) for _case, unit in held.values()}
        named = _units(held.values(), places.values(), stand.values())
        roster = _roster(stand.values())
        voters = {unit.id: _voters(unit) for unit in {unit.id: unit for _case, unit in held.values()}.values()}
        made = []
        for one in case_ids:
            if one in held:
                case, unit = held[one]
                opened = reaches(sealed, unit.path)
                dossier = _dossier(
                    case, unit, stand[one], acts[one], places[unit.path], named, opened=opened, full=full and opened
                )
                dossier.roster, dossier.voters = roster, voters[unit.id]
                made.append(Brought(case, unit.path, dossier))
        return made


def _dossier(
    case: Case, unit: Unit, stand: list[Done], acts: Sequence[Act], place: Place, named: dict[UUID, tuple[str, str]], *,
    opened: bool, full: bool,
) -> Dossier:  # fmt: skip
    by_id = {one.id: one for one in acts}
    above = named.get(place.approver.id, ("", "")) if place.approver else ("", "")
    return Dossier(
        case=_columns(case, opened=opened, full=full),
        acts=stand,
        unit={"name": unit.name, "short": unit.short_name},
        committee={"name": above[0], "short": above[1]},
        label=label,
        sealed={one.id: sealed_of(by_id[one.id]) for one in stand if by_id[one.id].sealed} if opened else {},
        opened=opened,
        names={one.id: one.actor_name for one in acts},
        units={str(one): name for one, (_long, name) in named.items()},
        switches=numbers(as_of=today(), unit_path=unit.path).switches,
        step=case.step,
    )


def _columns(case: Case, *, opened: bool, full: bool) -> dict[str, Any]:
    made: dict[str, Any] = {name: getattr(case, name) for name in _COLUMNS}
    made["id_no"] = unseal_text(case.id_no_cipher, Case, "id_no_cipher", case.id) if full else case.id_no_masked
    made["phone"] = unseal_text(case.phone_cipher, Case, "phone_cipher", case.id) if full else case.phone_masked
    made["resume"] = private_of(case).get("resume", "") if opened else ""
    return made


def _units(held: Any, places: Any, stand: Any) -> dict[UUID, tuple[str, str]]:
    ids = {unit.id for _case, unit in held} | {one.approver.id for one in places if one.approver}
    ids |= {act.unit_id for acts in stand for act in acts}
    return {one: (name, short) for one, name, short in rows(_UNITS, ids=list(ids))} if ids else {}


def _roster(stand: Any) -> dict[str, Known]:
    """The roster's data of the people named in lists of people."""
    wanted = {
        UUID(one["id"])
        for acts in stand
        for act in acts
        for meant in (KINDS[act.kind].fields if act.kind in KINDS else ())
        if meant.kind == "people"
        for one in act.data.get(meant.name) or ()
        if one.get("id")
    }
    return {str(one): Known(who.sex, who.join_date) for one, who in people(wanted).items()}


def _voters(unit: Unit) -> int:
    """How many full members a branch has: as many ballots are printed."""
    return len(people_in(((unit.path, unit.path_end),), standings=("formal",), limit=600))
