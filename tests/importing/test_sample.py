"""The county's two workbooks: every figure, and every refused row at its place for its reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.database import db
from core.importing.command import run_import
from core.people.models import Person
from tenants import demo
from tenants.provision import NewTenant
from tests.importing.conftest import AS_OF

DATA = Path(demo.__file__).parent / "data"
EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent.parent / "samples" / "expected.json").read_text("utf-8"))
#: What the sample calls a fault, and which rule finds it at which field.
RULES = {
    "id_checksum": ("R2.01", "id_no"),
    "name_missing": ("2.1", "name"),
    "birth_differs_from_id": ("R2.03", "birth"),
    "unknown_branch": ("R2.14", "branch"),
    "sex_differs_from_id": ("R2.03", "sex"),
    "joined_under_18": ("R2.05", "join_date"),
    "join_in_future": ("R2.05", "join_date"),
    "duplicate_id": ("R2.04", "id_no"),
}


@pytest.mark.usefixtures("inside")
def test_the_county_is_imported_to_the_last_figure(inside: NewTenant) -> None:
    del inside
    units = run_import("organization", (DATA / "党组织花名册.xlsx").read_bytes(), "党组织花名册.xlsx", as_of=AS_OF)
    organisations = EXPECTED["organisations"]
    assert (units.created, list(units.refused)) == (organisations["total"], [])
    assert {name: units.totals[name] for name in organisations} == organisations

    roster = (DATA / "党员花名册.xlsx").read_bytes()
    members = run_import("people", roster, "党员花名册.xlsx", as_of=AS_OF)
    assert (members.rows, members.created) == (EXPECTED["rows"], EXPECTED["valid"])
    assert members.totals == EXPECTED["members"]
    found = {(row["sheet"], row["row"]): (row["rule"], row["field"]) for row in members.refused}
    assert found == {(sheet, row): RULES[fault] for sheet, row, fault in EXPECTED["refused_rows"]}

    again = run_import("people", roster, "党员花名册.xlsx", as_of=AS_OF)
    assert (again.created, again.updated, again.unchanged, len(again.refused)) == (0, 0, EXPECTED["valid"], 55)

    explained = run_import("people", roster, "党员花名册.xlsx", as_of=AS_OF, reason="档案与证件不一致，以档案为准")
    doubted = EXPECTED["refused"]["birth_differs_from_id"] + EXPECTED["refused"]["sex_differs_from_id"]
    assert (explained.created, len(explained.refused)) == (doubted, 55 - doubted)
    reasons = db.session.scalars(select(Person.mismatch_reason).where(Person.mismatch_reason.is_not(None))).all()
    assert len(reasons) == doubted
