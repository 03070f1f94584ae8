"""The table: one line per operation and contender, with the ratio to the floor."""

from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.load import Measured
from bench.processes import Cpu


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst of one contender: its latencies and the processor time it took."""

    load: Measured
    cpu: Cpu


@dataclass(frozen=True, slots=True)
class Line:
    """Medians over the bursts of one contender at one operation; processor time in milliseconds per request."""

    per_second: float
    p50: float
    p99: float
    application: float
    database: float

    @property
    def cpu(self) -> float:
        """Application and database together."""
        return self.application + self.database

    @classmethod
    def of(cls, bursts: list[Burst]) -> "Line":
        """The line of some bursts."""
        return cls(
            per_second=median(burst.load.per_second for burst in bursts),
            p50=median(burst.load.percentile_ms(0.50) for burst in bursts),
            p99=median(burst.load.percentile_ms(0.99) for burst in bursts),
            application=median(burst.cpu.application * 1000 / burst.load.requests for burst in bursts),
            database=median(burst.cpu.database * 1000 / burst.load.requests for burst in bursts),
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """One operation at one size, both contenders, and the most the second may cost in the first's (None: not bound)."""

    operation: str
    floor: Line
    product: Line
    limit: float | None
    names: tuple[str, str] = ("floor", "product")

    @property
    def ratio(self) -> float:
        """Processor time of the product per request, in floors."""
        return self.product.cpu / self.floor.cpu

    @property
    def held(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.ratio <= self.limit

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        lines = {
            name: {
                "requests_per_second": round(line.per_second, 1),
                "p50_ms": round(line.p50, 3),
                "p99_ms": round(line.p99, 3),
                "application_cpu_ms": round(line.application, 3),
                "database_cpu_ms": round(line.database, 3),
            }
            for name, line in zip(self.names, (self.floor, self.product), strict=True)
        }
        return {
            "operation": self.operation,
            **lines,
            "ratio": round(self.ratio, 3),
            "limit": self.limit,
            "held": self.held,
        }


def print_table(console: Console, title: str, compared: list[Compared]) -> None:
    """Print the comparison of one data set."""
    table = Table(title=title, title_justify="left")
    table.add_column("operation")
    table.add_column("contender")
    for heading in ("req/s", "p50 ms", "p99 ms", "app CPU-ms", "db CPU-ms", "sum", "ratio", "limit"):
        table.add_column(heading, justify="right")
    for each in compared:
        for name, line in zip(each.names, (each.floor, each.product), strict=True):
            ratio, limit = "", ""
            if line is each.product:
                ratio = f"{each.ratio:.2f}" if each.held else f"[bold red]{each.ratio:.2f}[/]"
                limit = "" if each.limit is None else f"{each.limit:.2f}"
            table.add_row(
                each.operation if line is each.floor else "",
                name,
                f"{line.per_second:,.0f}",
                f"{line.p50:.2f}",
                f"{line.p99:.2f}",
                f"{line.application:.2f}",
                f"{line.database:.2f}",
                f"{line.cpu:.2f}",
                ratio,
                limit,
            )
    console.print(table)


def print_growth(console: Console, what: str, compared: dict[int, list[Compared]], names: tuple[str, ...]) -> None:
    """Print how the product's and the floor's processor time grows from the first to the last of ``compared``."""
    if len(compared) < 2:
        return
    first, last = min(compared), max(compared)
    table = Table(title=f"CPU-ms per request, from {first:,} to {last:,} {what}", title_justify="left")
    table.add_column("operation")
    table.add_column("contender")
    for number in compared:
        table.add_column(f"{number:,}", justify="right")
    table.add_column("growth", justify="right")
    for name in names:
        for contender in ("floor", "product"):
            costs = {
                number: getattr(each, contender).cpu
                for number, lines in compared.items()
                for each in lines
                if each.operation == name
            }
            if costs:
                growth = costs[last] / costs[first]
                table.add_row(name, contender, *(f"{cost:.2f}" for cost in costs.values()), f"{growth:.2f} ×")
    console.print(table)
