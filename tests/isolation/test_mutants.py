"""Each guard of the tenants' isolation taken away, one at a time: the quick checks must notice every time.

A suite that cannot see a leak proves nothing by being green. Faults in the database are made and taken back by its
superuser; faults in the program are made by replacing one function.
"""

import pytest
from sqlalchemy.orm import with_loader_criteria

from core.access import gate
from core.database import engine as engines
from core.database import read, scope, session
from core.database.catalogue import faults
from core.identity import cookies
from core.jobs import run as jobs
from core.tenancy import keys, memory, names
from core.tenancy import request as tenancy
from core.web import shell
from tests.isolation.checks import BY_PREDICATE, BY_ROW_SECURITY, leaks
from tests.isolation.ground import clear, fresh_tenant, furnish
from tests.isolation.web_checks import WEB, web_leaks

POLICY = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"
ALL_WHEN_NOBODY = f"nullif(current_setting('app.tenant_id', true), '') IS NULL OR {POLICY}"
#: Damage to the database: what is done, and how it is taken back.
IN_THE_DATABASE = {
    "row security off": (
        "ALTER TABLE core.unit DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE core.unit ENABLE ROW LEVEL SECURITY",
    ),
    "policy dropped, security off": (
        "DROP POLICY tenant ON core.body; ALTER TABLE core.body DISABLE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON core.body USING ({POLICY}) WITH CHECK ({POLICY}); ALTER TABLE core.body ENABLE ROW LEVEL SECURITY",
    ),
    "policy dropped": (
        "DROP POLICY tenant ON core.body",
        f"CREATE POLICY tenant ON core.body USING ({POLICY}) WITH CHECK ({POLICY})",
    ),
    "policy true": (
        "ALTER POLICY tenant ON core.unit USING (true)",
        f"ALTER POLICY tenant ON core.unit USING ({POLICY})",
    ),
    "check true": (
        "ALTER POLICY tenant ON core.covered_unit WITH CHECK (true)",
        f"ALTER POLICY tenant ON core.covered_unit WITH CHECK ({POLICY})",
    ),
    "nobody means everybody": (
        f"ALTER POLICY tenant ON core.unit USING ({ALL_WHEN_NOBODY})",
        f"ALTER POLICY tenant ON core.unit USING ({POLICY})",
    ),
    "one more policy, to read": (
        "CREATE POLICY more ON core.unit FOR SELECT USING (true)",
        "DROP POLICY more ON core.unit",
    ),
    "one more policy, to update": (
        "CREATE POLICY more ON core.covered_unit FOR UPDATE USING (true)",
        "DROP POLICY more ON core.covered_unit",
    ),
    "one more policy, to delete": (
        "CREATE POLICY more ON core.covered_unit FOR DELETE USING (true)",
        "DROP POLICY more ON core.covered_unit",
    ),
    "not forced, and the application owns the table": (
        "ALTER TABLE core.unit NO FORCE ROW LEVEL SECURITY; ALTER TABLE core.unit OWNER TO dangjian_app",
        (
            "ALTER TABLE core.unit OWNER TO dangjian_owner; ALTER TABLE core.unit FORCE ROW LEVEL SECURITY;"
            " GRANT SELECT, INSERT, UPDATE, DELETE ON core.unit TO dangjian_app"
        ),
    ),
    "the role bypasses row security": (
        "ALTER ROLE dangjian_app BYPASSRLS",
        "ALTER ROLE dangjian_app NOBYPASSRLS",
    ),
    "the role may become the owner": (
        "GRANT dangjian_owner TO dangjian_app",
        "REVOKE dangjian_owner FROM dangjian_app",
    ),
    "the role may truncate": (
        "GRANT TRUNCATE ON core.covered_unit TO dangjian_app",
        "REVOKE TRUNCATE ON core.covered_unit FROM dangjian_app",
    ),
    "the list of tenants is open": (
        "GRANT SELECT ON platform.tenant TO dangjian_app",
        "REVOKE SELECT ON platform.tenant FROM dangjian_app",
    ),
    "a unique key without the tenant": (
        "CREATE UNIQUE INDEX mutant ON core.unit (code) WHERE code = 'ORACLE'",
        "DROP INDEX core.mutant",
    ),
}
#: Damage that only behaviour shows: a key that is missing is no fault of the catalogue (the schema's drift shows it).
IN_THE_KEYS = {
    "no foreign key": (
        "ALTER TABLE core.covered_unit DROP CONSTRAINT fk_covered_unit_tenant_id_unit_id",
        (
            "DELETE FROM core.covered_unit c WHERE NOT EXISTS"
            " (SELECT FROM core.unit u WHERE u.tenant_id = c.tenant_id AND u.id = c.unit_id);"
            " ALTER TABLE core.covered_unit ADD CONSTRAINT fk_covered_unit_tenant_id_unit_id"
            " FOREIGN KEY (tenant_id, unit_id) REFERENCES core.unit (tenant_id, id) ON DELETE CASCADE"
        ),
    ),
}
#: Damage that only the catalogue shows, until somebody uses it.
IN_THE_CATALOGUE = {
    "a view that reads as its owner": ("CREATE VIEW core.mutant AS SELECT * FROM core.unit", "DROP VIEW core.mutant"),
    "a leakproof function": (
        "CREATE FUNCTION core.mutant(text) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true'",
        "DROP FUNCTION core.mutant(text)",
    ),
    "a tenant bound for whole sessions": (
        "ALTER ROLE dangjian_app SET app.tenant_id = '1'",
        "ALTER ROLE dangjian_app RESET app.tenant_id",
    ),
}


@pytest.fixture
def pair(superuser):
    """Two tenants for one mutant alone: what it breaks is not left to the next."""
    ours, theirs = fresh_tenant(), fresh_tenant()
    furnish(superuser, ours, salt=1)
    furnish(superuser, theirs, salt=3)
    yield ours, theirs
    clear(superuser, ours, theirs)


@pytest.fixture
def damage(superuser):
    """Run damage on the database, and take it back whatever happens."""
    back = []

    def do(there_and_back):
        back.append(there_and_back[1])
        with superuser.begin() as connection:
            connection.exec_driver_sql(there_and_back[0])

    yield do
    for words in back:
        with superuser.begin() as connection:
            connection.exec_driver_sql(words)


def test_without_a_mutant_no_check_complains(bare, superuser, pair):
    """The control: what is found below is found because of the mutant."""
    assert leaks(BY_ROW_SECURITY, bare, superuser, *pair) == []
    with superuser.connect() as connection:
        assert faults(connection) == []


@pytest.mark.parametrize("mutant", {**IN_THE_DATABASE, **IN_THE_KEYS})
def test_the_checks_notice_damage_in_the_database(bare, superuser, pair, damage, mutant):
    damage({**IN_THE_DATABASE, **IN_THE_KEYS}[mutant])
    assert leaks(BY_ROW_SECURITY, bare, superuser, *pair)


@pytest.mark.parametrize("mutant", {**IN_THE_DATABASE, **IN_THE_CATALOGUE})
def test_and_so_does_the_catalogue(superuser, damage, mutant):
    damage({**IN_THE_DATABASE, **IN_THE_CATALOGUE}[mutant])
    with superuser.connect() as connection:
        assert faults(connection)


# --- the program ------------------------------------------------------------------------------------------------------


def _bind_only_when_there_is_a_tenant(monkeypatch):
    right = engines._bind

    def bind(connection):
        connection.info[engines._SERVED] = scope.current_tenant()
        if scope.current_tenant() is not None:
            right(connection)

    monkeypatch.setattr(engines, "_bind", bind)


def _bind_for_the_session(monkeypatch):
    def bind(connection):
        driver = connection.connection.driver_connection
        connection.info[engines._SERVED] = scope.current_tenant()
        driver.execute(scope.binding_statement().replace("SET LOCAL", "SET SESSION"))

    monkeypatch.setattr(engines, "_bind", bind)
    monkeypatch.setattr(engines, "_leave_nothing", lambda *_: None)


def _leave_everything_on_the_connection(monkeypatch):
    monkeypatch.setattr(engines, "_leave_nothing", lambda *_: None)


def _bind_nothing(monkeypatch):
    monkeypatch.setattr(
        engines, "_bind", lambda connection: connection.info.update({engines._SERVED: scope.current_tenant()})
    )


def _bind_the_first_tenant_for_ever(monkeypatch):
    first = []
    right = scope.binding_statement

    def statement():
        if scope.current_tenant() is not None and not first:
            first.append(right())
        return first[0] if first else right()

    monkeypatch.setattr(engines, "binding_statement", statement)
    monkeypatch.setattr(read, "binding_statement", statement)


def _let_the_session_run_unbound(monkeypatch):
    monkeypatch.setattr(session, "touches_tenant", lambda _statement: False)


def _run_jobs_without_a_tenant(monkeypatch):
    right = jobs.run
    monkeypatch.setattr(jobs, "run", lambda tenant, job: None if tenant is None else right(tenant, job))
    monkeypatch.setattr("tests.isolation.checks.run_job", jobs.run)


def _take_rows_of_others_into_the_session(monkeypatch):
    monkeypatch.setattr(
        session.TenantSession, "serve", lambda self: self.info.setdefault("tenant", scope.current_tenant() or 0)
    )


IN_THE_ENGINE = [
    _bind_only_when_there_is_a_tenant, _bind_for_the_session, _leave_everything_on_the_connection, _bind_nothing,
    _bind_the_first_tenant_for_ever, _let_the_session_run_unbound, _run_jobs_without_a_tenant,
]  # fmt: skip


@pytest.mark.parametrize("mutant", IN_THE_ENGINE, ids=lambda mutant: mutant.__name__.strip("_"))
def test_the_checks_notice_damage_in_the_engine(settings, superuser, pair, monkeypatch, mutant):
    from flask import Flask

    from core.database.setup import register

    mutant(monkeypatch)
    app = Flask("mutant")
    app.extensions["dangjian.settings"] = settings
    register(app, url=settings.database_url)  # its engine listens to the damaged functions
    assert leaks(BY_ROW_SECURITY, app, superuser, *pair)


def _no_predicate_in_the_session(monkeypatch):
    monkeypatch.setattr(session, "with_tenant", lambda statement, _tenant: statement)


def _no_criteria_on_entities(monkeypatch):
    from core.database import TenantModel

    monkeypatch.setattr(
        session, "_criteria", lambda _tenant: with_loader_criteria(TenantModel, lambda cls: cls.tenant_id > 0)
    )


def _no_predicate_on_the_fast_path(monkeypatch):
    monkeypatch.setattr(read, "with_tenant", lambda statement: statement)


def _the_predicate_of_the_first_caller(monkeypatch):
    first = []
    right = read.tenant_id

    def tenant():
        first.append(right())
        return first[0]

    monkeypatch.setattr(read, "tenant_id", tenant)


def _an_optional_side_unlimited(monkeypatch):
    from core.database import predicate

    monkeypatch.setattr(predicate._Limiter, "_put_on", staticmethod(lambda *_: None))


IN_THE_PREDICATE = [
    _no_predicate_in_the_session, _no_criteria_on_entities, _no_predicate_on_the_fast_path, _the_predicate_of_the_first_caller,
    _an_optional_side_unlimited,
]  # fmt: skip


@pytest.mark.parametrize("mutant", IN_THE_PREDICATE, ids=lambda mutant: mutant.__name__.strip("_"))
def test_the_checks_notice_damage_in_the_predicate(unguarded, superuser, pair, monkeypatch, mutant):
    """Judged where the predicate stands alone."""
    read.forget_compilations()
    try:
        mutant(monkeypatch)
        assert leaks(BY_PREDICATE, unguarded, superuser, *pair)
    finally:
        read.forget_compilations()


# --- the web ----------------------------------------------------------------------------------------------------------


def _a_session_of_any_tenant(monkeypatch):
    """Look for the session and its account where the cookie says, not where the request was sent.

    The cookie's check alone is no mutant: without it, the reads still find the session in its own tenant only.
    """
    right = gate.recognise

    def recognise():
        from flask import g
        from flask import session as cookie

        ours, theirs = g.tenant, cookie.get("tenant")
        if theirs in (None, ours.id):
            return right()
        read.settle_preface()
        g.tenant = memory.TenantMemory(theirs, ours.slug, ours.title, ours.state, 0)
        scope.bind_for_request(theirs)
        try:
            return right()
        finally:
            g.tenant = ours
            scope.bind_for_request(ours.id)

    monkeypatch.setattr(gate, "recognise", recognise)


def _kept_bytes_without_the_tenant(monkeypatch):
    class Careless(memory.Shelf):
        """Forgets whose the bytes are."""

        def get(self, key, version):
            return super().get(key[1], version)

        def put(self, key, version, made):
            super().put(key[1], version, made)

    monkeypatch.setattr(memory, "_shelf", Careless(1_000_000))


def _memory_by_kind_alone(monkeypatch):
    from collections import OrderedDict

    class Careless(OrderedDict):
        """Forgets which name was asked for."""

        def get(self, key, default=None):
            return super().get(key[0], default)

        def __setitem__(self, key, value):
            super().__setitem__(key[0], value)

    monkeypatch.setattr(memory, "_memories", Careless())


def _one_key_ring_for_all(monkeypatch):
    from collections import OrderedDict

    class Careless(OrderedDict):
        """Gives everybody the first tenant's keys."""

        def get(self, _key, default=None):
            return next(iter(self.values()), default)

    monkeypatch.setattr(keys, "_rings", Careless())


def _an_unknown_host_leads_to_the_last_tenant(monkeypatch):
    right, last = tenancy.recall, []

    def recall(kind, name):
        found = right(kind, name)
        last.extend([found] if found else [])
        return found or (last[-1] if last else None)

    monkeypatch.setattr(tenancy, "recall", recall)


def _hosts_read_carelessly(monkeypatch):
    monkeypatch.setattr(tenancy, "plain_host", lambda value: value.lower().split(":")[0].rstrip(".").split("@")[-1])


def _suspended_tenants_served(monkeypatch):
    right = memory._load

    def load(kind, name):
        found = right(kind, name)
        if found is not None and found.state == "suspended":
            found.state = "active"
        return found

    monkeypatch.setattr(memory, "_load", load)


def _redirects_anywhere(monkeypatch):
    from core.identity.pages import signing

    monkeypatch.setattr(signing, "own_path", lambda target: target or None)
    monkeypatch.setattr(shell, "own_path", lambda target: target or None)


def _cookies_for_the_whole_host(monkeypatch):
    monkeypatch.setattr(cookies.TenantCookie, "get_cookie_path", lambda *_: "/")


def _old_rights_remembered(monkeypatch):
    monkeypatch.setattr(tenancy, "check", lambda _memory: lambda _found: None)


def _prefixes_on_anybodys_host(monkeypatch):
    def find(base_domain):
        from flask import request

        slug = request.environ.get(tenancy.KEY)
        host = names.plain_host(request.environ.get("HTTP_HOST", "")) or ""
        wanted = slug or names.slug_of_host(host, base_domain)
        return memory.recall("slug", wanted) if wanted else memory.recall("host", host)

    monkeypatch.setattr(tenancy, "_find", find)


IN_THE_WEB = [
    _a_session_of_any_tenant, _kept_bytes_without_the_tenant, _memory_by_kind_alone, _one_key_ring_for_all,
    _an_unknown_host_leads_to_the_last_tenant, _hosts_read_carelessly, _suspended_tenants_served, _redirects_anywhere,
    _cookies_for_the_whole_host, _old_rights_remembered, _prefixes_on_anybodys_host,
]  # fmt: skip


@pytest.fixture(scope="module")
def houses(app, superuser):
    """Two tenants with marks, for the web's checks."""
    from tests.isolation.people_of import marked_tenant

    return marked_tenant(app, superuser), marked_tenant(app, superuser)


@pytest.fixture(autouse=True)
def fresh_memories():
    """Nothing remembered of or for a mutant."""
    _forget()
    yield
    _forget()


def _forget():
    memory._memories.clear()
    memory._shelf._held.clear()
    keys.forget_keys()


def test_without_a_mutant_no_page_complains(app, houses):
    assert web_leaks(WEB, app, *houses) == []


@pytest.mark.parametrize("mutant", IN_THE_WEB, ids=lambda mutant: mutant.__name__.strip("_"))
def test_the_checks_notice_damage_in_the_web(app, houses, monkeypatch, mutant):
    mutant(monkeypatch)
    _forget()
    assert web_leaks(WEB, app, *houses)


def test_there_are_enough_mutants():
    kinds = IN_THE_DATABASE, IN_THE_KEYS, IN_THE_CATALOGUE, IN_THE_ENGINE, IN_THE_PREDICATE, IN_THE_WEB
    assert sum(map(len, kinds)) >= 30
