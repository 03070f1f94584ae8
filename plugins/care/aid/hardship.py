"""The hardship register: its list, the application or finding, and one case with its steps."""

from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from core.sdk import Person, Unit, may, ranges, record, requires, today
from plugins.care.aid import permissions as p
from plugins.care.aid.choosing import Choice, Ticks
from plugins.care.aid.inputs import Day, Input, Lines, Money
from plugins.care.aid.registers import Act, Held, New, Register, Shown, begin, serve
from plugins.care.aid.screens import Card, at, badge, link, list_page, paged
from plugins.care.findings import block, settle
from plugins.care.hardship import actions
from plugins.care.hardship.models import Hardship
from plugins.care.people import Hand, Ranges, among, counted, member, with_names
from plugins.care.rules.money import yuan
from plugins.care.rules.rounds import GRADES
from plugins.care.sealing import unseal
from plugins.care.site import pages

TONES = {
    "submitted": "info", "branch_reviewed": "info", "published": "warn", "approved": "ok", "refused": "plain", "ended": "plain",
}  # fmt: skip
WORDS = {grade.value: f"{grade.value} {title}" for grade, title in GRADES.items()}
FIGURES = {
    "income_per_head": "家庭人均月收入",
    "line": "当地低保标准（月）",
    "medical": "年自付医疗费",
    "income": "家庭年收入",
}
RUNNING = ("submitted", "branch_reviewed", "published")
#: Fewer than so many are shown as a range: nobody is to be guessed from a number (00-conventions 0.4).
SMALL = 3


def protected(count: int) -> str:
    """A count that tells of nobody in particular."""
    return str(count) if count == 0 or count >= SMALL else f"<{SMALL}"


def causes(codes: list[str]) -> str:
    """Causes as they are read."""
    return "、".join(actions.CAUSES.get(code, code) for code in codes)


def counts(held: Ranges) -> dict[str, int]:
    """Members on the register by grade."""
    return counted(Hardship.grade, held, Hardship.state == "approved")


@pages.get("/hardships")
@requires(p.HARDSHIP_VIEW)
def hardships() -> str:
    """What is under way, the register, and numbers by grade."""
    wanted = (Hardship.id, Person.name, Unit.short_name, Hardship.grade, Hardship.causes)
    running, given = with_names(Hardship, p.HARDSHIP_VIEW, *wanted, Hardship.state)
    held, _given = with_names(Hardship, p.HARDSHIP_VIEW, *wanted, Hardship.valid_to, Hardship.review_on)
    under_way, before = paged(running.where(among(Hardship.state, *RUNNING)).order_by(Hardship.submitted_on, Hardship.id), given)  # fmt: skip
    listed, further = paged(held.where(Hardship.state == "approved").order_by(Hardship.grade, Unit.path, Hardship.id), given, "held")  # fmt: skip
    heads = (_("姓名"), _("党支部"))
    cards = [
        Card(_("办理中"), (*heads, _("拟定等级"), _("致困原因"), _("状态")), [
            (link(name, "hardship", hardship_id=one), place, WORDS[grade], causes(why), badge(actions.STATES[state], TONES[state]))
            for one, name, place, grade, why, state in under_way], _("没有办理中的认定"), pages=before),
        Card(_("困难党员台账"), (*heads, _("等级"), _("致困原因"), _("有效期至"), _("复核")), [
            (link(name, "hardship", hardship_id=one), place, WORDS[grade], causes(why), valid, _review(review))
            for one, name, place, grade, why, valid, review in listed], _("台账上还没有困难党员"), pages=further),
    ]  # fmt: skip
    by_grade = counts(ranges(p.HARDSHIP_VIEW))
    return list_page(
        _("困难党员"),
        _("申请或发现、支部研究、公示、党委认定；每年10月31日前复核。收入等情况加密保存。"),
        cards,
        new=[(_("申报困难党员"), at("hardship_new"))] if may(p.HARDSHIP_EDIT) else [],
        figures=[(word, by_grade.get(grade, 0)) for grade, word in WORDS.items()],
    )


def _review(day: Any) -> Any:
    left = (day - today()).days if day else 0
    return badge(f"{day}", "bad" if left < 0 else "warn" if left <= 30 else "plain") if day else None


def _submit(
    *, person_id: UUID, source: str, cause: list[str], grade: str, detail: str, by: Hand, **figures: int
) -> UUID:
    chosen = grade or actions.hint_of(figures)
    if not chosen:
        settle([block("R6.07", "grade", "请选择困难等级。", "E_REQUIRED", "填写收入后也可以按提示等级提交。")])
    return actions.submit(
        person_id=person_id, source=source, grade=str(chosen), causes=cause, figures=figures, detail=detail, by=by
    )


begin(
    New(
        "hardship_new", "hardships/new", "申报困难党员", p.HARDSHIP_EDIT, "R6.07", _submit,
        (
            Choice("source", "来源", required=True, options=actions.SOURCES, radio=True, value="application"),
            Ticks("cause", "致困原因", required=True, options=actions.CAUSES),
            *(Money(name, label, zero=True, group="收入和支出") for name, label in FIGURES.items()),
            Choice("grade", "拟定等级", options=WORDS, help="不选时按收入提示的等级；最终由组织认定。"),
            Lines("detail", "家庭和困难情况", required=True, most=2000, rows=5, help="加密保存，公示时不公开。"),
        ),
        back="hardships", leads="hardship", submit="提交", member=True, named="申报{name}",
    )
)  # fmt: skip


def _show(held: Held) -> Shown:
    one: Hardship = held.one
    who, _home = member(one.person_id)
    facts = [
        (_("姓名"), who.name), (_("党支部"), held.place.short_name), (_("来源"), actions.SOURCES[one.source]), (_("等级"), WORDS[one.grade]),
        (_("提示等级"), WORDS.get(one.hint or "")), (_("致困原因"), causes(one.causes)), (_("提交"), f"{one.submitted_on} {one.submitter}"),
        (_("支部研究"), f"{one.reviewed_on} {one.reviewer}" if one.reviewed_on else None), (_("公示起"), one.published_from),
        (_("认定"), f"{one.decided_on} {one.decider}" if one.decided_on else None),
        (_("有效期"), f"{one.valid_from} — {one.valid_to}" if one.valid_to else None), (_("复核日期"), one.review_on),
    ]  # fmt: skip
    opened = may(p.OPEN, held.place.path)
    return Shown(who.name, facts, _opened(one) if opened else [], prints=[("困难党员登记表", "hardship", one.id)] if opened else [])  # fmt: skip


def _opened(one: Hardship) -> list[Card]:
    record(kind="care.aid.opened", subject="care_hardship", subject_id=one.id)
    held = actions.figures_of(one)
    figures = [(label, f"{yuan(held[name])} 元" if held.get(name) else None) for name, label in FIGURES.items()]
    return [
        Card(_("收入情况"), facts=figures),
        Card(_("家庭和困难情况"), text=unseal(one.detail_cipher, Hardship, "detail_cipher", one.id)),
    ]


_GRADE = Choice("grade", "等级", required=True, options=WORDS, value=lambda held: held.one.grade)
_UNTIL = Day("valid_to", "有效期至", help="不填为12个月。")
_ACTS = (
    Act("review", "支部研究", p.HARDSHIP_EDIT, actions.review, (
        Choice("at", "研究机构", required=True, options={"committee": "支委会", "meeting": "支部大会"}, value="committee"),
        _GRADE, Day("on", "研究日期", value=lambda _held: today())), when=("submitted",), primary=True),
    Act("public", "开始公示", p.HARDSHIP_EDIT, actions.make_public, when=("branch_reviewed",), primary=True,
        note="公示姓名、党支部和等级，不公示收入。公示满5个工作日后认定。"),
    Act("agree", "认定", p.HARDSHIP_DECIDE, partial(actions.decide, agree=True, reason=""), (_GRADE, _UNTIL), when=("published",), primary=True),
    Act("refuse", "不予认定", p.HARDSHIP_DECIDE, partial(actions.decide, agree=False, grade="", valid_to=None),
        (Lines("reason", "理由", required=True),), when=RUNNING, danger=True),
    Act("end", "退出台账", p.HARDSHIP_DECIDE, actions.end, (Input("reason", "退出的原因", required=True),), when=("approved",), danger=True),
)  # fmt: skip

HARDSHIPS = Register(
    "hardship", "hardships", "困难党员", Hardship, p.HARDSHIP_VIEW, "R6.07", _show,
    lambda one: (actions.STATES[one.state], TONES[one.state]), _ACTS,
)  # fmt: skip
serve(HARDSHIPS)
