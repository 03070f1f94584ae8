"""The course of an import through its rows: check each batch, and where it is not a dry run write it with its marker."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.importing.kinds import Act, Batch, Importer, Verdicts
from core.importing.reading import Columns
from core.importing.source import Source
from core.importing.told import Told
from core.policy.findings import Finding
from core.spreadsheets.bounds import column_letters
from core.spreadsheets.crosswise import Shape

#: (rows gone through, rows in all)
Progress = Callable[[int, int], None]


@dataclass
class Counts:
    """How many rows came to what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def add(self, acts: list[Act]) -> "Counts":
        """Count a batch's acts; returns this batch's own counts."""
        own = Counts(acts.count(Act.CREATE), acts.count(Act.UPDATE), acts.count(Act.SAME), acts.count(Act.REFUSE))
        self.created += own.created
        self.updated += own.updated
        self.unchanged += own.unchanged
        self.refused += own.refused
        return own


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of one row, as reported."""

    position: int
    sheet: str
    row: int
    refused: bool
    needs_reason: bool
    finding: Finding
    value: str = ""


@dataclass
class Course:
    """A run's way through its rows. ``told``: what they changed, once they are gone through."""

    source: Source
    importer: Importer
    columns: Columns
    reasons: Mapping[tuple[str, int], str] = field(default_factory=dict)
    reason_for_all: str = ""
    told: Told = field(default_factory=Told)

    def batches(self) -> Iterator[Batch]:
        """The rows in the order of the file, cut as the kind wants them."""
        total = len(self.columns)
        size = self.source.kind.batch_rows or max(total, 1)
        for start in range(0, total, size):
            yield self.columns.batch(start, size, self.reasons, self.reason_for_all)

    def judged(self) -> Iterator[tuple[Batch, Verdicts]]:
        """Each batch with its verdicts."""
        for batch in self.batches():
            yield batch, self.importer.check(batch)

    def found(self, batch: Batch, verdicts: Verdicts) -> list[Found]:
        """Every finding of a batch, in row order; of kept rows as well."""
        private = {spec.name for spec in self.source.kind.fields if spec.private}
        sideways = {table.table.sheet for table in self.source.used if table.table.shape == Shape.TURNED.value}
        report = []
        for at in sorted(verdicts.findings):
            refused, askable = verdicts.acts[at] is Act.REFUSE, at in verdicts.askable
            place = batch.start + at, batch.sheets[at], batch.rows[at], refused, askable
            report += [
                Found(
                    *place,
                    _told(finding, place[2], place[1] in sideways),
                    _shown(batch, at, finding.field, private=finding.field in private),
                )
                for finding in verdicts.findings[at]
            ]
        return report


def _told(finding: Finding, number: int, sideways: bool) -> Finding:
    """A finding as it is reported: in a list that was turned on its side the record's number is that of a column."""
    return replace(finding, message=f"{column_letters(number - 1)} 列：{finding.message}") if sideways else finding


def _shown(batch: Batch, at: int, name: str, *, private: bool) -> str:
    """The cell a finding is about, as text; masked for sensitive fields."""
    given: Any = batch.unreadable.get(at, {}).get(name) or (batch.columns[name][at] if name in batch.columns else "")
    text = "" if given is None else str(given)
    if private and text:
        return f"{text[:3]}****{text[-2:]}" if len(text) > 6 else "****"
    return text[:100]
