"""Attempts to find out who voted how, each a function of what can be read of a vote; and a vote that is kept naively.

An attack is given :class:`Evidence` and guesses. It is judged by how many guesses are right, against what anybody can guess
who knows the totals alone: the choice of the most.
"""

import math
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.runtime.postgres import programs

Guesses = dict[UUID, str]


@dataclass
class Trace:
    """A row as somebody sees it who may read the database. ``what`` is a voter, or a choice."""

    what: Any
    xmin: int | None = None
    ctid: tuple[int, int] | None = None
    id: UUID | None = None
    at: datetime | None = None
    number: int | None = None


@dataclass
class Evidence:
    """What is known of one vote.

    :param orders: voters in the order in which something else saw them: the access log, the audit, jobs, form tokens.
    :param wal: (transaction, relation, block, offset) of rows written, as the write-ahead log tells.
    """

    voters: list[Trace]
    ballots: list[Trace]
    orders: dict[str, list[UUID]] = field(default_factory=dict)
    wal: list[tuple[int, str, int, int]] = field(default_factory=list)


def most(ballots: Iterable[Trace]) -> str:
    """What the totals alone let one guess."""
    return Counter(one.what for one in ballots).most_common(1)[0][0]


def blindly(seen: Evidence) -> Guesses:
    """The best guess without looking."""
    return dict.fromkeys((one.what for one in seen.voters), most(seen.ballots))


def _joined(seen: Evidence, key: Callable[[Trace], Any]) -> Guesses:
    """Voters and ballots that share something."""
    found = defaultdict(list)
    for one in seen.ballots:
        found[key(one)].append(one)
    return {
        one.what: most(found[key(one)]) if key(one) is not None and found[key(one)] else most(seen.ballots)
        for one in seen.voters
    }


def _paired(seen: Evidence, order: Iterable[UUID], ballots: list[Trace]) -> Guesses:
    """The first voter with the first ballot, and so on."""
    guesses = blindly(seen)
    guesses.update(zip(order, (one.what for one in ballots), strict=False))
    return guesses


def _sorted(traces: list[Trace], key: str) -> list[Trace]:
    held = [one for one in traces if getattr(one, key) is not None]
    return sorted(held, key=lambda one: getattr(one, key))


def _by(key: str) -> Callable[[Evidence], Guesses]:
    return lambda seen: _paired(seen, [one.what for one in _sorted(seen.voters, key)], _sorted(seen.ballots, key))


def _uuid_time(seen: Evidence) -> Guesses:
    """Ids of version 7 tell the millisecond."""

    def moment(one: Trace) -> int | None:
        return one.id.int >> 80 if one.id is not None and one.id.version == 7 else None

    return _nearest(seen, moment)


def _nearest(seen: Evidence, moment: Callable[[Trace], Any]) -> Guesses:
    ballots = [(moment(one), one) for one in seen.ballots if moment(one) is not None]
    guesses = blindly(seen)
    if ballots:
        for one in seen.voters:
            if (at := moment(one)) is not None:
                guesses[one.what] = min(ballots, key=lambda pair: abs(pair[0] - at))[1].what
    return guesses


def _rounded(digits: int) -> Callable[[Evidence], Guesses]:
    """Times that were cut to so many digits of a second still pair by their order."""

    def moment(one: Trace) -> float | None:
        return round(one.at.timestamp(), digits) if one.at is not None else None

    return lambda seen: _nearest(seen, moment)


def _gaps(seen: Evidence) -> Guesses:
    """Numbers out of one sequence lie next to each other: a ballot has the one after its voter's."""
    ballots = {one.number: one.what for one in seen.ballots if one.number is not None}
    guesses = blindly(seen)
    guesses |= {
        one.what: ballots[one.number + 1] for one in seen.voters if one.number is not None and one.number + 1 in ballots
    }
    return guesses


def _wal(seen: Evidence) -> Guesses:
    """Rows that one transaction wrote, as the log tells: the place of a row leads to what it says."""
    places = {(number, *place) for number, _name, *place in seen.wal}
    by_place: dict[tuple[int, int], set[int]] = defaultdict(set)
    for number, block, offset in places:
        by_place[block, offset].add(number)
    written: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for number, name, block, offset in seen.wal:
        written[number].append((name, block, offset))
    voters = {one.ctid: one.what for one in seen.voters if one.ctid}
    ballots = {one.ctid: one.what for one in seen.ballots if one.ctid}
    guesses = blindly(seen)
    for rows in written.values():
        who = [voters[block, offset] for name, block, offset in rows if name == "voters" and (block, offset) in voters]
        how = [
            ballots[block, offset] for name, block, offset in rows if name == "ballots" and (block, offset) in ballots
        ]
        if len(who) == 1 and len(how) == 1:
            guesses[who[0]] = how[0]
    return guesses


#: Every attempt by its name.
ATTACKS: dict[str, Callable[[Evidence], Guesses]] = {
    "xmin": lambda seen: _joined(seen, lambda one: one.xmin),
    "order of xmin": _by("xmin"),
    "order of ctid": _by("ctid"),
    "order of ids": _by("id"),
    "time in ids": _uuid_time,
    "time to the millisecond": _rounded(3),
    "time to the second": _rounded(0),
    "order of times": _by("at"),
    "gaps of a sequence": _gaps,
    "order of a sequence": _by("number"),
    "write-ahead log": _wal,
}


def with_orders(seen: Evidence) -> dict[str, Guesses]:
    """All attacks, those included that take the voters' order from another source."""
    found = {name: attack(seen) for name, attack in ATTACKS.items()}
    for source, order in seen.orders.items():
        for key in ("ctid", "id", "number", "at"):
            found[f"{source} × {key} of ballots"] = _paired(seen, order, _sorted(seen.ballots, key))
        found[f"{source} × ballots as they stand"] = _paired(seen, order, seen.ballots)
        found[f"{source} × ballots backwards"] = _paired(seen, order, seen.ballots[::-1])
    return found


@dataclass
class Score:
    """How often an attack was right over several votes, and how often a blind guess would have been."""

    right: int = 0
    blind: int = 0
    count: int = 0

    def add(self, guesses: Guesses, blind: Guesses, truth: dict[UUID, str]) -> None:
        """Count one vote."""
        self.right += sum(guesses[voter] == choice for voter, choice in truth.items())
        self.blind += sum(blind[voter] == choice for voter, choice in truth.items())
        self.count += len(truth)

    @property
    def bound(self) -> float:
        """The best blind guess and three standard deviations."""
        share = self.blind / self.count
        return self.blind + 3 * math.sqrt(self.count * share * (1 - share))

    @property
    def succeeds(self) -> bool:
        """Whether it knows more than the totals tell."""
        return self.right > self.bound


_INSERT = re.compile(
    r"rmgr: Heap\s.*tx:\s+(\d+),.*desc: (?:INSERT\S*|HOT_UPDATE|UPDATE) .*?off:? (\d+).*rel \d+/\d+/(\d+) blk (\d+)"
)


def log_of(folder: Any, start: str, end: str, names: dict[int, str]) -> list[tuple[int, str, int, int]]:
    """What the write-ahead log says between two places about some relations: (transaction, name, block, offset)."""
    done = subprocess.run(
        [str(programs() / "pg_waldump"), "-p", str(folder / "pg_wal"), "-s", start, "-e", end],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = []
    for line in done.stdout.splitlines():
        match = _INSERT.search(line)
        if match and int(match[3]) in names:
            found.append((int(match[1]), names[int(match[3])], int(match[4]), int(match[2])))
    return found


def log_bytes(folder: Any) -> bytes:
    """The whole of the log that is on the disk."""
    return b"".join(path.read_bytes() for path in sorted((folder / "pg_wal").glob("0*")))
