"""The member roster as a kind of import (02-roster 2.4): judging rows. Writing them stands in ``import_writing``."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from core.calendar_arithmetic import add_months
from core.database import uuid7
from core.database.read import rows
from core.importing.kinds import Act, Batch, Changed, Effect, ImportContext, ImportKind, Verdicts, register_kind
from core.people.codes import FORMAL, PROBATIONARY, parse_class_tags, parser
from core.people.identity_number import facts, fault, normalise
from core.people.import_added import Added, specs
from core.people.import_branches import Branches, Place
from core.people.import_changes import gaps, told
from core.people.import_fields import FIELDS
from core.people.import_layout import arrange
from core.people.import_stored import (
    CHANGED,
    FIGURE_NAMES,
    GONE,
    KEPT_FIGURES,
    PLAIN,
    STORED,
    YOUNG,
    YOUNG_MONTHS,
    Judged,
    Stored,
    differing,
    with_tags,
    without_probation,
)
from core.people.import_writing import Writer
from core.people.policy import policy
from core.people.record import unseal
from core.people.rules.fields import phone_shared
from core.people.rules.identity import duplicate_in_file, duplicate_in_roster
from core.people.rules.joining import asks_probation
from core.people.rules.member import check_member, complete
from core.people.rules.record import MemberRecord
from core.people.rules.wording import block, inform, short
from core.people.values import normalise_address, normalise_name, normalise_phone, several_phones
from core.policy.findings import Finding
from core.spreadsheets.text import NOTHING
from core.tenancy.keys import keyring

_CODES: Final = ("sex", "ethnic", "education", "degree", "person_type", "post", "marital", "household")
_DATES: Final = ("birth", "join_date", "regular_date", "work_start")
_STANDING_OF_TYPE: Final = {FORMAL: ("formal", "suspended", "holding"), PROBATIONARY: ("probationary", "holding")}
_STANDING_NAMES: Final = {
    "probationary": "预备党员", "formal": "正式党员", "suspended": "停止党籍", "removed": "已出党", "died": "已去世",
    "transferred_out": "已转出", "holding": "待编入支部",
}  # fmt: skip


@dataclass
class _Row:
    """One row on its way through the rules."""

    record: MemberRecord
    values: dict[str, Any]
    findings: list[Finding]
    place: Place | None
    number: bytes | None = None

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)


class PeopleImporter:
    """Judges and writes the rows of one roster."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._policy = policy(as_of=context.as_of)
        self.ring = keyring(fresh=context.run_id is not None)
        self._branches = Branches(within=context.within)
        self._numbers: dict[str, tuple[str, int]] = {}
        self._phones: Counter[str] = Counter()
        self._gone = {row[0]: row[1:] for row in rows(GONE) if row[0]}
        self._parsers: dict[str, Callable[[object], str | None]] = {name: parser(name) for name in _CODES}
        self._writer = Writer(context, self.ring)
        self._added, self._held = Added(context.fields), dict[UUID, dict[str, Any]]()
        self._direct: frozenset[UUID] = frozenset()
        self._fills = context.mode == "fill"

    def check(self, batch: Batch) -> Verdicts:
        """Judge a batch by the rules of the roster; duplicates are seen across the whole file."""
        read = self._rows(batch)
        for row in read:
            if row.record.id_no and fault(row.record.id_no, as_of=self._context.as_of) is None:
                row.number = self.ring.blind(row.record.id_no, purpose="id_no")
        numbers = [row.number for row in read if row.number]
        stored = {found.id_no_index: found for found in (Stored(*row) for row in rows(STORED, numbers=numbers))}
        self._held = self._added.stored([found.id for found in stored.values()])
        self._direct = without_probation(stored.values(), months=self._policy.probation_months)
        verdicts, judged = Verdicts([]), Judged()
        for at, row in enumerate(read):
            act = self._judge(batch, at, row, stored.get(row.number or b""), judged)
            verdicts.acts.append(act)
            if row.findings:
                verdicts.findings[at] = row.findings
                if act is Act.REFUSE and all(f.rule == "R2.03" for f in row.findings if f.blocks):
                    verdicts.askable.add(at)
        verdicts.changes = self._told(judged)
        verdicts.payload = judged
        verdicts.ahead = partial(self._writer.prepare, judged)
        return verdicts

    def apply(self, batch: Batch, verdicts: Verdicts) -> Sequence[Effect]:
        """Write what :meth:`check` judged."""
        del batch
        return self._writer.write(verdicts.payload)

    def totals(self) -> dict[str, Any]:
        """The tenant's member figures, named as reports name them."""
        (kept,), (young,) = rows(KEPT_FIGURES), rows(YOUNG, born_after=add_months(self._context.as_of, -YOUNG_MONTHS))
        return dict(zip(FIGURE_NAMES, (*kept, *young), strict=True))

    def _told(self, judged: Judged) -> dict[int, Changed]:
        addresses = {stored.id: self._address(stored) for stored, changes in judged.changed if "address" in changes}
        return told(judged, self._branches, addresses, self._held)

    def _rows(self, batch: Batch) -> list[_Row]:
        """Each row's values, normalised and translated into codes; what stands for nothing is noted as unreadable."""
        unreadable = {at: dict(fields) for at, fields in batch.unreadable.items()}
        columns: dict[str, list[Any]] = {
            "name": [normalise_name(text) for text in batch.column("name")],
            "id_no": [normalise(text) for text in batch.column("id_no")],
            "phone": [normalise_phone(text) for text in batch.column("phone")],
            "address": [normalise_address(text) for text in batch.column("address")],
        }
        wanted = self._context.fields | {"sex", "ethnic", "birth", "education", "person_type", "join_date",
                                         "regular_date", "post", "native_place", "degree", "former_name"}  # fmt: skip
        for name in wanted.intersection(_CODES):
            columns[name] = self._translated(name, batch.column(name), self._parsers[name], unreadable)
        for name in wanted.intersection(_DATES):
            columns[name] = batch.column(name, None)
        for name in wanted.intersection(PLAIN):
            columns[name] = [text or None for text in batch.column(name)]
        tags = self._translated("class_tags", batch.column("class_tags"), parse_class_tags, unreadable)
        branches, groups, superiors = batch.column("branch"), batch.column("group"), batch.column("superior")
        nothing: dict[str, str] = {}
        columns["class_tags"] = [given or () for given in tags]
        self._first_phones(batch, columns["phone"])
        names, found = tuple(columns), []
        for at, cells in enumerate(zip(*columns.values(), strict=True)):
            values = dict(zip(names, cells, strict=True))
            findings = batch.findings.get(at, [])
            place = self._place((branches[at], superiors[at]), groups[at], values, findings, unreadable, at)
            record = MemberRecord(
                name=values["name"], sex=values["sex"], ethnic=values["ethnic"], id_no=values["id_no"],
                birth=values["birth"], education=values["education"], person_type=values["person_type"],
                branch=place, join_date=values["join_date"], regular_date=values["regular_date"],
                post=values["post"], phone=values["phone"], address=values["address"],
                native_place=values["native_place"], degree=values["degree"], unreadable=unreadable.get(at, nothing),
            )  # fmt: skip
            found.append(_Row(record, values, findings, place))
        self._complete_months(batch, found)
        for row, (added, said) in zip(found, self._added.read(batch), strict=True):
            row.values["added"] = added
            row.findings += said
        return found

    def _first_phones(self, batch: Batch, phones: list[str]) -> None:
        """Where a cell holds several phones the first is taken, and the others are told."""
        for at, phone in enumerate(phones):
            if len(phone) > 16:
                first, others = several_phones(batch.columns["phone"][at])
                if first:
                    phones[at] = first
                    sentence = f"联系电话填了{len(others) + 1}个号码，已登记第一个，其余{len(others)}个没有导入"
                    batch.findings.setdefault(at, []).append(inform("R2.08", "phone", sentence, code="E_FORMAT"))

    def _translated(
        self, name: str, texts: list[str], translate: Callable[[str], Any], unreadable: dict[int, dict[str, str]]
    ) -> list[Any]:
        known = {text: translate(text) if text else None for text in set(texts)}
        strange = {text for text, code in known.items() if text and code is None and text not in NOTHING}
        if strange:
            for at, text in enumerate(texts):
                if text in strange:
                    unreadable.setdefault(at, {})[name] = text
        return [known[text] for text in texts]

    def _place(
        self, named: tuple[str, str], group: str, values: dict[str, Any], findings: list[Finding],
        unreadable: dict[int, dict[str, str]], at: int,
    ) -> Place | None:  # fmt: skip
        """The branch the row names; a name that cannot be placed is found out here, more exactly than by the rules."""
        branch = named[0]
        place = self._branches.find(*named) if branch else None
        if isinstance(place, Finding):
            findings.append(place)
            unreadable.setdefault(at, {})["branch"] = branch
            place = None
        if place and group:
            values["group_id"] = self._branches.group(place.branch, group)
            if values["group_id"] is None:
                sentence = f"所在党小组“{short(group)}”在这个党支部中找不到，这一项先不导入"
                findings.append(inform("R2.14", "group", sentence, code="E_SCOPE"))
        elif place and place.group:
            values["group_id"] = place.group
        return place

    def _complete_months(self, batch: Batch, found: list[_Row]) -> None:
        """Where only year and month were written: the birthday of the number, else the first, and a note of it."""
        for name, places in batch.month_only.items():
            for at in places:
                row, day = found[at], found[at].values[name]
                number = row.record.id_no
                if name == "birth" and fault(number, as_of=self._context.as_of) is None:
                    said = facts(number).birth
                    if (said.year, said.month) == (day.year, day.month):
                        row.values[name] = said
                        row.record = replace(row.record, birth=said)
                        continue
                label = next(spec.title for spec in FIELDS if spec.name == name)
                sentence = f"{label}只写了年月，已按{day.year}年{day.month}月1日登记，请核对"
                row.findings.append(inform("2.1", name, sentence, code="E_FORMAT"))

    def _judge(self, batch: Batch, at: int, row: _Row, stored: Stored | None, judged: Judged) -> Act:
        reason = batch.reasons[at] if batch.reasons else ""
        reported = set(batch.unreadable.get(at, ())) | ({"branch"} if "branch" in row.record.unreadable else set())
        if stored is not None and not self._branches.reaches(stored.unit_id):
            row.findings[:] = [duplicate_in_roster("", "其他党支部")]  # whose it is, and what is held, is not told
            return Act.REFUSE
        if stored is not None:
            _fill_from(stored, row, first=self._fills)
        as_of = self._context.as_of
        for finding in check_member(
            row.record, as_of=as_of, policy=self._policy, reason=reason or None, on_import=True
        ):
            if (
                finding.field not in reported
                and not _follows(finding, reported, row)
                and not (
                    asks_probation(finding) and stored and stored.id in self._direct and stored.joined_as(row.record)
                )
                and (stored is None or finding.field in self._context.fields)
            ):
                row.findings.append(finding)
        self._look_for_others(batch, at, row, stored)
        if row.blocked:
            return Act.REFUSE
        if row.record.id_no:
            self._numbers[row.record.id_no] = (batch.sheets[at], batch.rows[at])
        if any(finding.rule == "R2.03" and finding.code == "E_CONFLICT" for finding in row.findings):
            row.values["mismatch_reason"] = reason
        if stored is None:
            return self._make(row, judged)
        changes = self._differences(stored, row)
        if self._context.mode == "add" or not changes:
            return Act.SAME
        judged.changed.append((stored, changes))
        judged.at.append(at)
        return Act.UPDATE

    def _look_for_others(self, batch: Batch, at: int, row: _Row, stored: Stored | None) -> None:
        """R2.04 and R2.08 across the file and the roster; standing is never changed by an import (2.2)."""
        before = self._numbers.get(row.record.id_no) if row.number else None
        if before:
            elsewhere = before[0] if before[0] != batch.sheets[at] else ""
            row.findings.insert(0, duplicate_in_file(before[1], sheet=elsewhere))  # the first reason is the true one
            return
        if row.record.phone:
            self._phones[row.record.phone] += 1
            shared = phone_shared(self._phones[row.record.phone], self._policy)
            if shared:
                row.findings.append(shared)
        if stored is not None:
            self._compare_standing(row, stored, explained=bool(batch.reasons and batch.reasons[at]))
        elif row.number in self._gone:
            name, standing = self._gone[row.number]
            whose = f"属于{short(name)}，系统中登记为“{_STANDING_NAMES[standing]}”"
            if not self._branches.everywhere:  # what became of somebody is no matter of a branch they may not be of
                whose = "在系统中属于已不在册的人员"
            sentence = f"这个公民身份号码{whose}。重新入党、恢复或转入须凭文件在系统中办理，不能用导入"
            row.findings.append(block("R2.13", "id_no", sentence, code="E_STATE"))
        elif self._context.mode == "update":
            sentence = "名册中没有这个公民身份号码，而这次导入只更新已有党员"
            row.findings.append(block("R2.04", "id_no", sentence, code="E_STATE"))

    def _compare_standing(self, row: _Row, stored: Stored, *, explained: bool) -> None:
        renamed = explained or bool(row.values["former_name"])
        if row.values["name"] and row.values["name"] != stored.name and not renamed:
            row.findings.append(duplicate_in_roster(stored.name, self._branches.name_of(stored.unit_id)))
        wanted = _STANDING_OF_TYPE.get(row.values["person_type"] or "")
        if wanted and stored.standing not in wanted and not self._fills:
            sentence = (
                f"系统中登记为“{_STANDING_NAMES[stored.standing]}”，表中的人员类别与此不同。"
                "转正、取消预备等须凭批准文件在系统中办理，不能用导入改变"
            )
            row.findings.append(block("R2.07", "person_type", sentence, code="E_STATE"))

    def _make(self, row: _Row, judged: Judged) -> Act:
        completed = complete(row.record, as_of=self._context.as_of)
        place = row.place
        values = row.values
        values.update(
            id=uuid7(), sex=completed.sex, birth=completed.birth, person_type=completed.person_type,
            unit_id=place.branch if place else None, id_no_index=row.number,
        )  # fmt: skip
        values.setdefault("group_id", None)
        values.setdefault("mismatch_reason", None)
        judged.made.append(values)
        return Act.CREATE

    def _differences(self, stored: Stored, row: _Row) -> dict[str, Any]:
        """What the row would change, by field. An empty cell changes nothing."""
        values = row.values
        changes = differing(stored, values, self._context.fields)
        if "birth" in changes:
            said = facts(row.record.id_no).birth
            changes["birth_by_id"] = None if said == changes["birth"] else said
        if values["name"] and values["name"] != stored.name:
            changes["name"] = values["name"]
        if values["phone"] and self.ring.blind(values["phone"], purpose="phone") != stored.phone_index:
            changes["phone"] = values["phone"]
        if values["address"] and values["address"] != self._address(stored):
            changes["address"] = values["address"]
        if row.place and row.place.branch != stored.unit_id:
            changes |= {"unit_id": row.place.branch, "group_id": values.get("group_id")}
        elif values.get("group_id") and values["group_id"] != stored.group_id:
            changes["group_id"] = values["group_id"]
        tags = with_tags(stored.class_codes, values["class_tags"])
        if tags != stored.class_codes:
            changes["class_tags"] = tags
        held = self._held.get(stored.id, {})
        added = {key: value for key, value in values["added"].items() if held.get(key) != value}
        if added:
            changes["added"] = added
        if changes.keys() & {"sex", "birth"} and values.get("mismatch_reason"):
            changes["mismatch_reason"] = values["mismatch_reason"]
        return gaps(stored, changes, held) if self._fills else changes

    def _address(self, stored: Stored) -> str:
        if stored.address_cipher is None:
            return ""
        return unseal(stored.address_cipher, self.ring, column="address_cipher", row=stored.id)


def _follows(finding: Finding, reported: set[str], row: _Row) -> bool:
    """Whether something is only missing because what it would be taken from cannot be read: that is told already."""
    if finding.code != "E_REQUIRED":
        return False
    if finding.field in ("sex", "birth"):
        return row.number is None
    return finding.field == "person_type" and "regular_date" in reported


def _fill_from(stored: Stored, row: _Row, *, first: bool) -> None:
    """Judge a row about somebody known together with what is known and not in the row; ``first``: whatever the row says."""
    given = {
        name: known
        for name in ("name", *CHANGED[:6], "join_date", "regular_date")
        if ((known := getattr(stored, name)) and first)
        or (not getattr(row.record, name) and name not in row.record.unreadable)
    }
    if (first or not row.record.person_type) and stored.standing in ("formal", "suspended", "probationary"):
        given["person_type"] = PROBATIONARY if stored.standing == "probationary" else FORMAL
    if (first and stored.unit_id) or (row.record.branch is None and "branch" not in row.record.unreadable):
        given["branch"] = stored.unit_id
    if given:
        row.record = replace(row.record, **given)


def _undo(run_id: UUID, effects: Sequence[Effect]) -> Any:
    from core.people.import_undo import undo

    return undo(run_id, effects)


PEOPLE = register_kind(
    ImportKind(
        name="people",
        title="党员花名册",
        noun="名党员",
        permission="people.import",
        fields=FIELDS,
        begin=PeopleImporter,
        undo=_undo,
        key_fields=frozenset({"id_no"}),
        further=specs,
        arrange=arrange,
        fills=True,
        figure_titles={
            "total": "党员总数",
            "probationary": "预备党员",
            "female": "女党员",
            "rural": "农村党员",
            "age_35_or_under": "35岁及以下",
            "senior_secondary_or_above": "高中及以上学历",
        },
    )
)
