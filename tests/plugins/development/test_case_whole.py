"""A whole case, from the application to the archive."""

import pytest

from core.database import db
from core.people.models import Person
from plugins.development.cases import chain
from tests.plugins.development.way import acts, founded, go, on, row


@pytest.fixture
def made(county):
    return founded(county)


def test_a_whole_case_goes_from_application_to_archive(made):
    go(made)
    case = row(made)
    assert (case.state, case.side, case.step, case.stage) == ("archived", "", 25, 5)
    assert (case.applied_on, case.named_on, case.listed_on) == (on("2024-01-10"), on("2024-03-01"), on("2025-03-10"))
    assert (case.adopted_on, case.expiry_on, case.standing_on) == (on("2025-06-10"), on("2026-06-10"), on("2026-06-10"))
    assert case.closed_on == on("2026-07-20")
    assert case.next_step is None
    assert case.next_due_on is None
    person = db.session.get(Person, (made.county.tenant.id, case.person_id))
    assert (person.standing, person.join_date, person.regular_date) == ("formal", on("2025-06-10"), on("2026-06-10"))
    assert person.unit_id == made.branch
    assert chain.verify(made.case) == []
    assert len(acts(made)) == case.act_count
