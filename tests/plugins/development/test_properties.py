"""What must hold of the rules whatever the facts are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugins.development.rules.activist import Clock
from plugins.development.rules.crossing import NEEDS, STEPS, disorder, next_steps, order_rulings
from plugins.development.rules.dates import Calendar, add_months, full_months, within
from plugins.development.rules.outcomes import Outcome
from plugins.development.rules.plan import Room, room_rulings, split_rulings
from plugins.development.rules.polls import PollOutcome, outcome
from plugins.development.rules.probation import Conversion, Decision, Probation, conversion_rulings
from plugins.development.rules.rulesets import RS2014, RS2026, ruleset
from plugins.development.rules.voting import Ballot, Opinion

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
KNOWN = Calendar(years=frozenset(range(2014, 2040)))


@given(DAYS, st.integers(0, 240))
def test_months_go_there_and_count_back(day, months):
    later = add_months(day, months)
    assert within(later, day, months)
    assert not within(later + timedelta(days=1), day, months)
    assert full_months(day, later) == months


@given(DAYS, st.integers(1, 20), st.sets(DAYS, max_size=20), st.sets(DAYS, max_size=20))
def test_the_nth_working_day_ends_so_many_working_days(start, count, off, on):
    known = Calendar(frozenset(off - on), frozenset(on), frozenset(range(2014, 2040)))
    end = known.nth_workday(start, count)
    assert known.works(end.day)
    assert known.workdays_between(start, end.day) == count
    assert not end.provisional


@given(DAYS)
def test_a_year_that_is_not_loaded_is_provisional(start):
    assert Calendar().nth_workday(start, 5).provisional
    assert not KNOWN.nth_workday(start, 5).provisional


@given(DAYS)
def test_each_day_has_one_edition_and_the_revision_holds_from_its_own_day(day):
    assert ruleset(day) is (RS2014 if day < date(2026, 5, 11) else RS2026)


@given(DAYS, st.integers(-800, 800), st.integers(0, 12))
def test_nobody_is_converted_before_the_expiry(adopted, days, extended):
    clock = Probation(adopted, extended)
    held = adopted + timedelta(days=days)
    asked = Conversion(held, clock, Decision.CONVERT, clock.expiry, adopted, Ballot(9, 9, 9))
    blocked = any(one.rule == "G23.1" and one.outcome is Outcome.BLOCK for one in conversion_rulings(asked))
    assert blocked == (held < clock.expiry)
    assert clock.expiry >= add_months(adopted, 12)
    assert clock.standing == clock.expiry == clock.printed_end + timedelta(days=1)


@given(DAYS, st.lists(st.tuples(st.integers(0, 900), st.integers(0, 200)), max_size=4))
def test_a_pause_never_shortens_the_year(start, pauses):
    gaps = tuple((start + timedelta(days=a), start + timedelta(days=a + n)) for a, n in pauses)
    assert Clock(start, pauses=gaps).earliest(12) >= Clock(start).earliest(12)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 10))
def test_no_place_is_given_that_is_not_there(quota, used, reserved, supplement):
    room = Room(quota, used, reserved, supplement)
    assert bool(room_rulings("G13.3", room)) == (used + reserved >= quota + supplement)


@given(st.integers(0, 500), st.integers(0, 50), st.lists(st.integers(0, 100), max_size=12))
def test_what_is_handed_down_never_exceeds_what_there_is(quota, reserve, children):
    assert bool(split_rulings(quota, reserve, children)) == (sum(children) + reserve > quota)


@given(st.integers(1, 400), st.data())
def test_a_majority_of_those_due_is_never_reached_by_half(due, data):
    present = data.draw(st.integers(0, due))
    in_favour = data.draw(st.integers(0, present))
    written = tuple(Opinion(True, data.draw(st.booleans())) for _ in range(data.draw(st.integers(0, due - present))))
    ballot = Ballot(due, present, in_favour, written=written)
    if ballot.adopted:
        assert ballot.approvals * 2 > due
        assert present * 2 > due
    fewer = Ballot(due, present, max(in_favour - 1, 0), written=written)
    assert ballot.adopted or not fewer.adopted


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_more_in_favour_never_makes_a_poll_worse(in_favour, base):
    order = [PollOutcome.REFUSE, PollOutcome.DEFER, PollOutcome.PASS]
    assert order.index(outcome(in_favour + 1, base)) >= order.index(outcome(in_favour, base))


@given(st.lists(st.sampled_from([number for number, _, _ in STEPS]), max_size=25, unique=True), DAYS)
def test_steps_are_taken_in_order_or_not_at_all(tried, day):
    done: dict[int, date] = {}
    for step in tried:
        refused = order_rulings(step, day, done, as_of=day)
        assert bool(refused) == (not all(need in done for need in NEEDS[step]))
        if not refused:
            assert step in next_steps(done)
            done[step] = day
    assert disorder(done) == []
