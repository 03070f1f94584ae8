"""Further fields of members on the pages: the form's controls, the page's facts, the list's filters."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from markupsafe import escape

from core.people.added import asking
from core.people.added.fields import MemberField, open_field, open_fields
from core.people.added.stored import as_people_read
from core.people.added.values import MASK
from core.policy.findings import Finding, Severity
from core.tenancy.doors import title_of
from core.web.forms import FieldView

_INPUTS: Final[Mapping[str, str]] = {
    "long_text": "textarea",
    "flag": "checkbox",
    "date": "date",
    "choice": "select",
}


def groups(
    data: Mapping[str, Any], findings: Sequence[Finding], held: Mapping[str, Any]
) -> list[tuple[Any, list[FieldView]]]:
    """The controls, under the titles of those who declared the fields.

    :param data: field → value, or what was typed. :param held: what the record holds; sealed values masked.
    """
    found: dict[str, list[FieldView]] = {}
    for field in open_fields():
        found.setdefault(title_of(field.key), []).append(_control(field, data, findings, held))
    return list(found.items())


def _control(
    field: MemberField, data: Mapping[str, Any], findings: Sequence[Finding], held: Mapping[str, Any]
) -> FieldView:
    value, masked = data.get(field.key), field.sealed and bool(held.get(field.key))
    return FieldView(
        name=field.key,
        label=field.title,
        kind=_INPUTS.get(field.type, "text"),
        value=value.isoformat() if isinstance(value, date) else value,
        help=_("不修改请留空") if masked else field.help or None,
        options=field.choices,
        errors=[one.message for one in findings if one.field == field.key and one.severity is Severity.BLOCK],
        wide=field.type == "long_text",
        placeholder=MASK if masked else None,
        autocomplete="off",
        inputmode="decimal" if field.type == "number" else None,
    )


def filled(held: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values as the form holds them; of sealed ones nothing."""
    return {key: value for key, value in held.items() if (field := open_field(key)) and not field.sealed}


def sent(data: Mapping[str, Any]) -> dict[str, Any]:
    """The further fields of a form that was sent. A box that is not ticked sends nothing, and means no."""
    found: dict[str, Any] = {}
    for field in open_fields():
        if field.type == "flag":
            found[field.key] = data.get(field.key, "")
        elif field.key in data and not (field.sealed and not data[field.key].strip()):
            found[field.key] = data[field.key]
    return found


def facts(held: Mapping[str, Any]) -> list[tuple[str, list[tuple[Any, Any]]]]:
    """A member's values for the page: groups of (label, value) under the titles of those who declared them."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    for field, value in as_people_read(held):
        found.setdefault(title_of(field.key), []).append((field.title, value))
    return list(found.items())


def sealed(held: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The sealed fields of which a member has a value: (key, title)."""
    fields = (open_field(key) for key, value in held.items() if value is not None)
    return [(field.key, field.title) for field in fields if field and field.sealed]


# --- the list's filters ----------------------------------------------------------------------------------------------


def chip(name: str, text: str) -> tuple[Any, Any] | None:
    """A filter in force as (label, value); ``None`` for the roster's own filters."""
    found = asking.filters().get(name)
    if found is None:
        return None
    field, how = found
    if field.type == "flag":
        return field.title, _("否") if text == "0" else _("是")
    bound = {"from": _("不小于 %(value)s", value=text), "to": _("不大于 %(value)s", value=text)}
    if field.type == "date":
        bound = {"from": _("%(value)s 起", value=text), "to": _("%(value)s 止", value=text)}
    return field.title, bound.get(how) or dict(field.choices).get(text, text)


def controls(values: Mapping[str, str]) -> str:
    """The controls of the filters, as HTML."""
    return "".join(_filter(name, field, how, values.get(name, "")) for name, (field, how) in asking.filters().items())


def _filter(name: str, field: MemberField, how: str, value: str) -> str:
    title = {"from": _("%(title)s从", title=field.title), "to": _("%(title)s到", title=field.title)}.get(
        how, field.title
    )
    before = f'<label class="filter"><span>{escape(title)}</span>'
    if field.type in ("choice", "flag"):
        options = field.choices if field.type == "choice" else (("1", _("是")), ("0", _("否")))
        shown = "".join(
            f'<option value="{escape(code)}"{" selected" if code == value else ""}>{escape(label)}</option>'
            for code, label in options
        )
        nothing = f'<option value="">{escape(_("不限"))}</option>'
        return f'{before}<select class="form-select" name="{name}">{nothing}{shown}</select></label>'
    kind = "date" if field.type == "date" else "text"
    more = ' inputmode="decimal"' if field.type == "number" else ""
    return f'{before}<input class="form-control" type="{kind}"{more} name="{name}" value="{escape(value)}"></label>'
