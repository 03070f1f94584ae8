"""Nobody bound: nothing read, nothing written, and said loudly wherever Python can say it."""

import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from core.database import TenantSwitch, Unbound, bound, db, transaction
from core.database.catalogue import faults
from core.database.engine import install, make_engine
from core.database.read import rows, scalar
from core.database.schema import metadata
from core.database.scope import NoTransaction, bind_for_request
from core.database.setup import UnsafeDatabase, check_role
from core.organization.models import Unit
from core.runtime.doctor import BAD, OK, _row_security
from tests.isolation.ground import UNIT, a_unit, an_id

ROOT = Path(__file__).parents[2]
TABLES = [str(table) for table in metadata().sorted_tables if "tenant_id" in table.c]
COUNT = select(func.count()).select_from(UNIT)


@pytest.fixture
def inside_app(bare):
    with bare.app_context():
        yield bare
        db.session.remove()


@pytest.mark.parametrize(
    "statement",
    [
        select(Unit),
        select(Unit.id),
        select(UNIT.c.id),
        COUNT,
        update(UNIT).values(remark="x"),
        update(Unit).values(remark="x"),
        delete(Unit),
        delete(UNIT),
        insert(UNIT).values(a_unit(1, 1, name="x")),
        insert(Unit).values(a_unit(1, 1, name="x")),
        select(select(Unit.id).subquery()),
        select(text("1")).where(select(Unit.id).exists()),
    ],
    ids=str,
)
def test_the_session_refuses_every_statement_on_a_tenants_table(inside_app, statement):
    with pytest.raises(Unbound):
        db.session.execute(statement)


def test_so_do_get_add_and_the_fast_path(inside_app):
    with pytest.raises(Unbound):
        db.session.get(Unit, (1, an_id(1)))
    with pytest.raises(Unbound):
        rows(select(Unit.id))
    db.session.add(Unit(name="x", short_name="x", type="branch", path="a", path_end="b", depth=0))
    with pytest.raises(Unbound):
        db.session.flush()


@pytest.mark.parametrize("table", TABLES)
def test_past_python_the_database_shows_and_takes_nothing(inside_app, pair, table):
    with db.engine.connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_past_python_nothing_can_be_written(inside_app, pair):
    with db.engine.connect() as connection:
        assert connection.execute(update(UNIT).values(remark="x")).rowcount == 0
        assert connection.execute(delete(UNIT)).rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(insert(UNIT).values(a_unit(pair[0], 99, name="x")))


def test_a_tenant_sees_its_own(inside_app, pair):
    """The positive control of everything above."""
    with bound(tenant_id=pair[0]):
        assert scalar(COUNT) == db.session.scalar(COUNT) == len(db.session.scalars(select(Unit)).all()) > 3
        with db.engine.connect() as connection:
            assert connection.execute(COUNT).scalar() > 3


@pytest.mark.parametrize(
    "left", ["''", "'{0}'", "'nonsense'", "'1 OR true'"], ids=["empty", "another's", "text", "words"]
)
def test_what_somebody_left_on_a_pooled_connection_answers_for_nobody(settings, pair, left):
    engine = make_engine(settings.database_url, pool_size=1, max_overflow=0)
    raw = engine.raw_connection()
    raw.driver_connection.autocommit = True
    raw.driver_connection.execute("SET SESSION app.tenant_id = " + left.format(pair[1]))
    raw.driver_connection.autocommit = False
    pid = raw.driver_connection.info.backend_pid
    raw.close()
    with engine.connect() as connection:
        assert connection.connection.driver_connection.info.backend_pid == pid, "the poisoned connection itself"
        assert connection.execute(COUNT).scalar() == 0
    raw = engine.raw_connection()
    setting = raw.driver_connection.execute("SELECT current_setting('app.tenant_id', true)").fetchone()
    raw.close()
    assert setting == ("",), "and it is clean once it has served a transaction"
    with bound(tenant_id=pair[0]), engine.connect() as connection:
        assert connection.execute(COUNT).scalar() > 0
    engine.dispose()


def test_nothing_of_a_transaction_stays_on_its_connection(settings, pair):
    """A setting, a cursor that outlives its transaction, listening, an advisory lock."""
    look = text(
        "SELECT current_setting('statement_timeout'), (SELECT count(*) FROM pg_cursors),"
        " (SELECT count(*) FROM pg_listening_channels()),"
        " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"
    )
    engine = make_engine(settings.database_url, pool_size=1, max_overflow=0)
    with engine.connect() as connection:
        before = tuple(connection.execute(look).one())
    with bound(tenant_id=pair[0]), engine.connect() as connection:
        for left in (
            "SET SESSION statement_timeout = '7s'",
            "DECLARE kept CURSOR WITH HOLD FOR SELECT name FROM core.unit",
            "LISTEN something",
            "SELECT pg_advisory_lock(42)",
        ):
            connection.execute(text(left))
        connection.commit()
        assert tuple(connection.execute(look).one()) == ("7s", 1, 1, 1)
    with engine.connect() as connection:
        assert tuple(connection.execute(look).one()) == before
    engine.dispose()
    assert before[1:] == (0, 0, 0)


def test_a_failed_transaction_leaves_nothing_either(settings, pair):
    engine = make_engine(settings.database_url, pool_size=1, max_overflow=0)
    with pytest.raises(DBAPIError), bound(tenant_id=pair[0]), engine.connect() as connection:  # noqa: PT012
        connection.execute(text("SELECT set_config('app.tenant_id', :other, false)"), {"other": str(pair[1])})
        connection.execute(text("SELECT 1/0"))
    with engine.connect() as connection:
        assert connection.execute(COUNT).scalar() == 0
    engine.dispose()


def test_autocommit_is_refused_because_nothing_would_bind_it(settings, pair):
    engine = make_engine(settings.database_url)
    with bound(tenant_id=pair[0]), engine.connect() as connection, pytest.raises(NoTransaction):
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(COUNT)
    engine.dispose()


def test_a_transaction_serves_the_tenant_it_was_begun_for_and_no_other(settings, pair):
    engine = make_engine(settings.database_url)
    with engine.connect() as connection:
        with bound(tenant_id=pair[0]):
            assert connection.execute(COUNT).scalar() > 0
        with pytest.raises(TenantSwitch):
            connection.execute(text("SELECT name FROM core.unit"))
        with bound(tenant_id=pair[1]), pytest.raises(TenantSwitch):
            connection.execute(text("SELECT name FROM core.unit"))
    engine.dispose()


def test_nor_does_a_session_even_in_words_of_ones_own(inside_app, pair):
    """The scope is switched by force here: ``bound`` would end the session with it."""
    names = text("SELECT name FROM core.unit")
    try:
        bind_for_request(pair[0])
        assert db.session.execute(names).all()
        for following in (pair[1], None):
            bind_for_request(following)
            with pytest.raises(TenantSwitch):
                db.session.execute(names)
        bind_for_request(pair[1])
        with pytest.raises(TenantSwitch):
            rows(select(Unit.id))
        with pytest.raises(TenantSwitch):
            db.session.scalars(select(Unit)).all()
    finally:
        bind_for_request(None)


def test_the_next_scope_has_a_session_of_its_own(inside_app, pair):
    seen = []
    for tenant in pair:
        with bound(tenant_id=tenant):
            seen.append({unit.tenant_id for unit in db.session.scalars(select(Unit))})
    assert seen == [{pair[0]}, {pair[1]}]


def test_a_scope_cannot_be_opened_inside_anothers(pair):
    with bound(tenant_id=pair[0]), bound(tenant_id=pair[0]), pytest.raises(TenantSwitch), bound(tenant_id=pair[1]):
        pass


def test_a_thread_begins_unbound(inside_app, pair):
    seen = []

    def look() -> None:
        with inside_app.app_context():
            try:
                rows(select(Unit.id))
            except Unbound as error:
                seen.append(error)

    with bound(tenant_id=pair[0]):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert len(seen) == 1


def test_a_savepoint_does_not_change_whom_the_transaction_serves(settings, pair):
    """ROLLBACK TO restores a switch made inside; RELEASE would keep it, so each later statement is the database's to judge."""
    engine = make_engine(settings.database_url)
    with bound(tenant_id=pair[0]), engine.connect() as connection:
        before = connection.execute(COUNT).scalar()
        inner = connection.begin_nested()
        connection.execute(text("SET LOCAL app.tenant_id = ''"))
        assert connection.execute(COUNT).scalar() == 0
        inner.rollback()
        assert connection.execute(COUNT).scalar() == before
    engine.dispose()


def test_changes_that_no_transaction_asked_for_are_not_kept(bare, pair):
    """A view that changes a row in passing writes nothing, whether the request ends well or not."""
    from core.database.session import end_reads

    with bare.app_context(), bound(tenant_id=pair[0]):
        unit = db.session.scalars(select(Unit).order_by(Unit.id)).first()
        unit.remark = "in passing"
        end_reads()
        db.session.remove()
        assert scalar(select(func.count()).select_from(Unit).where(Unit.remark == "in passing")) == 0
        with transaction() as session:
            session.scalars(select(Unit).order_by(Unit.id)).first().remark = "on purpose"
        assert scalar(select(func.count()).select_from(Unit).where(Unit.remark == "on purpose")) == 1
        db.session.remove()


def test_nor_are_rows_sent_in_bulk_or_singly_past_the_session(bare, pair):
    from core.database.bulk import insert_columns
    from core.database.session import end_reads
    from core.database.single import insert_row

    unit = a_unit(pair[0], 960, name="in bulk")
    columns = {name: [value] for name, value in unit.items() if name not in ("tenant_id", "parent_id")}
    single = {name: value for name, value in a_unit(pair[0], 961, name="singly").items() if name != "tenant_id"}
    for send in (lambda: insert_columns(Unit, columns), lambda: insert_row(Unit, **single)):
        with bare.app_context():
            with bound(tenant_id=pair[0]):
                send()
                end_reads()
            with bound(tenant_id=pair[0]):
                names = {name for (name,) in rows(select(Unit.name))}
                assert not names & {"in bulk", "singly"}


@pytest.mark.parametrize("role", ["superuser", "owner"])
def test_the_application_refuses_to_start_over_a_role_that_is_not_bound(settings, superuser, role):
    engine = superuser if role == "superuser" else create_engine(settings.database_owner_url)
    with pytest.raises(UnsafeDatabase):
        check_role(engine)
    if engine is not superuser:
        engine.dispose()


@pytest.mark.parametrize(
    ("grant", "back"),
    [
        ("ALTER ROLE dangjian_app BYPASSRLS", "ALTER ROLE dangjian_app NOBYPASSRLS"),
        ("GRANT dangjian_owner TO dangjian_app", "REVOKE dangjian_owner FROM dangjian_app"),
        ("ALTER TABLE core.unit NO FORCE ROW LEVEL SECURITY", "ALTER TABLE core.unit FORCE ROW LEVEL SECURITY"),
    ],
)
def test_nor_when_its_own_role_or_a_table_has_been_loosened(settings, superuser, grant, back):
    engine = install(create_engine(settings.database_url))
    check_role(engine)
    try:
        with superuser.begin() as connection:
            connection.execute(text(grant))
        with pytest.raises(UnsafeDatabase):
            check_role(engine)
    finally:
        with superuser.begin() as connection:
            connection.execute(text(back))
    check_role(engine)
    engine.dispose()


def test_the_doctor_can_ask_the_catalogue_as_any_role(settings):
    for url in (settings.database_url, settings.database_owner_url, settings.database_system_url):
        engine = create_engine(url)
        with engine.connect() as connection:
            assert faults(connection) == []
        engine.dispose()


@pytest.mark.parametrize(
    ("loosened", "mended"),
    [
        ("ALTER TABLE core.unit NO FORCE ROW LEVEL SECURITY",
         "ALTER TABLE core.unit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"),
        ("CREATE POLICY everybody ON core.unit USING (true)", 'DROP POLICY "everybody" ON core.unit;'),
    ],
)  # fmt: skip
def test_the_doctor_says_which_statement_closes_a_gap(settings, superuser, loosened, mended):
    with superuser.begin() as connection:
        connection.execute(text(loosened))
    try:
        (found,) = _row_security(settings)
        assert found.state == BAD
        assert mended in found.advice
    finally:
        with superuser.begin() as connection:
            connection.execute(text(mended))
    assert [one.state for one in _row_security(settings)] == [OK]


def test_only_the_database_part_takes_connections_past_the_session():
    """Whoever else needs one goes through an engine made by make_engine, whose begin event binds it."""
    found = subprocess.run(
        ["grep", "-rlE", r"raw_connection|driver_connection|psycopg\.connect|create_engine\(|\.pgconn", "core", "tenants", "--include=*.py"],
        capture_output=True, text=True, cwd=ROOT,
    ).stdout.split()  # fmt: skip
    allowed = {
        "core/database/engine.py": "the binding itself",
        "core/database/read.py": "the fast path sends the binding itself",
        "core/database/migrate.py": "the owner's own engine",
        "core/jobs/schedule.py": "the system role's engine, which no tenant's table answers",
        "core/database/bulk.py": "on the session's own connection, once it serves the bound tenant",
        "core/database/single.py": "the same, several rows in one flush",
        "core/extension/installation.py": "the owner's own engine, for plugins' tables",
        "core/extension/condition.py": "what plugins failed at, of no tenant, for the operator",
        "core/cli.py": "the list of tenants by the system role; migrations by the owner",
        "core/runtime/console.py": "the schema's revision, of no tenant",
        "core/runtime/doctor.py": "the catalogue, of no tenant",
        "core/runtime/postgres.py": "the embedded server's administrator",
        "core/runtime/roles.py": "the administrator makes roles",
    }
    # the kit is a test harness: it makes its own servers and looks at them as their owner
    assert {file for file in found if not file.startswith("core/sdk/kit/")} <= set(allowed)
