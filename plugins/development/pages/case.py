"""The page of a case: the next steps open, what is done folded, what comes later, and what the rules find."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from core.sdk import record, render, requires, today, transaction
from core.sdk.files import Attached, attached
from core.sdk.people import label
from plugins.development.cases.roster import lacking
from plugins.development.flow import OF_STEP
from plugins.development.flow.words import SOURCES, TRAITS
from plugins.development.pages import course, parts, ways
from plugins.development.pages.course import ActView, Button, NeedView, RulingView, StepView
from plugins.development.pages.doing import loaded
from plugins.development.pages.facts import named
from plugins.development.pages.files import PAPER
from plugins.development.pages.loading import Loaded
from plugins.development.pages.words import state_badge
from plugins.development.permissions import RECORD, VIEW
from plugins.development.site import pages

#: Side acts in the order in which the menu offers them.
_SIDE = (
    "correction_note", "defer", "suspend", "resume", "return_papers", "withdraw", "remove_from_pool", "transfer_out",
    "transfer_in", "deceased", "not_recognised", "direct_admission", "posthumous", "accountability_mark",
)  # fmt: skip
#: Side states in which only these side acts make sense.
_ONLY = {"suspended": {"resume"}, "deferred": {"resume"}, "transferred_out": {"transfer_in"}}
#: Side acts that are still offered in a case that has ended.
_AFTER_THE_END = frozenset({"correction_note", "not_recognised", "accountability_mark"})
#: Steps before somebody is put on the roster, from the one on which the papers are complete.
_ADMITTING = range(13, 18)
#: Facts of the strip: label, column.
_DAYS = (
    ("applied_on", "申请入党"), ("named_on", "确定积极分子"), ("listed_on", "列为发展对象"), ("adopted_on", "支部大会接收"),
    ("approved_on", "党委批准"), ("expiry_on", "预备期满"), ("converted_on", "讨论转正"), ("standing_on", "党龄起算"),
)  # fmt: skip


@dataclass(slots=True)
class Course:
    """What the template shows."""

    subtitle: str
    state: Markup
    stages: list[tuple[Any, str, str]]
    facts: list[tuple[Any, Any]]
    people: list[tuple[Any, Any]]
    person: list[tuple[Any, Any]]
    now: list[StepView] = field(default_factory=list)
    done: list[StepView] = field(default_factory=list)
    early: list[StepView] = field(default_factory=list)
    later: list[StepView] = field(default_factory=list)
    side_acts: list[ActView] = field(default_factory=list)
    side_forms: list[Button] = field(default_factory=list)
    health: list[RulingView] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    extras: list[Markup] = field(default_factory=list)
    prints: list[tuple[Any, str]] = field(default_factory=list)
    may_open: bool = False
    may_edit: bool = False
    files: Attached | None = None


@pages.get("/cases/<uuid:case_id>")
@requires(VIEW)
def case(case_id: UUID) -> str:
    """A case: where it stands, what is to be done by whom and by when."""
    return _page(loaded(case_id))


@pages.post("/cases/<uuid:case_id>/open")
@requires(VIEW)
def opened(case_id: UUID) -> str:
    """The case with the identity number, the telephone and what is private; that it was read is written down."""
    held = loaded(case_id)
    if not held.sees:
        abort(404)
    with transaction():
        record(kind="development.sealed.opened", subject="development_case", subject_id=held.case.id)
    return _page(held, clear=True)


def _page(held: Loaded, *, clear: bool = False) -> str:
    return render("development/case.html", case=held.case, held=held, view=view_of(held, clear=clear), clear=clear)


def view_of(held: Loaded, *, clear: bool = False) -> Course:
    """Everything the page shows."""
    case_, as_of = held.case, today()
    found = course.steps(
        case_, held.acts, held.history, held.links, today=as_of, earliest=held.earliest, needs=held.needs,
        due=held.due, sees=held.sees,
    )  # fmt: skip
    for step in found.now:
        step.forms = [*step.forms, *ways.of_step(held, step.number)]
        if step.number in _ADMITTING:
            step.needs = [*step.needs, _for_roster(held)]
    return Course(
        subtitle=held.subtitle, state=state_badge(case_.state, case_.side), stages=course.stages(case_, held.history),
        facts=_facts(held), people=_people(held), person=parts.person(held, clear=clear),
        now=found.now, done=found.done, early=found.early,
        later=found.later, side_acts=found.side_acts, side_forms=_side_forms(held),
        health=held.health, notices=_notices(held, as_of), extras=parts.extras(held), prints=parts.prints(held),
        may_open=held.sees and not clear, may_edit=held.may(RECORD), files=attached(PAPER.code, case_.id),
    )  # fmt: skip


def _for_roster(held: Loaded) -> NeedView:
    """What the roster asks for on the day of the approval, said while there is time to find it out."""
    missing = lacking(held.case)
    url = url_for("p_development.edit", case_id=held.case.id) if missing and held.may(RECORD) else ""
    note = _("还缺：%(what)s", what="、".join(missing)) if missing else ""
    return NeedView(
        _("编入党员名册的资料齐全"), not missing, note=note, url=url, link=_("修改基本情况"), explained=True
    )


def _facts(held: Loaded) -> list[tuple[Any, Any]]:
    return [(_(title), getattr(held.case, name)) for name, title in _DAYS if getattr(held.case, name) is not None]


def _people(held: Loaded) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = [(_("培养联系人"), named(held.history.contacts))]
    if held.history.sponsors:
        found.append((_("入党介绍人"), named(held.history.sponsors)))
    approver = held.around.place.approver
    found.append((_("审批党委"), approver.name if approver else ""))
    if held.origin:
        found.append((_("流出地党支部"), held.origin))
    return found


def basics(held: Loaded) -> list[tuple[Any, Any]]:
    """Who it is, without what is delicate."""
    one = held.case
    traits = "、".join(str(TRAITS[code]) for code in one.traits if code in TRAITS)
    found: list[tuple[Any, Any]] = [
        (_("出生日期"), one.birth), (_("民族"), label("ethnic", one.ethnic) if one.ethnic else ""),
        (_("学历"), label("education", one.education) if one.education else ""), (_("职业"), one.occupation),
        (_("工作单位"), one.employer), (_("来源"), SOURCES.get(one.source_kind or "", "")), (_("类别"), traits),
        (_("证件号码"), one.id_no_masked), (_("电话"), one.phone_masked),
    ]  # fmt: skip
    return [(name, value) for name, value in found if value]


def _side_forms(held: Loaded) -> list[Button]:
    only = _ONLY.get(held.case.side)
    known = {kind.code: kind for kind in OF_STEP[0]}
    found = []
    for code in _SIDE:
        kind = known.get(code)
        if kind is None or (only and code not in only and code != "correction_note"):
            continue
        if code in ("resume", "transfer_in") and not (only and code in only):
            continue
        after_death = code == "posthumous" and held.case.side == "deceased"
        back = code == "transfer_in" and held.case.side == "transferred_out"
        if held.case.closed_on is not None and not (code in _AFTER_THE_END or after_death or back):
            continue
        url = held.links.form(kind)
        if url:
            found.append(Button(kind.title, url))
    return found


def _notices(held: Loaded, as_of: date) -> list[tuple[str, str]]:
    one, found = held.case, []
    if one.closed_on is not None:
        said = state_badge(one.state, one.side).striptags()
        found.append(
            (
                _("%(day)s 已结束办理：%(state)s。记录长期保存，不能再登记新的步骤。", day=one.closed_on, state=said),
                "info",
            )
        )
    elif one.side == "suspended":
        found.append((_("培养已经中止。要接着办，请在“其他情况”里登记“恢复办理”。"), "warn"))
    elif one.side == "deferred":
        until = held.history.deferred_until
        said = _("暂缓到 %(day)s。", day=until) if until else _("正在暂缓。")
        found.append((said + _("提前恢复的，请在“其他情况”里登记“恢复办理”。"), "warn"))
    elif one.side == "transferred_out":
        found.append((_("该同志已经转出，等待接收的党支部登记“转入接收”。"), "warn"))
    elif one.side == "returned":
        found.append((_("上级退回了材料，请补齐后重新报送。"), "warn"))
    if one.next_due_on is not None and one.next_due_on < as_of and one.closed_on is None:
        found.append(
            (_("有一步已经逾期%(n)s天，请尽快办理；补办时写明原因。", n=(as_of - one.next_due_on).days), "bad")
        )
    return found
