"""The tenant's units by every name a workbook may give them, as they are when an import begins."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select

from core.database.read import rows
from core.organization.codes import UnitType
from core.organization.models import Body, Unit
from core.organization.name_stems import Named, Stems
from core.organization.spellings import name_keys, region_of


class Stored(NamedTuple):
    """A living unit as an import compares it; ``body_*`` are of its present body."""

    id: UUID
    code: str | None
    name: str
    short_name: str
    type: str
    subtype: str | None
    parent_id: UUID | None
    path: str
    domain: str | None
    established_on: date | None
    approval_doc_no: str | None
    region_code: str | None
    contact_name: str | None
    contact_phone: str | None
    address: str | None
    remark: str | None
    version: int
    body_id: UUID | None
    body_started: date | None
    body_due_on: date | None


_STORED = (
    select(
        Unit.id,
        Unit.code,
        Unit.name,
        Unit.short_name,
        Unit.type,
        Unit.subtype,
        Unit.parent_id,
        Unit.path,
        Unit.domain,
        Unit.established_on,
        Unit.approval_doc_no,
        Unit.region_code,
        Unit.contact_name,
        Unit.contact_phone,
        Unit.address,
        Unit.remark,
        Unit.version,
        Body.id,
        Body.started_on,
        Body.due_on,
    )
    .outerjoin(Body, (Body.tenant_id == Unit.tenant_id) & (Body.unit_id == Unit.id) & Body.ended_on.is_(None))
    .where(or_(Unit.state == "active", Unit.state == "dissolving"))
    .order_by(Unit.path, Body.started_on)
)


def _own_committee(region: str, text: str) -> bool:
    """Whether 校党委, 公司党委, 县委 is what people of ``region`` (清源大学, 清源县) call their own committee."""
    kind = text.removesuffix("党委").removesuffix("委")
    ends = ("大学", "学校", "学院", "中学", "小学") if kind in ("校", "学校") else (kind,)
    return bool(kind) and region.endswith(ends)


class Register:
    """Looks units up by code, full name, short name, or a usual variant of the name."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, Stored] = {}
        self._exact: dict[str, dict[UUID, None]] = {}
        self._short: dict[str, dict[UUID, None]] = {}
        self.by_code: dict[str, UUID] = {}
        self._stems: Stems[UUID] | None = None
        found = [Stored(*row) for row in rows(_STORED)]
        self.region = next((region_of(unit.name) for unit in found if unit.parent_id is None), "")
        for unit in found:
            self.by_id[unit.id] = unit
            for key in self.keys(unit.name):
                self._exact.setdefault(key, {})[unit.id] = None
            for key in self.keys(unit.short_name):
                self._short.setdefault(key, {})[unit.id] = None
            if unit.code:
                self.by_code[unit.code] = unit.id

    @property
    def root(self) -> Stored:
        """The tenant's root unit."""
        return next(unit for unit in self.by_id.values() if unit.parent_id is None)

    def keys(self, text: str) -> tuple[str, ...]:
        """The spellings under which a name is looked for in this tenant, the exact one first."""
        return name_keys(text, region=self.region)

    def named(self, text: str, *, short: bool = True) -> list[Stored]:
        """The units that ``text`` may mean: one when it is clear, several when it is not, none when unknown."""
        code = self.by_code.get(text)
        if code is not None:
            return [self.by_id[code]]
        for index in (self._exact, self._short) if short else (self._exact,):
            for key in self.keys(text):
                found = index.get(key)
                if found:
                    return [self.by_id[one] for one in found]
        return []

    def meant(self, text: str) -> list[Stored]:
        """The units that a text means which is nobody's name: the root as 校党委 or 县委, or a name without its kind."""
        if re.fullmatch("(.{1,3})(党委|委)", text) and _own_committee(self.region, text):
            return [self.root]
        if self._stems is None:
            self._stems = Stems(Named(unit.id, unit.name, unit.type, unit.parent_id) for unit in self.by_id.values())
        return [self.by_id[one] for one in self._stems.find(text, UnitType)]

    def above(self, unit_id: UUID | None) -> Iterable[UUID]:
        """The ids from a unit up to the root, the unit first."""
        while unit_id is not None:
            yield unit_id
            unit_id = self.by_id[unit_id].parent_id
