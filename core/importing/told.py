"""What a file changes of stored records, told row by row and summed up by field. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from core.importing.kinds import Batch, Verdicts

#: So many changes stand in the answer of a command.
MOST_TOLD: Final = 20_000


class Line(NamedTuple):
    """One field that one row changes. ``since``: who changed it in the product since it was last imported, and when."""

    position: int
    sheet: str
    row: int
    whom: str
    field: str
    title: str
    old: str
    new: str
    since: str

    def in_words(self) -> str:
        """张三 工作单位：甲厂 → 乙厂."""
        said = f"{self.whom} {self.title}：{self.old or '（空）'} → {self.new}"
        return f"{said}（{self.since}）" if self.since else said


@dataclass
class Told:
    """What a whole file changes: how many rows and fields, how many rows by field, the first lines."""

    rows: int = 0
    cells: int = 0
    since: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def add(self, lines: Iterable[Line], *, most: int = MOST_TOLD) -> None:
        """Count the lines of whole rows; only the first ``most`` are kept."""
        touched, doubted = set(), set()
        for line in lines:
            self.cells += 1
            self.fields[line.title] = self.fields.get(line.title, 0) + 1
            touched.add(line.position)
            if line.since:
                doubted.add(line.position)
            if len(self.lines) < most:
                self.lines.append(line)
        self.rows += len(touched)
        self.since += len(doubted)

    def summary(self) -> dict[str, Any]:
        """As it is kept with a run: the fields that change most come first."""
        if not self.cells:
            return {}
        by_field = sorted(self.fields.items(), key=lambda one: -one[1])
        return {"rows": self.rows, "cells": self.cells, "since": self.since, "fields": [list(one) for one in by_field]}

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``: how many rows and fields, how many rows by field, and the first :data:`MOST_TOLD` changes."""
        by_field = dict(self.summary().get("fields", ()))
        lines = [{name: value for name, value in line._asdict().items() if name != "position"} for line in self.lines]
        return {"rows": self.rows, "cells": self.cells, "since": self.since, "fields": by_field, "lines": lines}


def lines_of(batch: Batch, verdicts: Verdicts) -> list[Line]:
    """What the rows of a batch change, in their order."""
    return [
        Line(
            batch.start + at, batch.sheets[at], batch.rows[at], verdicts.changes[at].whom, one.field, one.title, one.old,
            one.new, one.since,
        )
        for at in sorted(verdicts.changes)
        for one in verdicts.changes[at].fields
    ]  # fmt: skip


def in_words(summary: Mapping[str, Any]) -> str:
    """A summary in a sentence: 更新的 15 行中：联系电话 12 行、工作单位 3 行."""
    each = "、".join(f"{title} {count} 行" for title, count in summary["fields"])
    since = f"其中 {summary['since']} 行有导入以后在系统中改过的内容。" if summary["since"] else ""
    return f"更新的 {summary['rows']} 行中：{each}。{since}"
