"""The course of one comparison: both answer alike, both are warmed up, then both are measured in turns."""

from collections.abc import Callable, Iterator
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
    :param touch: makes a tenant's data look changed.
    :param aside: process number of the bench's own connection, whose work is nobody's.
    :param effects: how many rows a tenant has in each table that a change may touch.
    """

    floor: Contender
    product: Contender
    postmaster: int
    database: str
    secret_key: str
    course: Course
    effects: Callable[[int], dict[str, int]]
    touch: Callable[[int], None]
    aside: int

    def compare(self, operation: Operation, tenants: list[Seeded], *, bound: bool) -> Compared:
        """Measure one operation on the given tenants in turn.

        :param bound: whether the operation's limit binds at this size.
        :raises Differs: when the contenders do not answer alike.
        """
        self.check_alike(operation, tenants[0])
        sources = {each.name: self._mixed(operation, tenants) for each in (self.floor, self.product)}
        bursts: dict[str, list[Burst]] = {self.floor.name: [], self.product.name: []}
        for contender in (self.floor, self.product):
            # Among many tenants each worker has to have met each of them several times.
            self._burst(contender, operation, sources[contender.name], self.course.warm_up + len(tenants) * 0.06)
        for turn in range(self.course.rounds):
            order = (self.floor, self.product) if turn % 2 == 0 else (self.product, self.floor)
            for contender in order:
                bursts[contender.name].append(
                    self._burst(contender, operation, sources[contender.name], self.course.seconds)
                )
        floor, product = (Line.of(bursts[each.name]) for each in (self.floor, self.product))
        return Compared(
            operation.name, floor, product, operation.limit if bound else None, (self.floor.name, self.product.name)
        )

    def _burst(self, contender: Contender, operation: Operation, requests: Iterator[Request], seconds: float) -> Burst:
        workers = contender.workers
        before = reading(workers, self.postmaster, self.database, self.aside)
        load = burst(
            contender.port, requests, status=operation.status, connections=self.course.connections, seconds=seconds
        )
        return Burst(load, reading(workers, self.postmaster, self.database, self.aside).since(before))

    def check_alike(self, operation: Operation, tenant: Seeded) -> None:
        """Both contenders give the same answer to the same requests.

        :raises Differs: naming the first difference.
        """
        row = operation.requests(tenant, Visitor.of(tenant, self.secret_key))
        if operation.status == 201:
            self._check_change(operation, tenant, row)
            return
        for request, _ in zip(row, range(5), strict=False):
            one, other = self._answer(self.floor, request), self._answer(self.product, request)
            if (one.status, other.status) != (operation.status, operation.status):
                raise Differs(_difference(operation, request, one, other))
            html = other.headers.get("content-type", "").startswith("text/html")
            if _rows(one.body) != _rows(other.body) if html else one.body != other.body:
                raise Differs(_difference(operation, request, one, other))

    def _check_change(self, operation: Operation, tenant: Seeded, row: Iterator[Request]) -> None:
        """Each makes one record of its own: answers of the same shape, and the same number of rows in every table."""
        made: list[tuple[Answer, dict[str, int]]] = []
        for contender in (self.floor, self.product):
            before = self.effects(tenant.id)
            answer = self._answer(contender, next(row))
            after = self.effects(tenant.id)
            made.append((answer, {name: after[name] - before[name] for name in after}))
        (one, by_floor), (other, by_product) = made
        if (one.status, other.status) != (operation.status, operation.status):
            raise Differs(_difference(operation, next(row), one, other))
        same = {**orjson.loads(one.body), "id": ""} == {**orjson.loads(other.body), "id": ""}
        if not same or by_floor != by_product:
            raise Differs(f"{_difference(operation, next(row), one, other)}\n{by_floor}\n{by_product}")

    def _mixed(self, operation: Operation, tenants: list[Seeded]) -> Iterator[Request]:
        """Requests to one tenant after another."""
        rows = [(tenant.id, operation.requests(tenant, Visitor.of(tenant, self.secret_key))) for tenant in tenants]
        while True:
            for tenant, row in rows:
                if operation.after_change:
                    self.touch(tenant)
                yield next(row)

    def _answer(self, contender: Contender, request: Request) -> Answer:
        with Connection(contender.port) as connection:
            return connection.send(request.encoded())


def _difference(operation: Operation, request: Request, one: Answer, other: Answer) -> str:
    answers = "\n".join(f"{answer.status} {answer.body[:1500].decode(errors='replace')}" for answer in (one, other))
    return f"{operation.name}, {request.target}:\n{answers}"


def _rows(page: bytes) -> list[bytes]:
    """The rows of a page's table: the shells around it may differ in their words."""
    body = page.partition(b"<tbody")[2].partition(b"</tbody>")[0]
    rows = [b" ".join(row.split()) for row in body.split(b"<tr")[1:]]
    if not rows:
        raise UnexpectedAnswer("the page has no table with rows")
    return rows
