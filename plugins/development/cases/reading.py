"""What is typed, or sent, becomes an act's facts: read field by field as the flow defines them, everything wrong said at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.sdk import Finding, Unit, rows
from core.sdk.people import people as people_of
from plugins.development.cases.saying import block
from plugins.development.flow.kinds import FormField, Kind

_RULE = "X0"
_FLAGS = frozenset({"consented", "relative", "under_probation_in_party"})
_SIDES = frozenset({"host", "origin"})
_UNITS = select(Unit.id, Unit.short_name).where(Unit.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


@dataclass(slots=True)
class Read:
    """An act's facts as they were read. :param sealed: those of class P3. :param found: what is wrong."""

    data: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, Any] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    def wrong(self, one: FormField, message: str, code: str = "E_FORMAT") -> None:
        """Note what is wrong with a field."""
        self.found.append(block(_RULE, one.name, f"“{one.label}”{message}", code))


def read(kind: Kind, data: Mapping[str, Any], sealed: Mapping[str, Any]) -> Read:
    """The facts of an act of a kind. Names of people and units are looked up in one statement each."""
    made = Read()
    unknown = [name for name in (*data, *sealed) if kind.fact(name) is None]
    if unknown:
        made.found.append(block(_RULE, unknown[0], f"没有这一项：{'、'.join(unknown)}。", "E_FORMAT"))
    for one in kind.fields:
        raw = sealed.get(one.name, data.get(one.name))
        value = None if raw in (None, "") else _READERS[one.kind](made, one, raw)
        if value in (None, "", []) and not (one.kind == "check" and raw is not None):
            if one.required and not any(wrong.field == one.name for wrong in made.found):
                made.wrong(one, "没有填写。", "E_REQUIRED")
            continue
        (made.sealed if one.sealed else made.data)[one.name] = value
    _name_people(made, kind)
    _name_units(made, kind)
    return made


def _text(made: Read, one: FormField, raw: Any) -> str | None:
    if not isinstance(raw, str):
        made.wrong(one, "应是文字。")
        return None
    kept = raw.replace("\x00", "").replace("\r\n", "\n").strip()
    if one.kind == "text":
        kept = " ".join(kept.split())
    if one.most is not None and len(kept) > one.most:
        made.wrong(one, f"最多{one.most}个字，现有{len(kept)}个字。", "E_RANGE")
        return None
    return kept


def _day(made: Read, one: FormField, raw: Any) -> str | None:
    try:
        found = raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())
    except ValueError:
        made.wrong(one, "应是日期，如2026-07-01。")
        return None
    if not 1900 <= found.year <= 2200:
        made.wrong(one, f"{found}不是合理的日期。", "E_RANGE")
        return None
    return found.isoformat()


def _number(made: Read, one: FormField, raw: Any) -> int | None:
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.isascii() or not text.lstrip("-").isdigit():
        made.wrong(one, "应是整数。")
        return None
    number = int(text[:12])
    if (one.least is not None and number < one.least) or (one.most is not None and number > one.most):
        made.wrong(one, f"应在{one.least}到{one.most}之间，不能是{number}。", "E_RANGE")
        return None
    return number


def _choice(made: Read, one: FormField, raw: Any) -> str | None:
    if isinstance(raw, str) and raw in one.choices:
        return str(raw)
    made.wrong(one, f"应是以下之一：{'、'.join(map(str, one.choices.values()))}。", "E_RANGE")
    return None


def _check(made: Read, one: FormField, raw: Any) -> bool | None:
    if raw in (True, "1", "true", "on", "yes", "是"):
        return True
    if raw in (False, "0", "false", "off", "no", "否"):
        return False
    made.wrong(one, "应是“是”或“否”。")
    return None


def _checks(made: Read, one: FormField, raw: Any) -> list[str] | None:
    parts = [raw] if isinstance(raw, str) else raw
    if not isinstance(parts, Sequence | set | frozenset) or not all(isinstance(part, str) for part in parts):
        made.wrong(one, "应是几项的列表。")
        return None
    if set(parts) - set(one.choices):
        made.wrong(one, f"只能在以下各项中选择：{'、'.join(map(str, one.choices.values()))}。", "E_RANGE")
        return None
    return [code for code in one.choices if code in parts]


def _somebody(made: Read, one: FormField, raw: Any) -> dict[str, Any] | None:
    """Somebody: an id of the roster, a name, or both with the field's extras."""
    given = dict(raw) if isinstance(raw, Mapping) else {"id": raw}
    kept: dict[str, Any] = {"id": None, "name": "", "standing": ""}
    wanted = given.get("id")
    if wanted not in (None, ""):
        try:
            kept["id"] = str(wanted if isinstance(wanted, UUID) else UUID(str(wanted)))
        except ValueError:
            if isinstance(raw, str):  # a name that was typed
                kept["name"] = " ".join(raw.split())[:60]
            else:
                made.wrong(one, "中有人不在名册中。", "E_REF")
                return None
    elif isinstance(given.get("name"), str) and given["name"].strip():
        kept["name"] = " ".join(given["name"].split())[:60]
    else:
        return None
    return kept | _extras(made, one, given)


def _extras(made: Read, one: FormField, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in one.extras:
        value = given.get(name)
        if value in (None, ""):
            continue
        if name in _FLAGS:
            found[name] = value in (True, "1", "true", "on")
        elif name == "side":
            found[name] = value if value in _SIDES else "host"
        else:
            found[name] = _day(made, one, value)
    return found


def _people(made: Read, one: FormField, raw: Any) -> list[dict[str, Any]] | None:
    parts = [raw] if isinstance(raw, str | UUID | Mapping) else raw
    if not isinstance(parts, Sequence):
        made.wrong(one, "应是人员的列表。")
        return None
    found = [who for part in parts if (who := _somebody(made, one, part)) is not None]
    if one.most is not None and len(found) > one.most:
        made.wrong(one, f"最多{one.most}人。", "E_RANGE")
    return found


def _unit(made: Read, one: FormField, raw: Any) -> dict[str, Any] | None:
    wanted = raw.get("id") if isinstance(raw, Mapping) else raw
    try:
        return {"id": str(wanted if isinstance(wanted, UUID) else UUID(str(wanted))), "name": ""}
    except ValueError:
        made.wrong(one, "不是本单位的党组织。", "E_REF")
        return None


def _ref(_made: Read, _one: FormField, raw: Any) -> str:
    return str(raw)[:64]


_READERS: Mapping[str, Any] = {
    "text": _text, "textarea": _text, "date": _day, "number": _number, "choice": _choice, "check": _check, "checks": _checks,
    "person": _somebody, "people": _people, "unit": _unit, "ref": _ref,
}  # fmt: skip


def _named(made: Read, kind: Kind, *kinds: str) -> list[tuple[FormField, dict[str, Any]]]:
    found = []
    for one in kind.fields:
        value = made.data.get(one.name)
        if one.kind in kinds and value:
            found += [(one, part) for part in (value if isinstance(value, list) else [value]) if part.get("id")]
    return found


def _name_people(made: Read, kind: Kind) -> None:
    wanted = _named(made, kind, "person", "people")
    if not wanted:
        return
    known = people_of(UUID(part["id"]) for _, part in wanted)
    for one, part in wanted:
        who = known.get(UUID(part["id"]))
        if who is None:
            made.wrong(one, "中有人不在名册中。", "E_REF")
        else:
            part["name"], part["standing"] = who.name, who.standing
            if who.unit_id is not None:
                part["unit"] = str(who.unit_id)  # by which it is seen later that they moved


def _name_units(made: Read, kind: Kind) -> None:
    wanted = _named(made, kind, "unit")
    if not wanted:
        return
    known: dict[str, str] = {str(id_): name for id_, name in rows(_UNITS, ids=[UUID(part["id"]) for _, part in wanted])}
    for one, part in wanted:
        if part["id"] not in known:
            made.wrong(one, "不是本单位的党组织。", "E_REF")
        else:
            part["name"] = known[part["id"]]
