"""A plugin that does everything a plugin must not do harms neither the product, nor its neighbours, nor its tenants."""

import pytest
from sqlalchemy import create_engine, text

from core.access.permissions import PERMISSIONS
from core.database import db
from core.events.registry import EVENTS
from core.extension import actions
from core.extension.discovery import discover
from core.extension.hanging import HUNG
from core.extension.host import host
from core.extension.installation import install, remove
from core.extension.verdicts import UnitChange
from tests.conftest import make_tenant
from tests.examples.conftest import Browser, inside

DISTRIBUTIONS = ("venue", "hostile")


@pytest.fixture(scope="module")
def county(product):
    """A tenant that uses both."""
    tenant = make_tenant(product)
    inside(product, tenant, lambda: [actions.enable(name=name) for name in ("venue", "hostile")])
    return tenant


@pytest.fixture(scope="module")
def owner(settings):
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def forgiven(product):
    """Each test begins with closed breakers."""
    host(product).calls.breaker.forget("hostile")


def told(owner) -> set[tuple[str, str]]:
    """(hook, what) of the faults that the operator sees."""
    with owner.connect() as connection:
        return set(map(tuple, connection.execute(text("SELECT hook, what FROM platform.plugin_fault WHERE plugin = 'hostile'"))))  # fmt: skip


def test_what_is_unsound_at_the_start_is_set_aside_with_its_reason(product):
    plugins = host(product).plugins
    assert plugins["hostile"].state == "loaded", plugins["hostile"].problems
    assert plugins["venue"].state == "loaded", plugins["venue"].problems
    reasons = {
        "hostile_boot": "SystemExit",
        "hostile_flood": "more than",
        "hostile_naked": "declares no permission",
        "hostile_clash": "does not begin with hostile_clash.",
    }
    for name, reason in reasons.items():
        assert plugins[name].state == "quarantined"
        assert reason in " ".join(plugins[name].problems)


def test_names_of_the_core_and_of_others_stay_theirs(product):
    plugins = host(product).plugins
    said = " ".join(plugins["hostile_clash"].problems)
    for name in ("people.member.view", "venue.room.view", "venue.tidy", "unit.dissolved", "venue.booked"):
        assert name in said
    assert PERMISSIONS["people.member.view"].title != "冒用"
    assert PERMISSIONS["venue.room.view"].title == "查看活动阵地及其预订"
    assert EVENTS["unit.dissolved"].title != "冒用"
    assert HUNG["register_jobs", "venue.tidy"] == "venue"
    assert "hostile_clash.room.view" not in PERMISSIONS


@pytest.mark.parametrize(
    ("name", "reason"),
    [("hostile_broken", "division by zero"), ("hostile_lock", "core.person AccessExclusiveLock"), ("hostile_reach", "outside its own schema")],
)  # fmt: skip
def test_a_migration_that_must_not_pass_leaves_nothing(product, owner, settings, name, reason):
    found = next(one for one in discover() if one.name == name)
    assert reason in install(settings.database_owner_url, found.manifest, found.folder).problem
    with owner.connect() as connection:
        assert connection.execute(text("SELECT to_regnamespace(:schema)"), {"schema": f"p_{name}"}).scalar() is None
        assert connection.execute(text("SELECT to_regclass('p_venue.hostile')")).scalar() is None
        assert connection.execute(text("SELECT relrowsecurity FROM pg_class WHERE oid = 'core.unit'::regclass")).scalar()  # fmt: skip
        assert connection.execute(text("SELECT state FROM platform.plugin_installation WHERE name = :name"), {"name": name}).scalar() == "failed"  # fmt: skip
    with product.app_context():
        assert host().usable("venue")


@pytest.mark.parametrize("misdeed", ["raises", "raises_worse", "leaves", "loops", "clings", "sleeps", "floods_page", "wrong_kind", "writes_and_fails"])  # fmt: skip
def test_every_kind_of_failure_is_caught_named_and_ends_in_an_open_breaker(product, county, owner, misdeed):
    from dangjian_hostile.everything.conduct import MISDEEDS

    from core.extension.host import DRAWN
    from core.extension.slots import drawn_by

    def act():
        held = host()
        for _ in range(5):
            assert held.run("hostile", f"test {misdeed}", DRAWN, drawn_by, render=MISDEEDS[misdeed]) is None
        return [key for key in held.calls.breaker.open() if key[1] == f"test {misdeed}"]

    assert inside(product, county, act)
    assert f"test {misdeed}" in {hook for hook, _ in told(owner)}


def test_no_value_of_a_failure_is_written_down(product, county, owner):
    from dangjian_hostile.everything.conduct import raises

    from core.extension.host import DRAWN

    inside(product, county, lambda: host().run("hostile", "quoting", DRAWN, raises))
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT plugin_fault::text FROM platform.plugin_fault WHERE plugin = 'hostile'"))
        assert not any("110101199001011237" in row for row in rows.scalars())


def test_what_was_half_written_is_gone_and_the_session_serves_on(product, county):
    from dangjian_hostile.everything import conduct
    from dangjian_hostile.everything.models import Junk

    from core.extension.host import DRAWN

    def act():
        for misdeed in (conduct.writes_and_fails, conduct.spoils_transaction):
            host().run("hostile", f"half {misdeed.__name__}", DRAWN, misdeed)
        return db.session.scalar(db.select(db.func.count()).select_from(Junk))

    assert inside(product, county, act) == 0


def test_raw_sql_that_forgets_the_tenant_sees_its_own_rows_only(product, county):
    from dangjian_hostile.everything.conduct import forgets_tenant

    from core.sdk.people import Person

    def everybody():
        return set(filter(None, forgets_tenant().split(",")))

    other = make_tenant(product, "邻县智慧党建", "中共邻县委员会")
    mine = inside(product, county, lambda: set(db.session.scalars(db.select(Person.name))))
    assert inside(product, county, everybody) == mine
    assert inside(product, other, everybody) == set()


def test_arguments_are_nobodys_to_change(product, county):
    from core.policy.objections import objections

    changes = {"name": ("旧", "新")}
    change = UnitChange("rename", county.root_unit_id, changes)
    assert list(inside(product, county, lambda: list(objections(change)))) == []
    assert changes == {"name": ("旧", "新")}


def test_the_operator_removes_it_and_nothing_of_it_remains(product, county, settings, owner):
    remove(settings.database_owner_url, "hostile")
    with owner.connect() as connection:
        assert connection.execute(text("SELECT to_regnamespace('p_hostile')")).scalar() is None
        for table in ("core.plugin_use", "core.plugin_setting", "platform.plugin_fault"):
            connection.execute(text(f"SET app.tenant_id = '{county.id}'"))
            assert connection.execute(text(f"SELECT count(*) FROM {table} WHERE plugin = 'hostile'")).scalar() == 0
    page = Browser(product, county).get("/").text
    assert 'data-plugin="hostile"' not in page
    assert "/p/hostile/" not in page
    assert Browser(product, county).get("/p/venue/rooms").status_code == 200
