"""What an import compares a row with: the people already on the roster."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Integer, LargeBinary, Uuid, any_, bindparam, cast, func, literal_column, or_, select

from core.calendar_arithmetic import add_months
from core.database.bulk import Insert
from core.database.read import rows
from core.organization.models import UnitFigures
from core.people.codes import NOT_RURAL, education_band
from core.people.models import MembershipSpell, Person
from core.people.rules.joining import WITHOUT_PROBATION
from core.people.rules.record import MemberRecord

#: Texts taken as they are.
PLAIN: Final[tuple[str, ...]] = ("native_place", "employer", "former_name", "skills", "remark")
#: Columns of a person that an import may change, besides name, phone, address, placement and class tags.
CHANGED: Final[tuple[str, ...]] = ("sex", "ethnic", "birth", "education", "degree", "post", "marital", "household", "join_date",
                  "regular_date", "work_start", *PLAIN)  # fmt: skip
CURRENT: Final = ("probationary", "formal", "suspended", "holding")


class Stored(NamedTuple):
    """A person on the roster, as an import compares it."""

    id: UUID
    version: int
    id_no_index: bytes
    name: str
    standing: str
    unit_id: UUID | None
    group_id: UUID | None
    phone_index: bytes | None
    address_cipher: bytes | None
    class_codes: list[str]
    mismatch_reason: str | None
    sex: str
    ethnic: str | None
    birth: date
    education: str | None
    degree: str | None
    post: str | None
    marital: str | None
    household: str | None
    join_date: date | None
    regular_date: date | None
    work_start: date | None
    native_place: str | None
    employer: str | None
    former_name: str | None
    skills: str | None
    remark: str | None

    def joined_as(self, record: MemberRecord) -> bool:
        """Whether a record tells of the same days of joining and of becoming a formal member."""
        return (record.join_date, record.regular_date) == (self.join_date, self.regular_date)


@dataclass
class Judged:
    """What a batch comes to: people to make (values by field, normalised), people to change (``at`` which places), inserts worked out."""

    made: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Stored, dict[str, Any]]] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    inserts: list[Insert] = field(default_factory=list)


#: The current people with some of the blind indexes ``numbers``. The standings are written out, or the partial index
#: of current numbers would not be considered.
STORED = (
    select(
        Person.id, Person.version, Person.id_no_index, Person.name, Person.standing, Person.unit_id, Person.group_id, Person.phone_index, Person.address_cipher, Person.class_codes,
        Person.mismatch_reason, *(getattr(Person, name) for name in CHANGED),
    )
    .where(Person.id_no_index == any_(bindparam("numbers", type_=ARRAY(LargeBinary))))
    .where(or_(*(Person.standing == literal_column(f"'{standing}'") for standing in CURRENT)))
)  # fmt: skip
#: Of some people, those who became members without probation.
DIRECT = select(MembershipSpell.person_id).where(
    MembershipSpell.person_id == any_(bindparam("people", type_=ARRAY(Uuid))),
    or_(*(MembershipSpell.start_reason == literal_column(f"'{reason}'") for reason in sorted(WITHOUT_PROBATION))),
)


def without_probation(stored: Iterable[Stored], *, months: int) -> frozenset[UUID]:
    """Who of them was admitted directly; asked only of those whose days leave no room for a probation of so many months."""
    short = [
        one.id for one in stored
        if one.join_date and one.regular_date and one.join_date <= one.regular_date < add_months(one.join_date, months)
    ]  # fmt: skip
    return frozenset(person for (person,) in rows(DIRECT, people=short)) if short else frozenset()


#: Those no longer on the roster.
GONE = select(Person.id_no_index, Person.name, Person.standing).where(
    or_(Person.standing == "removed", Person.standing == "died", Person.standing == "transferred_out")
)

#: 35岁及以下: whoever has not had the 36th birthday.
YOUNG_MONTHS: Final = 36 * 12
FIGURE_NAMES: Final = (
    "total", "rural", "female", "senior_secondary_or_above", "probationary", "age_35_or_under",
)  # fmt: skip
#: The whole tenant's figures as they are kept, and the one that depends on the day.
KEPT_FIGURES = select(
    *(
        cast(func.coalesce(func.sum(column), 0), Integer)
        for column in (
            UnitFigures.members, UnitFigures.rural, UnitFigures.female, UnitFigures.senior_secondary,
            UnitFigures.probationary,
        )
    )
)  # fmt: skip
YOUNG = select(func.count()).where(
    Person.birth > bindparam("born_after"),
    or_(Person.standing == literal_column("'formal'"), Person.standing == literal_column("'probationary'")),
)


#: Of fields whose codes have broader ones above them: the broader of a code.
_BROADER: Final[dict[str, Callable[[str | None], str | None]]] = {
    "education": education_band,
    "marital": lambda code: f"{code[0]}0" if code else None,
}


def differing(stored: Stored, values: Mapping[str, Any], fields: Set[str]) -> dict[str, Any]:
    """The columns that a row would change; an empty cell changes nothing, nor does a broader word for what is held (已婚)."""
    changes = {
        name: values[name]
        for name in CHANGED
        if name in fields and values[name] and values[name] != getattr(stored, name)
    }
    for name in _BROADER.keys() & changes.keys():
        if _BROADER[name](getattr(stored, name)) == changes[name]:
            del changes[name]
    return changes


def with_tags(known: list[str], given: Sequence[str]) -> list[str]:
    """Class tags after a row names some: they are added; 非农 takes 农村 away."""
    tags = set(known) | set(given)
    if NOT_RURAL in tags:
        tags -= {NOT_RURAL, "rural"}
    return sorted(tags)
