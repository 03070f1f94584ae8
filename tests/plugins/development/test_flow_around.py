"""Which committee approves: a township's, though its field is the country's villages; never a village's own."""

import pytest
from sqlalchemy import select, update

from core.database import db, transaction
from core.organization.models import Unit
from plugins.development.cases.around import place_of


@pytest.mark.parametrize(
    ("name", "approves"),
    [
        ("清源县青岭乡委员会", True),
        ("清源县新村镇委员会", True),
        ("清源县青岭乡兴田村委员会", False),
        ("清源县城关镇东门社区党委员会", False),
    ],
)
def test_a_townships_committee_approves_and_a_villages_does_not(county, name, approves):
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == county.green).values(short_name=name, domain="village"))
    path = db.session.scalars(select(Unit.path).where(Unit.id == county.green_branch)).one()
    assert (place_of(path).approver.id == county.green) is approves
