"""The course of one comparison: both answer alike, both are warmed up, then both are measured in turns."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from bench.contenders import Contender
from bench.load import Answer, Connection, Request, UnexpectedAnswer, burst
from bench.operations import Operation, Visitor
from bench.processes import reading
from bench.report import Burst, Compared, Line
from bench.seeding import Seeded


class Differs(Exception):
    """The contenders do not answer alike, so that comparing their cost would say nothing."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how often each contender is measured at each operation."""

    seconds: float
    rounds: int
    connections: int = 4
    warm_up: float = 1.0


@dataclass(frozen=True, slots=True)
class Bench:
    """Two contenders on one database.

    :param postmaster: process number of the database server.
    :param database: name of the database, as it stands in its processes' titles.
    """

    floor: Contender
    product: Contender
    postmaster: int
    database: str
    secret_key: str
    course: Course

    def compare(self, operation: Operation, tenants: list[Seeded], *, bound: bool) -> Compared:
        """Measure one operation on the given tenants in turn.

        :param bound: whether the operation's limit binds at this size.
        :raises Differs: when the contenders do not answer alike.
        """
        self.check_alike(operation, tenants[0])
        sources = {each.name: _mixed(operation, tenants, self.secret_key) for each in (self.floor, self.product)}
        bursts: dict[str, list[Burst]] = {self.floor.name: [], self.product.name: []}
        for contender in (self.floor, self.product):
            self._burst(contender, operation, sources[contender.name], self.course.warm_up)
        for turn in range(self.course.rounds):
            order = (self.floor, self.product) if turn % 2 == 0 else (self.product, self.floor)
            for contender in order:
                bursts[contender.name].append(
                    self._burst(contender, operation, sources[contender.name], self.course.seconds)
                )
        floor, product = (Line.of(bursts[each.name]) for each in (self.floor, self.product))
        return Compared(operation.name, floor, product, operation.limit if bound else None)

    def _burst(self, contender: Contender, operation: Operation, requests: Iterator[Request], seconds: float) -> Burst:
        workers = contender.workers
        before = reading(workers, self.postmaster, self.database)
        load = burst(
            contender.port, requests, status=operation.status, connections=self.course.connections, seconds=seconds
        )
        return Burst(load, reading(workers, self.postmaster, self.database).since(before))

    def check_alike(self, operation: Operation, tenant: Seeded) -> None:
        """Both contenders give the same answer to the same requests.

        :raises Differs: naming the first difference.
        """
        visitor = Visitor.of(tenant, self.secret_key)
        if operation.status == 201:
            # A second creation of the same person is refused; so each makes one of its own, alike in all but itself.
            row = operation.requests(tenant, visitor)
            pairs = [(next(row), next(row))]
        else:
            row = operation.requests(tenant, visitor)
            pairs = [(request, request) for request, _ in zip(row, range(5), strict=False)]
        for to_floor, to_product in pairs:
            one, other = self._answer(self.floor, to_floor), self._answer(self.product, to_product)
            if (one.status, other.status) != (operation.status, operation.status):
                raise Differs(
                    f"{operation.name}: {one.status} and {other.status}\n{one.body[:500]!r}\n{other.body[:500]!r}"
                )
            if operation.status == 201:
                same = orjson.loads(one.body).keys() == orjson.loads(other.body).keys()
            elif other.headers.get("content-type", "").startswith("text/html"):
                same = _rows(one.body) == _rows(other.body)
            else:
                same = one.body == other.body
            if not same:
                raise Differs(f"{operation.name}, {to_floor.target}:\n{one.body[:1500]!r}\n{other.body[:1500]!r}")

    def _answer(self, contender: Contender, request: Request) -> Answer:
        with Connection(contender.port) as connection:
            return connection.send(request.encoded())


def _mixed(operation: Operation, tenants: list[Seeded], secret_key: str) -> Iterator[Request]:
    """Requests to one tenant after another."""
    rows = [operation.requests(tenant, Visitor.of(tenant, secret_key)) for tenant in tenants]
    while True:
        for row in rows:
            yield next(row)


def _rows(page: bytes) -> list[bytes]:
    """The rows of a page's table: the shells around it may differ in their words."""
    body = page.partition(b"<tbody")[2].partition(b"</tbody>")[0]
    rows = [b" ".join(row.split()) for row in body.split(b"<tr")[1:]]
    if not rows:
        raise UnexpectedAnswer("the page has no table with rows")
    return rows
