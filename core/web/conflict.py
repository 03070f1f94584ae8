"""Two people edited one record: the second sees the differences field by field, chooses, and saves. Nothing is lost.

A page that edits a record puts ``{{ forms.record(version, form) }}`` into its form: the version, and what the fields held
when the form was opened. When the version is no longer the record's, it answers with :func:`page`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import render_template, request
from flask_babel import gettext as _

from core.web.forms import FieldView, Form

#: The hidden field with what the controls held.
FIELD = "was"
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs between the record and what was typed.

    :param theirs, mine: as controls send them; with ``_said`` as people read them.
    :param ours: whether the typed value is chosen at first: not when only the other person changed the field.
    :param both: whether both changed it, so that somebody has to look.
    """

    name: str
    label: Any
    theirs: str
    mine: str
    theirs_said: str
    mine_said: str
    ours: bool
    both: bool


def sent(value: Any) -> str:
    """A value as a control sends it."""
    return "" if value is None or value is False else "1" if value is True else str(value)


def was(form: Form) -> str:
    """What the controls of a form hold, to be kept in the form."""
    return orjson.dumps({view.name: sent(view.value) for view in _views(form)}).decode()


def _views(form: Form) -> Iterable[FieldView]:
    return (view for _title, members in form.groups for view in members)


def _before() -> Mapping[str, str]:
    text = request.form.get(FIELD, "")
    try:
        found = orjson.loads(text[:_MOST]) if text else {}
    except orjson.JSONDecodeError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _said(view: FieldView, value: str) -> str:
    if view.kind == "checkbox":
        return str(_("是") if value else _("否"))
    return str(next((label for code, label in view.options if str(code) == value), value)) or str(_("（空）"))


def differences(theirs: Form, mine: Form, before: Mapping[str, str]) -> list[Difference]:
    """Where the record as it is now and what was typed differ; read-only fields left out."""
    found = []
    for view in _views(mine):
        now, typed = sent(theirs[view.name].value), sent(view.value)
        if now == typed or view.readonly:
            continue
        base = before.get(view.name)
        said = _said(view, now) if now or not view.placeholder else str(view.placeholder)
        touched, changed = typed != base, now != base
        found.append(
            Difference(view.name, view.label, now, typed, said, _said(view, typed), touched, touched and changed)
        )
    return found


def page(
    *,
    title: Any,
    theirs: Form,
    mine: Form,
    version: int,
    action: str,
    reload: str,
    crumbs: Sequence[tuple[Any, str]] = (),
    kept: Mapping[str, str] | None = None,
    who: str = "",
) -> tuple[str, int]:
    """The answer 409 that shows the differences and lets one choose.

    :param theirs: the form with the record as it is now; :param mine: the same form with what was typed.
    :param version: the record's present version.
    :param kept: further fields of the form, such as a reason.
    :param who: who changed the record, if that is known.
    """
    found = differences(theirs, mine, _before())
    named = {one.name for one in found}
    same = {view.name: sent(view.value) for view in _views(mine) if view.name not in named}
    return (
        render_template(
            "web/conflict.html",
            title=title,
            crumbs=crumbs,
            differences=found,
            hidden={**same, **(kept or {}), "version": str(version), FIELD: was(theirs)},
            action=action,
            reload=reload,
            who=who,
        ),
        409,
    )
