"""Finding the branch (and group) a workbook means by a name or a code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select

from core.database.read import rows
from core.organization.codes import UnitType
from core.organization.labels import label
from core.organization.models import Unit
from core.organization.name_stems import Named, Stems
from core.people.rules.policy import EDU
from core.people.rules.wording import block, short
from core.policy.findings import Finding
from core.spreadsheets.text import plain

UNITS = select(Unit.id, Unit.name, Unit.short_name, Unit.code, Unit.type, Unit.path, Unit.parent_id).where(
    or_(Unit.state == "active", Unit.state == "dissolving")
)
_SUFFIX = re.compile("(党支部委员会|支部委员会|党支部)$")
_STEPS = re.compile(r"\s*(?:[/／\\|>＞→»]|-{1,2}>|——)+\s*")
_WITHIN = tuple[tuple[str, str], ...] | None
_PLACES = (UnitType.BRANCH, UnitType.GROUP)


class _Unit(NamedTuple):
    id: UUID
    name: str
    short_name: str
    code: str | None
    type: str
    path: str
    parent_id: UUID


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is placed: the branch, and the group in it, if the name was a group's."""

    branch: UUID
    group: UUID | None
    path: str


class Branches:
    """The tenant's units by every name a workbook may give them, as they are when the import begins."""

    def __init__(self, *, within: _WITHIN) -> None:
        self._within = within
        self._names: dict[str, dict[UUID, _Unit]] = {}
        self._seen: dict[tuple[str, str], Place | Finding] = {}
        self._groups: dict[tuple[UUID, str], UUID] = {}
        self._stems: Stems[UUID] | None = None
        self._by_id: dict[UUID, _Unit] = {}
        for unit in (_Unit(*row) for row in rows(UNITS)):
            self._by_id[unit.id] = unit
            for name in _names(unit.name, unit.short_name, unit.code):
                self._names.setdefault(name, {})[unit.id] = unit
            if unit.type == UnitType.GROUP:
                for name in _names(unit.name, unit.short_name, unit.code):
                    self._groups[unit.parent_id, name] = unit.id

    def find(self, text: str, superior: str = "") -> Place | Finding:
        """The branch that a cell means, or what is wrong with it (R2.14). Each spelling is looked up once.

        :param superior: what the row says of the unit above: it tells namesakes apart, and must not say otherwise.
        """
        known = self._seen.get((text, superior))
        if known is None:
            known = self._find(text)
            if isinstance(known, Finding):
                known = self._by_path(text) or known
            if superior:
                known = self._below(text, superior, known)
            self._seen[text, superior] = known
        return known

    def _by_path(self, text: str) -> Place | None:
        """The branch at the end of a path that names all units above it: 机械学院党委/教工支部."""
        *above, last = [part for part in _STEPS.split(text) if part] or [""]
        if not above or not last:
            return None
        found: Place | Finding = self._find(last)
        for superior in above:
            if not any(unit.type not in _PLACES for unit in self._meant(superior).values()):
                return None  # of a path every step must be known
            found = self._below(last, superior, found)
        return found if isinstance(found, Place) else None

    def group(self, branch: UUID, text: str) -> UUID | None:
        """The group of that name in the branch, or ``None``."""
        exact = next((self._groups[branch, name] for name in _names(text) if (branch, name) in self._groups), None)
        if exact is not None:
            return exact
        stems = self._by_stems()
        written = f"{self._by_id[branch].name}{text}"
        found = {*stems.find(text, (UnitType.GROUP,)), *stems.find(written, (UnitType.GROUP,))}
        own = [unit for unit in found if self._by_id[unit].parent_id == branch]
        return own[0] if len(own) == 1 else None

    def name_of(self, unit: UUID | None) -> str:
        """The short name of a unit, for messages."""
        return self._by_id[unit].short_name if unit in self._by_id else "本单位"

    def reaches(self, unit: UUID | None) -> bool:
        """Whether a unit is one that the actor may import into."""
        known = self._by_id.get(unit) if unit else None
        return known is None or self._holds(known.path)

    @property
    def everywhere(self) -> bool:
        """Whether the actor may import into the whole tenant."""
        return self._within is None or any(start.count(".") <= 1 for start, _ in self._within)

    def _by_stems(self) -> Stems[UUID]:
        """Made when the first spelling comes that is nobody's name."""
        if self._stems is None:
            self._stems = Stems(Named(unit.id, unit.name, unit.type, unit.parent_id) for unit in self._by_id.values())
        return self._stems

    def _holds(self, path: str) -> bool:
        return self._within is None or any(start <= path < end for start, end in self._within)

    def _below(self, text: str, superior: str, found: Place | Finding) -> Place | Finding:
        """What a cell means if the unit stands below ``superior``; a superior that nobody knows tells nothing."""
        above = [unit.path for unit in self._meant(superior).values() if unit.type not in _PLACES]
        if not above:
            return found
        if isinstance(found, Place) and any(found.path.startswith(path) for path in above):
            return found
        meant = self._meant(text) | self._meant(f"{superior}{text}")
        own = [unit for unit in meant.values() if any(unit.path.startswith(path) for path in above)]
        own = [unit for unit in own if unit.type in _PLACES]
        if len(own) == 1:
            return self._place(text, own[0])
        if isinstance(found, Finding):
            return found
        return _unknown(text, f"不在同一行所写的上级“{short(superior, 40)}”之下。请核对是哪一个党支部")

    def _meant(self, text: str) -> dict[UUID, _Unit]:
        """The units that a text may mean, branches and groups before others."""
        for name in _names(text):
            if name in self._names:
                return self._names[name]
        found = self._by_stems().find(text, _PLACES) or self._by_stems().find(text, UnitType)
        return {unit: self._by_id[unit] for unit in found}

    def _find(self, text: str) -> Place | Finding:
        found = self._meant(text)
        if not found:
            near = "”、“".join(self._by_stems().near(text, _PLACES))
            hint = f"（相近的有“{near}”）" if near else ""
            return _unknown(text, f"在本单位的党组织中找不到{hint}。请核对党支部全称，或先建立这个党支部")
        branches = [unit for unit in found.values() if unit.type in _PLACES]
        if not branches:
            kind = label(UnitType(next(iter(found.values())).type))
            return _unknown(text, f"是{kind}，不是党支部。党员应编入它下面的一个党支部")
        own = [unit for unit in branches if self._holds(unit.path)]
        if len(branches) > 1 and len(own) == 1:
            return self._place(text, own[0])  # a township's officer means the township's, whatever others are called
        if len(branches) > 1:
            return _unknown(text, f"有{len(branches)}个党组织叫这个名称，无法确定是哪一个。请写全称或党组织代码")
        return self._place(text, branches[0])

    def _place(self, text: str, unit: _Unit) -> Place | Finding:
        if not self._holds(unit.path):
            return _unknown(text, "不在您的管理范围内，不能导入")
        if unit.type == UnitType.GROUP:
            return Place(unit.parent_id, unit.id, unit.path)
        return Place(unit.id, None, unit.path)


def _unknown(text: str, what: str) -> Finding:
    sentence = f"所在党支部“{short(text, 40)}”{what}"
    return block("R2.14", "branch", sentence, code="E_SCOPE", source=f"{EDU}第二十五条", fix="改为党支部的全称")


def _names(*texts: str | None) -> Iterable[str]:
    """The spellings under which a unit is looked for, the exact one first: without 中共, with any branch suffix as 支部."""
    found: dict[str, None] = {}
    for text in texts:
        if text:
            name = plain(text)
            short_form = name.removeprefix("中国共产党").removeprefix("中共")
            found |= dict.fromkeys((name, short_form, _SUFFIX.sub("支部", short_form)))
    return found
