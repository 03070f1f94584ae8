"""The register of units as a kind of import: judging rows. Writing them stands in ``import_writing``.

Parents may stand after their children in the file; a row whose superior is unknown, refused or in a circle is refused
itself, with the reason. What only a dated change may do (another name, type or superior) is refused and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from core.importing.kinds import Act, Batch, Effect, ImportContext, ImportKind, Undone, Verdicts, register_kind
from core.organization.codes import Domain, UnitType
from core.organization.import_changes import told
from core.organization.import_fields import FIELDS
from core.organization.import_outline import arrange, is_level
from core.organization.import_rows import Row, of_column, read_row
from core.organization.labels import label
from core.organization.name_stems import is_common
from core.organization.policy import OrganizationPolicy
from core.organization.queries.policy import policy
from core.organization.queries.ranges import EVERYWHERE
from core.organization.queries.tree import counts_by_type, total_below_root
from core.organization.register import Register, Stored
from core.organization.rules.form import (
    code_findings,
    established_findings,
    region_findings,
    same_kind,
    subtype_findings,
)
from core.organization.rules.nesting import cycle_row_finding, cyclic, parent_findings
from core.organization.rules.terms import body_findings, due_on, term_years
from core.policy.findings import Finding

_TEXTS: Final = ("approval_doc_no", "region_code", "contact_name", "contact_phone", "address", "remark")


@dataclass
class Judged:
    """What a file comes to: rows to make, superiors before their children, and rows that change a stored unit."""

    made: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)


class OrganizationImporter:
    """Judges and writes the rows of one register."""

    def __init__(self, context: ImportContext) -> None:
        self._context, self._fills = context, context.mode == "fill"
        self._register = Register()
        self._policy: OrganizationPolicy = policy(as_of=context.as_of)

    def check(self, batch: Batch) -> Verdicts:
        """Judge the whole file at once, as its rows refer to each other."""
        rows = [read_row(batch, at) for at in range(len(batch))]
        for at, upper in batch.above.items():
            rows[at].place_in(
                rows[upper] if upper is not None else None, implied=at in batch.implied, outermost=at in batch.outermost
            )
        for row in rows:
            row.stored = self._known(row)
        self._find_twins(rows)
        self._find_parents(rows)
        self._refuse_circles(rows)
        for row in rows:
            self._judge(row)
            row.ask_for_reason()
        self._refuse_orphans(rows)
        judged, verdicts = Judged(), Verdicts([])
        for row in rows:
            verdicts.acts.append(act := self._act(row))
            if row.askable:
                verdicts.askable.add(row.at)
            if act is Act.UPDATE:
                judged.changed.append(row)
                verdicts.changes[row.at] = told(row)
            if row.findings:
                verdicts.findings[row.at] = [of_column(finding) for finding in row.findings]
        judged.made = _superiors_first([row for row, act in zip(rows, verdicts.acts, strict=True) if act is Act.CREATE])
        verdicts.payload = judged
        return verdicts

    def apply(self, batch: Batch, verdicts: Verdicts) -> Sequence[Effect]:
        """Write what :meth:`check` judged."""
        from core.organization import import_writing

        del batch
        return import_writing.write(verdicts.payload, self._context)

    def totals(self) -> dict[str, Any]:
        """Units of the tenant by type; the root itself and groups are not counted."""
        counts = counts_by_type(EVERYWHERE)
        root = self._register.root
        shown: dict[str, Any] = {"total": total_below_root(EVERYWHERE, root.path)}
        for kind in UnitType:
            number = counts.get(kind, 0) - (1 if root.type == kind else 0)
            if number or kind in (UnitType.COMMITTEE, UnitType.GENERAL_BRANCH, UnitType.BRANCH):
                shown[kind.value] = number
        return shown

    def _known(self, row: Row) -> Stored | None:
        """The stored unit this row is about: by code, else by its full name (a group within its branch)."""
        code = row.values.get("code")
        if code and code in self._register.by_code:
            return self._register.by_id[self._register.by_code[code]]
        if row.laid_out and row.name:
            return self._known_by_place(row)
        found = self._register.named(row.name, short=False) if row.name else []
        if found and row.parent_text and (row.type is UnitType.GROUP or not _tells_its_place(row.name)):
            parents = {unit.id for unit in self._register.named(row.parent_text)}
            found = [unit for unit in found if unit.type == row.type and unit.parent_id in parents]
        return found[0] if len(found) == 1 else None

    def _known_by_place(self, row: Row) -> Stored | None:
        """The stored unit a row of an outline is about: of its name, under the unit that the row above it is about."""
        found = self._register.named(row.name, short=row.implied) or (
            self._register.meant(row.name) if row.implied or row.outermost else []
        )
        found = [unit for unit in found if row.type is None or same_kind(UnitType(unit.type), row.type)]
        upper = row.above.stored if row.above is not None else None
        if row.above is not None and (len(found) > 1 or (found and not _tells_its_place(row.name))):
            found = [unit for unit in found if upper is not None and unit.parent_id == upper.id]
        return found[0] if len(found) == 1 else None

    def _find_twins(self, rows: Sequence[Row]) -> None:
        """A code, or a name that stood in an earlier row already; 第一支部 and a group only within their superior."""
        seen: dict[tuple[str, ...], Row] = {}
        for row in rows:
            keys: list[tuple[str, ...]] = []
            if row.name:
                small = row.type is UnitType.GROUP or not _tells_its_place(row.name)
                within = (row.path if row.laid_out else self._register.keys(row.parent_text)[-1:]) if small else ()
                keys.append(("name", self._register.keys(row.name)[-1], *within))
            if row.values.get("code"):
                keys.append(("code", row.values["code"]))
            for key in keys:
                first = seen.setdefault(key, row)
                if first is not row:
                    sheet = f"“{first.sheet}”" if first.sheet != row.sheet else ""
                    what = "党组织代码" if key[0] == "code" else "党组织全称"
                    message = f"{what}与{sheet}第{first.number}行重复。"
                    row.block("R1.F", "code" if key[0] == "code" else "name", message, "E_DUP")

    def _find_parents(self, rows: Sequence[Row]) -> None:
        by_key: dict[str, dict[int, Row]] = {}
        by_code = {row.values["code"]: row for row in rows if row.values.get("code") and not _twin(row)}
        for row in rows:
            for key in self._register.keys(row.name) if not _twin(row) else ():
                by_key.setdefault(key, {})[row.at] = row
        for row in rows:
            if row.laid_out and self._find_laid_out(row):
                continue
            text = row.parent_text
            if text and row.stored is self._register.root and not _named(by_key, self._register.keys(text)):
                text = self._above_the_root(row)
            if not text:
                self._without_parent(row)
                continue
            named = _named(by_key, self._register.keys(text))
            if len(named) > 1:
                message = f"本表中有{len(named)}个党组织叫“{_short(text)}”，无法确定上级是哪一个；请写全称或代码。"
                row.block("R1.01", "parent", message, "E_SCOPE")
                continue
            row.parent_row = by_code.get(text) or next(iter(named), None)
            if row.parent_row is not None and row.parent_row.stored is not None:
                row.parent, row.parent_row = row.parent_row.stored, None
            if row.parent is None and row.parent_row is None:
                self._find_stored_parent(row)

    def _find_laid_out(self, row: Row) -> bool:
        """The superior of a row of an outline: that of its place; an outermost one stands under the root unless it says otherwise."""
        if row.above is not None:
            if row.above.stored is not None:
                row.parent = row.above.stored
            else:
                row.parent_row = row.above
            return True
        if row.parent_text or row.stored is not None or not row.outermost:
            return False
        row.parent = self._register.root
        message = (
            f"“{row.name}”是表中最上一级，表中没有写它的上级，已放在“{row.parent.name}”之下；"
            "不对的，请在核对各列时写明上级党组织。"
        )
        row.inform("R1.01", "parent", message)
        return True

    def _above_the_root(self, row: Row) -> str:
        """What the root's own row says of its superior: nothing to us, unless it names a unit of the tenant."""
        if self._register.named(row.parent_text):
            return row.parent_text
        message = f"“{row.name}”是本单位的最高党组织，它的上级“{_short(row.parent_text)}”不在本系统中，这一项不导入。"
        row.inform("R1.01", "parent", message)
        row.parent_text = ""
        return ""

    def _find_stored_parent(self, row: Row) -> None:
        found = self._register.named(row.parent_text) or self._register.meant(row.parent_text)
        if len(found) == 1:
            row.parent = found[0]
        elif found:
            message = f"有{len(found)}个党组织叫“{_short(row.parent_text)}”，无法确定上级是哪一个；请写全称或代码。"
            row.block("R1.01", "parent", message, "E_SCOPE")
        else:
            message = f"上级党组织“{_short(row.parent_text)}”在系统和本表中都找不到，请核对上级党组织全称。"
            row.block("R1.01", "parent", message, "E_SCOPE")

    def _without_parent(self, row: Row) -> None:
        """No superior is named: right for the root and for a unit that is known already."""
        if row.stored is None and row.name:
            root = self._register.root.name
            message = f"没有填写上级党组织；由“{root}”直接领导的，请填写“{root}”。"
            row.block("R1.01", "parent", message, "E_REQUIRED")

    def _refuse_circles(self, rows: Sequence[Row]) -> None:
        parents = {str(row.at): str(row.parent_row.at) if row.parent_row else None for row in rows}
        for key in cyclic(parents):
            row = rows[int(key)]
            row.findings.append(cycle_row_finding(row.name, row.parent_text))

    def _judge(self, row: Row) -> None:
        if row.type is None or not row.name:
            return
        if row.parent is not None:
            upper: tuple[str, UnitType | None] = (row.parent.name, UnitType(row.parent.type))
        elif row.parent_row is not None:
            upper = (row.parent_row.name, row.parent_row.type)
        else:
            upper = ("", None)
        if upper[1] is not None:
            row.findings += parent_findings(
                name=row.name, unit_type=row.type, parent_name=upper[0], parent_type=upper[1]
            )
        if row.subtype is not None:
            row.findings += subtype_findings(row.type, row.subtype)
        if row.values.get("code") and row.values["code"] != (row.stored.code if row.stored else None):
            row.findings += code_findings(row.values["code"])
        row.findings += region_findings(row.values.get("region_code"))
        row.findings += established_findings(row.values.get("established_on"), as_of=self._context.as_of)
        self._judge_body(row)
        self._judge_scope(row)
        if row.stored is not None:
            self._compare(row, row.stored)
        elif self._context.mode == "update":
            message = f"系统中没有党组织“{row.name}”，而这次导入只更新已有党组织。"
            row.block("R1.F", "name", message, "E_STATE")

    def _judge_body(self, row: Row) -> None:
        started: date | None = row.values.get("body_started")
        if started is None or row.type is None:
            return
        if row.type is UnitType.GROUP:
            row.inform("R1.B", "body_started", "党小组没有班子，任职起始日期不导入。")
            row.values["body_started"] = None
            return
        if started > self._context.as_of:
            message = f"班子任职起始日期{started}晚于{self._context.as_of}，请核对。"
            row.block("R1.B", "body_started", message, "E_RANGE")
        established = row.values.get("established_on") or (row.stored.established_on if row.stored else None)
        row.findings += (
            Finding(f.rule, f.severity, "body_started", f.message, source=f.source, code=f.code)
            for f in body_findings(started_on=started, ended_on=None, established_on=established, others=())
        )
        kept = row.stored.domain if row.stored and row.domain is None else None
        domain = row.domain or (Domain(kept) if kept else Domain.OTHER)
        row.years = term_years(row.type, domain, self._policy)
        row.due_on = due_on(started, row.years)
        said = row.values.get("due_on")
        if said is not None and said != row.due_on:
            message = f"表中届满日期{said}与按任期{row.years}年计算的{row.due_on}不同，已按计算结果登记；经批准延期的请在系统中登记。"
            row.inform("R1.09", "due_on", message)

    def _judge_scope(self, row: Row) -> None:
        if self._context.within is None:
            return
        top: Row | None = row
        while top is not None and top.stored is None and top.parent is None and top.parent_row not in (None, row):
            top = top.parent_row
        place = (top.stored or top.parent) if top else None
        if place is not None and not any(start <= place.path < end for start, end in self._context.within):
            row.block("R1.01", "parent", f"“{place.name}”不在您的管理范围内，不能导入。", "E_SCOPE")

    def _compare(self, row: Row, stored: Stored) -> None:
        """What the row would change. Name, type and superior move only by a dated change."""
        if row.type is not None and row.type != stored.type and row.values.get("type"):
            was = label(UnitType(stored.type))
            message = f"系统中“{stored.name}”是{was}，类别变动请在“组织变动”中办理，不能用导入改变。"
            row.block("R1.D", "type", message, "E_STATE")
        if (
            row.name
            and row.name != stored.name
            and self._register.keys(row.name)[-1] != self._register.keys(stored.name)[-1]
        ):
            message = f"代码{stored.code}在系统中是“{stored.name}”；更名请在“组织变动”中办理，不能用导入改变。"
            row.block("R1.D", "name", message, "E_STATE")
        if row.parent_text and (row.parent_row is not None or (row.parent and row.parent.id != stored.parent_id)):
            now = self._register.by_id[stored.parent_id].name if stored.parent_id else "（最高党组织，没有上级）"
            message = f"系统中“{stored.name}”的上级是“{now}”；隶属调整请在“组织变动”中办理，不能用导入改变。"
            row.block("R1.D", "parent", message, "E_STATE")
        given: dict[str, Any] = {
            name: row.values.get(name) for name in (*_TEXTS, "code", "short_name", "established_on")
        }
        given["domain"] = row.domain.value if row.domain else None
        given["subtype"] = row.subtype.value if row.subtype and row.values.get("subtype") else None
        row.changes = {
            name: value for name, value in given.items() if value is not None and value != getattr(stored, name)
        }
        if self._fills:
            row.changes = {name: value for name, value in row.changes.items() if not getattr(stored, name)}
        self._compare_body(row, stored)

    def _compare_body(self, row: Row, stored: Stored) -> None:
        started: date | None = row.values.get("body_started")
        if started is None or started == stored.body_started or (self._fills and stored.body_started):
            return
        if stored.body_started is not None and started < stored.body_started:
            message = f"系统中本届班子自{stored.body_started}起任职，表中{started}较早，不导入。"
            row.inform("R1.B", "body_started", message)
            return
        row.new_body = True

    def _refuse_orphans(self, rows: Sequence[Row]) -> None:
        """Refuse rows whose superior, somewhere up, is refused: they would hang in the air."""
        for row in rows:
            seen: set[int] = set()
            upper = row.parent_row
            while upper is not None and upper.at not in seen:
                seen.add(upper.at)
                if upper.blocked and not row.blocked:
                    message = f"上级“{upper.name}”（第{upper.number}行）没有通过检查，本行暂不能导入。"
                    row.block("R1.01", "parent", message, "E_STATE")
                upper = upper.parent_row

    def _act(self, row: Row) -> Act:
        if row.blocked:
            return Act.REFUSE
        if row.stored is None:
            if row.implied:
                message = f"“{row.name}”在表中没有自己的一行，只作为上级出现，系统中也没有，将一并新建。"
                row.inform("R1.01", "name", message)
            return Act.CREATE
        changed = bool(row.changes or row.new_body) and self._context.mode != "add"
        return Act.UPDATE if changed else Act.SAME


def _twin(row: Row) -> bool:
    return any(finding.code == "E_DUP" for finding in row.findings)


def _tells_its_place(name: str) -> bool:
    """Whether a name tells which unit it is in the whole tenant: 中共清源大学外语学院第一支部委员会 does, 第一党支部 does not."""
    return name.startswith("中") or not is_common(name)


def _named(by_key: Mapping[str, dict[int, Row]], keys: Sequence[str]) -> list[Row]:
    """The rows a name means, by the first of its spellings that is known."""
    return next((list(by_key[key].values()) for key in keys if by_key.get(key)), [])


def _superiors_first(rows: Sequence[Row]) -> list[Row]:
    wanted, ordered = {row.at for row in rows}, dict[int, Row]()
    for row in rows:
        chain = []
        at: Row | None = row
        while at is not None and at.at in wanted and at.at not in ordered:
            chain.append(at)
            at = at.parent_row
        ordered.update((one.at, one) for one in reversed(chain))
    return list(ordered.values())


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _undo(run_id: UUID, effects: Sequence[Effect]) -> Undone:
    from core.organization import import_undo

    return import_undo.undo(run_id, effects)


ORGANIZATION = register_kind(
    ImportKind(
        name="organization",
        title="党组织花名册",
        noun="个党组织",
        permission="organization.import",
        fields=FIELDS,
        begin=OrganizationImporter,
        undo=_undo,
        batch_rows=None,
        arrange=arrange,
        fills=True,
        is_level=is_level,
        figure_titles={"total": "党组织总数", "committee": "党委", "general_branch": "党总支", "branch": "党支部"},
    )
)
