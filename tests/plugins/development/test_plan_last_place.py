"""Two hundred pre-reviews for the last place, recorded at once as acts of whole cases: exactly one passes, in every trial."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from core.clock import today
from core.database import bound, db, transaction, uuid7
from core.policy.findings import Refused
from plugins.development.cases import chain, recording
from plugins.development.models.case import Act, Case
from plugins.development.plan import places, planning
from plugins.development.plan.models import Plan, Supplement
from tests.plugins.development import way
from tests.plugins.development.conftest import county_of
from tests.plugins.development.test_plan_quota import handed, plan_of, somebody

YEAR = today().year
MANY, TRIALS = 200, 3
#: More than any server of ours has: what comes at once beyond these waits at its door.
THREADS = 32


def columns(row, *but: str) -> dict:
    return {one.name: getattr(row, one.name) for one in row.__table__.columns if one.name not in but}


def copies(case: UUID, count: int) -> list[UUID]:
    """So many cases like one, each with its own acts and its own chain: set-based, so that they cost little."""
    with transaction() as session:
        first = session.scalars(select(Case).where(Case.id == case)).one()
        acts = session.scalars(select(Act).where(Act.case_id == case).order_by(Act.seq)).all()
        made, cases, rows = [uuid7() for _ in range(count)], [], []
        for number, one in enumerate(made):
            previous = b""
            for act in acts:
                copy = Act(**columns(act, "id", "case_id", "sealed"), id=uuid7(), case_id=one, sealed=None)
                copy.prev_hash, copy.content = previous, chain.content_of(copy, {})
                previous = copy.hash = chain.link(one, copy.seq, previous, copy.content)
                rows.append(columns(copy))
            own = {
                "id": one,
                "name": f"同志{number}",
                "id_no_index": None,
                "id_no_cipher": None,
                "chain_head": previous,
            }
            cases.append({**columns(first), **own, "phone_cipher": None, "private_cipher": None})
        session.execute(insert(Case), cases)
        session.execute(insert(Act), rows)
    return made


def all_at_once(app, tenant, cases: list[UUID]) -> list[str]:
    """What came of a pre-review of each, all asked for at once of a server with many threads."""

    def prereview(case: UUID) -> str:
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                recording.act(case_id=case, kind="prereview", act_on=date(2025, 5, 15), data={"result": "passed"})
            except Refused as refused:
                return "+".join(sorted({one.rule for one in refused.findings}))
            else:
                return "passed"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(prereview, cases))


def taken(county) -> dict[UUID, tuple[int, int, int]]:
    """Unit → places of its plan, taken and held below it, handed down."""
    plans = db.session.scalars(select(Plan).where(Plan.year == YEAR)).all()
    rooms = {one.unit_id: places.room_for(one.unit_id, YEAR) for one in plans}
    return {unit: (room.quota + room.supplement, room.used, room.reserved) for unit, room in rooms.items()}


@pytest.mark.timeout(240)
def test_of_two_hundred_pre_reviews_recorded_at_once_for_the_last_place_exactly_one_passes_in_every_trial(app, tenant):
    county = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id), somebody("李书记"):
        first = way.founded(county)
        way.go(first, until="prereview")
        waiting = copies(first.case, MANY)
        top = handed(county, 6, green=1, blue=1)
        db.session.remove()
    for trial in range(1, TRIALS + 1):
        outcomes = all_at_once(app, tenant, waiting)
        assert Counter(outcomes) == {"passed": 1, "G13.3": len(waiting) - 1}, f"trial {trial}"
        with app.app_context(), bound(tenant_id=tenant.id), somebody("李书记"):
            passed = set(db.session.scalars(select(Case.id).where(Case.prereviewed_on.is_not(None))))
            acts = db.session.scalar(select(func.count()).select_from(Act).where(Act.kind == "prereview"))
            assert (len(passed), acts) == (trial, trial), "who was refused left nothing behind"
            assert all(chain.verify(one) == [] for one in passed)
            for quota, used, reserved in taken(county).values():
                assert used + reserved <= quota  # I4
            assert taken(county)[county.green] == (trial, 0, trial)  # I2, I3
            with pytest.raises(Refused) as lowered:
                planning.adjust(plan_id=plan_of(county.green, YEAR).id, quota=trial - 1, reason="调减")
            assert {one.rule for one in lowered.value.findings} == {"I5"}
            planning.adjust(plan_id=plan_of(county.green, YEAR).id, quota=trial + 1, reason="调增")
            handed_down = plan_of(county.green, YEAR).quota + plan_of(county.blue, YEAR).quota
            assert handed_down + plan_of(county.root, YEAR).reserve <= plan_of(county.root, YEAR).quota  # I1
            assert places.room_for(county.green, YEAR + 1).free == 0  # I6: nothing is carried over
            assert (
                db.session.scalar(select(func.count()).select_from(Supplement)) == 0
            )  # I7: no overrun was let through
            waiting = [one for one in waiting if one not in passed]
            db.session.remove()
    assert top
