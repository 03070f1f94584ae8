"""The fifteen reports: each number is the length of the list that it opens, closed months stay, small numbers are hidden."""

import random
import re
from datetime import date, timedelta
from uuid import UUID

import pytest

from core.clock import today
from core.database import bound, db, transaction, uuid7
from core.organization.queries.policy import set_values
from core.policy.actions import Place, set_value
from core.policy.findings import Refused
from plugins.development.cases import recording
from plugins.development.plan import planning
from plugins.development.plan.models import Plan
from plugins.development.reports import counting, months, overview, papers, reckoning
from plugins.development.reports.measures import MEASURES, Figure, figure
from plugins.development.reports.others import LISTINGS
from plugins.development.reports.policy import PROTECTION
from plugins.development.reports.protecting import HIDDEN, WITHHELD, protection
from plugins.development.reports.stepping import STEP
from plugins.development.reports.tables import TABLES
from tests.conftest import make_tenant
from tests.plugins.development.conftest import county_of
from tests.plugins.development.paper_house import blank_case, month, recorded

EVERY = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
TODAY = date(2026, 9, 30)


def scattered(units: list[UUID], count: int, seed: int = 7) -> None:
    """Cases of every kind in some branches, by columns alone."""
    chance = random.Random(seed)
    for n in range(count):
        more: dict = {
            "state": "applicant",
            "name_key": f"k{n:04}",
            "migrant": chance.random() < 0.2,
            "sex": chance.choice("12"),
        }
        more["traits"] = chance.sample(["front_line", "farmer", "technical", "new_field", "key_post", "student"], 2)
        more |= {
            "source_kind": chance.choice(["veteran", "science", None]),
            "ethnic": chance.choice(["01", "11"]),
            "education": chance.choice(["21", "31", "61", "71"]),
        }
        more |= {"birth": date(chance.randint(1970, 2004), 3, 5), "work_start": date(chance.randint(2000, 2024), 7, 1)}
        day = TODAY - timedelta(days=chance.randint(1, 1600))
        more["applied_on"] = day
        for name, least, most in (
            ("talked_on", 3, 50), ("named_on", 40, 200), ("listed_on", 370, 420), ("trained_on", 5, 20), ("prereviewed_on", 20, 60),
            ("adopted_on", 5, 30), ("approved_on", 10, 90), ("oath_on", 5, 60), ("converted_approved_on", 365, 400),
        ):  # fmt: skip
            day += timedelta(days=chance.randint(least, most))
            if day > TODAY or chance.random() < 0.1:
                break
            more[name] = day
        if "approved_on" in more:
            more |= {
                "expiry_on": more["adopted_on"] + timedelta(days=365),
                "extended_months": chance.choice([0, 0, 6]),
                "requested_on": chance.choice([None, TODAY]),
            }
        if chance.random() < 0.1:
            more |= {"closed_on": TODAY - timedelta(days=chance.randint(0, 400)), "side": "withdrawn"}
        blank_case(chance.choice(units), f"同志{n}", **more)


def _set(county, unit: UUID | None, value: str) -> None:
    """How numbers are told from today on, at a unit or everywhere."""
    place = Place(unit, county.paths[unit][0], "") if unit else None
    set_value(key=PROTECTION.key, value=value, effective_from=today(), reason="县委通知", as_of=today(), place=place, held=set_values())  # fmt: skip


def filled(county) -> None:
    """Scattered cases, two records as they were made, and a plan."""
    scattered([county.green_branch, county.blue_branch], 70)
    recorded(county.green_branch, until="course")
    recorded(county.blue_branch, until="talk", name="王红", migrant=True)
    with transaction() as session:
        top = Plan(id=uuid7(), unit_id=county.root, year=2026, quota=20, reserve=2, state="approved")
        session.add(top)
        session.flush()
        session.add(
            Plan(id=uuid7(), unit_id=county.green, year=2026, parent_id=top.id, quota=8, supplement=1, state="approved")
        )
        session.add(Plan(id=uuid7(), unit_id=county.blue, year=2026, parent_id=top.id, quota=8, state="approved"))


@pytest.fixture(scope="module")
def standing(app):
    """A county that the tests of this file only read."""
    tenant = make_tenant(app, "清源县智慧党建（报表）", "中共清源县委员会")
    county = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id):
        filled(county)
        _set(county, county.green, "steps")
        db.session.remove()
    return county


@pytest.fixture
def places(app, standing):
    """It, bound for a test."""
    with app.app_context(), bound(tenant_id=standing.tenant.id):
        yield standing
        db.session.remove()


@pytest.fixture
def own(county):
    """A county of a test's own, with cases by columns alone."""
    scattered([county.green_branch, county.blue_branch], 40)
    return county


def whole(county) -> reckoning.Scope:
    """The county as its administrator sees it."""
    found = reckoning.scope((county.paths[county.root],), None)
    assert found is not None
    return found


def test_every_report_of_the_specification_is_there():
    assert [one.number for one in TABLES.values()] == list(range(1, 16))
    for one in TABLES.values():
        for col in one.cols:
            known = (
                not col.figure
                or col.figure == "rate"
                or col.figure.startswith("plan:")
                or figure(col.figure)
                or LISTINGS[col.figure.removeprefix("list:")]
            )
            assert known, col.figure


@EVERY
def test_each_number_is_the_length_of_the_list_behind_it(table, places):
    days, at = month(2026, 9, 30), whole(places)
    made = reckoning.sheet(table, at, days)
    opened = 0
    for row in made.rows:
        for cell in row:
            if not cell.figure:
                continue
            span = at.ranges if cell.unit == places.root else (counting.place(cell.unit).range,)
            counted = figure(cell.figure)
            if counted is not None:
                listed, more = counting.behind(span, counted, days, most=500)
                assert not more
                found = len(listed)
                assert len({one.id for one in listed}) == found
            else:
                found = len(LISTINGS[cell.figure.removeprefix("list:")].load(span, days))
            assert cell.number == found, (cell, table.key)
            opened += bool(found)
    assert opened or table.key in ("accountability", "dry", "forms", "irregular")


@EVERY
def test_the_rows_add_up_to_the_total(table, places):
    made = reckoning.sheet(table, whole(places), month(2026, 9, 30))
    if table.lines:
        return
    for column, head in enumerate(made.heads):
        if made.rows[-1][column].figure:
            assert sum(row[column].number for row in made.rows[:-1]) == made.rows[-1][column].number, head


def test_the_list_behind_a_number_has_pages_without_gaps_or_doubles(places):
    at, days, counted = whole(places), month(2026, 9, 30), Figure("queue", "day")
    every, _more = counting.behind(at.ranges, counted, days, most=500)
    seen, after = [], None
    while True:
        page, more = counting.behind(at.ranges, counted, days, after=after, most=7)
        seen += page
        if not more:
            break
        after = (page[-1].name_key, page[-1].id)
    assert [one.id for one in seen] == [one.id for one in every]
    assert len(seen) > 14


def test_the_plan_stands_beside_what_was_approved(places):
    made = reckoning.sheet(TABLES["plan"], whole(places), month(2026, 9, 30))
    green = next(row for row in made.rows if row[0].unit == places.green)
    assert [cell.text for cell in green[1:3]] == ["9", "1"]
    used, held, free = (green[index].number for index in (3, 4, 5))
    assert free == 9 - used - held


def test_a_talk_on_the_same_numbered_day_of_the_next_month_is_in_time(county):
    for name, applied, talked in (
        ("甲", date(2026, 8, 31), date(2026, 9, 30)),
        ("乙", date(2026, 8, 10), date(2026, 9, 11)),
    ):
        blank_case(county.green_branch, name, applied_on=applied, talked_on=talked, state="applicant")
    found = counting.totals(
        (county.paths[county.root],), [Figure("talked", "month"), Figure("talked_in_time", "month")], month(2026, 9, 30)
    )
    assert found == {"month:talked": 2, "month:talked_in_time": 1}


def test_the_bulletin_ranks_by_the_share_of_the_plan(places):
    made = reckoning.sheet(TABLES["bulletin"], whole(places), month(2026, 9, 30))
    shares = [row[4].number / row[1].number for row in made.rows[:-1] if row[1].number]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 2


def test_irregular_acts_are_counted_by_their_rule(places):
    at, days = whole(places), month(2026, 9, 30)
    every = counting.totals(at.ranges, [Figure("irregular", "year")], days)["year:irregular"]
    by_rule = [Figure(name, "year") for name in MEASURES if name.startswith("rule_")] + [
        Figure("irregular_other", "year")
    ]
    found = {one for counted in by_rule for one in counting.all_behind(at.ranges, counted, days)}
    assert every == len(found)


# --- closed months ---


def test_a_closed_month_stays_and_what_is_entered_later_stands_beside_it_with_its_act(own):
    at, days = whole(own), month(2026, 8, 31)
    case = blank_case(own.green_branch, "早就登记", applied_on=date(2026, 8, 20), state="applicant")
    before = reckoning.sheet(TABLES["monthly"], at, days).plain()
    months.close(first=date(2026, 8, 1), today=date(2026, 9, 2))
    closed = months.closed(date(2026, 8, 1))
    assert closed is not None
    late = blank_case(own.blue_branch, "补录")
    recording.act(
        case_id=late,
        kind="application",
        act_on=date(2026, 8, 15),
        data={"signed": "2026-08-14", "channel": "paper"},
        history=True,
        quietly=True,
        reason="漏记",
    )
    frozen = reckoning.sheet(
        TABLES["monthly"], at, days, counted=lambda spans, depth: months.counts(closed.id, spans, depth=depth)
    )
    assert frozen.plain() == before
    assert reckoning.sheet(TABLES["monthly"], at, days).plain() != before
    changed = months.changes(closed, at.ranges, days)
    assert {(one.figure.key, one.gain, one.case_id) for one in changed} == {
        ("month:applied", 1, late), ("year:applied", 1, late), ("day:queue", 1, late),
    }  # fmt: skip
    assert [(one.kind, one.act_on) for one in changed[0].acts] == [("application", date(2026, 8, 15))]
    assert months.change_total(changed) == {"month:applied": 1, "year:applied": 1, "day:queue": 1}
    assert case not in {one.case_id for one in changed}


def test_a_closed_month_keeps_the_places_that_the_plans_had(own):
    def shown_with(**more):
        found = reckoning.sheet(TABLES["monthly"], at, days, **more)
        return {row[0].text: row[-2].text for row in found.rows}

    with transaction() as session:
        plan = Plan(id=uuid7(), unit_id=own.root, year=2026, quota=9, reserve=0, state="approved")
        session.add(plan)
        session.flush()
        planning.note(plan, "made")
    at, days = whole(own), month(2026, 8, 31)
    months.close(first=date(2026, 8, 1), today=date(2026, 9, 2))
    closed = months.closed(date(2026, 8, 1))
    with transaction() as session:
        later = session.get(Plan, (own.tenant.id, plan.id))
        later.supplement = 2
        session.flush()
        planning.note(later, "supplement")
    assert shown_with()["合计"] == "11"
    assert shown_with(known_at=closed.frozen_at)["合计"] == "9"


def test_each_closed_figure_is_the_length_of_its_list(own):
    days, at = month(2026, 8, 31), whole(own)
    months.close(first=date(2026, 8, 1), today=date(2026, 9, 2))
    closed = months.closed(date(2026, 8, 1))
    frozen = months.counts(closed.id, at.ranges, depth=1)
    for counted in months.kept():
        number = sum(group.get(counted.key, 0) for group in frozen.values())
        assert len(months.frozen_cases(closed.id, at.ranges, counted)) == number
        assert number == counting.totals(at.ranges, [counted], days)[counted.key]


def test_a_month_is_closed_once_and_only_when_it_is_over(own):
    with pytest.raises(Refused, match="还没有结束"):
        months.close(first=date(2026, 9, 1), today=date(2026, 9, 30))
    months.close(first=date(2026, 8, 1), today=date(2026, 9, 1))
    with pytest.raises(Refused, match="已经定稿"):
        months.close(first=date(2026, 8, 1), today=date(2026, 9, 2))


def test_the_job_closes_the_month_before_once_cases_are_kept(county):
    assert months.close_last(date(2100, 3, 1)) is False
    blank_case(county.green_branch, applied_on=date(2026, 8, 3), state="applicant")
    assert months.close_last(date(2000, 1, 5)) is False
    assert months.close_last(date(2100, 3, 1)) is True
    assert months.closed(date(2100, 2, 1)).way == "job"
    assert months.close_last(date(2100, 3, 2)) is False


# --- who may see numbers alone: at the county small numbers are hidden, the town's are told in steps ---


_STEPS = re.compile(r"<5|(\d+)–(\d+)")


def _town(county) -> reckoning.Scope:
    """The town that has made the rule stricter for itself."""
    found = reckoning.scope((county.paths[county.green],), None)
    assert found is not None
    return found


def _told(text: str) -> tuple[int, int]:
    """Between which numbers a number lies that is told so."""
    found = _STEPS.fullmatch(text)
    assert found, text
    return (int(found[1]), int(found[2])) if found[1] else (0, STEP - 1)


@EVERY
def test_no_number_from_one_to_four_is_shown_to_who_sees_numbers_alone(table, places):
    exact, made = (
        reckoning.sheet(table, whole(places), month(2026, 9, 30), names_allowed=named) for named in (True, False)
    )
    assert (made.told.key, exact.told) == ("small", None)
    known = {row[0].text: row for row in exact.rows}
    for row in made.rows:
        for cell, of in zip(row[1:], known[row[0].text][1:], strict=True):
            assert not cell.figure
            if of.figure:
                assert cell.number is None or cell.number == of.number
                assert cell.number is None or cell.number == 0 or cell.number >= 5
                assert cell.text in (HIDDEN, WITHHELD, of.text)
                assert of.number is None or not 0 < of.number < 5 or cell.text == HIDDEN


def test_a_clerk_is_shown_exact_numbers_where_they_are_not_small(places):
    made = reckoning.sheet(TABLES["statistics"], whole(places), month(2026, 9, 30), names_allowed=False)
    assert [cell.number for row in made.rows for cell in row[1:] if cell.number and cell.number > 5]
    county = overview.overview(whole(places), month(2026, 9, 30), names_allowed=False)
    assert [cell.number for _title, cell in county.way if cell.number and cell.number > 5]


@EVERY
@pytest.mark.parametrize("on", [date(2026, 8, 31), date(2026, 9, 30)], ids=str)
def test_where_the_rule_is_stricter_every_number_is_a_step_and_nothing_is_reckoned_from_them(table, on, places):
    at, days = _town(places), month(on.year, on.month, on.day)
    exact, made = reckoning.sheet(table, at, days), reckoning.sheet(table, at, days, names_allowed=False)
    assert made.told.key == "steps"
    known = {row[0].text: row for row in exact.rows}
    for row in made.rows:
        for cell, of in zip(row[1:], known[row[0].text][1:], strict=True):
            assert not cell.figure
            if of.figure:
                least, most = _told(cell.text)
                assert cell.number is None
                assert least <= of.number <= most
                assert (least % STEP, most - least) == (0, STEP - 1)
            elif of.derived or of.text.endswith("%"):
                assert (cell.text, cell.number, cell.tone) == (WITHHELD, None, "")


def test_overview_and_bulletin_tell_no_more_than_the_reports(places):
    at, days = _town(places), month(2026, 9, 30)
    made = overview.overview(at, days, names_allowed=False)
    shown = (
        [cell for _title, cell in (*made.way, *made.month)] + [cell for _title, cell, _tone in made.watch] + [made.used]
    )
    for cell in (*shown, *(cell for row in made.rows for cell in row[1:7])):
        assert _told(cell.text)
        assert cell.number is None
    assert {row[-1].text for row in made.rows} == {WITHHELD}
    assert (made.share, {tone for _title, _cell, tone in made.watch}) == ("", {""})
    spans = {"ranges": at.ranges, "unit": str(places.green), "month": "2026-09"}
    printed = papers.bulletin(spans)[0]
    assert all(_told(printed[name]) for name in ("本月批准", "累计批准", "本月积极分子", "本月转正", "异常数"))
    assert (printed["完成率"], printed["落后数"], printed["落后"]) == (WITHHELD, WITHHELD, [])
    assert papers.bulletin({**spans, "named": at.ranges})[0]["累计批准"].isdecimal()


def test_what_a_bulletin_says_in_words_hides_small_numbers_too(places):
    at = whole(places)
    spans = {"ranges": at.ranges, "unit": str(places.root), "month": "2026-09"}
    exact, printed = papers.bulletin({**spans, "named": at.ranges})[0], papers.bulletin(spans)[0]
    for name in ("本月批准", "累计批准", "本月积极分子", "本月转正", "异常数"):
        few = 0 < int(exact[name]) < 5
        assert printed[name] in ((HIDDEN,) if few else (exact[name], WITHHELD)), name


def test_a_ranking_in_which_something_is_withheld_gives_nobody_a_place(places):
    at, days = _town(places), month(2026, 9, 30)
    rows = reckoning.sheet(TABLES["bulletin"], at, days, names_allowed=False).rows[:-1]
    assert [row[0].text for row in rows] == sorted(row[0].text for row in rows)
    spans = {"ranges": at.ranges, "unit": str(places.green), "month": "2026-09"}
    for gathered in (papers.bulletin, papers.year):
        assert {one["名次"] for one in gathered(spans)[0]["排名"]} <= {"—"}


def test_a_unit_may_only_be_stricter_than_the_one_above(own):
    """Nobody below the county loosens what the county has said."""
    assert protection([own.paths[own.green]]).key == protection([own.paths[own.root]]).key == "small"
    _set(own, own.green, "steps")
    assert [protection([own.paths[one]]).key for one in (own.root, own.green, own.green_branch, own.blue)] == [
        "small", "steps", "steps", "small",
    ]  # fmt: skip
    assert protection([own.paths[own.blue], own.paths[own.green]]).key == "steps", "the stricter one for both together"
    with pytest.raises(Refused) as refused:
        _set(own, own.green_branch, "small")
    assert "不得宽于上级规定的一律按5人一档显示" in refused.value.findings[0].message
    _set(own, None, "steps")
    with pytest.raises(Refused):
        _set(own, own.blue, "small")
    assert protection([own.paths[own.blue]]).key == "steps"


def test_a_candidate_of_an_old_register_without_a_day_of_listing_is_no_activist_any_more(own):
    at, days = whole(own), month(2026, 9, 30)
    wanted = [Figure(one, "day") for one in ("pool", "queue", "objects", "probation")]
    before = counting.totals(at.ranges, wanted, days)
    old: dict = {"state": "probationary", "applied_on": date(2023, 5, 1), "named_on": date(2023, 9, 1)}
    blank_case(own.green_branch, "有批准", **old, adopted_on=date(2026, 3, 1), approved_on=date(2026, 4, 1))
    blank_case(own.green_branch, "待批准", **{**old, "state": "adopted"}, adopted_on=date(2026, 8, 1))
    after = counting.totals(at.ranges, wanted, days)
    assert {key: after[key] - before[key] for key in after} == {
        "day:pool": 0, "day:queue": 0, "day:objects": 1, "day:probation": 1,
    }  # fmt: skip


def test_the_overview_agrees_with_the_reports(places):
    at, days = whole(places), month(2026, 9, 30)
    made = overview.overview(at, days, names_allowed=True)
    known = counting.totals(at.ranges, [Figure("pool", "day"), Figure("approved", "year")], days)
    assert {str(title): cell.number for title, cell in made.way}["积极分子"] == known["day:pool"]
    assert made.used.number == known["year:approved"]
    assert made.quota == 20
    assert set(overview.REPORT_OF) >= {cell.figure for _title, cell in (*made.way, *made.month)}
