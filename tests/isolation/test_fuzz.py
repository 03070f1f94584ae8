"""Transactions of several tenants and of nobody, in any order and by every path, against a model in plain dictionaries."""

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Row, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError

from core.database import TenantSwitch, Unbound, db
from core.database.bulk import insert_columns
from core.database.read import rows
from core.organization.models import Unit
from tests.isolation.checks import serving
from tests.isolation.ground import EFFORT, UNIT, a_unit, an_id, clear, fresh_tenant

#: A tenant's rows: id → (name, code).
Rows = dict[Any, tuple[str, str | None]]
REFUSED = (DBAPIError, Unbound, TenantSwitch)
READ = select(UNIT.c.id, UNIT.c.name, UNIT.c.code)
WORDS = text("SELECT id, name, code FROM core.unit")
MERGE = text("""
    MERGE INTO core.unit AS kept USING (VALUES (CAST(:tenant AS bigint), CAST(:id AS uuid), :name)) AS given (tenant, id, name)
    ON kept.id = given.id
    WHEN MATCHED AND given.name = '删' THEN DELETE
    WHEN MATCHED THEN UPDATE SET name = given.name
    WHEN NOT MATCHED THEN INSERT (tenant_id, id, name, short_name, type, path, path_end, depth)
        VALUES (given.tenant, given.id, given.name, given.name, 'branch', 'a', 'b', 0)
""")

ids = st.integers(0, 5)
names = st.sampled_from(["甲", "乙", "丙"])
codes = st.sampled_from([None, None, "A", "B"])
#: Whom a row is written for: mostly the tenant itself.
owners = st.sampled_from(["own", "own", "own", "other"])
operations = st.one_of(
    st.tuples(st.just("insert"), owners, ids, names, codes),
    st.tuples(st.just("add"), owners, ids, names, codes),
    st.tuples(st.just("bulk"), ids, names),
    st.tuples(st.just("upsert"), owners, ids, names),
    st.tuples(st.just("keep"), ids, names),
    st.tuples(st.just("merge"), owners, ids, st.sampled_from(["甲", "乙", "删"])),
    st.tuples(st.just("rename all"), names),
    st.tuples(st.just("rename one"), ids, names),
    st.tuples(st.just("rename entity"), ids, names),
    st.tuples(st.just("give away"), st.booleans()),
    st.tuples(st.just("delete all")),
    st.tuples(st.just("delete one"), ids),
    st.tuples(st.just("read")),
    st.tuples(st.just("savepoint")),
    st.tuples(st.just("release")),
    st.tuples(st.just("roll back to")),
)
paths = st.sampled_from(["session", "session", "engine"])
ends = st.sampled_from(["commit", "commit", "commit", "rollback"])


class Tenants(RuleBasedStateMachine):
    """Three tenants, and nobody."""

    app: Any
    judge: Any
    transactions = 0
    refusals = 0
    seen = 0

    @initialize()
    def found(self) -> None:
        self.tenants = [fresh_tenant() for _ in range(3)]
        self.model: dict[int, Rows] = {tenant: {} for tenant in self.tenants}

    def teardown(self) -> None:
        if hasattr(self, "tenants"):
            clear(self.judge, *self.tenants)

    @rule(who=st.integers(0, 3), path=paths, work=st.lists(operations, min_size=1, max_size=7), end=ends)
    def transact(self, who: int, path: str, work: list[Any], end: str) -> None:
        """One transaction; what it is refused ends it, as it would a request."""
        type(self).transactions += 1
        tenant = self.tenants[who] if who < 3 else None
        other = self.tenants[(who + 1) % 3]
        draft = deepcopy(self.model.get(tenant, {})) if tenant else {}
        with serving(self.app, tenant):
            if path == "session":
                ended = Course(self, db.session, tenant, other, draft).run(work, end)
            else:
                with db.engine.connect() as connection:
                    ended = Course(self, connection, tenant, other, draft).run(work, end)
        if ended is not None and tenant is not None:
            self.model[tenant] = ended
        self.compare()

    def compare(self) -> None:
        """What is in the database, by the superuser's eye, is what the model says, for every tenant."""
        with self.judge.connect() as connection:
            statement = select(UNIT.c.tenant_id, *READ.selected_columns).where(UNIT.c.tenant_id.in_(self.tenants))
            found: dict[int, Rows] = {tenant: {} for tenant in self.tenants}
            for tenant, row, name, code in connection.execute(statement):
                found[tenant][row] = (name, code)
        assert found == self.model


class Course:
    """The course of one transaction over a copy of the tenant's rows."""

    def __init__(self, machine: Any, executor: Any, tenant: int | None, other: int, draft: Rows) -> None:
        self.machine, self.executor, self.tenant, self.other, self.draft = machine, executor, tenant, other, draft
        self.points: list[tuple[Any, Rows]] = []

    def run(self, work: list[Any], end: str) -> Rows | None:
        """The rows after it, or None when nothing of it stays."""
        for kind, *given in work:
            expected = getattr(self, "_" + kind.replace(" ", "_"))(*given)
            try:
                refused = expected()
            except REFUSED:
                refused = True
            else:
                assert refused is not True, f"{kind} {given} was let through"
            if refused:
                type(self.machine).refusals += 1
                self.executor.rollback()
                return None
        if end == "rollback" or self.tenant is None:
            self.executor.rollback()
            return None
        self.executor.commit()
        return self.draft

    @property
    def orm(self) -> bool:
        return self.executor is db.session

    def _writes(self, act: Any, allowed: bool, change: Any) -> Any:
        """Run an act: the model says whether it is allowed and what it changes. Unbound, only what touches no row is."""

        def go() -> bool | None:
            act()
            if not allowed:
                return True
            change()
            return None

        if not allowed:
            return lambda: self._must_refuse(act)
        return go

    @staticmethod
    def _must_refuse(act: Any) -> bool:
        act()
        return True

    def _free(self, row: Any, code: str | None) -> bool:
        return row not in self.draft and (code is None or code not in {c for _, c in self.draft.values()})

    def _values(self, owner: str, number: int, name: str, code: str | None) -> dict[str, Any]:
        tenant = self.other if owner == "other" or self.tenant is None else self.tenant
        return a_unit(tenant, number, name=name) | {"code": code}

    def _insert(self, owner: str, number: int, name: str, code: str | None) -> Any:
        row = an_id(number)
        allowed = self.tenant is not None and owner == "own" and self._free(row, code)
        act = lambda: self.executor.execute(insert(UNIT).values(self._values(owner, number, name, code)))  # noqa: E731
        return self._writes(act, allowed, lambda: self.draft.update({row: (name, code)}))

    def _add(self, owner: str, number: int, name: str, code: str | None) -> Any:
        if not self.orm:
            return self._insert(owner, number, name, code)
        values, row = self._values(owner, number, name, code), an_id(number)
        allowed = self.tenant is not None and owner == "own" and self._free(row, code)

        def act() -> None:
            db.session.expunge_all()
            db.session.add(Unit(**values))
            db.session.flush()

        return self._writes(act, allowed, lambda: self.draft.update({row: (name, code)}))

    def _bulk(self, number: int, name: str) -> Any:
        if not self.orm:
            return self._insert("own", number, name, None)
        values, row = a_unit(0, number, name=name), an_id(number)
        columns = {key: [value] for key, value in values.items() if key not in ("tenant_id", "parent_id")}
        allowed = self.tenant is not None and self._free(row, None)

        def act() -> None:
            try:
                insert_columns(UNIT, columns)
            except Exception as error:
                if type(error).__module__.startswith("psycopg"):
                    raise DBAPIError("", {}, error) from error
                raise

        return self._writes(act, allowed, lambda: self.draft.update({row: (name, None)}))

    def _upsert(self, owner: str, number: int, name: str) -> Any:
        row = an_id(number)
        statement = upsert(UNIT).values(self._values(owner, number, name, None))
        statement = statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"name": name})
        allowed = self.tenant is not None and owner == "own"
        code = self.draft.get(row, ("", None))[1]
        return self._writes(
            lambda: self.executor.execute(statement), allowed, lambda: self.draft.update({row: (name, code)})
        )

    def _keep(self, number: int, name: str) -> Any:
        row = an_id(number)
        statement = upsert(UNIT).values(self._values("own", number, name, None)).on_conflict_do_nothing()
        return self._writes(
            lambda: self.executor.execute(statement),
            self.tenant is not None,
            lambda: self.draft.setdefault(row, (name, None)),
        )

    def _merge(self, owner: str, number: int, name: str) -> Any:
        """In plain SQL and joined by the id alone: only row security stands between the tenants."""
        row = an_id(number)
        tenant = self.other if owner == "other" or self.tenant is None else self.tenant
        allowed = self.tenant is not None and (owner == "own" or row in self.draft)
        act = lambda: self.executor.execute(MERGE, {"tenant": tenant, "id": row, "name": name})  # noqa: E731

        def change() -> None:
            if row in self.draft and name == "删":
                del self.draft[row]
            else:
                self.draft[row] = (name, self.draft.get(row, ("", None))[1])

        return self._writes(act, allowed, change)

    def _changes(self, statement: Any, expected: int, change: Any) -> Any:
        """A change of rows that are there; unbound, the engine finds none and the session refuses."""

        def act() -> None:
            touched = self.executor.execute(statement, execution_options={"synchronize_session": False}).rowcount
            assert touched == expected, f"{touched} rows instead of {expected}"

        return self._writes(act, self.tenant is not None or not self.orm, change)

    def _rename_all(self, name: str) -> Any:
        new = {row: (name, code) for row, (_, code) in self.draft.items()}
        return self._changes(update(UNIT).values(name=name), len(self.draft), lambda: self.draft.update(new))

    def _rename_one(self, number: int, name: str) -> Any:
        return self._rename(update(UNIT).where(UNIT.c.id == an_id(number)), number, name)

    def _rename_entity(self, number: int, name: str) -> Any:
        return self._rename(update(Unit).where(Unit.id == an_id(number)), number, name)

    def _rename(self, statement: Any, number: int, name: str) -> Any:
        row = an_id(number)
        new = {row: (name, self.draft[row][1])} if row in self.draft else {}
        return self._changes(statement.values(name=name), len(new), lambda: self.draft.update(new))

    def _give_away(self, whole: bool) -> Any:
        statement = update(UNIT).values(tenant_id=self.other)
        if not self.draft:
            return self._changes(statement, 0, lambda: None)
        return self._writes(lambda: self.executor.execute(statement), False, None)

    def _delete_all(self) -> Any:
        return self._changes(delete(UNIT), len(self.draft), self.draft.clear)

    def _delete_one(self, number: int) -> Any:
        row = an_id(number)
        return self._changes(
            delete(UNIT).where(UNIT.c.id == row), int(row in self.draft), lambda: self.draft.pop(row, None)
        )

    def _read(self) -> Any:
        def go() -> None:
            readings: list[Any] = [self.executor.execute(WORDS).all()]
            if self.tenant is not None:
                readings.append(self.executor.execute(READ).all())
            if self.tenant is not None and self.orm:
                readings.append(rows(READ))
                readings.append(db.session.execute(select(Unit.id, Unit.name, Unit.code)).all())
            for reading in readings:
                assert _as_rows(reading) == self.draft
                type(self.machine).seen += len(reading)

        return go

    def _savepoint(self) -> Any:
        return lambda: self.points.append((self.executor.begin_nested(), dict(self.draft)))

    def _release(self) -> Any:
        return lambda: self.points.pop()[0].commit() if self.points else None

    def _roll_back_to(self) -> Any:
        def go() -> None:
            if self.points:
                point, before = self.points.pop()
                point.rollback()
                self.draft.clear()
                self.draft.update(before)

        return go


def _as_rows(reading: list[Row[Any]]) -> Rows:
    return {row: (name, code) for row, name, code in reading}


def test_no_transaction_reads_or_changes_what_is_not_its_tenants(bare, superuser):
    Tenants.app, Tenants.judge = bare, superuser
    Tenants.transactions = Tenants.refusals = Tenants.seen = 0
    run_state_machine_as_test(
        Tenants,
        settings=settings(
            max_examples=80 * EFFORT,
            stateful_step_count=50,
            deadline=None,
            derandomize=EFFORT == 1,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Tenants.transactions >= 2000
    assert Tenants.refusals > 200, "some of it is refused"
    assert Tenants.seen > 1000, "and some of it sees rows"
