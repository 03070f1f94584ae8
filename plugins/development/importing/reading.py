"""A row of a register as a person and the days of their steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from core.sdk import Finding, today
from core.sdk.importing import Batch, Branches, BranchPlace, read_code
from core.sdk.people import identity_facts, identity_fault, normalise_identity, normalise_name, normalise_phone
from plugins.development.cases.opening import NewCase
from plugins.development.cases.saying import block
from plugins.development.importing.fields import DAY_NAMES, TITLES
from plugins.development.importing.steps import tell

_TEXTS: Final = ("contacts", "sponsors", "form_no", "remark")
_CODES: Final = ("sex", "ethnic", "education")


@dataclass(slots=True)
class Row:
    """One row. :param given: who it is about. :param days: field → day. :param findings: what is wrong or told so far."""

    given: NewCase
    place: BranchPlace | None
    days: Mapping[str, date]
    texts: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """Whether something refuses it."""
        return any(one.blocks for one in self.findings)


def read_rows(batch: Batch, branches: Branches) -> list[Row]:
    """Every row of a batch."""
    columns = {name: batch.column(name) for name in ("name", "id_no", "phone", "branch", *_CODES, *_TEXTS)}
    days = {name: batch.column(name, None) for name in ("birth", *DAY_NAMES)}
    found = []
    for at in range(len(batch)):
        cells = {name: str(values[at] or "") for name, values in columns.items()}
        dates = {name: values[at] for name, values in days.items() if values[at] is not None}
        row = _row(cells, dates, branches, list(batch.findings.get(at, ())), set(batch.unreadable.get(at, ())))
        row.findings += _months(batch, at, row.days)
        found.append(row)
    return found


def _row(
    cells: Mapping[str, str], dates: dict[str, date], branches: Branches, found: list[Finding], unreadable: set[str]
) -> Row:
    born = dates.pop("birth", None)
    codes = {name: _code(name, cells[name], found) for name in _CODES}
    number = normalise_identity(cells["id_no"])
    if number and born is None and identity_fault(number, as_of=today()) is None:
        born = identity_facts(number).birth
    remark = {"remark": cells["remark"]} if cells["remark"] else {}
    given = NewCase(
        name=normalise_name(cells["name"]), sex=codes["sex"] or "", birth=born, id_no=number,
        phone=normalise_phone(cells["phone"]), ethnic=codes["ethnic"], education=codes["education"], private=remark,
    )  # fmt: skip
    place = _place(cells["branch"], branches, found, read="branch" not in unreadable)
    return Row(given, place, dates, {name: cells[name] for name in _TEXTS}, found)


def _code(name: str, text: str, found: list[Finding]) -> str | None:
    """A code by its name. A sex that is none is refused; the others are left out, and that is told."""
    code = read_code(name, text) if text else None
    if not text or code is not None:
        return code
    if name == "sex":
        found.append(block("X0", name, f"性别“{text[:20]}”看不懂。", "E_FORMAT", "请填“男”或“女”。"))
    else:
        message = f"{TITLES[name]}“{text[:20]}”不是规定的名称，这一项先不导入。"
        found.append(tell(name, message, "导入后可在基本信息中补充。"))
    return None


def _place(text: str, branches: Branches, found: list[Finding], *, read: bool) -> BranchPlace | None:
    if not text:
        if read:
            found.append(block("R2.14", "branch", "没有填写所在党支部。", "E_REQUIRED", "请填党支部的全称。"))
        return None
    place = branches.find(text)
    if isinstance(place, Finding):
        found.append(place)
        return None
    return place


def _months(batch: Batch, at: int, days: Mapping[str, Any]) -> list[Finding]:
    """Where only year and month were written, the first of the month is taken; that is told."""
    found = []
    for name, places in batch.month_only.items():
        if at in places and name in days:
            day = days[name]
            message = f"{TITLES[name]}只写了年月，按{day:%Y-%m-%d}登记，请核对。"
            found.append(tell(name, message, "知道是哪一天的，请写全日期。"))
    return found
