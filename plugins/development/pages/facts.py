"""How the facts of an act are read: each with its label, codes with their names, nothing that is empty."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from plugins.development.flow.kinds import FormField, Kind
from plugins.development.flow.words import OPINION_SIDES, TWO_SIDES

#: Further keys of somebody that are said behind the name.
_SIDES = {**OPINION_SIDES, **TWO_SIDES}


def somebody(value: Any) -> str:
    """Somebody as one reads them: the name, and what is said of them there."""
    if not isinstance(value, Mapping):
        return str(value or "")
    further = [str(value[key]) for key in ("post", "title") if value.get(key)]
    if value.get("side") in TWO_SIDES:
        further.append(str(_SIDES[value["side"]]))
    if value.get("consented") is False:
        further.append(str(_("尚未同意")))
    name = str(value.get("name") or "")
    return f"{name}（{'，'.join(further)}）" if further and name else name


def said(field: FormField, value: Any) -> str:
    """A fact as one reads it; empty for nothing."""
    if value in (None, "", [], {}, ()):
        return ""
    if field.kind == "check":
        return str(_("是") if value else _("否"))
    if field.kind == "choice":
        return str(field.choices.get(str(value), value))
    if field.kind == "checks":
        return "、".join(str(field.choices.get(str(one), one)) for one in value)
    if field.kind == "people":
        return "、".join(filter(None, map(somebody, value)))
    if field.kind in ("person", "unit"):
        return somebody(value)
    return "" if field.kind == "ref" else str(value)


def facts(kind: Kind, data: Mapping[str, Any], sealed: Mapping[str, Any] | None = None) -> list[tuple[Any, str]]:
    """The facts of an act: (label, text). Sealed ones are there only when they are given."""
    held = {**data, **(sealed or {})}
    return [(one.label, text) for one in kind.fields if (text := said(one, held.get(one.name)))]


def brief(kind: Kind, data: Mapping[str, Any], most: int = 3) -> str:
    """The first few short facts of an act in one line, for folded lists."""
    found = []
    for one in kind.fields:
        text = "" if one.kind in ("textarea", "ref", "check") else said(one, data.get(one.name))
        if text and len(text) <= 30:
            found.append(f"{_short(one.label)}{text}" if one.kind == "number" else text)
    return " · ".join(found[:most])


def _short(label: object) -> str:
    return str(label).partition("（")[0].partition(" (")[0]


def has_sealed(kind: Kind) -> bool:
    """Whether acts of this kind have facts that are opened by hand."""
    return bool(kind.sealed) or kind.guarded


def named(values: Sequence[Any]) -> str:
    """Names of several people."""
    return "、".join(filter(None, map(somebody, values)))
