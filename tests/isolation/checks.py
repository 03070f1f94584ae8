"""The quick checks that the mutants must not get past: each returns what leaked, in words; nothing when all is well."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import Engine, delete, exists, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError

from core.database import TenantSwitch, Unbound, bound, db, transaction
from core.database.engine import make_engine
from core.database.read import rows, scalar
from core.jobs.run import run as run_job
from core.organization.models import Body, CoveredUnit, Unit
from tests.isolation.ground import BODY, COVERED, UNIT, a_unit, an_id

TABLES = ("core.unit", "core.covered_unit", "core.body")
Leaks = Iterator[str]


@contextmanager
def serving(app: Flask, tenant: int | None) -> Iterator[None]:
    """Inside the application, for a tenant or for nobody; the session ends with it."""
    with app.app_context():
        try:
            if tenant is None:
                yield
            else:
                with bound(tenant_id=tenant):
                    yield
        finally:
            db.session.remove()


def own(judge: Engine, tenant: int, table: Any = UNIT) -> Counter[Any]:
    """The ids a tenant has, by the superuser's eye."""
    with judge.connect() as connection:
        return Counter(connection.scalars(select(table.c.id).where(table.c.tenant_id == tenant)))


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except (DBAPIError, Unbound):
        return True
    return False


def nobody_reads(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """Unbound: no row by the engine, a refusal by the session and the fast path."""
    with serving(app, None):
        with db.engine.connect() as connection:
            for table in TABLES:
                if connection.execute(text(f"SELECT count(*) FROM {table}")).scalar():
                    yield f"rows of {table} for nobody"
        for statement in (select(Unit.id), select(UNIT.c.id), update(UNIT).values(remark="x"), delete(Unit)):
            if not _refused(lambda statement=statement: db.session.execute(statement)):
                yield f"an unbound session runs {statement}"
        if not _refused(lambda: rows(select(Unit.name))):
            yield "an unbound fast read"


def a_poisoned_connection_tells_nothing(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """Somebody left a session-level setting on the only connection."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    engine = make_engine(url, pool_size=1, max_overflow=0)

    def poison() -> None:
        raw = engine.raw_connection()
        driver: Any = raw.driver_connection
        driver.autocommit = True
        driver.execute(f"SET SESSION app.tenant_id = '{theirs}'")
        driver.autocommit = False
        raw.close()

    poison()
    with engine.connect() as connection:
        if connection.execute(text("SELECT count(*) FROM core.unit")).scalar():
            yield "a poisoned connection answers nobody"
    with bound(tenant_id=ours), engine.connect() as connection:
        connection.execute(text(f"SET SESSION app.tenant_id = '{theirs}'"))
        connection.commit()
    raw = engine.raw_connection()
    left: Any = raw.driver_connection.execute("SELECT current_setting('app.tenant_id', true)").fetchone()
    raw.close()
    if left and left[0]:
        yield "a setting stays on the connection that goes back to the pool"
    poison()
    with bound(tenant_id=ours), engine.connect() as connection:
        found = set(connection.scalars(text("SELECT tenant_id FROM core.unit")))
        if found != {ours}:
            yield f"a poisoned connection shows {found - {ours}} to {ours}"
    engine.dispose()


def own_rows_and_no_others_by_words(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """Plain SQL, which no predicate can be added to."""
    for tenant in (ours, theirs):
        with serving(app, tenant):
            for table in TABLES:
                words = text(f"SELECT tenant_id FROM {table}")
                with db.engine.connect() as connection:
                    if set(connection.scalars(words)) != {tenant}:
                        yield f"{table} by the engine"
                if set(db.session.scalars(words)) != {tenant}:
                    yield f"{table} by the session's words"


def reads() -> list[tuple[str, Callable[[], Any]]]:
    """Ways to read the ids of all units of the tenant that is bound."""
    further = UNIT.alias()
    cte = select(UNIT.c.id).cte("all_units")
    named = func.count().label("n")
    return [
        ("entities", lambda: [unit.id for unit in db.session.scalars(select(Unit))]),
        ("columns", lambda: db.session.scalars(select(Unit.id))),
        ("table", lambda: db.session.scalars(select(UNIT.c.id))),
        ("alias", lambda: db.session.scalars(select(further.c.id))),
        ("CTE", lambda: db.session.scalars(select(cte.c.id))),
        ("sub-select", lambda: db.session.scalars(select(select(Unit.id).subquery().c.id))),
        ("union", lambda: db.session.scalars(select(UNIT.c.id).where(UNIT.c.name == "甲").union_all(select(UNIT.c.id).where(UNIT.c.name != "甲")))),
        ("grouped", lambda: [i for i, n in db.session.execute(select(Unit.id, named).group_by(Unit.id)) for _ in range(n)]),
        ("outer join", lambda: {*db.session.scalars(select(Unit.id).outerjoin(Body, Body.unit_id == Unit.id))}),
        ("full join", lambda: {*db.session.scalars(select(UNIT.c.id).join(COVERED, COVERED.c.unit_id == UNIT.c.id, full=True))}),
        ("fast", lambda: [i for (i,) in rows(select(Unit.id))]),
        ("fast table", lambda: [i for (i,) in rows(select(UNIT.c.id))]),
        ("fast full join", lambda: {i for (i,) in rows(select(UNIT.c.id).join(BODY, BODY.c.unit_id == UNIT.c.id, full=True))}),
        ("fast in a transaction", _fast_inside),
        ("get", lambda: [i for i in map(an_id, range(20)) if db.session.get(Unit, (_bound(), i))]),
    ]  # fmt: skip


def _bound() -> int:
    from core.database import tenant_id

    return tenant_id()


def _fast_inside() -> list[Any]:
    with transaction() as session:
        session.execute(select(Unit.id))
        return [found for (found,) in rows(select(UNIT.c.id))]


def own_rows_and_no_others(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """Every way to read gives exactly the tenant's own rows."""
    for tenant in (ours, theirs):
        expected = own(judge, tenant)
        for name, read in reads():
            with serving(app, tenant):
                found = Counter(read())
            if found != expected:
                yield f"{name}: {sum(found.values())} rows instead of {sum(expected.values())}"
        orphans = select(func.count()).select_from(CoveredUnit).where(~exists().where(UNIT.c.id == CoveredUnit.unit_id))
        with serving(app, tenant):
            if scalar(orphans) or not scalar(select(func.count()).select_from(Body)):
                yield "a count"


def changes_stay_at_home(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """Changes without any condition touch the own rows, each exactly once (rolled back)."""
    expected = sum(own(judge, ours, COVERED).values())
    for name, statement in (
        ("update of entities", update(CoveredUnit).values(nature="x")),
        ("update of a table", update(COVERED).values(nature="x")),
        ("delete of entities", delete(CoveredUnit)),
        ("delete of a table", delete(COVERED)),
        (
            "update led by another table",
            update(COVERED).where(UNIT.c.id == COVERED.c.unit_id).values(nature=UNIT.c.name),
        ),
        ("delete led by another table", delete(COVERED).where(UNIT.c.id == COVERED.c.unit_id)),
    ):
        with serving(app, ours):
            touched = db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount
            db.session.rollback()
            if touched != expected:
                yield f"{name} touches {touched} rows instead of {expected}"


def words_change_nothing_of_others(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """The same in plain SQL, without reading a column: no SELECT policy would stop these."""
    expected = sum(own(judge, ours, COVERED).values())
    for words in ("UPDATE core.covered_unit SET nature = 'x'", "DELETE FROM core.covered_unit"):
        with serving(app, ours), db.engine.connect() as connection:
            touched = connection.execute(text(words)).rowcount
            connection.rollback()
        if touched != expected:
            yield f"{words} touches {touched} rows instead of {expected}"


def nothing_is_written_for_others(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """No insert, change of owner or conflict clause reaches another tenant's rows."""
    only_theirs = next(i for i in own(judge, theirs) if i not in own(judge, ours))
    shared = next(i for i in own(judge, theirs) if i in own(judge, ours))
    acts = {
        "insert for another tenant": insert(UNIT).values(a_unit(theirs, 900, name="x")),
        "insert … select for another tenant": insert(COVERED).from_select(
            ["tenant_id", "id", "unit_id", "name"], select(text(str(theirs)), UNIT.c.id, UNIT.c.id, UNIT.c.name)
        ),
        "insert beside another tenant's rows": insert(COVERED).values(
            tenant_id=theirs, id=an_id(950), unit_id=shared, name="x"
        ),
        "giving rows away": update(COVERED).values(tenant_id=theirs),
        "giving a row away": update(COVERED).where(COVERED.c.id == an_id(951)).values(tenant_id=theirs),
        "a child of another tenant's row": insert(COVERED).values(
            tenant_id=ours, id=an_id(901), unit_id=only_theirs, name="x"
        ),
        "a conflict with another tenant's row": upsert(UNIT)
        .values(a_unit(theirs, 1, name="stolen"))
        .on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"name": "stolen"}),
    }
    for name, act in acts.items():
        with serving(app, ours), db.engine.connect() as connection:
            connection.execute(insert(COVERED).values(tenant_id=ours, id=an_id(951), unit_id=shared, name="x"))
            if not _refused(lambda act=act, connection=connection: connection.execute(act)):
                yield name
            connection.rollback()
    with serving(app, ours):
        if not _refused(_add_for(theirs)):
            yield "a row of another tenant in the session"


def _add_for(tenant: int) -> Callable[[], object]:
    def add() -> None:
        unit = Unit(**a_unit(tenant, 902, name="x"))
        try:
            db.session.add(unit)
            db.session.flush()
        except TenantSwitch as error:
            raise Unbound from error

    return add


def keys_tell_nothing(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """What another tenant has does not stop ours from having the same, nor does our deleting delete theirs."""
    with judge.begin() as connection:
        connection.execute(update(UNIT).where(UNIT.c.tenant_id == theirs, UNIT.c.id == an_id(1)).values(code="ORACLE"))
    with serving(app, ours), db.engine.connect() as connection:
        if _refused(lambda: connection.execute(insert(UNIT).values(a_unit(ours, 903, name="x") | {"code": "ORACLE"}))):
            yield "a unique key tells that another tenant has it"
        connection.rollback()
    before = own(judge, theirs, BODY) + own(judge, theirs, COVERED)
    with serving(app, ours), db.engine.begin() as connection:
        connection.execute(insert(UNIT).values(a_unit(ours, 904, name="x")))
        connection.execute(
            insert(BODY).values(
                tenant_id=ours,
                id=an_id(904),
                unit_id=an_id(904),
                started_on=date(2024, 1, 1),
                years=3,
                due_on=date(2027, 1, 1),
            )
        )
    with judge.begin() as connection:
        connection.execute(insert(UNIT).values(a_unit(theirs, 904, name="x")))
        connection.execute(insert(COVERED).values(tenant_id=theirs, id=an_id(905), unit_id=an_id(904), name="x"))
    with serving(app, ours), db.engine.begin() as connection:
        connection.execute(delete(UNIT).where(UNIT.c.id == an_id(904)))
    with judge.begin() as connection:
        if own(judge, theirs, BODY) + own(judge, theirs, COVERED) != before + Counter([an_id(905)]):
            yield "deleting our row deleted another tenant's"
        connection.execute(delete(UNIT).where(UNIT.c.tenant_id.in_([ours, theirs]), UNIT.c.id == an_id(904)))


def the_role_may_no_more(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """Neither TRUNCATE nor COPY FROM, temporary tables or tables of its own."""
    for words in (
        "TRUNCATE core.covered_unit",
        "CREATE TEMPORARY TABLE t (x int)",
        "CREATE TABLE core.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "ALTER TABLE core.unit DISABLE ROW LEVEL SECURITY",
        "SELECT * FROM platform.tenant",
        "SET ROLE dangjian_owner",
        "SET SESSION AUTHORIZATION dangjian_owner",
    ):
        with serving(app, ours), db.engine.connect() as connection:
            if not _refused(lambda words=words, connection=connection: connection.execute(text(words))):
                yield words
            connection.rollback()


def jobs_know_their_tenant(app: Flask, judge: Engine, ours: int, theirs: int) -> Leaks:
    """A notice without a tenant, or with another tenant's row, does nothing."""
    job = an_id(999)
    with judge.begin() as connection:
        connection.execute(
            text("INSERT INTO core.outbox (tenant_id, id, kind) VALUES (:t, :i, 'nobody.handles.this')"),
            {"t": theirs, "i": job},
        )
    with app.app_context():
        try:
            run_job(None, str(job))
            yield "a job without a tenant runs"
        except TypeError:
            pass
        run_job(ours, str(job))
    with judge.begin() as connection:
        if (
            connection.execute(
                text("SELECT state FROM core.outbox WHERE tenant_id = :t AND id = :i"), {"t": theirs, "i": job}
            ).scalar()
            != "pending"
        ):
            yield "another tenant's job runs"
        connection.execute(text("DELETE FROM core.outbox WHERE tenant_id = :t"), {"t": theirs})


#: What holds as long as row security stands, and what as long as the predicate stands.
BY_ROW_SECURITY = (
    nobody_reads, a_poisoned_connection_tells_nothing, own_rows_and_no_others_by_words, own_rows_and_no_others, changes_stay_at_home,
    words_change_nothing_of_others, nothing_is_written_for_others, keys_tell_nothing, the_role_may_no_more, jobs_know_their_tenant,
)  # fmt: skip
BY_PREDICATE = (own_rows_and_no_others, changes_stay_at_home)


def leaks(checks: Any, app: Flask, judge: Engine, ours: int, theirs: int) -> list[str]:
    """All that leaks past these checks; a check that cannot be carried out counts as well."""
    found: list[str] = []
    for check in checks:
        try:
            found += [f"{check.__name__}: {leak}" for leak in check(app, judge, ours, theirs)]
        except (DBAPIError, Unbound, TenantSwitch) as error:
            found.append(f"{check.__name__}: {type(error).__name__}")
    return found
