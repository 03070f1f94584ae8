"""Registering an application: who it is, what is known already filled in, and whether somebody of that name is there."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Uuid, bindparam, select
from werkzeug.wrappers import Response

from core.sdk import (
    Finding,
    Refused,
    Severity,
    Unit,
    actor,
    may,
    need,
    ranges,
    render,
    requires,
    row,
    rows,
    today,
    transaction,
)
from core.sdk.people import labels
from core.sdk.units import UnitType
from core.sdk.units import choices as unit_choices
from plugins.development.cases import opening, recording
from plugins.development.cases.opening import NewCase
from plugins.development.cases.sealing import private_of
from plugins.development.flow import KINDS
from plugins.development.flow.words import SOURCES, TRAITS
from plugins.development.models.case import Case
from plugins.development.pages import letters, private
from plugins.development.pages.doing import loaded, warned
from plugins.development.pages.forms import Choices, Shown, day_field, grouped, read, shown, unreadable_day
from plugins.development.pages.letters import LetterView
from plugins.development.pages.reading import day, one_id, version
from plugins.development.pages.words import SEXES, state_said
from plugins.development.permissions import OPEN, RECORD, VIEW
from plugins.development.site import pages

_ANYWHERE = (("", "~"),)
_APPLICATION = KINDS["application"]
_UNIT = select(Unit.id, Unit.path, Unit.short_name).where(Unit.id == bindparam("unit_id", type_=Uuid()))
#: Somebody of the same name and day of birth who is on the way, or was.
_SAME = (
    select(Case.id, Unit.short_name, Unit.path, Case.state, Case.side, Case.closed_on)
    .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
    .where(Case.name == bindparam("name"), Case.birth == bindparam("birth", type_=Date()))
    .order_by(Case.opened_at.desc())
    .limit(5)
)
#: What of a person the form asks for: name, label, control, whether needed.
_FIELDS: tuple[tuple[str, Any, str, bool], ...] = (
    ("name", _l("姓名"), "text", True), ("id_no", _l("公民身份号码"), "text", False), ("sex", _l("性别"), "radio", True),
    ("birth", _l("出生日期"), "date", True), ("phone", _l("手机号码"), "tel", False), ("ethnic", _l("民族"), "select", False),
    ("education", _l("学历"), "select", False), ("occupation", _l("职业"), "text", False),
    ("employer", _l("工作、学习单位"), "text", False), ("post", _l("工作岗位"), "select", False),
    ("work_start", _l("参加工作日期"), "date", False), ("source_kind", _l("来源"), "select", False),
)  # fmt: skip
_FLAGS = (("league_member", _l("是共青团员")), ("migrant", _l("是外出务工人员")))
_DAYS = frozenset({"birth", "work_start"})


def _options(name: str) -> Sequence[tuple[str, Any]]:
    if name == "sex":
        return list(SEXES.items())
    if name == "source_kind":
        return list(SOURCES.items())
    return list(labels(name).items()) if name in ("ethnic", "education", "post") else ()


def given_of(
    values: Mapping[str, Any], traits: Sequence[str], account_id: UUID | None = None, *, whole: bool = False
) -> NewCase:
    """The person as the verb takes it. What can not be read is left out, and the verb says what is missing.

    :param whole: the form showed the private facts there were.
    """
    plain = {name: str(values.get(name) or "").strip() for name, *_more in _FIELDS}
    return NewCase(
        name=plain["name"], sex=plain["sex"], birth=day(plain["birth"]), id_no=plain["id_no"], phone=plain["phone"],
        ethnic=plain["ethnic"] or None, education=plain["education"] or None, occupation=plain["occupation"] or None,
        employer=plain["employer"] or None, post=plain["post"] or None, work_start=day(plain["work_start"]),
        source_kind=plain["source_kind"] or None, migrant=values.get("migrant") == "1",
        league_member=values.get("league_member") == "1", traits=[one for one in traits if one in TRAITS],
        origin_unit_id=one_id(values.get("origin_unit_id")), account_id=account_id,
        private=private.given(values, whole=whole),
    )  # fmt: skip


def person_fields(values: Mapping[str, Any], traits: Sequence[str], findings: Sequence[Finding]) -> list[Shown]:
    """The fields about the person, with what they hold and what is said of each."""
    made = [
        Shown(
            name, label, kind, values.get(name), needed,
            options=_options(name), inputmode="tel" if kind == "tel" else None,
            help=_("填了号码，性别和出生日期可以不填") if name == "id_no" else None,
        )
        for name, label, kind, needed in _FIELDS
    ]  # fmt: skip
    made += [Shown(name, label, "checkbox", values.get(name) == "1") for name, label in _FLAGS]
    made.append(Shown("traits", _("人员特征"), "checks", list(traits), options=list(TRAITS.items()), wide=True))
    for one in made:
        if one.name in ("sex", "birth"):
            one.required = not values.get("id_no")
        one.errors = [said.message for said in findings if said.field == one.name and said.severity is Severity.BLOCK]
    return made


def _letter() -> LetterView | None:
    """The application handed in on the phone, when the viewer may receive it."""
    chosen = one_id(request.values.get("letter"))
    found = letters.one(chosen) if chosen else None
    if chosen and (found is None or found.kind != "application" or found.state != "sent" or not may(OPEN, found.path)):
        abort(404)
    return found


@pages.get("/new-at")
@requires(OPEN)
def new_at() -> Response:
    """From a unit's page: leads to the form with the unit chosen."""
    return redirect(url_for("p_development.new", unit=request.args.get("unit_id")), 303)


@pages.route("/new", methods=["GET", "POST"])
@requires(OPEN)
def new() -> str | Response | tuple[str, int]:
    """Register an application: the person and the letter in one form."""
    letter = _letter()
    branches = unit_choices(ranges(OPEN), UnitType.BRANCH)
    if request.method == "GET":
        return _form(branches, *_first(letter, branches), letter=letter)
    values, facts = request.form.to_dict(), read(_APPLICATION, request.form, Choices())
    try:
        made = _open(values, facts, letter)
    except Refused as refused:
        return _form(branches, values, facts, letter=letter, findings=refused.findings), 422
    if isinstance(made, list):
        return _form(branches, values, facts, letter=letter, same=made), 422
    flash(_("入党申请已登记。请在一个月内派人谈话。"), "ok")
    return redirect(url_for("p_development.case", case_id=made), 303)


def _first(letter: LetterView | None, branches: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form holds at first: of a letter, of an earlier case, of the unit one comes from."""
    values: dict[str, Any] = {"ethnic": "01"}
    facts: dict[str, Any] = {"channel": "paper", "receiver": actor().name, "employed": True, "employer_has_unit": True}
    earlier = one_id(request.args.get("case"))
    if earlier is not None:
        known = loaded(earlier).case
        values = {name: getattr(known, name) for name, *_more in _FIELDS if hasattr(known, name)}
        values = {name: str(value) for name, value in values.items() if value is not None}
        values |= {name: "1" for name, _label in _FLAGS if getattr(known, name)}
    wanted = one_id(request.args.get("unit"))
    values["unit"] = str(wanted or (letter.unit_id if letter else "") or (branches[0][0] if branches else ""))
    if letter is not None:
        values |= {"name": letter.writer}
        facts |= {"signed": letter.written_on.isoformat(), "channel": "online"}
    values.setdefault("act_on", today().isoformat())
    return values, facts


def _open(
    values: Mapping[str, Any], facts: Mapping[str, Any], letter: LetterView | None
) -> UUID | list[dict[str, Any]]:
    """Open the case with its application; instead, who has the same name and day of birth, until that is confirmed."""
    unit = row(_UNIT, unit_id=one_id(values.get("unit")) or UUID(int=0))
    if unit is None or not may(OPEN, unit[1]):
        raise Refused([Finding("X5", Severity.BLOCK, "unit", _("请选择受理的党支部。"), None, None, "E_SCOPE")])
    need(RECORD, unit[1])
    on = day(values.get("act_on"))
    if on is None:
        raise Refused([unreadable_day(_APPLICATION, str(values.get("act_on") or ""))])
    given = given_of(values, request.form.getlist("traits"), letter.account_id if letter else None)
    same = [] if values.get("other") == "1" else _same(given.name.strip(), given.birth)
    if same:
        return same
    with transaction():
        made = opening.apply(
            unit_id=unit[0], given=given, received=on, data=dict(facts), reason=str(values.get("reason") or "")
        )
        if letter is not None:
            letters.received(letter_id=letter.id, case_id=made)
        return made


def _same(name: str, birth: date | None) -> list[dict[str, Any]]:
    if not name or birth is None:
        return []
    held = ranges(VIEW)
    return [
        {
            "unit": unit, "state": state_said(state, side)[0], "closed_on": closed,
            "url": url_for("p_development.case", case_id=one) if any(a <= path < b for a, b in held) else "",
        }
        for one, unit, path, state, side, closed in rows(_SAME, name=name, birth=birth)
    ]  # fmt: skip


def _form(
    branches: Sequence[tuple[str, str]], values: Mapping[str, Any], facts: Mapping[str, Any], *,
    letter: LetterView | None = None, findings: Sequence[Finding] = (), same: Sequence[Mapping[str, Any]] = (),
) -> str:  # fmt: skip
    traits = request.form.getlist("traits")
    return render(
        "development/new.html", branches=branches, values=values, findings=findings, same=same, letter=letter,
        private=private.fields(values, findings),
        letter_text=letters.text_of(letter.id) if letter else "", person=person_fields(values, traits, findings),
        day=day_field(_APPLICATION, values.get("act_on"), findings), two_sides=(), flags=warned(findings),
        groups=grouped(shown(_APPLICATION, facts, Choices(), findings)),
        others=unit_choices(_ANYWHERE, UnitType.BRANCH) if len(branches) < 400 else [],
    )  # fmt: skip


@pages.route("/cases/<uuid:case_id>/edit", methods=["GET", "POST"])
@requires(RECORD)
def edit(case_id: UUID) -> str | Response | tuple[str, int]:
    """Put somebody's base data right; what is sealed stays unless it is typed anew."""
    held = loaded(case_id)
    need(RECORD, held.path)
    one = held.case
    if request.method == "GET":
        values = {name: str(getattr(one, name)) for name, *_more in _FIELDS if getattr(one, name, None) is not None}
        values |= {name: "1" for name, _label in _FLAGS if getattr(one, name)}
        values["origin_unit_id"] = str(one.origin_unit_id or "")
        if held.sees:
            values |= private.values_of(one)
        return _edit_form(held, values, one.traits)
    values, traits = request.form.to_dict(), request.form.getlist("traits")
    try:
        opening.edit_case(case_id=one.id, given=given_of(values, traits, whole=held.sees), version=version())
    except Refused as refused:
        return _edit_form(loaded(case_id), values, traits, refused.findings), 422
    except recording.Unknown:
        abort(404)
    flash(_("基本情况已修改。"), "ok")
    return redirect(url_for("p_development.case", case_id=one.id), 303)


def _edit_form(held: Any, values: Mapping[str, Any], traits: Sequence[str], findings: Sequence[Finding] = ()) -> str:
    fields = person_fields(values, traits, findings)
    for one in fields:
        if one.name in ("id_no", "phone"):
            kept = held.case.id_no_masked if one.name == "id_no" else held.case.phone_masked
            one.placeholder, one.help = kept, _("不改就不用填") if kept else None
        one.required = one.name in ("name", "sex", "birth")
    return render(
        "development/edit.html", case=held.case, held=held, person=fields, values=values, findings=findings,
        private=private.fields(values, findings, kept=() if held.sees else list(private_of(held.case))),
        others=unit_choices(_ANYWHERE, UnitType.BRANCH),
    )  # fmt: skip
