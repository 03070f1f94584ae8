"""A small county to change: two townships, three branches and a group, with members."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest

from core.audit.actions import Origin, acting
from core.database import db, transaction, uuid7
from core.organization.actions.writing import make_unit, unit_of
from core.organization.codes import Domain, Subtype, UnitType
from core.organization.models import Unit
from core.organization.plan import NewUnit
from core.people.models import Person, Placement

FOUNDED = date(2000, 7, 1)
SUBMITTER, DECIDER = Origin(UUID(int=1), "张组织"), Origin(UUID(int=2), "李书记")


@dataclass
class County:
    """Ids of its units by a short word."""

    root: UUID
    ids: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, word: str) -> UUID:
        return self.ids[word]

    def unit(self, word: str) -> Unit:
        """The unit as it is now."""
        db.session.expire_all()
        return unit_of(self.ids[word])

    def add(self, word: str, kind: UnitType, under: str | None, *, subtype: Subtype | None = None) -> None:
        endings = {"committee": "委员会", "general_branch": "总支部委员会", "branch": "支部委员会", "group": "党小组"}
        new = NewUnit(name=f"中共清源县{word}{endings[kind]}", type=kind, subtype=subtype, domain=Domain.VILLAGE)
        with transaction():
            parent = unit_of(self.ids[under] if under else self.root)
            self.ids[word] = make_unit(new, parent=parent, on=FOUNDED, change_id=None, doc_no=None).id

    def settle(self, word: str, count: int, *, formal: bool = True) -> list[UUID]:
        """Place ``count`` members in a branch."""
        made = [uuid7() for _ in range(count)]
        with transaction() as session:
            for n, one in enumerate(made, 1):
                name = f"{word}党员{n}"
                session.add(
                    Person(
                        id=one, name=name, name_key=name, pinyin="dangyuan", initials="dy", sex="1", birth=date(1980, 1, 1),
                        standing="formal" if formal else "probationary", unit_id=self.ids[word], join_date=date(2010, 7, 1),
                        regular_date=date(2011, 7, 1) if formal else None,
                    )
                )  # fmt: skip
            session.flush()
            session.add_all(
                Placement(person_id=one, unit_id=self.ids[word], valid_from=date(2010, 7, 1), cause="imported")
                for one in made
            )
        return made


@pytest.fixture
def county(inside) -> County:
    """甲镇 with branches 甲一 (a group in it) and 甲二, 乙镇 with 乙一; no members yet."""
    found = County(inside.root_unit_id)
    branch, own = UnitType.BRANCH, Subtype.STANDALONE
    found.add("甲镇", UnitType.COMMITTEE, None)
    found.add("乙镇", UnitType.COMMITTEE, None)
    found.add("甲一", branch, "甲镇", subtype=own)
    found.add("甲二", branch, "甲镇", subtype=own)
    found.add("乙一", branch, "乙镇", subtype=own)
    found.add("第一", UnitType.GROUP, "甲一")
    return found


@contextmanager
def by(origin: Origin) -> Iterator[None]:
    """Act as somebody."""
    with acting(origin):
        yield
