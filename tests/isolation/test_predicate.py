"""The literal predicate gives, on its own, exactly what row security gives on its own: for any statement at all."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, delete, exists, func, select, true, tuple_, union_all, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from core.database import bound, db
from core.database.predicate import with_tenant
from core.database.read import rows
from core.organization.models import Body, CoveredUnit, Unit
from tests.isolation.ground import BODY, COVERED, EFFORT, NAMES, UNIT

#: Column of each table that leads to another table's id.
LINKS = {UNIT: ("id", "parent_id"), COVERED: ("unit_id", "id"), BODY: ("unit_id", "id")}
MAPPED = {UNIT: Unit, COVERED: CoveredUnit, BODY: Body}


def judged(statement: Any, app: Any, superuser: Any, tenant: int) -> tuple[Counter[Any], ...]:
    """The statement's rows by row security alone, by the predicate alone, by the session, and by the fast path."""
    with superuser.connect() as connection:
        predicate = Counter(map(tuple, connection.execute(with_tenant(statement, tenant))))
        connection.rollback()
    with app.app_context(), bound(tenant_id=tenant):
        with db.engine.connect() as connection:
            security = Counter(map(tuple, connection.execute(statement)))
            connection.rollback()
        session = Counter(map(tuple, db.session.execute(statement)))
        db.session.rollback()
        fast = Counter(rows(statement)) if statement.is_select else session
        db.session.remove()
    return security, predicate, session, fast


@st.composite
def leaves(draw: Any, depth: int) -> Any:
    """Something to select from, with columns id, link and (maybe) name: a table, an alias, an entity, a sub-select, a CTE."""
    table = draw(st.sampled_from(list(LINKS)))
    kind = draw(st.sampled_from(["alias", "entity", "sample"] + (["subquery", "cte", "lateral"] if depth else [])))
    if kind == "entity":
        return aliased(MAPPED[table])
    if kind == "sample":
        return table.alias().tablesample(func.bernoulli(100)) if draw(st.booleans()) else table.alias()
    if kind == "alias":
        return table.alias()
    inner = draw(selects(depth - 1))
    return inner.cte() if kind == "cte" else inner.subquery()


def columns(leaf: Any) -> tuple[Any, Any]:
    """Two uuid columns of a leaf."""
    table = getattr(leaf, "element", None)
    names = LINKS.get(table) if table is not None else None
    if names is None:
        names = ("one", "two") if hasattr(leaf, "c") and "one" in leaf.c else None
    if names is None:
        names = (
            ("unit_id", "id")
            if hasattr(leaf, "unit_id") or (hasattr(leaf, "c") and "unit_id" in leaf.c)
            else ("id", "parent_id")
        )
    holder = leaf.c if hasattr(leaf, "c") else leaf
    return getattr(holder, names[0]), getattr(holder, names[1])


@st.composite
def conditions(draw: Any, leaf: Any, depth: int) -> Any:
    """A condition on a leaf: plain, negated, by a correlated sub-select, by a scalar one."""
    one, two = columns(leaf)
    kind = draw(
        st.sampled_from(["null", "name", "exists", "not exists", "scalar", "either"] if depth else ["null", "name"])
    )
    if kind == "null":
        return two.is_(None) if draw(st.booleans()) else two.is_not(None)
    if kind == "name":
        named = UNIT.alias()
        return one.in_(select(named.c.id).where(named.c.name == draw(st.sampled_from(NAMES))))
    if kind == "either":
        return draw(conditions(leaf, 0)) | draw(conditions(leaf, depth - 1))
    other = draw(leaves(0))
    link, further = columns(other)
    if kind == "scalar":
        count = select(func.count()).select_from(other).where(link == one).scalar_subquery()
        return count >= draw(st.integers(0, 2))
    found = exists(select(further).where(link == one))
    return found if kind == "exists" else ~found


@st.composite
def selects(draw: Any, depth: int = 2) -> Any:
    """A select of two uuid columns, one and two, and perhaps of a count."""
    first = draw(leaves(depth))
    used = [first]
    source = None
    for _ in range(draw(st.integers(0, 2))):
        following = draw(leaves(depth))
        near, far = columns(draw(st.sampled_from(used)))[draw(st.integers(0, 1))], columns(following)[0]
        how = draw(st.sampled_from(["inner", "outer", "full", "comma"]))
        used.append(following)
        if how == "comma" and source is None:
            source = (first, following, near == far)
            break
        left = source if source is not None else first
        source = _join(left, following, near == far, how)
    one, two = columns(draw(st.sampled_from(used)))[0], columns(draw(st.sampled_from(used)))[1]
    statement = select(one.label("one"), two.label("two"))
    if isinstance(source, tuple):
        statement = statement.select_from(source[0], source[1]).where(source[2])
    else:
        statement = statement.select_from(source if source is not None else first)
    if draw(st.booleans()):
        statement = statement.where(draw(conditions(draw(st.sampled_from(used)), depth)))
    shape = draw(st.sampled_from(["plain", "plain", "distinct", "limit", "union"])) if depth else "plain"
    if shape == "distinct":
        statement = statement.distinct()
    if shape == "limit":
        statement = statement.order_by(statement.selected_columns[0], statement.selected_columns[1]).limit(
            draw(st.integers(0, 5))
        )
    if shape == "union":
        other = draw(selects(0))
        statement = union_all(statement, other)
    return statement


@st.composite
def changes(draw: Any) -> Any:
    """An update or delete, perhaps led by other tables, returning the ids it touched."""
    table = draw(st.sampled_from([COVERED, BODY]))
    kind = draw(st.sampled_from(["update", "delete"]))
    statement = update(table).values(unit_id=table.c.unit_id) if kind == "update" else delete(table)
    shape = draw(st.sampled_from(["all", "from", "from two", "in", "exists"]))
    if shape.startswith("from"):
        statement = statement.where(table.c.unit_id == UNIT.c.id)
    if shape == "from two":
        further = UNIT.alias()
        statement = statement.where(further.c.parent_id == UNIT.c.id, further.c.name == draw(st.sampled_from(NAMES)))
    if shape == "in":
        found = draw(selects(1)).subquery()
        statement = statement.where(table.c.unit_id.in_(select(found.c.one)))
    if shape == "exists":
        statement = statement.where(draw(conditions(table, 1)))
    return statement.returning(table.c.unit_id, table.c.id)


def _join(left: Any, right: Any, on: Any, how: str) -> Any:
    from sqlalchemy.orm import join as orm_join

    return orm_join(left, right, on, isouter=how == "outer", full=how == "full")


@given(data=st.data())
@settings(
    max_examples=100 * EFFORT,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=EFFORT == 1,
    database=None,
)
def test_any_select_gives_the_same_by_predicate_and_by_row_security(data, bare, superuser, pair):
    statement = data.draw(selects())
    note(str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})))
    for tenant in pair:
        security, predicate, session, fast = judged(statement, bare, superuser, tenant)
        assert security == predicate, "the predicate alone"
        assert security == session, "both, in the session"
        assert security == fast, "both, on the fast path"


@given(statement=changes())
@settings(
    max_examples=60 * EFFORT,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=EFFORT == 1,
    database=None,
)
def test_any_change_touches_the_same_rows_by_predicate_and_by_row_security(statement, bare, superuser, pair):
    note(str(statement))
    for tenant in pair:
        security, predicate, session, _ = judged(statement, bare, superuser, tenant)
        assert security == predicate, "the predicate alone"
        assert security == session, "both, in the session"


def test_the_generated_changes_and_selects_do_touch_rows(bare, superuser, pair):
    """A judge that always sees nothing would agree with itself."""
    for statement in (
        select(UNIT.c.id),
        update(BODY).values(years=3).returning(BODY.c.id),
        delete(COVERED).returning(COVERED.c.id),
    ):
        ours, theirs = (judged(statement, bare, superuser, tenant) for tenant in pair)
        assert ours[0], "own rows are there"
        assert ours[0] != theirs[0], "the tenants' rows differ"


def test_a_fast_read_keeps_each_statements_own_values(bare, pair):
    """Statements of one shape share a compilation; each is answered with its own literals."""
    with bare.app_context(), bound(tenant_id=pair[0]):
        for name in (*NAMES, *NAMES):
            for most in (1, 5):
                named = select(UNIT.c.id).where(UNIT.c.name == name).cte()
                statement = select(func.count()).select_from(
                    select(named.c.id).order_by(named.c.id).limit(most).subquery()
                )
                assert rows(statement) == [tuple(found) for found in db.session.execute(statement)]
        db.session.remove()


def test_a_list_of_values_is_one_parameter_whatever_its_length(bare, pair):
    """``in_`` gives on the fast path what it gives in the session, each statement with its own values."""
    with bare.app_context(), bound(tenant_id=pair[0]):
        for names in (NAMES, [], NAMES[:1], [None, *NAMES]):
            for among in (UNIT.c.name.in_(names), UNIT.c.name.not_in(names)):
                statement = select(UNIT.c.id).where(among).order_by(UNIT.c.id)
                assert rows(statement) == [tuple(found) for found in db.session.execute(statement)]
        ids = [found[0] for found in rows(select(UNIT.c.id).order_by(UNIT.c.id).limit(2))]
        given = select(UNIT.c.id).where(UNIT.c.id.in_(bindparam("ids", expanding=True))).order_by(UNIT.c.id)
        assert len(ids) == 2
        assert rows(given, ids=ids) == [(one,) for one in ids]
        assert rows(given, ids=ids[:1]) == [(ids[0],)]
        assert rows(given, ids=[]) == []
        db.session.remove()


def test_what_cannot_be_one_parameter_is_refused_rather_than_guessed(bare, pair):
    with bare.app_context(), bound(tenant_id=pair[0]), pytest.raises(TypeError, match="or_"):
        rows(select(UNIT.c.id).where(tuple_(UNIT.c.name, UNIT.c.short_name).in_([("一", "二")])))


@pytest.mark.parametrize(
    "statement",
    [
        select(UNIT.c.id).outerjoin(BODY).where(BODY.c.id.is_(None)),
        select(UNIT.c.id, UNIT.c.id).where(~exists().where(BODY.c.unit_id == UNIT.c.id)),
        select(UNIT.c.id).select_from(
            UNIT.outerjoin(BODY.join(COVERED, COVERED.c.unit_id == BODY.c.unit_id), BODY.c.unit_id == UNIT.c.id)
        ),
        select(UNIT.c.id).outerjoin(
            select(BODY.c.id).where(BODY.c.unit_id == UNIT.c.id).limit(1).lateral("newest"), true()
        ),
        select(func.count()).select_from(Unit).outerjoin(Body, Body.unit_id == Unit.id).where(Body.id.is_(None)),
        select(Unit.id, Unit.name).join(CoveredUnit, CoveredUnit.unit_id == Unit.id, full=True),
    ],
    ids=["anti-join", "not exists", "nested outer join", "lateral", "entities", "full join of entities"],
)
def test_the_shapes_that_once_went_wrong(statement, bare, superuser, pair):
    for tenant in pair:
        answers = judged(statement, bare, superuser, tenant)
        assert len(set(map(str, (sorted(answer.items(), key=str) for answer in answers)))) == 1


def test_a_recursive_walk_stays_in_the_tenant(bare, superuser, pair):
    walk = select(UNIT.c.id, UNIT.c.parent_id).where(UNIT.c.parent_id.is_(None)).cte("walk", recursive=True)
    walk = walk.union_all(select(UNIT.c.id, UNIT.c.parent_id).join(walk, walk.c.id == UNIT.c.parent_id))
    for tenant in pair:
        security, predicate, session, fast = judged(select(walk.c.id, walk.c.parent_id), bare, superuser, tenant)
        assert security == predicate == session == fast
        assert security
