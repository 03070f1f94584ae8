"""What a register's row changes of a unit that is there, in words that may be shown."""

from enum import StrEnum
from typing import Any, Final

from core.identity.addresses import masked_phone
from core.importing.kinds import Change, Changed
from core.organization.codes import Domain, Subtype
from core.organization.import_fields import FIELDS
from core.organization.import_rows import Row
from core.organization.labels import label

_TITLES: Final = {spec.name: str(spec.title) for spec in FIELDS}
_CODES: Final[dict[str, type[StrEnum]]] = {"domain": Domain, "subtype": Subtype}


def told(row: Row) -> Changed:
    """What the row changes of the unit that it is about."""
    stored = row.stored
    found = [
        Change(name, _TITLES[name], _text(name, getattr(stored, name, None)), _text(name, new))
        for name, new in row.changes.items()
    ]
    if row.new_body:
        before = _text("body_started", stored.body_started if stored else None)
        found.append(Change("body_started", _TITLES["body_started"], before, str(row.values["body_started"])))
    return Changed(stored.name if stored else row.name, found)


def _text(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name in _CODES:
        return label(_CODES[name](value))
    return masked_phone(str(value)) if name == "contact_phone" else str(value)
