"""Setting, withdrawing and explaining values; two at once; the operator's values; what a decision stored."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core import clock
from core.audit.queries import Wanted, page
from core.database import bound, db
from core.database.read import rows
from core.organization.queries.policy import policy, set_values
from core.policy import rulesets
from core.policy.actions import Place, newest, set_value, withdraw
from core.policy.findings import Refused
from core.policy.keeping import keep
from core.policy.models import PolicyUse, PolicyValue
from core.policy.platform import copy_values, held_by_platform, set_platform_value
from core.policy.queries import history
from core.policy.registry import Direction, PolicyKey, Tag
from core.policy.used import collecting
from core.policy.values import Level, SetValue, explain, resolve, setting_findings
from core.settings.effects import effects
from tests.people.conftest import found_county

TODAY = clock.today()
KEY = "org.vacancy"


def give(value, **more):
    given = {"key": KEY, "effective_from": TODAY, "reason": "组织部通知", "as_of": TODAY} | more
    return set_value(value=value, **given)


def place_of(county, unit):
    return Place(unit, county.paths[unit][0], "青岭乡党委")


def test_a_future_value_waits_for_its_day(inside):
    give(20, effective_from=TODAY + timedelta(days=10))
    assert policy(as_of=TODAY).vacancy == 30
    assert policy(as_of=TODAY + timedelta(days=10)).vacancy == 20


def test_a_withdrawn_value_gives_way_to_what_stands_above(inside):
    give(20)
    withdraw(key=KEY, effective_from=TODAY + timedelta(days=1), reason="文件废止", as_of=TODAY)
    assert policy(as_of=TODAY).vacancy == 20
    assert policy(as_of=TODAY + timedelta(days=1)).vacancy == 30
    assert [(one.withdrawn, one.reason) for one in history(KEY)] == [(True, "文件废止"), (False, "组织部通知")]


def test_a_value_not_in_force_yet_is_cancelled_on_its_own_day(inside):
    later = TODAY + timedelta(days=10)
    give(20, effective_from=later)
    withdraw(key=KEY, effective_from=later, reason="不再执行", as_of=TODAY)
    assert policy(as_of=later).vacancy == 30


def test_nothing_set_cannot_be_withdrawn(inside):
    with pytest.raises(Refused, match="不需要撤回"):
        withdraw(key=KEY, effective_from=TODAY, reason="误操作", as_of=TODAY)


def test_a_unit_tightens_for_its_subtree_and_may_not_loosen(inside):
    county = found_county(inside)
    green = place_of(county, county.green)
    give(20)
    give(10, place=green, held=set_values())
    assert policy(as_of=TODAY, unit_path=county.paths[county.green_branch][0]).vacancy == 10
    assert policy(as_of=TODAY, unit_path=county.paths[county.blue_branch][0]).vacancy == 20
    with pytest.raises(Refused, match="只能从严"):
        give(25, place=green, held=set_values())


def test_the_chain_says_who_said_what(inside):
    county = found_county(inside)
    give(20)
    give(10, place=place_of(county, county.green), held=set_values())
    chain = explain(__import__("core.policy.registry", fromlist=["registry"]).registry[KEY], set_values(), as_of=TODAY,
                    unit_path=county.paths[county.green_branch][0])  # fmt: skip
    assert [(step.level, step.held.value) for step in chain] == [
        (Level.PLATFORM, 30), (Level.TENANT, 20), (Level.UNIT, 10),
    ]  # fmt: skip


def test_of_two_who_set_the_same_the_slower_is_told(inside):
    seen = newest(KEY, None)
    give(20, seen=seen)
    with pytest.raises(Refused, match="刚刚有人设定"):
        give(25, seen=seen)
    assert policy(as_of=TODAY).vacancy == 20


def test_of_eight_at_the_same_moment_exactly_one_wins(app, tenant):
    results, start = [], Barrier(8)

    def one(value):
        with app.app_context(), bound(tenant_id=tenant.id):
            start.wait()
            try:
                give(value, seen=None)
                results.append(value)
            except Refused:
                results.append(None)
            finally:
                db.session.remove()

    threads = [Thread(target=one, args=(10 + n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [value for value in results if value is not None]
    assert len(results) == 8
    with app.app_context(), bound(tenant_id=tenant.id):
        assert policy(as_of=TODAY).vacancy == winner
        assert len(page(Wanted(kind="policy.set"))[0]) == 1


def test_the_operators_value_reaches_every_tenant_once_and_binds_it(app, tenant, other_tenant):
    with app.app_context():
        set_platform_value(
            key="org.officers.age_gap", value=4, effective_from=TODAY, reason="Circular 13", set_by="运维", as_of=TODAY
        )
        for one in (tenant, other_tenant):
            with bound(tenant_id=one.id):
                assert policy(as_of=TODAY).officers_age_gap == 4
                assert copy_values() == 0
                found = page(Wanted(kind="policy.platform"))[0]  # other values of the platform's came with the tenant
                assert [one.detail["key"] for one in found].count("org.officers.age_gap") == 1
            db.session.remove()
        assert any(one.key == "org.officers.age_gap" for one in held_by_platform())
        set_platform_value(
            key="org.officers.age_gap", value=None, effective_from=TODAY, reason="Withdrawn", set_by="运维", as_of=TODAY
        )
        with bound(tenant_id=tenant.id):
            assert policy(as_of=TODAY).officers_age_gap == 5


def test_what_rules_read_is_collected_and_stored_with_its_version(inside):
    version = give(20)
    with collecting() as book:
        numbers = policy(as_of=TODAY)
        assert numbers.vacancy == 20
        assert numbers.branch_max_members == 50
    assert [(one.key, one.value, one.version) for one in book.used] == [
        ("org.branch.max_members", 50, None), (KEY, 20, version),
    ]  # fmt: skip
    keep(decision="organization.change.approved", subject="unit", subject_id=inside.root_unit_id, book=book, as_of=TODAY,
         families=("org.branch",))  # fmt: skip
    ((used, sets),) = rows(select(PolicyUse.used, PolicyUse.rule_sets))
    assert used[1] == {"key": KEY, "value": 20, "level": "tenant", "version": str(version), "from": TODAY.isoformat()}
    assert sets == ["org.branch/2018"]


def test_rows_are_added_and_never_changed(inside):
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    give(20)
    for verb in ("UPDATE core.policy_value SET reason = ''", "DELETE FROM core.policy_value"):
        with pytest.raises(ProgrammingError, match="permission denied"), db.engine.begin() as connection:
            connection.execute(text(verb))
    own = select(PolicyValue.reason).where(PolicyValue.platform_id.is_(None))  # the operator's reach every new tenant
    assert rows(own) == [("组织部通知",)]


def test_the_preview_says_what_changes_where():
    key = PolicyKey("t.wait", 30, "天", Direction.MAX, "系统默认", Tag.DESIGN, "等待天数")
    held = [SetValue("t.wait", 10, TODAY, "1.a."), SetValue("t.wait", 25, TODAY, "1.b.")]
    found = effects(key, held, 20, on=TODAY, unit_path=None)
    assert [(one.path, one.before, one.after) for one in found] == [(None, 30, 20), ("1.a.", 10, 10), ("1.b.", 25, 20)]


_paths = st.sampled_from([None, "1.", "1.a.", "1.a.b."])


@given(
    st.sampled_from([Direction.MIN, Direction.MAX]),
    st.lists(st.tuples(st.integers(0, 60), _paths, st.booleans(), st.booleans(), st.integers(0, 3)), max_size=14),
    st.integers(0, 60),
)
def test_what_may_be_set_is_what_then_holds(direction, settings, value):
    """A value that the check lets pass is never silently limited, and one it refuses never holds."""
    key = PolicyKey("t.k", 30, "天", direction, "系统默认", Tag.DESIGN, "天数")
    held = [
        SetValue("t.k", given, TODAY + timedelta(days=day), path, None, platform and path is None, withdrawn)
        for given, path, platform, withdrawn, day in settings
    ]
    day = TODAY + timedelta(days=4)
    above = resolve(key, [row for row in held if row.unit_path != "1.a."], as_of=day, unit_path="1.a.")
    good = not setting_findings(key, value, upper=above.value, level=Level.UNIT)
    after = resolve(key, [*held, SetValue("t.k", value, day, "1.a.")], as_of=day, unit_path="1.a.").value
    assert good == (after == value)
    steps = [step.held.value for step in explain(key, held, as_of=day, unit_path="1.a.b.") if step.level is Level.UNIT]
    assert steps == sorted(steps, reverse=direction is Direction.MAX)


def test_rule_sets_are_picked_by_the_day():
    assert rulesets.pick("constitution", date(2022, 10, 21)).code == "constitution/2017"
    assert rulesets.pick("constitution", date(2022, 10, 22)).code == "constitution/2022"
    with pytest.raises(rulesets.NoRuleSet):
        rulesets.pick("constitution", date(1900, 1, 1))


def test_two_editions_never_hold_on_one_day():
    one = rulesets.RuleSet("x/1", "x", "甲", "", date(2020, 1, 1))
    rulesets.register([one])
    try:
        with pytest.raises(ValueError, match="same day"):
            rulesets.register([rulesets.RuleSet("x/2", "x", "乙", "", date(2024, 1, 1))])
    finally:
        rulesets._known.pop("x/1")
