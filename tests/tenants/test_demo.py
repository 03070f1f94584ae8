"""The demonstration: the county of the sample exactly, two small tenants without a refused row, and a second run that changes nothing."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.access.models import Grant
from core.access.roles import ROLES
from core.database import bound, transaction
from core.database.read import rows
from core.identity.models import Account
from core.importing.command import run_import
from core.organization.models import Unit
from core.people.models import Person
from tenants.demo import COUNTY, load
from tenants.demo.small import SMALL, members_workbook, units_workbook
from tenants.queries import tenant, tenant_id_of
from tests.conftest import make_tenant

EXPECTED = json.loads((Path(__file__).parent.parent / "samples" / "expected.json").read_text("utf-8"))


def given() -> list[tuple[str, str]]:
    """Who holds which role in the county."""
    with bound(tenant_id=tenant_id_of(COUNTY)):
        who = (Account.tenant_id == Grant.tenant_id) & (Account.id == Grant.account_id)
        return sorted((login, role) for login, role in rows(select(Account.login, Grant.role).join(Account, who)))


def changed_by_somebody():
    """A member of whom something was changed after the demonstration was loaded."""
    with bound(tenant_id=tenant_id_of(COUNTY)), transaction() as session:
        person = session.scalars(select(Person).order_by(Person.id).limit(1)).one()
        person.employer = "后来改的单位"
        return person.id


@pytest.mark.timeout(240)
def test_the_demonstration_is_the_county_of_the_sample_and_can_be_loaded_again(app):
    with app.app_context():
        accounts = load(lambda _what, _done, _total: None)
        county = tenant(COUNTY)
        with bound(tenant_id=tenant_id_of(COUNTY)):
            old = rows(select(func.count()).where(Person.join_date < date(1949, 10, 1), Person.standing == "died"))[0][
                0
            ]
        assert county["organisations"] == EXPECTED["organisations"]
        assert county["members"] == EXPECTED["members"]
        rights = given()
        moved = changed_by_somebody()
        read = []
        assert load(lambda what, _done, _total: read.append(what)) == accounts
        assert not read, "the workbooks were read in already"
        with bound(tenant_id=tenant_id_of(COUNTY)):
            assert rows(select(Person.employer).where(Person.id == moved)) == [("后来改的单位",)]
        assert tenant(COUNTY)["members"] == EXPECTED["members"]
        assert given() == rights
    brought = {(login, role) for login, role in rights if "." in role}
    offices = {
        ("officer", "development.county_officer"), ("town", "care.accountant"), ("secretary", "care.cashier"),
    }  # fmt: skip
    assert brought == {(login, role) for login, role in offices if role in ROLES}
    assert [role for login, role in rights if login == "auditor"] == ["auditor"]
    assert old == 3
    assert {"tenant": COUNTY, "login": "secretary"}.items() <= asdict(accounts[3]).items()


@pytest.mark.parametrize("small", SMALL, ids=[small.slug for small in SMALL])
def test_a_small_tenants_workbooks_are_read_without_a_refused_row(app, small):
    made = make_tenant(app, small.title, small.root)
    with app.app_context(), bound(tenant_id=made.id):
        units = run_import("organization", units_workbook(small), "党组织.xlsx")
        members = run_import("people", members_workbook(small), "党员.xlsx")
        assert (units.refused, members.refused) == ([], [])
        assert members.created == small.members
        assert rows(select(func.count()).select_from(Unit).where(Unit.type == "branch")) == [(len(units_of(small)),)]


def units_of(small):
    return [name for names in small.tree.values() for name in names]
