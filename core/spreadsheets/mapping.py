"""Which column is which field: by heading, by group and heading, by likeness, at last by what stands in the column."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from core.spreadsheets.fields import FieldSpec
from core.spreadsheets.headings import with_groups
from core.spreadsheets.layout import SECTION, SHEET_NAME, TITLES, Column, SheetTable
from core.spreadsheets.text import cell_text, plain

#: In a remembered or corrected mapping: the column is not imported.
IGNORED = ""

_BRACKETS = re.compile(r"[(（\[【〔<《].*?[)）\]】〕>》]")
_DECORATION = re.compile(
    r"[*＊★●:：、,，。.;；!！?？/\\\-_\"'“”‘’\s]|必填|选填|请填写|填写|格式|年月日|年月$|yyyy.*$|[①-⑳]|^\d+[.、]?"
)
#: A heading with one of these speaks of somebody or something else.
_OTHERS = re.compile(
    r"联系人|介绍人|配偶|父亲|母亲|子女|家长|亲属|户主|负责人|经办|监护|培养人|谈话人|原名|曾用|英文|拼音|类型|备注|说明|"
    r"有效期|签发|编号|文号|地点|原因|方式|结果|是否|书记|组长|委员(?!会)|人数"
)
#: A group of columns with one of these is about somebody else, whatever stands below it.
OTHER_PEOPLE = re.compile(
    r"联系人|介绍人|配偶|父亲|母亲|子女|家长|亲属|家庭成员|户主|负责人|经办|监护|培养人|谈话人|书记"
)
_HAN, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z][A-Za-z .'’&/()-]*")
_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Match:
    """One column's field.

    :param confidence: 0 to 1; below ``SURE`` a person should look.
    :param reason: Chinese: why this field.
    """

    column: Column
    field: str
    confidence: float
    reason: str


SURE = 0.8
#: Columns that this product adds to workbooks it gives back.
OWN_HEADINGS = frozenset({"错误说明", "原行号"})


@dataclass
class ColumnMapping:
    """A table's columns as fields.

    :param matches: at most one per field, in column order.
    :param unmapped: columns without a field.
    :param missing: required fields without a column.
    :param conflicts: Chinese sentences: two columns that both look like one field.
    :param clashes: those of them that nobody but a person can decide: headings alike, contents not.
    """

    matches: list[Match] = field(default_factory=list)
    unmapped: list[Column] = field(default_factory=list)
    missing: list[FieldSpec] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, int]:
        """Field name → column index."""
        return {match.field: match.column.index for match in self.matches}

    @property
    def keys(self) -> dict[str, str]:
        """Column key → field name or ``IGNORED``: the form mappings are kept and corrected in.

        Columns made of what stands outside the rows are looked at anew in each file, so they are not among them.
        """
        return {match.column.key: match.field for match in self.matches if match.column.index >= 0} | {
            column.key: IGNORED for column in self.unmapped if column.index >= 0
        }

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look: nothing missing, nothing in conflict, every match sure."""
        return not self.missing and not self.conflicts and all(match.confidence >= SURE for match in self.matches)


class Headings:
    """The headings of a set of fields, ready for comparing."""

    def __init__(self, specs: Sequence[FieldSpec]) -> None:
        self.specs = tuple(specs)
        self._exact: dict[str, str] = {}
        self._bare: dict[str, str] = {}
        for spec in specs:
            for name in (spec.title, *spec.synonyms):
                self._exact.setdefault(plain(name), spec.name)
        for spec in specs:
            for name in (spec.title, *spec.synonyms):
                self._bare.setdefault(bare(name), spec.name)
        self._by_name = {spec.name: spec for spec in specs}

    def known(self, heading: str) -> float:
        """How sure a heading is one of the fields, 0 to 1 (for finding the heading row)."""
        found = self.find(heading)
        return found[1] if found else 0.0

    def label(self, text: str) -> str | None:
        """The field that a text beside a cell names, whatever marks it has; ``None`` for likenesses."""
        found = self.find(text) if len(text) <= 24 else None
        return found[0] if found and found[1] >= 0.93 else None

    def exactly(self, heading: str) -> str | None:
        """The field that a heading is the very name of, or ``None``."""
        return self._exact.get(plain(heading))

    def listed(self, field: str, text: str) -> bool | None:
        """Whether a text is one of a field's list, with or without 族; ``None`` for a field without a list."""
        values = self._by_name[field].values if field in self._by_name else frozenset[str]()
        return (text in values or f"{text}族" in values) if values else None

    def find(self, heading: str) -> tuple[str, float, str] | None:
        """(field, confidence, reason) of a heading alone, or ``None``."""
        return _find(self, heading)

    def _find(self, heading: str) -> tuple[str, float, str] | None:
        text = plain(heading)
        if not text:
            return None
        if text in self._exact:
            return self._exact[text], 1.0, "表头相同"
        stripped = bare(heading)
        if stripped in self._bare:
            return self._bare[stripped], 0.95, "表头相同（略去括号和标点）"
        if _HAN.search(heading) and _LATIN.search(heading):
            return self._bilingual(heading)
        if not stripped or len(stripped) > 20 or stripped.isascii():
            return None  # likeness says little between Latin words
        return self._contained(stripped) or self._alike(stripped)

    def _bilingual(self, heading: str) -> tuple[str, float, str] | None:
        """``姓名 Name``: the Chinese says it, else the English."""
        for part in (_LATIN.sub(" ", heading), " ".join(_LATIN.findall(heading))):
            found = self._find(part)
            if found:
                return found[0], min(found[1], 0.93), found[2]
        return None

    def _contained(self, text: str) -> tuple[str, float, str] | None:
        best: tuple[str, float, str] | None = None
        length = 0
        for name, field_name in self._bare.items():
            if len(name) < 2 or name not in text or len(name) <= length or self._is_other(text, name, field_name):
                continue
            share = len(name) / len(text)
            if share >= 0.4:
                best, length = (field_name, 0.6 + 0.25 * share, f"表头含“{name}”"), len(name)
        return best

    def _alike(self, text: str) -> tuple[str, float, str] | None:
        best: tuple[str, float, str] | None = None
        for name, field_name in self._bare.items():
            if abs(len(name) - len(text)) > 2 or len(text) < 3 or self._is_other(text, name, field_name):
                continue
            likeness = SequenceMatcher(None, name, text, autojunk=False).ratio()
            if likeness >= 0.75 and (best is None or likeness > best[1]):
                best = (field_name, likeness * 0.8, f"表头与“{name}”相近")
        return best

    def _is_other(self, text: str, name: str, field_name: str) -> bool:
        """Whether what a heading says beyond the name makes it another thing."""
        rest = text.replace(name, "", 1)
        return bool(_OTHERS.search(rest)) or any(word in rest for word in self._by_name[field_name].never)


def bare(heading: str) -> str:
    """A heading without brackets and what stands in them, marks, and words of instruction."""
    text = plain(heading)
    return _DECORATION.sub("", _BRACKETS.sub("", text)) or _DECORATION.sub("", text)


@lru_cache(maxsize=4096)
def _find(headings: Headings, heading: str) -> tuple[str, float, str] | None:
    return headings._find(heading)  # noqa: SLF001 - the cache of its own method


def map_columns(table: SheetTable, headings: Headings, remembered: Mapping[str, str] | None = None) -> ColumnMapping:
    """Say which column is which field.

    :param remembered: column key → field name (or ``IGNORED``) from an earlier import or from a person; it decides.
    """
    remembered = remembered or {}
    names = {spec.name for spec in headings.specs}
    found: list[Match] = []
    decided: set[str] = set()
    for column in table.columns:
        if column.key in remembered:
            decided.add(column.key)
            if remembered[column.key] in names:
                found.append(Match(column, remembered[column.key], 1.0, "沿用上次的对应或人工指定"))
        elif column.index >= 0 and column.heading not in OWN_HEADINGS:
            match = _by_heading(column, headings)
            if match:
                found.append(match)
    mapping = ColumnMapping()
    taken = _settle(found, table, mapping, quiet={spec.name for spec in headings.specs if spec.aside})
    if not (remembered and len(decided) == len(table.columns)):
        for match in _by_values(table, headings, taken, decided):
            taken[match.field] = match
    _finish(table, headings, taken, mapping)
    return mapping


def _by_heading(column: Column, headings: Headings) -> Match | None:
    alone = headings.find(column.heading)
    if column.source and alone:
        return Match(column, alone[0], 0.9, f"由 {column.source} 列得出")
    if column.group and OTHER_PEOPLE.search(column.group):
        return None  # 姓名 below 介绍人 is not the member's name
    together = [headings.find(text) for text in with_groups(column.group, column.heading)]
    grouped = max((found for found in together if found), key=lambda found: found[1], default=None)
    exactly = grouped is not None and grouped[1] == 1.0  # 备案时间 under 发展对象 is another day than 备案时间 alone
    if grouped and (alone is None or grouped[1] > alone[1] or (exactly and grouped[0] != alone[0])):
        return Match(column, grouped[0], min(grouped[1], 0.9), f"上级表头“{column.group}”与本列表头合起来相符")
    if alone:
        return Match(column, alone[0], alone[1], alone[2])
    return None


def _settle(found: list[Match], table: SheetTable, mapping: ColumnMapping, quiet: Set[str]) -> dict[str, Match]:
    """One column per field: the surer, then the fuller; near ties are told."""
    taken: dict[str, Match] = {}
    for match in sorted(found, key=lambda match: (-match.confidence, -_filled(table, match.column.index))):
        rival = taken.setdefault(match.field, match)
        if rival is not match and match.confidence > rival.confidence - 0.1 and match.field not in quiet:
            mapping.conflicts.append(
                f"“{match.column.title}”（{match.column.letters} 列）和“{rival.column.title}”（{rival.column.letters} 列）"
                "像是同一项，已取后者，请核对。"
            )
            if _clash(match.column, rival.column, table):
                mapping.clashes.append(
                    f"{rival.column.letters} 列和 {match.column.letters} 列的表头都是“{rival.column.title}”，内容却不相同，看不出以哪一列为准。"
                )
    return taken


def _clash(one: Column, other: Column, table: SheetTable) -> bool:
    """Whether two columns of the same heading hold different things."""
    if one.index < 0 or other.index < 0 or plain(one.title) != plain(other.title):
        return False
    pairs = ((cell_text(row[one.index]), cell_text(row[other.index])) for row in table.rows)
    return any(left and right and left != right for left, right in pairs)


def _by_values(table: SheetTable, headings: Headings, taken: dict[str, Match], decided: set[str]) -> list[Match]:
    """Fields still without a column, found by what stands in the columns still without a field."""
    used = {match.column.index for match in taken.values()}
    found: list[Match] = []
    for spec in headings.specs:
        if spec.name in taken:
            continue
        candidates = []
        for column in table.columns:
            if column.index in used or column.key in decided or _bound_elsewhere(column, headings):
                continue
            share = _share(spec, table, column)
            if share >= 0.7:
                candidates.append((share, column))
        if candidates:
            share, column = max(candidates, key=lambda candidate: (candidate[0], -abs(candidate[1].index)))
            used.add(column.index)
            what = "这一列的内容像" if column.index >= 0 else "来自表格之外的文字，像"
            found.append(Match(column, spec.name, 0.5 + 0.2 * share, f"{what}“{spec.title}”"))
    return found


def _bound_elsewhere(column: Column, headings: Headings) -> bool:
    """A column that names somebody else is not claimed by its values."""
    return bool(_OTHERS.search(column.title) or column.heading in OWN_HEADINGS) or (
        column.index >= 0 and headings.known(column.heading) > SURE
    )


def _share(spec: FieldSpec, table: SheetTable, column: Column) -> float:
    """The share of a sample of the column's filled cells that look like the field; 0 where nothing is known of it."""
    if column.index < 0 and not spec.from_outside:
        return 0.0
    if not spec.values and spec.pattern is None and (column.index >= 0 or spec.in_title is None):
        return 0.0
    texts = sample(table, column.index)
    if spec.in_title and column.index < 0:
        said = sum(1 for text in texts if spec.outside_text([text]))
        if said and column.index in (TITLES, SECTION):
            return 1.0  # one that says it outdoes the lines above; what the others say is judged row by row
        return said / max(len(texts), 1)
    if len(texts) < (1 if column.index < 0 else 2):
        return 0.0
    if spec.pattern is not None:
        hits = sum(1 for text in texts if spec.pattern.fullmatch(text))
    else:
        hits = sum(1 for text in texts if text in spec.values)
    return hits / len(texts)


def sample(table: SheetTable, index: int, size: int = _SAMPLE) -> list[str]:
    """Up to ``size`` filled cells of a column as text, spread over the table."""
    if index == SHEET_NAME:
        return [table.sheet]
    if index == TITLES:
        return table.titles[:size]
    step = max(1, len(table.rows) // (size * 2))
    if index == SECTION:
        cells = [cell_text(text) for text in dict.fromkeys(table.sections) if text]
    else:
        cells = [cell_text(row[index]) for row in table.rows[::step]]
    return [text for text in cells if text][:size]


def _filled(table: SheetTable, index: int) -> int:
    return len(sample(table, index))


def _finish(table: SheetTable, headings: Headings, taken: dict[str, Match], mapping: ColumnMapping) -> None:
    used = {match.column.key for match in taken.values()}
    mapping.matches = sorted(taken.values(), key=lambda match: (match.column.index < 0, match.column.index))
    mapping.unmapped = [column for column in table.columns if column.key not in used]
    mapping.missing = [spec for spec in headings.specs if spec.required and spec.name not in taken]
