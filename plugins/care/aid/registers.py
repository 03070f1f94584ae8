"""Registers: a kind of record, its page, and what can be done with it, declared once for pages and programs alike.

    HARDSHIPS = Register(stem="hardship", address="hardships", model=Hardship, view=p.HARDSHIP_VIEW, rule="R6.07", …,
                         acts=(Act("review", "支部研究", p.HARDSHIP_EDIT, actions.review, (AT, GRADE, ON), when=("submitted",)), …))

gives the page ``/p/care/hardships/<id>`` with a button and a form for each act that is open to the viewer in the record's
state, and for programs ``POST /api/v1/p/care/hardships/<id>/review``, which takes what the form takes.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response as Reply
from flask import abort, flash, redirect, request
from flask_babel import lazy_gettext as _l

from core.sdk import Finding, Unit, may, need_at, ranges, render, requires
from core.sdk.api import Made, answer, fields, nothing
from plugins.care.aid.forms import drawn, read, shape_of, values_of
from plugins.care.aid.inputs import Input
from plugins.care.aid.screens import Answer, Card, at, attempted, form_page, hand, pick, sections
from plugins.care.people import Unknown, member, reaches, taken, unit
from plugins.care.site import pages, verbs


@dataclass(frozen=True, slots=True)
class Held:
    """A record with the unit where it stands. :param home: where money for it is decided on, if elsewhere."""

    one: Any
    place: Unit
    home: Unit
    #: the member it is about, where a form asks
    who: Any = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with a record: a button that opens its form.

    :param run: the verb; called with the record's id, the inputs by name, and ``by`` and ``version`` if it takes them.
    :param when: states in which it is offered; all of them when empty.
    :param at_home: asks the permission at the record's home.
    :param open: a further condition. :param leads: where to go afterwards; stays by default.
    :param page: instead of a form, the endpoint of a page of its own.
    :param makes: gives the id of something new.
    """

    key: str
    label: str
    permission: str
    run: Callable[..., Any]
    inputs: Sequence[Input] = ()
    when: Sequence[str] = field(default=(), kw_only=True)
    primary: bool = field(default=False, kw_only=True)
    danger: bool = field(default=False, kw_only=True)
    note: str = field(default="", kw_only=True)
    said: str = field(default="", kw_only=True)
    at_home: bool = field(default=False, kw_only=True)
    open: Callable[[Held], bool] = field(default=lambda _held: True, kw_only=True)
    leads: str = field(default="", kw_only=True)
    page: str = field(default="", kw_only=True)
    #: its address for programs, where it is not the key
    key_path: str = field(default="", kw_only=True)
    makes: bool = field(default=False, kw_only=True)

    def unit(self, held: Held) -> Unit:
        """Where its permission is asked."""
        return held.home if self.at_home else held.place

    def offered(self, held: Held) -> bool:
        """Whether it is open to the viewer with the record as it stands."""
        fits = not self.when or held.one.state in self.when
        return fits and may(self.permission, self.unit(held).path) and self.open(held)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a record's page shows. :param said: what the rules say of it. :param prints: (what, document's code)."""

    title: Any
    facts: Sequence[tuple[Any, ...]]
    cards: Sequence[Card]
    said: Sequence[Finding] = ()
    prints: Sequence[tuple[str, str, UUID]] = ()
    filters: Sequence[dict[str, Any]] = ()
    back: tuple[Any, str] | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A kind of record.

    :param stem: the endpoint of its page and the name of its id (``hardship`` → ``hardship_id``).
    :param address: of its list, before the id. :param title: of its list.
    :param show: a record → what its page shows. :param home: the record → the unit where money for it is decided on.
    :param seen: whether the viewer may see it; by default who holds ``view`` at its place.
    """

    stem: str
    address: str
    title: str
    model: Any
    view: str
    rule: str
    show: Callable[[Held], Shown]
    states: Callable[[Any], tuple[str, str]]
    acts: Sequence[Act] = ()
    home: Callable[[Any, Unit], Unit] = lambda _one, place: place
    seen: Callable[[Held], bool] | None = None
    listed: str = ""
    #: the name of its id, where it is not the stem's
    id_name: str = ""

    @property
    def key(self) -> str:
        """The name of its id."""
        return self.id_name or f"{self.stem}_id"

    def held(self, record_id: UUID) -> Held:
        """A record, or the page that is not there."""
        try:
            one: Any = taken(self.model, record_id, lock=False)
            place = unit(one.unit_id)
        except Unknown:
            abort(404)
        found = Held(one, place, self.home(one, place))
        if not (self.seen(found) if self.seen else reaches(ranges(self.view), place.path)):
            abort(404)
        return found


def do(register: Register, act: Act, held: Held, given: dict[str, Any], version: int | None) -> Any:
    """Do an act with what was given. :raises Refused: the actor may not do it there, or the verb refuses."""
    where = act.unit(held)
    need_at(act.permission, where.path, what=where.short_name)
    takes = inspect.signature(act.run).parameters
    more = {name: value for name, value in (("by", hand()), ("version", version)) if name in takes}
    return act.run(**{register.key: held.one.id}, **given, **more)


def serve(register: Register) -> None:
    """Hang the page of a register's records and its acts for programs."""

    @requires(register.view)
    def record(**ids: UUID) -> Answer:
        held = register.held(ids[register.key])
        return _page(register, held, [act for act in register.acts if act.offered(held)])

    rule = f"/{register.address}/<uuid:{register.key}>"
    pages.add_url_rule(rule, endpoint=register.stem, view_func=record, methods=["GET", "POST"])
    for act in register.acts:
        if not act.page:
            _verb(register, act, rule)


def _page(register: Register, held: Held, acts: Sequence[Act]) -> Answer:
    findings: Sequence[Finding] = ()
    chosen = next((act for act in acts if act.key == request.form.get("act")), None)
    if request.method == "POST":
        if chosen is None:
            abort(404)
        _made, findings = attempted(lambda: _sent(register, chosen, held))
        if not findings:
            flash(chosen.said or "已办理。", "ok")
            return redirect(
                at(chosen.leads) if chosen.leads else request.script_root + request.full_path.rstrip("?"), 303
            )
    shown, typed = register.show(held), request.form if findings else None
    offered = [
        {
            "key": act.key, "label": act.label, "primary": act.primary, "danger": act.danger, "note": act.note,
            "page": at(act.page, **{register.key: held.one.id}) if act.page else "",
            "groups": drawn(act.inputs, held, typed if act is chosen else None),
        }
        for act in acts
    ]  # fmt: skip
    back = shown.back or (register.title, at(register.listed or register.address))
    page = render(
        "care/aid_record.html", shown=shown, state=register.states(held.one), acts=offered, findings=findings, back=back,
        prints=[(what, at("paper", code=code, subject_id=subject)) for what, code, subject in shown.prints],
        version=getattr(held.one, "version", 0), sent=chosen.key if findings and chosen else "", sections=sections(),
    )  # fmt: skip
    return (page, 422) if findings else page


def _sent(register: Register, act: Act, held: Held) -> Any:
    text = request.form.get("version", "")
    given = read(act.inputs, request.form, register.rule, held)
    return do(register, act, held, given, int(text) if text.isdecimal() else None)


def _verb(register: Register, act: Act, rule: str) -> None:
    versioned = "version" in inspect.signature(act.run).parameters
    more = {"version": fields.Whole(_l("所依据的版本"), least=1)} if versioned else {}
    name = f"{register.stem}_{act.key}"
    takes = shape_of(f"{name.title().replace('_', '')}Body", act.inputs, **more) if act.inputs or more else None

    @requires(act.permission)
    def view(body: dict[str, Any] | None = None, **ids: UUID) -> Reply:
        held = register.held(ids[register.key])
        if not may(act.permission, act.unit(held).path):
            abort(404)
        try:
            given = values_of(act.inputs, body or {}, held)
            made = do(register, act, held, given, (body or {}).get("version"))
        except Unknown:
            abort(404)
        return answer({"id": made}, 201) if act.makes else nothing()

    view.__name__, view.__doc__ = name, act.label
    given = {"gives": Made, "creates": True} if act.makes else {"status": 204}
    verbs.post(f"{rule}/{act.key_path or act.key}", summary=_l(act.label), takes=takes, **given)(view)


@dataclass(frozen=True, slots=True)
class New:
    """The form that begins something.

    :param title: of the page; of a member's, with ``%(name)s``. :param run: called with the inputs by name, with ``by``
        and ``person_id`` if it takes them; gives the new record's id. :param leads: the endpoint of its page.
    :param member: it is about a member, who is looked for first. :param note: below the title.
    """

    endpoint: str
    address: str
    title: str
    permission: str
    rule: str
    run: Callable[..., Any]
    inputs: Sequence[Input]
    back: str
    leads: str = ""
    submit: str = "保存"
    member: bool = False
    named: str = ""
    note: str = ""
    #: the name of the new record's id in the address of its page
    leads_id: str = ""
    #: address for programs; the page's list by default
    verb: str = ""


def begin(new: New) -> None:
    """Hang the form of something new, and the same for programs."""

    @requires(new.permission)
    def form() -> Answer:
        held = None
        if new.member:
            person = pick(new.permission, new.title)
            if isinstance(person, str):
                return person
            held = _of(new, person)
        title = new.named.format(name=held.who.name) if held is not None and new.named else new.title
        return form_page(title, new.inputs, lambda: _begun(new, held), back=at(new.back), submit=new.submit, about=held, note=new.note)  # fmt: skip

    pages.add_url_rule(f"/{new.address}", endpoint=new.endpoint, view_func=form, methods=["GET", "POST"])
    more = {"person_id": fields.Id(_l("党员"), required=True)} if new.member else {}
    takes = shape_of(f"{new.endpoint.title().replace('_', '')}Body", new.inputs, **more)

    @requires(new.permission)
    def view(body: dict[str, Any]) -> Reply:
        held = _of(new, body["person_id"]) if new.member else None
        try:
            made = _run(new, held, values_of(new.inputs, body, held))
        except Unknown:
            abort(404)
        return answer({"id": made}, 201)

    view.__name__, view.__doc__ = new.endpoint, new.title
    verbs.post(f"/{new.verb or new.back}", summary=_l(new.title), takes=takes, gives=Made, creates=True)(view)


def need_unit(unit_id: UUID, permission: str) -> Unit:
    """A unit at which the actor holds a permission. :raises Unknown: there is none within reach."""
    where = unit(unit_id, ranges(permission))
    need_at(permission, where.path, what=where.short_name)
    return where


def _of(new: New, person: UUID) -> Held:
    try:
        who, place = member(person, ranges(new.permission))
    except Unknown:
        abort(404)
    return Held(None, place, place, who)


def _begun(new: New, held: Held | None) -> str:
    made = _run(new, held, read(new.inputs, request.form, new.rule, held))
    return at(new.leads, **{new.leads_id or f"{new.leads}_id": made}) if new.leads else at(new.back)


def _run(new: New, held: Held | None, given: dict[str, Any]) -> Any:
    takes = inspect.signature(new.run).parameters
    more: dict[str, Any] = {"by": hand()} if "by" in takes else {}
    if held is not None:
        need_at(new.permission, held.place.path, what=held.place.short_name)
        more["person_id"] = held.who.id
    return new.run(**given, **more)
