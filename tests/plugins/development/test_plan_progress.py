"""Progress, lag, colours, rush, key management, pool and queue as numbers; a county in few statements."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.database import db, read
from core.policy.findings import Refused
from plugins.development.plan import items, pool, queue
from plugins.development.plan.levels import level
from plugins.development.plan.progress import board, cases_behind, structure
from plugins.development.plan.reckoning import (
    average,
    behind,
    least_in_time,
    months_over,
    percent,
    ratio,
    targets_of,
    years_without,
)
from plugins.development.plan.records import unit
from plugins.development.plan.registers import keys
from plugins.development.plan.registers.models import KeyUnit
from plugins.development.rules.plan import Colour
from plugins.development.rules.queue import BUCKETS
from tests.people.conftest import EVERYWHERE, enrol
from tests.plugins.development.test_plan_quota import case, county, handed, reserved, used  # noqa: F401

DAY = date(2026, 9, 30)


def lines(day: date = DAY) -> dict:
    return {line.name: line for line in board(EVERYWHERE, day.year, day)}


def test_below_four_fifths_of_the_share_is_behind_from_june_on():
    assert behind(10, 5, 9)  # T74
    assert not behind(10, 6, 9)
    assert least_in_time(10, 9) == 6
    assert not behind(10, 0, 5)
    assert behind(12, 4, 6)
    assert not behind(12, 5, 6)


def test_milestones_take_the_place_of_equal_months():
    late = [0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 8, 10]
    assert not behind(10, 0, 9, late)
    assert behind(10, 3, 10, late)
    assert not behind(10, 4, 10, late)


def test_a_month_is_over_on_its_last_day():
    assert months_over(date(2026, 9, 30)) == 9
    assert months_over(date(2026, 9, 29)) == 8
    assert months_over(date(2028, 2, 29)) == 2
    assert months_over(date(2026, 1, 30)) == 0


def test_years_without_count_this_one():
    assert years_without(2026, 2026, None) == 0
    assert years_without(2026, 2024, 2001) == 2  # T75
    assert years_without(2026, 2023, 2001) == 3
    assert years_without(2026, None, 2025) == 2
    assert years_without(2026, None, None) == 0


def test_targets_are_compared_without_rounding():
    met = {one.code: one.met for one in targets_of({"women": 30, "farmer_count": 5}, {"women": 29, "farmer": 5}, 97)}
    assert met == {"women": False, "farmer": True}  # 29 of 97 is 29.9 %
    assert [one.met for one in targets_of({"women": 30}, {"women": 3}, 10)] == [True]


def test_shares_and_means_are_rounded_half_up_to_one_decimal():
    assert (average([1, 2]), average([]), percent(1, 8), percent(0, 0)) == ("1.5", "", "12.5%", "")
    assert ratio(50, 40, 10) == "5 : 4 : 1"
    assert ratio(7, 3, 0) == ""


def test_a_unit_counts_all_below_it_and_numbers_open_their_cases(county):  # noqa: F811
    handed(county, 6, green=4, blue=2)
    used(county.green_branch, date(2026, 3, 2), sex="2", education="21", traits=["farmer"])
    used(county.blue_branch, date(2026, 5, 2))
    used(county.blue_branch, date(2025, 5, 2))
    reserved(county.green_branch)
    case(county.green_branch, "积极分子", state="activist", named_on=date(2026, 2, 1))
    case(county.green_branch, "申请人", state="applicant", applied_on=date(2026, 2, 1))
    found = lines()
    root, green = (
        found["中共清源县委员会"] if "中共清源县委员会" in found else next(iter(found.values())),
        found["青岭乡党委"],
    )
    assert (root.quota, root.used, root.reserved, root.free) == (6, 2, 1, 3)
    assert (green.quota, green.used, green.reserved, green.named, green.applicants, green.activists) == (
        4,
        1,
        1,
        1,
        1,
        1,
    )
    assert green.lag  # 1 of 3 expected
    assert root.lag
    assert root.months[2] == root.months[4] == 1
    top = unit(county.root)
    assert len(cases_behind(top, 2026, "used")) == 2
    assert len(cases_behind(top, 2026, "reserved")) == 1
    assert [one[1] for one in cases_behind(top, 2026, "target_women")] == ["林小明"]
    total, reached = structure(top, 2026)
    assert total == 2
    assert (reached["women"], reached["college"], reached["farmer"], reached["under35"]) == (1, 1, 1, 2)


def test_colours_follow_the_last_admission_and_only_where_there_are_conditions(county):  # noqa: F811
    used(county.green_branch, date(2024, 3, 2))
    used(county.blue_branch, date(2023, 3, 2))
    found = lines()
    assert (found["青岭村党支部"].shade, found["蓝溪村党支部"].shade) == (Colour.ORANGE, Colour.RED)
    items.report(unit_id=county.blue_branch, year=2026, wanted=0, without_conditions="全员在册党员，没有非党员职工")
    items.report(unit_id=county.green_branch, year=2026, wanted=1, non_members=2)
    found = lines()
    assert not found["蓝溪村党支部"].conditions
    assert found["蓝溪村党支部"].shade is Colour.NONE
    assert found["青岭村党支部"].shade is Colour.NONE  # two non-members are too few
    items.report(unit_id=county.green_branch, year=2026, wanted=1, non_members=3)
    assert lines()["青岭村党支部"].shade is Colour.ORANGE
    used(county.green_branch, date(2026, 3, 2))
    assert lines()["青岭村党支部"].shade is Colour.BLUE
    case(county.green_branch, "积极分子", state="activist", named_on=date(2026, 2, 1))
    assert lines()["青岭村党支部"].shade is Colour.NONE


def test_who_joined_before_cases_were_kept_counts_as_an_admission(county):  # noqa: F811
    enrol(county.green_branch, "陈建国", join_date="2025-06-20", regular_date="2026-06-20")
    assert lines()["青岭村党支部"].shade is Colour.YELLOW
    assert lines()["蓝溪村党支部"].shade is Colour.RED


def test_half_of_a_years_admissions_in_december_is_no_rush_more_is(county):  # noqa: F811
    used(county.green_branch, date(2026, 5, 2))
    used(county.green_branch, date(2026, 12, 2))
    day = date(2027, 1, 10)
    assert not {line.name: line for line in board(EVERYWHERE, 2026, day)}["青岭乡党委"].rush
    used(county.green_branch, date(2026, 12, 3))
    assert {line.name: line for line in board(EVERYWHERE, 2026, day)}["青岭乡党委"].rush


def test_two_years_go_to_the_committees_list_three_to_the_countys_with_a_year_to_correct(county):  # noqa: F811
    used(county.green_branch, date(2024, 3, 2))
    used(county.blue_branch, date(2026, 3, 2))
    assert keys.refresh(date(2026, 9, 30)) == 1
    one = db.session.scalar(select(KeyUnit))
    assert (one.unit_id, one.level, one.correction_due) == (county.green_branch, "committee", date(2027, 9, 30))
    assert keys.refresh(date(2027, 2, 1)) == 1
    db.session.refresh(one)
    assert (one.level, one.years, one.correction_due) == ("county", 3, date(2028, 2, 1))
    assert (keys.period_of("county", date(2026, 7, 1)), keys.period_of("committee", date(2026, 7, 1))) == (
        "2026H2",
        "2026Q3",
    )
    with pytest.raises(Refused):
        keys.lift(key_id=one.id, reason=" ")


def test_a_whole_county_is_reckoned_in_five_statements(county):  # noqa: F811
    seen = []
    read.watchers.append(seen.append)
    try:
        board(EVERYWHERE, 2026, DAY)
    finally:
        read.watchers.remove(seen.append)
    assert len(seen) <= 6  # the policy value among them


def test_the_pool_tells_stock_flow_and_months(county):  # noqa: F811
    named = date(2026, 1, 31)
    case(county.green_branch, "甲", state="activist", named_on=named, source_kind="veteran")
    case(county.green_branch, "乙", state="activist", named_on=date(2025, 9, 30), source_kind="veteran")
    case(
        county.blue_branch,
        "丙",
        state="activist",
        named_on=named,
        closed_on=date(2026, 5, 1),
        close_reason="removed_from_pool",
    )
    case(county.blue_branch, "丁", state="dev_object", named_on=date(2025, 1, 1), listed_on=date(2026, 4, 1))
    case(county.blue_branch, "戊", state="visitor", source_kind="returned_youth")
    found = pool.pool(unit(county.root), 2026, DAY)
    whole = found.whole
    assert (whole.stock, whole.came, whole.went_up, whole.went_out, whole.target) == (2, 2, 1, 1, 1100)
    assert whole.deviation == -1098
    assert whole.average == "10.0"  # 8 months (January's end to September's) and 12
    assert found.sources == {"veteran": 2}
    assert found.reasons == {"removed_from_pool": 1}
    assert found.scouted == {"returned_youth": 1}
    assert [(one.name, one.stock) for one in found.below] == [("青岭乡党委", 2), ("蓝溪镇党委", 0)]
    assert [one.name for one in pool.activists(unit(county.root), 2026, "out")] == ["丙"]
    assert [one.name for one in pool.activists(unit(county.root), 2026, "in", source="veteran")] == ["乙", "甲"]


def test_six_who_wait_are_shown_by_both_clocks_and_nobody_is_chosen(county):  # noqa: F811
    for n, years in enumerate((4, 6, 9, 12, 18, 26)):
        case(
            county.green_branch, f"同志{n}", state="applicant", applied_on=DAY - timedelta(days=366 * (n + 1)),
            work_start=DAY.replace(year=DAY.year - years), traits=["key_post"] if n == 0 else [],
        )  # fmt: skip
    case(county.green_branch, "已列发展对象", state="dev_object", applied_on=date(2024, 1, 1))
    found = queue.queue(EVERYWHERE, DAY)
    told = queue.in_numbers(found, DAY)
    assert (told.size, told.least_work_years, told.most_work_years, told.in_plan) == (6, 4, 26, 0)  # T76
    assert [one.name for one in found] == ["同志0", "同志5", "同志4", "同志3", "同志2", "同志1"]
    groups = queue.grouped(found)
    assert groups["worked"] == dict(zip(BUCKETS, (0, 0, 1, 1, 1, 3), strict=True))
    assert groups["branch"] == {"青岭村党支部": 6}


def test_a_level_says_what_the_board_says(county):  # noqa: F811
    handed(county, 20, green=8)
    by_id = {line.id: line for line in board(EVERYWHERE, 2026, DAY)}
    found = level(EVERYWHERE, 2026, DAY, place=county.root)
    assert found.whole == by_id[county.root]
    assert found.below == [line for line in by_id.values() if line.parent_id == county.root]
    assert found.behind == sum(line.lag for line in by_id.values() if line.id != county.root) > 0
    assert found.silent == sum(bool(line.attention) for line in by_id.values() if line.type == "branch")
    side_by_side = level(EVERYWHERE, 2026, DAY, place=None, upper=frozenset({county.green, county.blue}))
    assert (side_by_side.whole, side_by_side.below) == (None, [by_id[county.green], by_id[county.blue]])
