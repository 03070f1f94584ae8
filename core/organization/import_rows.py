"""One row of a register of units: its cells translated into codes, and judged by themselves."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from core.database import uuid7
from core.importing.kinds import Batch
from core.organization.codes import Domain, Subtype, UnitType
from core.organization.import_fields import FIELDS
from core.organization.register import Stored
from core.organization.rules.form import name_findings
from core.organization.spellings import (
    domain_from_text,
    subtype_from_name,
    subtype_from_text,
    type_from_name,
    type_from_text,
)
from core.policy.findings import Finding, Severity
from core.spreadsheets.text import NOTHING, tidy


@dataclass
class Row:
    """One row on its way through the rules. ``parent`` is a stored unit, ``parent_row`` another row of the file.

    ``above`` is the row that stands above it where the register is laid out as a hierarchy (``laid_out``).
    """

    at: int
    sheet: str
    number: int
    name: str
    values: dict[str, Any]
    findings: list[Finding]
    type: UnitType | None = None
    subtype: Subtype | None = None
    domain: Domain | None = None
    parent_text: str = ""
    reason: str = ""
    askable: bool = False
    stored: Stored | None = None
    parent: Stored | None = None
    parent_row: "Row | None" = None
    id: UUID = field(default_factory=uuid7)
    due_on: date | None = None
    years: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    new_body: bool = False
    laid_out: bool = False
    implied: bool = False
    outermost: bool = False
    above: "Row | None" = None

    def place_in(self, above: "Row | None", *, implied: bool, outermost: bool) -> None:
        """Put the row where the register lays it out."""
        self.laid_out, self.above, self.implied, self.outermost = True, above, implied, outermost

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the rows above, the nearest first."""
        return (self.above.name, *self.above.path) if self.above is not None else ()

    @property
    def blocked(self) -> bool:
        """Whether the row is refused."""
        return any(finding.blocks for finding in self.findings)

    def ask_for_reason(self) -> None:
        """Refuse what only warns while nobody gave a reason; with one, the row passes."""
        if self.reason.strip() or not any(finding.severity is Severity.WARN for finding in self.findings):
            return
        self.askable = not self.blocked
        self.findings[:] = [
            replace(finding, severity=Severity.BLOCK) if finding.severity is Severity.WARN else finding
            for finding in self.findings
        ]

    def block(self, rule: str, name: str, message: str, code: str) -> None:
        """Refuse the row."""
        self.findings.append(Finding(rule, Severity.BLOCK, name, message, code=code))

    def inform(self, rule: str, name: str, message: str) -> None:
        """Say something without refusing."""
        self.findings.append(Finding(rule, Severity.INFO, name, message, code="E_FORMAT"))


def read_row(batch: Batch, at: int) -> Row:
    """A row's values, translated; what the cells hold is judged by itself."""
    text = {spec.name: batch.column(spec.name)[at] for spec in FIELDS if spec.name in batch.columns}
    row = Row(
        at=at,
        sheet=batch.sheets[at],
        number=batch.rows[at],
        name=tidy(text.get("name") or "").replace(" ", ""),
        values={name: (None if value in NOTHING else value) or None for name, value in text.items()},
        findings=batch.findings.setdefault(at, []),
        parent_text=text.get("parent") or "",
        reason=batch.reasons[at] if batch.reasons else "",
    )
    _classify(row)
    row.findings += name_findings(row.name, row.type)
    if _PATH.search(row.name) and all(type_from_name(step) for step in _PATH.split(row.name)):
        message = f"党组织全称“{row.name}”里连上级也写了。请只写本级的全称，上级写在“上级党组织”一列。"
        row.block("R1.F", "name", message, "E_FORMAT")
    if row.name and row.type is None and not row.blocked:
        message = f"看不出“{row.name}”是党委、党总支还是党支部，请填写党组织类别。"
        row.block("R1.F", "type", message, "E_REQUIRED")
    return row


def _classify(row: Row) -> None:
    said = row.values.get("type")
    row.type = type_from_text(said) if said else type_from_name(row.name)
    if said and row.type is None:
        message = f"党组织类别“{said}”不在代码表中；应为党委、党工委、党总支、党支部或党小组。"
        row.block("R1.F", "type", message, "E_FORMAT")
        row.type = type_from_name(row.name)
    _classify_branch(row)
    said = row.values.get("domain")
    row.domain = domain_from_text(said) if said else None
    if said and row.domain is None:
        row.inform("R1.F", "domain", f"单位性质“{said}”不在代码表中，这一项先按“其他”登记。")
        row.domain = Domain.OTHER


def _classify_branch(row: Row) -> None:
    said = row.values.get("subtype")
    if row.type is not UnitType.BRANCH:
        return
    row.subtype = subtype_from_text(said) if said else subtype_from_name(row.name)
    if said and row.subtype is None:
        row.inform("R1.F", "subtype", f"党支部类型“{said}”不在代码表中，这一项先不导入。")


_PATH: Final = re.compile(r"[/／\\>＞→]")
#: What the rules of a unit call the fields that the register has under other names.
_COLUMN_OF: Final = {"full_name": "name", "parent_id": "parent"}


def of_column(finding: Finding) -> Finding:
    """What a rule says of a unit's field, said of the column it came from."""
    column = _COLUMN_OF.get(finding.field)
    return replace(finding, field=column) if column else finding
