"""The pages of the hardship register."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from core.sdk import Person, Unit, may, need_at, record, requires, rows, today
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
from plugins.care.hardship import actions
from plugins.care.hardship.models import Hardship
from plugins.care.people import Unknown, inside, member, same_person, same_unit, taken, unit
from plugins.care.reading import Reader
from plugins.care.rules.money import yuan
from plugins.care.rules.rounds import GRADES
from plugins.care.sealing import unseal
from plugins.care.site import pages

TONES = {
    "submitted": "info",
    "branch_reviewed": "info",
    "published": "warn",
    "approved": "ok",
    "refused": "plain",
    "ended": "plain",
}
WORDS = {grade.value: f"{grade.value} {title}" for grade, title in GRADES.items()}
FIGURES = {
    "income_per_head": "家庭人均月收入",
    "line": "当地低保标准（月）",
    "medical": "年自付医疗费",
    "income": "家庭年收入",
}
#: Fewer than so many are shown as a range: nobody is to be guessed from a number (00-conventions 0.4).
SMALL = 3


def protected(count: int) -> str:
    """A count that tells of nobody in particular."""
    return str(count) if count == 0 or count >= SMALL else f"<{SMALL}"


@pages.get("/hardships")
@requires(p.HARDSHIP_VIEW)
def hardships() -> str:
    """The register, what is under way, and numbers by grade."""
    near, given = inside(reach(p.HARDSHIP_VIEW))
    found = rows(
        select(Hardship.id, Person.name, Unit.short_name, Hardship.grade, Hardship.causes, Hardship.valid_to,
               Hardship.review_on, Hardship.state)
        .join(Person, same_person(Hardship.person_id)).join(Unit, same_unit(Hardship.unit_id))
        .where(near, or_(*(Hardship.state == one for one in ("submitted", "branch_reviewed", "published", "approved"))))
        .order_by(Hardship.grade, Unit.path).limit(500), **given,
    )  # fmt: skip
    held = [one for one in found if one[7] == "approved"]
    cards = [
        Card(_("办理中"), (_("姓名"), _("党支部"), _("拟定等级"), _("原因"), _("状态")), [
            ({"url": at("hardship", hardship_id=one), "text": name}, place, WORDS[grade], _causes(causes),
             {"text": actions.STATES[state], "tone": TONES[state]})
            for one, name, place, grade, causes, _to, _on, state in found if state != "approved"], _("没有办理中的认定")),
        Card(_("困难党员台账"), (_("姓名"), _("党支部"), _("等级"), _("原因"), _("有效期至"), _("复核")), [
            ({"url": at("hardship", hardship_id=one), "text": name}, place, WORDS[grade], _causes(causes), valid,
             {"text": f"{review}", "tone": "warn" if (review - today()).days <= 30 else "plain"} if review else None)
            for one, name, place, grade, causes, valid, review, _state in held], _("台账上还没有困难党员")),
    ]  # fmt: skip
    figures = [(WORDS[grade], protected(sum(one[3] == grade for one in held))) for grade in WORDS]
    new = [(_("申报困难党员"), at("hardship_new"))] if may(p.HARDSHIP_EDIT) else []
    return list_page(
        _("困难党员"),
        _("申请或发现、支部研究、公示、党委认定；每年10月31日前复核。收入等情况加密保存。"),
        cards,
        new=new,
        figures=figures,
    )


def _causes(codes: list[str]) -> str:
    return "、".join(actions.CAUSES.get(code, code) for code in codes)


def counts(ranges: tuple[tuple[str, str], ...]) -> dict[str, int]:
    """Members on the register by grade."""
    near, given = inside(ranges)
    found = rows(
        select(Hardship.grade, func.count()).select_from(Hardship).join(Unit, same_unit(Hardship.unit_id))
        .where(near, Hardship.state == "approved").group_by(Hardship.grade), **given,
    )  # fmt: skip
    return {grade: int(count) for grade, count in found}


@pages.route("/hardships/new", methods=["GET", "POST"])
@requires(p.HARDSHIP_EDIT)
def hardship_new() -> Answer:
    """Apply for a member, or note what was found."""
    person = pick(p.HARDSHIP_EDIT, "hardship_new", _("申报困难党员"))
    if isinstance(person, str):
        return person
    try:
        who, _place = member(person, reach(p.HARDSHIP_EDIT))
    except Unknown:
        abort(404)

    def run() -> str:
        reader = Reader(request.form, "R6.07")
        source, causes = reader.choice("source", "来源", actions.SOURCES), reader.chosen("cause", actions.CAUSES)
        figures = {name: reader.money(name, label, required=False, zero=True) for name, label in FIGURES.items()}
        given = request.form.get("grade") or actions.hint_of(figures) or ""
        if given not in WORDS:
            reader.wrong("grade", "请选择困难等级。", "E_REQUIRED", "填写收入后也可以按提示等级提交。")
        if not causes:
            reader.wrong("cause_illness", "请选择至少一项致困原因。", "E_REQUIRED")
        detail = reader.text("detail", "家庭和困难情况", required=True, most=2000)
        reader.done()
        made = actions.submit(
            person_id=who.id, source=source, grade=given, causes=causes, figures=figures, detail=detail, by=hand()
        )
        return at("hardship", hardship_id=made)

    fields = [
        boxed("source", _("来源"), "radio", options=list(actions.SOURCES.items()), value="application", required=True),
        *(boxed(f"cause_{code}", title, "checkbox") for code, title in actions.CAUSES.items()),
        *(boxed(name, _("%(label)s（元）", label=label), inputmode="decimal") for name, label in FIGURES.items()),
        boxed(
            "grade",
            _("拟定等级"),
            "select",
            options=list(WORDS.items()),
            help=_("不选时按收入提示的等级；最终由组织认定。"),
        ),
        boxed("detail", _("家庭和困难情况"), "textarea", rows=5, required=True, help=_("加密保存，公示时不公开。")),
    ]
    return form_page(_("申报%(name)s", name=who.name), fields, run, back=at("hardships"), submit=_("提交"))


@pages.route("/hardships/<uuid:hardship_id>", methods=["GET", "POST"])
@requires(p.HARDSHIP_VIEW)
def hardship(hardship_id: UUID) -> Answer:
    """One case and its next step."""
    try:
        one: Hardship = taken(Hardship, hardship_id, lock=False)
        place = unit(one.unit_id, reach(p.HARDSHIP_VIEW))
        who, _home = member(one.person_id)
    except Unknown:
        abort(404)
    facts = [
        (_("姓名"), who.name), (_("党支部"), place.short_name), (_("来源"), actions.SOURCES[one.source]), (_("等级"), WORDS[one.grade]),
        (_("提示等级"), WORDS.get(one.hint or "")), (_("致困原因"), _causes(one.causes)), (_("提交"), f"{one.submitted_on} {one.submitter}"),
        (_("支部研究"), f"{one.reviewed_on} {one.reviewer}" if one.reviewed_on else None), (_("公示起"), one.published_from),
        (_("认定"), f"{one.decided_on} {one.decider}" if one.decided_on else None),
        (_("有效期"), f"{one.valid_from} — {one.valid_to}" if one.valid_to else None), (_("复核日期"), one.review_on),
    ]  # fmt: skip
    cards: list[Card] = []
    if may(p.OPEN, place.path):
        record(kind="care.aid.opened", subject="care_hardship", subject_id=one.id)
        held = actions.figures_of(one)
        cards.append(
            Card(
                _("收入情况"),
                facts=[
                    (label, f"{yuan(held[name])} 元" if held.get(name) else None) for name, label in FIGURES.items()
                ],
            )
        )
        cards.append(Card(_("家庭和困难情况"), text=unseal(one.detail_cipher, Hardship, "detail_cipher", one.id)))
    return record_page(
        who.name, state=(actions.STATES[one.state], TONES[one.state]), facts=facts, cards=cards, acts=_acts(one, place),
        back=(_("困难党员"), at("hardships")), version=one.version,
        prints=[(_("困难党员登记表"), at("paper", code="hardship", subject_id=one.id))] if cards else [],
    )  # fmt: skip


def _acts(one: Hardship, place: Unit) -> list[Act]:
    acts: list[Act] = []
    reader = Reader(request.form, "R6.07")
    grade = boxed("grade", _("等级"), "select", options=list(WORDS.items()), value=one.grade, required=True)
    editing, deciding = may(p.HARDSHIP_EDIT, place.path), may(p.HARDSHIP_DECIDE, place.path)
    if editing and one.state == "submitted":
        acts.append(Act("review", _("支部研究"), lambda: actions.review(
            hardship_id=one.id, at=reader.choice("at", "研究机构", ("meeting", "committee"), default="committee"),
            grade=reader.choice("grade", "等级", WORDS), by=hand(), on=reader.day("on", "研究日期", default=today()), version=version()),
            [boxed("at", _("研究机构"), "select", options=[("committee", _("支委会")), ("meeting", _("支部大会"))], value="committee", required=True),
             grade, boxed("on", _("研究日期"), "date", value=today().isoformat())], primary=True))  # fmt: skip
    if editing and one.state == "branch_reviewed":
        acts.append(Act("public", _("开始公示"), lambda: actions.make_public(hardship_id=one.id, by=hand(), version=version()),
                        note=_("公示姓名、党支部和等级，不公示收入。公示满5个工作日后认定。"), primary=True))  # fmt: skip
    if deciding and one.state in ("submitted", "branch_reviewed", "published"):
        acts.append(Act("agree", _("认定"), lambda: _decide(one, place, agree=True), [grade, boxed("valid_to", _("有效期至"), "date", help=_("不填为12个月。"))],
                        primary=one.state == "published"))  # fmt: skip
        acts.append(
            Act(
                "refuse",
                _("不予认定"),
                lambda: _decide(one, place, agree=False),
                [boxed("reason", _("理由"), "textarea", required=True)],
                danger=True,
            )
        )
    if deciding and one.state == "approved":
        acts.append(Act("end", _("退出台账"), lambda: actions.end(
            hardship_id=one.id, reason=reader.text("reason", "原因"), by=hand(), version=version()), [boxed("reason", _("原因"), required=True)]))  # fmt: skip
    return acts


def _decide(one: Hardship, place: Unit, *, agree: bool) -> Any:
    need_at(p.HARDSHIP_DECIDE, place.path, what=place.short_name)
    reader = Reader(request.form, "R6.07")
    until = reader.day("valid_to", "有效期至") if request.form.get("valid_to") else None
    grade = reader.choice("grade", "等级", WORDS, default=one.grade)
    reader.done()
    actions.decide(hardship_id=one.id, agree=agree, grade=grade, reason=reader.text("reason", "理由", most=1000),
                   valid_to=until, by=hand(), version=version())  # fmt: skip
