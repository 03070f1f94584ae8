"""A case gets the identity number that it lacks, and gives it back: for a register that is brought in and taken back."""

from uuid import UUID

from sqlalchemy import select

from core.sdk import Person, keyring, record, tenant_id, today, touch, transaction
from core.sdk.people import identity_facts, identity_fault, mask_id_no, normalise_identity
from plugins.development.cases import ports, recording
from plugins.development.cases.opening import on_roster
from plugins.development.cases.sealing import seal_text
from plugins.development.models.case import Case

_COLUMNS = ("id_no_cipher", "id_no_index", "id_no_masked")


def belongs(number: str, *, sex: str, birth: object) -> bool:
    """Whether a number is sound, and tells of the sex and the day of birth that a case has."""
    if identity_fault(normalise_identity(number), as_of=today()) is not None:
        return False
    facts = identity_facts(normalise_identity(number))
    return (facts.sex, facts.birth) == (sex, birth)


def add_number(*, case_id: UUID, id_no: str) -> bool:
    """Write the number of somebody whose case has none; gives whether they were found on the roster by it.

    :raises recording.Unknown: there is no such case.
    """
    with transaction() as session:
        case = recording.hold(case_id).case
        number = normalise_identity(id_no)
        case.id_no_cipher = seal_text(number, Case, "id_no_cipher", case.id)
        case.id_no_index = keyring().blind(number, purpose="id_no")
        case.id_no_masked = mask_id_no(number)
        found = _same_on_roster(case) if case.person_id is None else None
        case.person_id = found or case.person_id
        session.flush()
        _written(case)
        return found is not None


def _same_on_roster(case: Case) -> UUID | None:
    """Who of the roster has the number and the name, and no open case yet."""
    found = on_roster(case.id_no_index)
    with transaction() as session:
        person = session.get(Person, (tenant_id(), found)) if found else None
        if person is None or person.name != case.name:
            return None
        theirs = select(Case.id).where(Case.person_id == found, Case.closed_on.is_(None), Case.id != case.id)
        return None if session.scalar(theirs.limit(1)) else found


def take_number(*, case_id: UUID, unlink: bool) -> None:
    """Take the number away again. :param unlink: and whom of the roster it named."""
    with transaction() as session:
        case = session.get_one(Case, (tenant_id(), case_id))
        for column in _COLUMNS:
            setattr(case, column, None)
        if unlink:
            case.person_id = None
        session.flush()
        _written(case)


def _written(case: Case) -> None:
    ports.edited(case, _COLUMNS)
    touch(recording.SUBJECT, case.id)
    record(kind="development.case.edited", subject="development_case", subject_id=case.id, detail={"fields": ["id_no"]})
