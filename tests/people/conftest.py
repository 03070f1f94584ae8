"""A small county: two townships with a branch each, a group, and members as forms would bring them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core.database import bound, db, transaction, uuid7
from core.organization import paths
from core.organization.models import Unit, UnitVersion
from core.people.actions.members import Made, create
from core.people.identity_number import check_character
from core.people.schemas import read
from tenants.provision import NewTenant

AS_OF = date(2026, 10, 31)
EVERYWHERE = (("", "~"),)
_numbers = count(1)


@dataclass
class County:
    """The ids of its units, and where each lies."""

    tenant: NewTenant
    root: UUID
    green: UUID
    blue: UUID
    green_branch: UUID
    blue_branch: UUID
    group: UUID
    paths: dict[UUID, tuple[str, str]]
    members: dict[str, UUID] = field(default_factory=dict)

    def within(self, unit: UUID) -> tuple[tuple[str, str], ...]:
        return (self.paths[unit],)


def _unit(name: str, kind: str, parent: Unit, ordinal: int) -> Unit:
    path, path_end = paths.path_of(parent.path, ordinal)
    unit = Unit(
        id=uuid7(), name=f"中共清源县{name}", short_name=name, type=kind, parent_id=parent.id, path=path, path_end=path_end,
        depth=paths.depth(path), established_on=date(2001, 7, 1),
    )  # fmt: skip
    db.session.add(unit)
    db.session.add(
        UnitVersion(
            unit_id=unit.id, valid_from=date(2001, 7, 1), name=unit.name, short_name=name, type=kind,
            parent_id=parent.id, state="active",
        )
    )  # fmt: skip
    return unit


def found_county(tenant: NewTenant) -> County:
    """Build the county inside the bound tenant."""
    with transaction() as session:
        root = session.get_one(Unit, (tenant.id, tenant.root_unit_id))
        green = _unit("青岭乡党委", "committee", root, 101)
        blue = _unit("蓝溪镇党委", "committee", root, 102)
        session.flush()
        green_branch = _unit("青岭村党支部", "branch", green, 103)
        blue_branch = _unit("蓝溪村党支部", "branch", blue, 104)
        session.flush()
        group = _unit("青岭村第一党小组", "group", green_branch, 105)
        session.flush()
        units = (root, green, blue, green_branch, blue_branch, group)
    places = {unit.id: (unit.path, unit.path_end) for unit in units}
    return County(tenant, *(unit.id for unit in units), places)


@pytest.fixture
def county(inside: NewTenant) -> County:
    """The county, with the test working inside its tenant."""
    return found_county(inside)


@pytest.fixture
def served(app: Flask, tenant: NewTenant) -> Iterator[County]:
    """The county for tests that ask over HTTP: nothing is bound outside the requests."""
    with app.app_context():
        with bound(tenant_id=tenant.id):
            made = found_county(tenant)
        db.session.remove()
    return made


def id_no(birth: date, *, male: bool = True) -> str:
    """A sound number nobody has."""
    serial = next(_numbers)
    digits = f"350525{birth:%Y%m%d}{(serial // 5 * 10 + serial % 5 * 2 + male) % 1000:03}"
    return digits + check_character(digits)


def form(unit: UUID, name: str = "陈建国", **more: Any) -> dict[str, Any]:
    """What a form or a program sends about a formal member born in 1980."""
    birth = date.fromisoformat(more.pop("birth", "1980-05-17"))
    sex = more.get("sex", "1")
    return {
        "name": name,
        "sex": sex,
        "ethnic": "汉族",
        "id_no": id_no(birth, male=sex == "1"),
        "birth": birth.isoformat(),
        "education": "大学本科",
        "person_type": "正式党员",
        "unit": str(unit),
        "join_date": "2005-06-20",
        "regular_date": "2006-06-20",
        "post": "农民",
        "phone": f"138{next(_numbers):08}",
        "address": "清源县青岭乡青岭村3号",
        **more,
    }


def enrol(unit: UUID, name: str = "陈建国", **more: Any) -> Made:
    """Put somebody on the roster."""
    return create(reading=read(form(unit, name, **more)), ranges=EVERYWHERE, as_of=AS_OF)


__all__ = ["AS_OF", "EVERYWHERE", "County", "enrol", "form", "found_county", "id_no"]
