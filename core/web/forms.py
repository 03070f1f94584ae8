"""Forms made from a marshmallow schema, so that a page, the API and an import judge a record by one definition.

What a form shows about a field is in the field's ``metadata``:

=============== =====================================================================
label           the Chinese label (lazily translated)
help            one sentence below the field
choices         pairs of (value, label), or a function that returns them
widget          text, textarea, select, radio, checkbox, date, file, number, tel, password, hidden
group           the heading it stands under
unit            a word after the control, such as 年
placeholder, autocomplete, inputmode, rows, accept, wide
=============== =====================================================================
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

from core.policy.findings import Finding, Severity
from core.web.messages import said

Choices = Sequence[tuple[Any, Any]]


def sent_version(name: str = "version") -> int:
    """The version that the sent form was made from; 0, which no record has, where it is missing or garbled."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@dataclass(slots=True)
class FieldView:
    """One field as ``forms.field()`` renders it."""

    name: str
    label: Any
    kind: str = "text"
    value: Any = None
    required: bool = False
    help: Any = None
    options: Choices = ()
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    readonly: bool = False
    wide: bool = False
    unit: Any = None
    placeholder: Any = None
    autocomplete: str | None = None
    inputmode: str | None = None
    rows: int | None = None
    accept: str | None = None


@dataclass(slots=True)
class Form:
    """The fields of one form with what was typed and what is wrong with it."""

    groups: list[tuple[Any, list[FieldView]]]
    #: What is wrong with the record as a whole.
    errors: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> FieldView:
        for _title, members in self.groups:
            for view in members:
                if view.name == name:
                    return view
        raise KeyError(name)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors and not any(view.errors for _title, members in self.groups for view in members)


_KINDS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Date, "date"),
    (fields.Boolean, "checkbox"),
    (fields.Enum, "select"),
    (fields.Integer, "number"),
)
_SHOWN = ("help", "unit", "placeholder", "autocomplete", "inputmode", "rows", "accept", "wide")


def _kind(item: fields.Field[Any]) -> str:
    named = item.metadata.get("widget")
    if named:
        return str(named)
    if "choices" in item.metadata:
        return "select"
    return next((kind for of, kind in _KINDS if isinstance(item, of)), "text")


def _options(item: fields.Field[Any]) -> Choices:
    given: Choices | Callable[[], Choices] | None = item.metadata.get("choices")
    if callable(given):
        return given()
    if given is not None:
        return given
    if isinstance(item, fields.Enum):
        return [(member.value if item.by_value else member.name, member.value) for member in item.enum]
    for rule in [item.validate] if callable(item.validate) else item.validate or ():
        if isinstance(rule, validate.OneOf):
            return [
                (choice, label or choice)
                for choice, label in zip(rule.choices, rule.labels or rule.choices, strict=False)
            ]
    return ()


def shown(value: Any) -> Any:
    """A value as a form control holds it: dates as ISO text, enumerations as their value."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return value.value if isinstance(value, enum.Enum) else value


def _messages(errors: Mapping[str, Any], name: str) -> list[str]:
    found = errors.get(name, [])
    if isinstance(found, Mapping):
        found = [text for texts in found.values() for text in (texts if isinstance(texts, list) else [texts])]
    return [said(text) for text in ([found] if isinstance(found, str) else found)]


def make(
    schema: Schema,
    *,
    data: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
    findings: Iterable[Finding] = (),
    names: Sequence[str] | None = None,
    readonly: Iterable[str] = (),
) -> Form:
    """The form of ``schema``.

    :param data: what the controls hold: the record, or what was typed (``request.form``).
    :param errors: marshmallow's messages by field name (``ValidationError.normalized_messages()``).
    :param findings: what the rules found: blocking ones become errors of their field, warnings stand beside it.
    :param names: which fields, in this order; all that can be loaded by default.
    :param readonly: fields that are shown but not to be changed.
    """
    data, errors, locked = data or {}, errors or {}, frozenset(readonly)
    groups: dict[Any, list[FieldView]] = {}
    for name in names or [n for n, f in schema.fields.items() if not f.dump_only]:
        item = schema.fields[name]
        key = item.data_key or name
        view = FieldView(
            name=key,
            label=item.metadata.get("label", name),
            kind=_kind(item),
            value=shown(data.get(key, data.get(name))),
            required=item.required,
            options=_options(item),
            errors=_messages(errors, key),
            readonly=name in locked,
            **{extra: item.metadata[extra] for extra in _SHOWN if extra in item.metadata},
        )
        for finding in findings:
            if finding.field in (name, key):
                (view.errors if finding.severity is Severity.BLOCK else view.warnings).append(finding.message)
        groups.setdefault(item.metadata.get("group", ""), []).append(view)
    return Form(list(groups.items()), _messages(errors, "_schema"))
