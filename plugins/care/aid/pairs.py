"""Pairs: their list, a new one with its three plans, and one with its steps, progress and result."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.sdk import Person, Unit, may, ranges, record, requires, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.choosing import Choice, Pick
from plugins.care.aid.inputs import Day, Input, Lines
from plugins.care.aid.registers import Act, Held, New, Register, Shown, begin, serve
from plugins.care.aid.screens import Card, at, badge, link, list_page, paged
from plugins.care.findings import block, findings, settle
from plugins.care.pairs import actions
from plugins.care.pairs.models import Milestone, Package, Pair, Progress
from plugins.care.people import Hand, Unknown, at_units, counted, search, taken
from plugins.care.rules.pairs import NEXT, PACKAGES, STATES, progress_due
from plugins.care.sealing import unseal
from plugins.care.site import pages

TONES = {"planned": "info", "signed": "brand", "running": "brand", "achieved": "ok", "ended": "plain"}
UNDER_WAY = ("signed", "running")
_helper, _helped = aliased(Person), aliased(Person)


@pages.get("/pairs")
@requires(p.PAIR_VIEW)
def pairs() -> str:
    """The pairs within reach, those under way first."""
    found, given = at_units(Pair, p.PAIR_VIEW, Pair.id, _helper.name, _helped.name, Pair.kind, Unit.short_name, Pair.signed_on,
                            Pair.last_progress_on, Pair.state)  # fmt: skip
    found = (
        found.join(_helper, (_helper.tenant_id == Pair.tenant_id) & (_helper.id == Pair.helper_id))
        .join(_helped, (_helped.tenant_id == Pair.tenant_id) & (_helped.id == Pair.helped_id), isouter=True)
        .order_by(Pair.ended_on.is_not(None), Pair.signed_on.desc().nulls_first(), Pair.id)
    )
    lines, further = paged(found, given)
    heads = (_("帮扶人"), _("帮扶对象"), _("类别"), _("党组织"), _("签订日期"), _("最近进展"), _("状态"))
    rows = [
        (link(helper, "pair", pair_id=one), helped or _("困难群众"), actions.KINDS[kind], place, signed,
         _progress(state, signed, last), badge(STATES[state], TONES[state]))
        for one, helper, helped, kind, place, signed, last, state in lines
    ]  # fmt: skip
    by_state = counted(Pair.state, ranges(p.PAIR_VIEW))
    return list_page(
        _("结对帮扶"),
        _("包技术提供、包项目上马、包脱贫致富，每项有计划；每季度登记进展。"),
        [Card(_("结对"), heads, rows, _("还没有结对"), pages=further)],
        new=[(_("新建结对"), at("pair_new"))] if may(p.PAIR_EDIT) else [],
        figures=[(word, by_state.get(state, 0)) for state, word in STATES.items()],
    )


def _progress(state: str, signed: date | None, last: date | None) -> Any:
    late = state in UNDER_WAY and (last or signed or today()) < today() - timedelta(days=92)
    return badge(last or _("未登记"), "warn") if late else last


def _plan(
    *,
    person_id: UUID,
    kind: str,
    helped: str,
    helped_name: str,
    cause: str,
    income: str,
    reason: str,
    by: Hand,
    **said: str,
) -> UUID:
    plans = {name: (said[f"plan_{name}"], said[f"target_{name}"]) for name in PACKAGES}
    return actions.plan(
        kind=kind, helper_id=person_id, helped_id=_named(helped) if kind == "member" else None, helped_name=helped_name,
        cause=cause, income=income, plans=plans, reason=reason, by=by,
    )  # fmt: skip


def _named(name: str) -> UUID | None:
    """The member of that name within reach. :raises Refused: there is none, or several."""
    found = [one for one in search(name, ranges(p.PAIR_EDIT)) if one[1] == name]
    if name and len(found) != 1:
        said = f"没有找到党员“{name}”。" if not found else f"有{len(found)}名党员叫“{name}”，请由其党支部办理。"
        settle([block("R6.13", "helped", said, "E_REQUIRED")])
    return found[0][0] if found else None


begin(
    New(
        "pair_new", "pairs/new", "选择帮扶人", p.PAIR_EDIT, "R6.13", _plan,
        (
            Choice("kind", "帮扶对象类别", required=True, options=actions.KINDS, radio=True, value="member"),
            Input("helped", "困难党员姓名", help="帮扶困难党员时填写，须是您所管党组织在册的党员。"),
            Input("helped_name", "困难群众姓名", help="帮扶困难群众时填写，加密保存。"),
            Lines("cause", "致困原因", required=True, most=500, rows=2),
            Input("income", "帮扶前年收入（元）", most=20),
            *(one for name, title in PACKAGES.items() for one in (
                Lines(f"plan_{name}", "计划", required=True, most=500, rows=2, group=title),
                Input(f"target_{name}", "目标", required=True, most=300, group=title))),
            Input("reason", "理由", help="帮扶人已结对三户仍要增加的，写明理由。"),
        ),
        back="pairs", leads="pair", member=True, named="{name}的结对帮扶",
    )
)  # fmt: skip


def names_of(one: Pair) -> tuple[str, str]:
    """Who helps and who is helped; of the masses the name is sealed."""
    with transaction() as session:
        names: dict[UUID, str] = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_([one.helper_id, one.helped_id]))).all()
        )
    helped = names.get(one.helped_id) if one.helped_id else None
    return names.get(one.helper_id, ""), helped or unseal(one.helped_name_cipher, Pair, "helped_name_cipher", one.id)


def steps_of(one: Pair) -> Sequence[Milestone]:
    """The steps of a pair, by their day."""
    with transaction() as session:
        return session.scalars(select(Milestone).where(Milestone.pair_id == one.id).order_by(Milestone.due_on)).all()


def _show(held: Held) -> Shown:
    one: Pair = held.one
    opened = may(p.OPEN, held.place.path)
    if opened:
        record(kind="care.aid.opened", subject="care_pair", subject_id=one.id)
    helper, name = names_of(one)
    helped = name if one.helped_id or opened else _("困难群众")

    def sealed(column: str) -> str | None:
        return unseal(getattr(one, column), Pair, column, one.id) if opened else None

    facts = [
        (_("帮扶人"), helper), (_("帮扶对象"), helped), (_("类别"), actions.KINDS[one.kind]),
        (_("党组织"), held.place.short_name), (_("签订日期"), one.signed_on), (_("结束日期"), one.ended_on),
        (_("帮扶前年收入（元）"), sealed("before_cipher")), (_("帮扶后年收入（元）"), sealed("after_cipher")),
        (_("致困原因"), sealed("cause_cipher")), (_("结果"), sealed("result_cipher")),
    ]  # fmt: skip
    due = findings(progress_due(one.last_progress_on, one.signed_on, today())) if one.state in UNDER_WAY and one.signed_on else []  # fmt: skip
    return Shown(
        _("%(helper)s结对%(helped)s", helper=helper, helped=helped), facts, _cards(one, opened=opened), due,
        [("结对帮扶协议", "pair", one.id)] if opened else [],
    )  # fmt: skip


def _cards(one: Pair, *, opened: bool) -> list[Card]:
    with transaction() as session:
        packages = session.scalars(select(Package).where(Package.pair_id == one.id).order_by(Package.kind)).all()
        notes = session.scalars(
            select(Progress).where(Progress.pair_id == one.id).order_by(Progress.noted_on.desc()).limit(100)
        ).all()
    said = [unseal(n.text_cipher, Progress, "text_cipher", n.id) if opened else "******" for n in notes]
    steps = [(PACKAGES[s.package], s.title, s.due_on, _done(s)) for s in steps_of(one)]
    return [
        Card(_("三包"), (_("项目"), _("计划"), _("目标")), [(PACKAGES[k.kind], k.plan, k.target) for k in packages]),
        Card(_("步骤"), (_("项目"), _("内容"), _("期限"), _("完成日期")), steps, _("还没有步骤")),
        Card(_("进展"), (_("日期"), _("内容"), _("登记人")), [(n.noted_on, text, n.actor) for n, text in zip(notes, said, strict=True)],
             _("还没有登记进展")),
    ]  # fmt: skip


def _done(step: Milestone) -> Any:
    return step.done_on or (badge(_("已过期"), "warn") if step.due_on < today() else badge(_("进行中"), "info"))


def _reach(*, pair_id: UUID, step: UUID, on: date) -> None:
    if taken(Milestone, step, lock=False).pair_id != pair_id:
        raise Unknown(str(step))
    actions.reach(milestone_id=step, on=on)


def _open_steps(held: Held) -> list[tuple[str, str]]:
    return [(str(step.id), step.title) for step in steps_of(held.one) if step.done_on is None]


_ON = Day("on", "日期", required=True, value=lambda _held: today())
_RESULT = (_ON, Lines("result", "结果", required=True), Input("income", "帮扶后年收入（元）", most=20))


def _moves(to: str) -> tuple[str, ...]:
    return tuple(state for state, following in NEXT.items() if to in following)


HELP = Register(
    "pair", "pairs", "结对帮扶", Pair, p.PAIR_VIEW, "R6.13", _show, lambda one: (STATES[one.state], TONES[one.state]),
    (
        Act("note", "登记进展", p.PAIR_EDIT, actions.note, (_ON, Lines("text", "进展", required=True)), when=UNDER_WAY, primary=True),
        Act("signed", "签订协议", p.PAIR_EDIT, partial(actions.move, to="signed"), (_ON,), when=_moves("signed"), primary=True),
        Act("running", "开始帮扶", p.PAIR_EDIT, partial(actions.move, to="running"), (_ON,), when=_moves("running")),
        Act("step", "增加步骤", p.PAIR_EDIT, actions.add_milestone, (
            Choice("package", "项目", required=True, options=PACKAGES), Input("title", "内容", required=True), Day("due_on", "期限", required=True)),
            when=actions.ACTIVE, makes=True),
        Act("reach", "完成步骤", p.PAIR_EDIT, _reach, (Pick("step", "步骤", required=True, among=_open_steps), _ON),
            when=actions.ACTIVE, open=lambda held: bool(_open_steps(held))),
        Act("achieved", "已见效", p.PAIR_EDIT, partial(actions.move, to="achieved"), _RESULT, when=_moves("achieved")),
        Act("ended", "结束结对", p.PAIR_EDIT, partial(actions.move, to="ended"), _RESULT, when=_moves("ended"), danger=True),
    ),
)  # fmt: skip
serve(HELP)
