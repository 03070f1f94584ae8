"""Nobody finds out who voted how: every attempt is made by machine, on the product's tables and on naive ones.

On the naive tables each attempt that has something to read succeeds, so that the test could fail; on the product's none does
better than guessing the choice of the most by three standard deviations.
"""

import random
from collections import defaultdict
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import make_url

from core.database import bound, db, uuid7
from plugins.development.ballots import roll, rounds
from plugins.development.ballots.box import Content, closed, opened
from tests.conftest import make_tenant
from tests.plugins.development.ballot_attacks import (
    Evidence,
    Score,
    Trace,
    blindly,
    log_bytes,
    log_of,
    with_orders,
)
from tests.plugins.development.ballot_house import a_case, begun, members
from tests.plugins.development.conftest import county_of

ROUNDS, VOTERS = 4, 40
#: Attempts that must succeed against naive tables, whatever else does.
TELLING = (
    "xmin", "order of xmin", "order of ctid", "order of ids", "time in ids", "time to the millisecond", "order of times",
    "gaps of a sequence", "order of a sequence", "write-ahead log", "access log × ctid of ballots", "audit × id of ballots",
    "sessions × ballots as they stand",
)  # fmt: skip
_NAIVE = """
    CREATE SCHEMA naive;
    CREATE SEQUENCE naive.numbers;
    CREATE TABLE naive.voters (id uuid, number bigint DEFAULT nextval('naive.numbers'), vote int, voter uuid, at timestamptz);
    CREATE TABLE naive.ballots (id uuid, number bigint DEFAULT nextval('naive.numbers'), vote int, choice text, at timestamptz);
"""


@pytest.fixture(scope="module")
def superuser(settings):
    """A connection that sees everything, as an operator's does."""
    admin, owner = make_url(settings.database_admin_url), make_url(settings.database_owner_url)
    address = admin.set(drivername="postgresql", database=owner.database).render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_NAIVE)
        yield connection
        connection.execute("DROP SCHEMA naive CASCADE")


def place(text):
    return tuple(int(part) for part in str(text).strip("()").split(","))


def relation(superuser, name):
    return superuser.execute("SELECT pg_relation_filenode(%s::regclass)", (name,)).fetchone()[0]


def here(superuser):
    return superuser.execute("SELECT pg_current_wal_insert_lsn()").fetchone()[0]


def vote_naively(superuser, number, choices):
    """The same vote, kept as one might think of it first: a row for the voter and one for the ballot, together."""
    for voter, choice in choices.items():
        superuser.execute("SELECT pg_sleep(0.003)")  # no two people vote in one millisecond
        with superuser.transaction():
            superuser.execute(
                "INSERT INTO naive.voters (id, vote, voter, at) VALUES (%s, %s, %s, clock_timestamp())",
                (uuid7(), number, voter),
            )
            superuser.execute(
                "INSERT INTO naive.ballots (id, vote, choice, at) VALUES (%s, %s, %s, clock_timestamp())",
                (uuid7(), number, choice),
            )


def seen_naively(superuser, number, order, log):
    """Naive tables as they can be read, with what logs and audits saw of the voters."""

    def traces(table, column):
        rows = superuser.execute(
            f"SELECT {column}, xmin::text::bigint, ctid, id, at, number FROM naive.{table} WHERE vote = %s ORDER BY ctid",
            (number,),
        ).fetchall()
        return [Trace(what, xmin, place(ctid), id_, at, own) for what, xmin, ctid, id_, at, own in rows]

    orders = dict.fromkeys(("access log", "audit", "sessions", "jobs", "form tokens", "redis"), order)
    return Evidence(traces("voters", "voter"), traces("ballots", "choice"), orders, log)


def seen_running(superuser, ballot, people, order, log):
    """The running vote, read by somebody who holds the tenant's keys as well: the box is open before them."""
    marks = superuser.execute(
        "SELECT id, xmin::text::bigint, ctid FROM p_development.development_ballot_mark WHERE ballot_id = %s", (ballot,)
    ).fetchall()
    content, xmin, ctid = superuser.execute(
        "SELECT content, xmin::text::bigint, ctid FROM p_development.development_ballot_box WHERE id = %s", (ballot,)
    ).fetchone()
    voters = [Trace(people[line], own, place(at), line) for line, own, at in marks]
    ballots = [Trace(choice, xmin, place(ctid), None, None, None) for choice in opened(content, ballot).choices]
    for position, one in enumerate(ballots):
        one.number = position  # its place in the box is all that tells one ballot from another
    return Evidence(voters, ballots, {"access log": order}, log)


def seen_counted(superuser, ballot, people, order, log):
    """The vote after the count: the roll, the totals, the receipts."""
    rows = superuser.execute(
        "SELECT id, xmin::text::bigint, ctid FROM p_development.development_voter WHERE ballot_id = %s ORDER BY ctid",
        (ballot,),
    ).fetchall()
    found = superuser.execute(
        "SELECT in_favour, against, abstained, xmin::text::bigint, ctid FROM p_development.development_ballot WHERE id = %s",
        (ballot,),
    ).fetchone()
    voters = [Trace(people[line], xmin, place(ctid), line) for line, xmin, ctid in rows]
    ballots = [
        Trace(choice, found[3], place(found[4]), number=position)
        for position, choice in enumerate("y" * found[0] + "n" * found[1] + "a" * found[2])
    ]
    return Evidence(voters, ballots, {"access log": order}, log)


@pytest.fixture(scope="module")
def elections(app, superuser, settings):
    """Several votes, each held naively and by the product, with everything that was to be seen of them."""
    tenant = make_tenant(app)
    county = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id):
        held = hold_elections(county, superuser, settings)
        db.session.remove()
    return held


def hold_elections(county, superuser, settings):
    folder = settings.data_dir / "postgres" / "cluster"
    people = members(county.green_branch, VOTERS)
    own = {relation(superuser, "p_development.development_ballot_mark"): "voters",
           relation(superuser, "p_development.development_ballot_box"): "ballots"}  # fmt: skip
    plain = {relation(superuser, "naive.voters"): "voters", relation(superuser, "naive.ballots"): "ballots"}
    held = []
    for number in range(ROUNDS):
        chance = random.Random(number)
        order = chance.sample(people, VOTERS)
        truth = {person: chance.choices("yna", (5, 3, 2))[0] for person in order}
        start = here(superuser)
        vote_naively(superuser, number, truth)
        naive = seen_naively(superuser, number, order, log_of(folder, start, here(superuser), plain))
        ballot = begun(a_case(county.green_branch, f"第{number}人"), county.green_branch, people)
        lines = {one.id: one.person_id for one in roll.voters(ballot)}
        start = here(superuser)
        for person in order:
            rounds.vote(ballot_id=ballot, person_id=person, choice=truth[person])
        log = log_of(folder, start, here(superuser), own)
        running = seen_running(superuser, ballot, lines, order, log)
        rounds.finish(ballot_id=ballot)
        counted = seen_counted(superuser, ballot, lines, order, log)
        held.append(SimpleNamespace(truth=truth, naive=naive, running=running, counted=counted, ballot=ballot))
    return held


def scores(elections, world):
    found = defaultdict(Score)
    for one in elections:
        seen = getattr(one, world)
        for name, guesses in with_orders(seen).items():
            found[name].add(guesses, blindly(seen), one.truth)
    return found


def test_no_attempt_knows_more_than_the_totals_tell(elections):
    naive = scores(elections, "naive")
    missed = [name for name in TELLING if not naive[name].succeeds]
    assert not missed, f"against naive tables these attempts must succeed, or the test proves nothing: {missed}"
    assert naive["xmin"].right == naive["write-ahead log"].right == ROUNDS * VOTERS
    for world in ("running", "counted"):
        found = scores(elections, world)
        telling = {name: (one.right, round(one.bound, 1)) for name, one in found.items() if one.succeeds}
        assert not telling, f"{world}: {telling}"
        assert len(found) > 14


def test_the_log_holds_nothing_of_what_was_cast(elections, superuser, county, settings):
    assert all(one.naive.wal for one in elections)
    assert not any(one.running.wal for one in elections)
    folder = settings.data_dir / "postgres" / "cluster"
    people = members(county.blue_branch, 12)
    ballot = begun(a_case(county.blue_branch), county.blue_branch, people)
    boxes = []
    for person in people:
        rounds.vote(ballot_id=ballot, person_id=person, choice="y")
        boxes.append(superuser.execute(
            "SELECT content FROM p_development.development_ballot_box WHERE id = %s", (ballot,)).fetchone()[0])  # fmt: skip
    for _again in range(3):  # one of them lies whole on a page of the log
        superuser.execute("INSERT INTO naive.ballots (vote, choice) VALUES (99, 'a choice in the clear')")
    log = log_bytes(folder)
    assert b"a choice in the clear" in log
    assert not any(box[14:46] in log for box in boxes)


def test_all_rows_of_a_counted_vote_are_one_transaction_s(elections, superuser):
    for one in elections:
        found = superuser.execute(
            "SELECT count(DISTINCT xmin::text), count(*) FROM p_development.development_voter WHERE ballot_id = %s",
            (one.ballot,),
        ).fetchone()
        assert found == (1, VOTERS)
        assert len({trace.xmin for trace in one.naive.voters}) == VOTERS


def test_the_roll_s_order_is_not_the_order_of_voting(elections):
    """The lines are written anew in an order that is drawn: neither the old one nor that of the votes."""
    for one in elections:
        order = one.counted.orders["access log"]
        there = [trace.what for trace in sorted(one.counted.voters, key=lambda trace: trace.ctid)]
        same = sum(a == b for a, b in zip(order, there, strict=True))
        assert same <= 8  # one is expected by chance


def test_receipts_stand_in_an_order_of_their_own(county):
    people = members(county.green_branch, VOTERS)
    ballot = begun(a_case(county.green_branch), county.green_branch, people)
    told = [rounds.vote(ballot_id=ballot, person_id=person, choice="y") for person in people]
    rounds.finish(ballot_id=ballot)
    db.session.expire_all()
    kept = rounds.taken(rounds.Ballot, ballot, lock=False).receipts
    assert sorted(kept) == sorted(told)
    assert sum(a == b for a, b in zip(kept, told, strict=True)) <= 8


def test_a_box_is_as_long_whatever_lies_in_it(county):
    ballot = uuid7()
    for count in (1, 7, 40):
        lengths = set()
        for choices in ("y", "n", "a", "yna"):
            content = Content()
            for n in range(count):
                content.put(choices[n % len(choices)])
            lengths.add(len(closed(content, ballot)))
        assert len(lengths) == 1


def test_two_backups_between_which_one_person_voted_tell_nothing_without_the_master_key(county, superuser):
    """With the key they would: whoever holds both and reads the running vote sees the totals change (decision 0012)."""
    people = members(county.green_branch, 12)
    ballot = begun(a_case(county.green_branch), county.green_branch, people)

    def backup():
        return {
            table: superuser.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall()
            for table in ("p_development.development_ballot_mark", "p_development.development_ballot_box",
                          "p_development.development_ballot", "p_development.development_voter")
        }  # fmt: skip

    lengths = []
    for person, choice in zip(people, "ynaynaynayna", strict=True):
        before = backup()
        rounds.vote(ballot_id=ballot, person_id=person, choice=choice)
        after = backup()
        changed = {table for table in before if before[table] != after[table]}
        assert changed == {"p_development.development_ballot_mark", "p_development.development_ballot_box"}
        box = after["p_development.development_ballot_box"][0][0]
        lengths.append(len(box) - len(before["p_development.development_ballot_box"][0][0]))
        assert '"y' not in box
    assert len(set(lengths)) == 1  # it grows by the same for every choice
