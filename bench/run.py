"""`make bench`: our endpoints beside the floor, on one embedded PostgreSQL, in one run.

Tenants of 2,000, 20,000 and 200,000 members stand in one database, first among ten tenants, then among 200, then among
1,000. Each operation is first checked to give the same answer from both, then measured in turns.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
import orjson
from rich.console import Console

from bench import dispatch, importing
from bench.contenders import serve
from bench.measure import Bench, Course
from bench.operations import HOOKED, OPERATIONS, Operation, pages
from bench.report import Compared, print_growth, print_table
from bench.seeding import PASSWORD, Seeded, Seeder, Size
from core.config import Settings
from core.database.migrate import upgrade
from core.identity import passwords
from core.runtime.roles import DATABASE
from core.runtime.services import Services, services

ROOT = Path(__file__).resolve().parent
PRODUCT = ROOT.parent / "core/runtime/gunicorn.conf.py"
FLOOR = ROOT / "floor/gunicorn.conf.py"
SIZES = (2_000, 20_000, 200_000)
TENANTS = (10, 200, 1_000)
BOUND_AT = 20_000
SMALL = 300
#: Operations whose growth with the size of a tenant and with the number of tenants is shown.
GROWING = ("list", "one member")


@click.command()
@click.option("--quick", is_flag=True, help="one size, ten tenants, short bursts")
@click.option(
    "--size", "sizes", type=int, multiple=True, help="members of the large tenants (default: 2000, 20000, 200000)"
)
@click.option("--tenants", type=int, multiple=True, help="numbers of tenants (default: 10, 200, 1000)")
@click.option("--only", multiple=True, help="an operation's name; several times for several")
@click.option("--seconds", type=float, help="length of one burst")
@click.option("--rounds", type=int, help="bursts of each contender at each operation")
@click.option("--import/--no-import", "imports", default=True, help="measure the import of a county as well")
@click.option("--json", "target", type=click.Path(path_type=Path), help="write the figures to this file as well")
def main(
    *,
    quick: bool,
    sizes: tuple[int, ...],
    tenants: tuple[int, ...],
    only: tuple[str, ...],
    seconds: float | None,
    rounds: int | None,
    imports: bool,
    target: Path | None,
) -> None:
    """Measure the product's endpoints against the floor."""
    console = Console(width=130)
    called = dispatch.measure()
    console.print(
        f"plugins asked, {dispatch.ENABLED} of {dispatch.PLUGINS} on: {called['ours']:.1f} µs; pluggy alone: "
        f"{called['plain']:.1f} µs; more by {called['over']:.1f} µs, limit {dispatch.LIMIT:.0f}"
    )
    course = Course(seconds or (1.0 if quick else 3.0), rounds or (3 if quick else 5))
    chosen = [operation for operation in OPERATIONS if not only or operation.name in only]
    with tempfile.TemporaryDirectory(prefix="dangjian-bench-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        running = stack.enter_context(services(Settings(data_dir=Path(folder)), queue=True))
        upgrade(running.settings.database_owner_url)
        figures = _Run(console, running, course, chosen, stack).all(
            sizes or ((BOUND_AT,) if quick else SIZES), tenants or (TENANTS[:1] if quick else TENANTS)
        )
        figures["dispatch"] = {**called, "limit": dispatch.LIMIT}
        if imports:
            stack.close()
            figures["import"] = _imports(console, folder, 1 if quick else 3)
    if target is not None:
        target.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))


def _imports(console: Console, folder: str, rounds: int) -> dict[str, object]:
    """The import figure, on a fresh database with nobody else connected."""
    with services(Settings(data_dir=Path(folder) / "import")) as running:
        upgrade(running.settings.database_owner_url)
        found = importing.measure(running.settings, rounds=rounds)
    console.print(
        f"import of {found.created:,} members ({found.refused} rows refused): {found.product:.2f} s; read and inserted by hand:"
        f" {found.floor:.2f} s; ratio {found.ratio:.2f}, limit {importing.LIMIT:.2f}"
    )
    return {"floor_s": found.floor, "product_s": found.product, "ratio": found.ratio, "limit": importing.LIMIT}


class _Run:
    """One run: the tenants that are there, and the two servers."""

    def __init__(
        self, console: Console, running: Services, course: Course, operations: list[Operation], stack: ExitStack
    ) -> None:
        assert running.postgres is not None
        assert running.postgres.postmaster_pid is not None
        self._console, self._operations = console, operations
        settings = replace(running.settings, base_domain="bench.invalid")
        admin = running.postgres.admin_url.replace("/postgres?", f"/{DATABASE}?")
        self._seeder = Seeder(admin, master_key=settings.master_key, password_hash=passwords.digest(PASSWORD))
        stack.callback(self._seeder.close)
        self._small: list[Seeded] = []
        self._settings = settings
        self._bench = Bench(
            floor=stack.enter_context(serve("floor", "bench.floor.app:create_app()", settings, FLOOR)),
            product=stack.enter_context(serve("product", "core.app:create_app()", settings, PRODUCT)),
            postmaster=running.postgres.postmaster_pid,
            database=DATABASE,
            secret_key=settings.secret_key,
            course=course,
            effects=self._seeder.effects,
            touch=self._seeder.touch,
            aside=self._seeder.backend,
        )

    def all(self, sizes: tuple[int, ...], tenants: tuple[int, ...]) -> dict[str, object]:
        """Every table, and what they hold as JSON."""
        large = [self._seed(Size(f"m{size}", size)) for size in sizes]
        by_size: dict[int, list[Compared]] = {}
        by_tenants: dict[int, list[Compared]] = {}
        for number in tenants:
            self._fill(number - len(large))
            if number == tenants[0]:
                for tenant in large:
                    by_size[tenant.members] = self._table(tenant, number)
            by_tenants[number] = [
                self._bench.compare(operation, self._small, bound=False)
                for operation in self._operations
                if operation.name in GROWING
            ]
            if by_tenants[number]:
                title = f"one after another of {len(self._small)} tenants of {SMALL} members"
                print_table(self._console, title, by_tenants[number])
        print_growth(self._console, "members of the tenant", by_size, GROWING)
        print_growth(self._console, "tenants", by_tenants, GROWING)
        memory = {each.name: each.memory() for each in (self._bench.floor, self._bench.product)}
        for name, workers in memory.items():
            self._console.print(
                f"{name}: {', '.join(f'{mib:.1f}' for mib in workers)} MiB proportional set size per worker"
            )
        return {
            "members": {str(size): [line.as_json() for line in lines] for size, lines in by_size.items()},
            "tenants": {str(number): [line.as_json() for line in lines] for number, lines in by_tenants.items()},
            "memory_mib": memory,
        }

    def _table(self, tenant: Seeded, tenants: int) -> list[Compared]:
        bound = tenant.members == BOUND_AT
        compared = [self._bench.compare(operation, [tenant], bound=bound) for operation in self._operations]
        if bound and any(operation.requests is pages for operation in self._operations):
            compared.append(self._hooked(tenant))
        print_table(self._console, f"{tenant.members:,} members, {tenants} tenants", compared)
        return compared

    def _hooked(self, tenant: Seeded) -> Compared:
        """The product with plugins beside the product without."""
        with serve("plugins", "bench.hooked:create_app()", self._settings, PRODUCT) as plugins:
            bench = replace(self._bench, floor=self._bench.product, product=plugins)
            return bench.compare(HOOKED, [tenant], bound=True)

    def _fill(self, number: int) -> None:
        began = time.monotonic()
        missing = number - len(self._small)
        for _ in range(missing):
            self._small.append(self._seeder.seed(Size(f"s{len(self._small)}", SMALL)))
        self._seeder.settle()
        self._console.print(f"[dim]{missing} tenants of {SMALL} members made in {time.monotonic() - began:.1f} s[/]")

    def _seed(self, size: Size) -> Seeded:
        began = time.monotonic()
        made = self._seeder.seed(size)
        self._console.print(f"[dim]{size.members:,} members made in {time.monotonic() - began:.1f} s[/]")
        return made


if __name__ == "__main__":
    sys.exit(main())
