"""The pages of pairs."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.sdk import Person, Unit, may, need_at, record, requires, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.screens import (
    Act,
    Answer,
    Card,
    at,
    boxed,
    form_page,
    hand,
    list_page,
    pick,
    reach,
    record_page,
    version,
)
from plugins.care.findings import findings
from plugins.care.pairs import actions
from plugins.care.pairs.models import Milestone, Package, Pair, Progress
from plugins.care.people import Unknown, inside, member, same_unit, taken, unit
from plugins.care.people import search as people_search
from plugins.care.reading import Reader
from plugins.care.rules.pairs import NEXT, PACKAGES, STATES, progress_due
from plugins.care.sealing import unseal
from plugins.care.site import pages

TONES = {"planned": "info", "signed": "brand", "running": "brand", "achieved": "ok", "ended": "plain"}
_helper, _helped = aliased(Person), aliased(Person)


def helped_name(one: Pair, name: str | None) -> str:
    """Whom the pair helps; of the masses the name is sealed."""
    return name or unseal(one.helped_name_cipher, Pair, "helped_name_cipher", one.id)


@pages.get("/pairs")
@requires(p.PAIR_VIEW)
def pairs() -> str:
    """The pairs within reach."""
    near, given = inside(reach(p.PAIR_VIEW))
    found = rows(
        select(Pair.id, _helper.name, _helped.name, Pair.kind, Unit.short_name, Pair.signed_on, Pair.last_progress_on, Pair.state)
        .join(_helper, (_helper.tenant_id == Pair.tenant_id) & (_helper.id == Pair.helper_id))
        .join(_helped, (_helped.tenant_id == Pair.tenant_id) & (_helped.id == Pair.helped_id), isouter=True)
        .join(Unit, same_unit(Pair.unit_id)).where(near).order_by(Pair.ended_on.is_not(None), Unit.path).limit(500), **given,
    )  # fmt: skip
    late = today() - timedelta(days=92)
    lines = [
        ({"url": at("pair", pair_id=one), "text": helper}, helped or _("困难群众"), actions.KINDS[kind], place, signed,
         {"text": last or _("未登记"), "tone": "warn"} if state in ("signed", "running") and (last or signed or today()) < late else last,
         {"text": STATES[state], "tone": TONES[state]})
        for one, helper, helped, kind, place, signed, last, state in found
    ]  # fmt: skip
    figures = [(word, sum(one[7] == state for one in found)) for state, word in STATES.items()]
    cards = [
        Card(
            _("结对"),
            (_("帮扶人"), _("帮扶对象"), _("类别"), _("党组织"), _("签订日期"), _("最近进展"), _("状态")),
            lines,
            _("还没有结对"),
        )
    ]
    new = [(_("新建结对"), at("pair_new"))] if may(p.PAIR_EDIT) else []
    return list_page(
        _("结对帮扶"),
        _("包技术提供、包项目上马、包脱贫致富，每项有计划；每季度登记进展。"),
        cards,
        new=new,
        figures=figures,
    )


@pages.route("/pairs/new", methods=["GET", "POST"])
@requires(p.PAIR_EDIT)
def pair_new() -> Answer:
    """Make a pair: first the helper is looked for."""
    person = pick(p.PAIR_EDIT, "pair_new", _("选择帮扶人"))
    if isinstance(person, str):
        return person
    try:
        who, _place = member(person, reach(p.PAIR_EDIT))
    except Unknown:
        abort(404)

    def run() -> str:
        reader = Reader(request.form, "R6.13")
        kind = reader.choice("kind", "帮扶对象类别", actions.KINDS)
        helped = _helped_of(reader) if kind == "member" else None
        plans = {
            name: (
                reader.text(f"plan_{name}", f"{title}的计划", most=500),
                reader.text(f"target_{name}", f"{title}的目标", most=300),
            )
            for name, title in PACKAGES.items()
        }
        cause, income = (
            reader.text("cause", "致困原因", required=True, most=500),
            reader.text("income", "帮扶前年收入", most=20),
        )
        reader.done()
        made = actions.plan(
            kind=kind, helper_id=who.id, helped_id=helped, helped_name=reader.text("helped_name", "姓名"), cause=cause,
            income=income, plans=plans, reason=reader.text("reason", "理由"), by=hand(),
        )  # fmt: skip
        return at("pair", pair_id=made)

    fields = [
        boxed("kind", _("帮扶对象类别"), "radio", options=list(actions.KINDS.items()), value="member", required=True),
        boxed("helped", _("困难党员姓名"), help=_("帮扶困难党员时填写，须是您所管党组织在册的党员。")),
        boxed("helped_name", _("困难群众姓名"), help=_("帮扶困难群众时填写，加密保存。")),
        boxed("cause", _("致困原因"), "textarea", required=True), boxed("income", _("帮扶前年收入（元）"), inputmode="decimal"),
        *(field for name, title in PACKAGES.items() for field in (
            boxed(f"plan_{name}", _("%(title)s：计划", title=title), "textarea", rows=2, required=True),
            boxed(f"target_{name}", _("%(title)s：目标", title=title), required=True))),
    ]  # fmt: skip
    return form_page(_("%(name)s的结对帮扶", name=who.name), fields, run, back=at("pairs"), submit=_("保存"))


def _helped_of(reader: Reader) -> UUID | None:
    name = reader.text("helped", "困难党员姓名", required=True)
    found = [one for one in people_search(name, reach(p.PAIR_EDIT)) if one[1] == name]
    if name and len(found) != 1:
        said = f"没有找到党员“{name}”。" if not found else f"有{len(found)}名党员叫“{name}”，请从其中一人的页面办理。"
        reader.wrong("helped", said, "E_REQUIRED")
    return found[0][0] if len(found) == 1 else None


def seen(pair_id: UUID, permission: str = p.PAIR_VIEW) -> tuple[Pair, str, str, Unit]:
    """A pair with the names of both and its unit."""
    try:
        one: Pair = taken(Pair, pair_id, lock=False)
        place = unit(one.unit_id, reach(permission))
    except Unknown:
        abort(404)
    with transaction() as session:
        names = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_([one.helper_id, one.helped_id]))).all()
        )
    return (
        one,
        names.get(one.helper_id, ""),
        helped_name(one, names.get(one.helped_id)) if one.helped_id else helped_name(one, None),
        place,
    )


@pages.route("/pairs/<uuid:pair_id>", methods=["GET", "POST"])
@requires(p.PAIR_VIEW)
def pair(pair_id: UUID) -> Answer:
    """One pair with plans, steps, progress and result."""
    one, helper, helped, place = seen(pair_id)
    with transaction() as session:
        packages = session.scalars(select(Package).where(Package.pair_id == one.id).order_by(Package.kind)).all()
        steps = session.scalars(select(Milestone).where(Milestone.pair_id == one.id).order_by(Milestone.due_on)).all()
        notes = session.scalars(
            select(Progress).where(Progress.pair_id == one.id).order_by(Progress.noted_on.desc())
        ).all()
    opened = may(p.OPEN, place.path)

    def sealed(column: str) -> str | None:
        return unseal(getattr(one, column), Pair, column, one.id) if opened else None

    if opened:
        record(kind="care.aid.opened", subject="care_pair", subject_id=one.id)
    facts = [
        (_("帮扶人"), helper), (_("帮扶对象"), helped if one.helped_id or opened else _("困难群众")), (_("类别"), actions.KINDS[one.kind]),
        (_("党组织"), place.short_name), (_("签订日期"), one.signed_on), (_("结束日期"), one.ended_on),
        (_("帮扶前年收入（元）"), sealed("before_cipher")), (_("帮扶后年收入（元）"), sealed("after_cipher")),
        (_("致困原因"), sealed("cause_cipher")), (_("结果"), sealed("result_cipher")),
    ]  # fmt: skip
    cards = [
        Card(_("三包"), (_("项目"), _("计划"), _("目标")), [(PACKAGES[k.kind], k.plan, k.target) for k in packages]),
        Card(_("步骤"), (_("项目"), _("内容"), _("期限"), _("完成日期")), [(PACKAGES[s.package], s.title, s.due_on, s.done_on) for s in steps]),
        Card(_("进展"), (_("日期"), _("内容"), _("登记人")), [
            (n.noted_on, unseal(n.text_cipher, Progress, "text_cipher", n.id) if opened else "******", n.actor) for n in notes]),
    ]  # fmt: skip
    said = (
        findings(progress_due(one.last_progress_on, one.signed_on, today()))
        if one.state in ("signed", "running") and one.signed_on
        else []
    )
    return record_page(
        _("%(helper)s结对%(helped)s", helper=helper, helped=helped if one.helped_id or opened else _("困难群众")),
        state=(STATES[one.state], TONES[one.state]), facts=facts, cards=cards, said=said, version=one.version,
        acts=_acts(one, place, steps) if may(p.PAIR_EDIT, place.path) else [], back=(_("结对帮扶"), at("pairs")),
        prints=[(_("结对帮扶协议"), at("paper", code="pair", subject_id=one.id))] if opened else [],
    )  # fmt: skip


def _acts(one: Pair, place: Unit, steps: Any) -> list[Act]:
    reader, acts = Reader(request.form, "R6.13"), []
    on = boxed("on", _("日期"), "date", value=today().isoformat(), required=True)

    def move(to: str) -> None:
        need_at(p.PAIR_EDIT, place.path, what=place.short_name)
        day = reader.day("on", "日期", default=today())
        reader.done()
        actions.move(pair_id=one.id, to=to, on=day, result=reader.text("result", "结果", most=1000),
                     income=reader.text("income", "年收入"), version=version())  # fmt: skip

    result = [boxed("result", _("结果"), "textarea", required=True), boxed("income", _("帮扶后年收入（元）"))]
    words = {"signed": _("签订协议"), "running": _("开始帮扶"), "achieved": _("已见效"), "ended": _("结束结对")}
    acts += [
        Act(to, words[to], partial(move, to), [on, *(result if to in ("achieved", "ended") else [])],
            primary=to == "signed", danger=to == "ended")
        for to in words if to in NEXT[one.state]
    ]  # fmt: skip
    if one.state in ("signed", "running"):
        acts.insert(0, Act("note", _("登记进展"), lambda: actions.note(
            pair_id=one.id, text=reader.text("text", "进展", most=1000), on=reader.day("on", "日期", default=today()), by=hand()),
            [on, boxed("text", _("进展"), "textarea", required=True)], primary=True))  # fmt: skip
    if one.state in actions.ACTIVE:
        acts.append(Act("step", _("增加步骤"), lambda: _step(one), [
            boxed("package", _("项目"), "select", options=list(PACKAGES.items()), required=True),
            boxed("title", _("内容"), required=True), boxed("due_on", _("期限"), "date", required=True)]))  # fmt: skip
        open_steps = [(str(s.id), s.title) for s in steps if s.done_on is None]
        if open_steps:
            acts.append(
                Act(
                    "reach",
                    _("完成步骤"),
                    lambda: _reached(one),
                    [boxed("step", _("步骤"), "select", options=open_steps, required=True), on],
                )
            )
    return acts


def _step(one: Pair) -> None:
    reader = Reader(request.form, "R6.13")
    package, title = reader.choice("package", "项目", PACKAGES), reader.text("title", "内容", required=True)
    due = reader.day("due_on", "期限")
    reader.done()
    actions.add_milestone(pair_id=one.id, package=package, title=title, due_on=due)


def _reached(one: Pair) -> None:
    reader = Reader(request.form, "R6.13")
    day = reader.day("on", "日期", default=today())
    try:
        step = UUID(request.form.get("step", ""))
    except ValueError:
        reader.wrong("step", "请选择步骤。", "E_REQUIRED")
    reader.done()
    if taken(Milestone, step, lock=False).pair_id != one.id:
        raise Unknown(str(step))
    actions.reach(milestone_id=step, on=day)
