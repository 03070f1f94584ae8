"""Rows for the isolation tests: every tenant holds the same ids, so that a join or key that forgets the tenant shows."""

import itertools
import os
from datetime import date
from uuid import UUID

from sqlalchemy import Engine, Table, insert, text

from core.database.schema import metadata

metadata()

from core.organization.models import Body, CoveredUnit, Unit  # noqa: E402

UNIT: Table = Unit.__table__  # type: ignore[assignment]
COVERED: Table = CoveredUnit.__table__  # type: ignore[assignment]
BODY: Table = Body.__table__  # type: ignore[assignment]
#: How many times the usual number of examples: 1 for every run, more for a night.
EFFORT = int(os.environ.get("ISOLATION_EFFORT", "1"))
NAMES = ("甲", "乙", "丙")
_numbers = itertools.count(10_000_000 + os.getpid() * 1000)


def fresh_tenant() -> int:
    """A tenant number that nobody uses (no table refers to the list of tenants)."""
    return next(_numbers)


def an_id(number: int) -> UUID:
    """The same few ids for every tenant."""
    return UUID(int=(0x7 << 76) | (0b10 << 62) | number)


def a_unit(tenant: int, number: int, *, name: str, parent: int | None = None) -> dict[str, object]:
    """The columns of a unit."""
    return {
        "tenant_id": tenant,
        "id": an_id(number),
        "name": name,
        "short_name": name,
        "type": "branch",
        "parent_id": None if parent is None else an_id(parent),
        "path": f"{number:03}",
        "path_end": f"{number:03}~",
        "depth": 0,
    }


def furnish(judge: Engine, tenant: int, *, salt: int = 0, units: int = 6) -> None:
    """Give a tenant units, covered units and bodies; ``salt`` makes tenants differ in what stands under the same ids."""
    numbers = [n for n in range(units) if (n + salt) % 5 != 3]
    first = numbers[0]
    with judge.begin() as connection:
        for n in numbers:
            parent = None if n == first or (n + salt) % 4 == 0 else first
            connection.execute(insert(UNIT).values(a_unit(tenant, n, name=NAMES[(n + salt) % 3], parent=parent)))
            if (n + salt) % 2:
                connection.execute(
                    insert(BODY).values(
                        tenant_id=tenant,
                        id=an_id(n),
                        unit_id=an_id(n),
                        started_on=date(2024, 1, 1),
                        years=3,
                        due_on=date(2027, 1, 1),
                    )
                )
            for k in range((n * 7 + salt) % 3):
                connection.execute(
                    insert(COVERED).values(
                        tenant_id=tenant, id=an_id(n * 10 + k), unit_id=an_id(n), name=NAMES[(n + k) % 3]
                    )
                )


def clear(judge: Engine, *tenants: int) -> None:
    """Take the tenants' rows away again."""
    with judge.begin() as connection:
        for table in ("covered_unit", "body", "unit"):
            connection.execute(
                text(f"DELETE FROM core.{table} WHERE tenant_id = ANY (:tenants)"), {"tenants": list(tenants)}
            )
