"""Members: who they are in a list or on a page, who is meant by what is typed, what of them is hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, or_, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import rows
from core.identity.models import Account
from core.organization.models import Unit
from core.people.codes import LISTS, label
from core.people.figures import Figures, figures
from core.people.identity_number import facts as identity_facts
from core.people.identity_number import fault as identity_fault
from core.people.identity_number import normalise as normalise_identity
from core.people.masking import mask_address, mask_id_no, mask_phone
from core.people.models import MembershipSpell, Person
from core.people.pinyin import name_keys
from core.people.queries.sealed import in_clear
from core.people.rules.identity import id_finding as identity_finding
from core.people.values import is_phone, normalise_name, normalise_phone

#: The standings of those who take part: 正式党员 and 预备党员.
TAKING_PART = ("formal", "probationary")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists show them; ``phone`` is masked.

    :param unit, path: of the branch that counts the person; empty when nobody does.
    :param account_id: the account linked to the person, if one.
    """

    id: UUID
    name: str
    sex: str
    birth: date
    standing: str
    phone: str
    join_date: date | None
    regular_date: date | None
    unit_id: UUID | None
    unit: str
    path: str
    group_id: UUID | None
    account_id: UUID | None


_COLUMNS = (
    Person.id, Person.name, Person.sex, Person.birth, Person.standing, func.coalesce(Person.phone_masked, ""),
    Person.join_date, Person.regular_date, Person.unit_id, func.coalesce(Unit.short_name, ""),
    func.coalesce(Unit.path, ""), Person.group_id, Account.id,
)  # fmt: skip
_PEOPLE = (
    select(*_COLUMNS)
    .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id), isouter=True)
    .join(Account, (Account.tenant_id == Person.tenant_id) & (Account.person_id == Person.id), isouter=True)
)
_STANDINGS = bindparam("standings", type_=ARRAY(Person.standing.type))
_BY_ID = _PEOPLE.where(Person.id == any_(bindparam("ids", type_=ARRAY(Uuid))))


def people(ids: Iterable[UUID]) -> dict[UUID, PersonRow]:
    """The people with these ids, whatever their standing; ids of nobody are left out."""
    wanted = list(dict.fromkeys(ids))
    return {found[0]: PersonRow(*found) for found in rows(_BY_ID, ids=wanted)} if wanted else {}


def person(person_id: UUID, ranges: Sequence[Range]) -> PersonRow | None:
    """A person who stands within the path ranges; ``None`` for everybody else, as for nobody."""
    found = people([person_id]).get(person_id)
    return found if found and any(start <= found.path < end for start, end in ranges) else None


def people_in(
    ranges: Sequence[Range], *, text: str = "", standings: Sequence[str] = TAKING_PART, limit: int = 50
) -> list[PersonRow]:
    """People within the path ranges by name, those whose name, pinyin or initials begin with ``text``."""
    if not ranges:
        return []
    found = _PEOPLE.where(within(Unit.path, len(ranges)), Person.standing == any_(_STANDINGS))
    typed = "".join(text.split())
    if typed:
        low = typed.lower()
        found = found.where(
            or_(
                func.starts_with(Person.name, typed),
                func.starts_with(Person.pinyin, low),
                func.starts_with(Person.initials, low),
            )
        )
    ordered = found.order_by(Person.name_key, Person.id).limit(limit)
    return [PersonRow(*row) for row in rows(ordered, standings=list(standings), **bounds(tuple(ranges)))]


def labels(list_name: str) -> Mapping[str, str]:
    """The codes of a list of the roster with their labels: ``ethnic``, ``education``, ``post`` ….

    :raises KeyError: there is no such list.
    """
    return LISTS[list_name].labels


__all__ = [
    "TAKING_PART",
    "Figures",
    "MembershipSpell",
    "Person",
    "PersonRow",
    "figures",
    "identity_facts",
    "identity_fault",
    "identity_finding",
    "in_clear",
    "is_phone",
    "label",
    "labels",
    "mask_address",
    "mask_id_no",
    "mask_phone",
    "name_keys",
    "normalise_identity",
    "normalise_name",
    "normalise_phone",
    "people",
    "people_in",
    "person",
]
