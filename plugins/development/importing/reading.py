"""A row of a register as a person and the days of their steps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from core.sdk import Finding, today
from core.sdk.importing import Batch, Branches, BranchPlace, read_code
from core.sdk.people import (
    identity_facts,
    identity_fault,
    identity_finding,
    normalise_identity,
    normalise_name,
    normalise_phone,
)
from plugins.development.cases.opening import NewCase
from plugins.development.cases.saying import block
from plugins.development.importing.fields import DAY_NAMES, SPAN_NAMES, TITLES
from plugins.development.importing.spans import NOTHING, read_span
from plugins.development.importing.steps import tell

_TEXTS: Final = ("contacts", "sponsors", "form_no", "remark", "stage", "employer")
#: What stands behind a name in a list: 李四（女，回族）.
_BEHIND: Final = re.compile(r"(.{2,30}?)\s*[（(【]([^（）()【】]{1,20})[)）】]")
_CODES: Final = ("sex", "ethnic", "education")


@dataclass(slots=True)
class Row:
    """One row. :param given: who it is about. :param days: field → day. :param findings: what is wrong or told so far.

    :param line: where it stands in its sheet.
    """

    given: NewCase
    place: BranchPlace | None
    days: Mapping[str, date]
    texts: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    line: int = 0

    @property
    def blocked(self) -> bool:
        """Whether something refuses it."""
        return any(one.blocks for one in self.findings)


def read_rows(batch: Batch, branches: Branches) -> list[Row]:
    """Every row of a batch."""
    columns = {name: batch.column(name) for name in ("name", "id_no", "phone", "branch", *_CODES, *_TEXTS, *SPAN_NAMES)}
    days = {name: batch.column(name, None) for name in ("birth", *DAY_NAMES)}
    found = []
    for at in range(len(batch)):
        cells = {name: str(values[at] or "") for name, values in columns.items()}
        dates = {name: values[at] for name, values in days.items() if values[at] is not None}
        noted = list(batch.findings.get(at, ()))
        dates |= _spans(cells, dates, noted)
        row = _row(cells, dates, branches, noted, set(batch.unreadable.get(at, ())))
        row.findings += _months(batch, at, row.days)
        row.line = batch.rows[at]
        found.append(row)
    return found


def _spans(cells: Mapping[str, str], dates: Mapping[str, date], found: list[Finding]) -> dict[str, date]:
    """The days that stand as spans in one cell."""
    spans = {name: read_span(cells[name]) for name in SPAN_NAMES if cells[name]}
    for name, span in spans.items():
        if span.problem:
            found.append(block("X0", name, f"{TITLES[name]}{span.problem}", "E_FORMAT"))
        elif span.month_only and span.first:
            message = f"{TITLES[name]}只写了年月，按{span.first:%Y-%m-%d}登记，请核对。"
            found.append(tell(name, message, "知道是哪一天的，请写全日期。"))
    made: dict[str, date] = {}
    notice, trained, probation = (spans.get(name, NOTHING) for name in SPAN_NAMES)
    if notice.first and notice.last:
        made["notice"] = notice.first
        if notice.last > notice.first and "notice_end" not in dates:
            made["notice_end"] = notice.last
    if trained.first and trained.last:
        made |= {"trained": trained.last} | ({"trained_from": trained.first} if trained.first < trained.last else {})
    if probation.first and "adopted" not in dates:
        made["adopted"] = probation.first
    elif probation.first and probation.first != dates["adopted"]:
        message = (
            f"预备期从{probation.first:%Y-%m-%d}起，与支部大会时间{dates['adopted']:%Y-%m-%d}不同，以支部大会时间为准。"
        )
        found.append(tell("probation", message, "预备期从支部大会通过之日算起，请核对。"))
    return made


def _named(text: str, sex: str, ethnic: str) -> tuple[str, str, str]:
    """Name, sex and ethnic group of a cell such as 李四（女，回族）: what stands in a column of its own goes before."""
    behind = _BEHIND.fullmatch(text.strip())
    if behind is None:
        return text, sex, ethnic
    for said in re.split(r"[，,、\s]+", behind[2]):
        sex = sex or (said if said in ("男", "女") else "")
        ethnic = ethnic or (said if said.endswith("族") else "")
    return behind[1], sex, ethnic


def _row(
    cells: Mapping[str, str], dates: dict[str, date], branches: Branches, found: list[Finding], unreadable: set[str]
) -> Row:
    born = dates.pop("birth", None)
    name, sex, ethnic = _named(cells["name"], cells["sex"], cells["ethnic"])
    told = {**cells, "sex": sex, "ethnic": ethnic}
    codes = {name_: _code(name_, told[name_], found) for name_ in _CODES}
    number = normalise_identity(cells["id_no"])
    wrong = identity_fault(number, as_of=today()) if number else None
    if wrong is not None:
        found.append(identity_finding(number, wrong))
    elif number and born is None:
        born = identity_facts(number).birth
    elif born is None and "id_no" not in unreadable and "birth" not in unreadable:
        message = "没有公民身份号码，也没有出生日期，认不出是哪一位。"
        found.append(block("R2.01", "birth", message, "E_REQUIRED", "请填公民身份号码，或者出生日期。"))
    remark = {"remark": cells["remark"]} if cells["remark"] else {}
    given = NewCase(
        name=normalise_name(name), sex=codes["sex"] or "", birth=born, id_no=number,
        phone=normalise_phone(cells["phone"]), ethnic=codes["ethnic"], education=codes["education"], private=remark,
        employer=cells["employer"][:120] or None,
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
