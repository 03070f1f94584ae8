"""A unit under key management, and a notice to a unit that is behind."""

from typing import Any
from uuid import UUID

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select

from core.sdk import Unit, add_months, may, need_at, ranges, requires, rows, today, transaction
from plugins.development.pages.reading import version
from plugins.development.plan import permissions as p
from plugins.development.plan.pages.shared import unit_label
from plugins.development.plan.progress import board
from plugins.development.plan.records import Unknown, inside, same_unit, taken, unit
from plugins.development.plan.registers import keys
from plugins.development.plan.registers.models import KeyCheck, KeyUnit, LagNotice
from plugins.development.plan.screens import Act, Answer, Card, Reader, at, boxed, link, record_page, word
from plugins.development.plan.words import CHECKED, COLOURS, LEVELS
from plugins.development.site import pages


def key_rows(held: Any) -> list[tuple[Any, ...]]:
    """The entries of the list of key management within some ranges."""
    near, given = inside(held)
    found = (
        select(KeyUnit.id, Unit.short_name, KeyUnit.level, KeyUnit.years, KeyUnit.opened_on, KeyUnit.correction_due,
               KeyUnit.checked_on, KeyUnit.lifted_on)
        .join(Unit, same_unit(KeyUnit.unit_id)).where(near)
        .order_by(KeyUnit.lifted_on.is_not(None), KeyUnit.level.desc(), Unit.path).limit(500)
    )  # fmt: skip
    return [
        (link(name, "key_unit", key_id=one), LEVELS[level], years, opened, due, checked, _said(lifted, due))
        for one, name, level, years, opened, due, checked, lifted in rows(found, **given)
    ]


def _said(lifted: Any, due: Any) -> dict[str, Any]:
    if lifted:
        return {"text": _("已解除"), "tone": "plain"}
    return {"text": _("整改超期"), "tone": "bad"} if due < today() else {"text": _("整改中"), "tone": "warn"}


def notice_rows(held: Any) -> list[tuple[Any, ...]]:
    """The notices that were sent within some ranges, newest first."""
    near, given = inside(held)
    found = (
        select(LagNotice.id, Unit.short_name, LagNotice.year, LagNotice.month, LagNotice.sent_on, LagNotice.reply_due,
               LagNotice.replied_on)
        .join(Unit, same_unit(LagNotice.unit_id)).where(near).order_by(LagNotice.sent_on.desc(), Unit.path).limit(200)
    )  # fmt: skip
    return [
        (link(name, "lag_notice", notice_id=one), f"{year}-{month:02d}", sent, due, replied or
         ({"text": _("超期未回复"), "tone": "bad"} if due < today() else {"text": _("待回复"), "tone": "warn"}))
        for one, name, year, month, sent, due, replied in rows(found, **given)
    ]  # fmt: skip


def _reached(model: Any, record_id: UUID) -> tuple[Any, Unit]:
    try:
        one = taken(model, record_id, lock=False)
        return one, unit(one.unit_id, tuple(ranges(p.PLAN_VIEW)))
    except Unknown:
        abort(404)


@pages.route("/plan/keys/<uuid:key_id>", methods=["GET", "POST"])
@requires(p.PLAN_VIEW)
def key_unit(key_id: UUID) -> Answer:
    """A unit under key management: measures, checks, and lifting."""
    one, place = _reached(KeyUnit, key_id)
    with transaction() as session:
        checks = list(
            session.scalars(select(KeyCheck).where(KeyCheck.key_id == one.id).order_by(KeyCheck.checked_on.desc()))
        )
    line = next(
        (found for found in board(((place.path, place.path_end),), today().year, today()) if found.id == place.id), None
    )
    months = 6 if one.level == "county" else 3
    following = add_months(one.checked_on or one.opened_on, months)
    facts = [
        (_("党组织"), unit_label(place)), (_("管理级别"), LEVELS[one.level]), (_("列入日期"), one.opened_on),
        (_("列入时连续没有发展"), _("%(n)s年", n=one.years)), (_("整改期限"), one.correction_due),
        (_("下次检查"), None if one.lifted_on else following),
        (_("现在的预警"), COLOURS[line.shade.value][0] if line else None), (_("解除日期"), one.lifted_on),
    ]  # fmt: skip
    done = [
        (check.period, check.checked_on, word(CHECKED[check.result]), check.found, check.checker) for check in checks
    ]
    cards = [
        Card(_("整改措施"), text=one.measures or _("还没有填写")),
        Card(_("检查记录"), (_("期间"), _("日期"), _("结果"), _("情况"), _("检查人")), done, _("还没有检查"),
             note=_("党委每季度检查一次，县级每半年检查一次")),
    ]  # fmt: skip
    if one.lift_reason:
        cards.append(Card(_("解除理由"), text=one.lift_reason))
    may_lift = bool(line) and not line.attention and one.lifted_on is None if line else False
    notice = _("该支部已有发展，可以研究解除重点管理。") if may_lift else ""
    state = (_("已解除"), "plain") if one.lifted_on else (_("重点管理中"), "warn")
    return record_page(
        unit_label(place), state=state, facts=facts, cards=cards, acts=_key_acts(one, place), version=one.version, notice=notice,
        back=(_("滞后和预警"), at("lagging")), prints=[(_("本单位计划"), at("plan_unit", unit_id=place.id))],
    )  # fmt: skip


def _key_acts(one: KeyUnit, place: Unit) -> list[Act]:
    if one.lifted_on is not None:
        return []
    acts = []
    if may(p.PLAN_WATCH, place.path):
        acts = [
            Act("check", _("登记检查"), lambda: _check(one, place), [
                boxed("on", _("检查日期"), "date", value=today().isoformat(), required=True),
                boxed("result", _("结果"), "select", options=[(code, said[0]) for code, said in CHECKED.items()], required=True),
                boxed("found", _("检查情况"), "textarea", required=True),
            ], primary=True),
            Act("lift", _("解除重点管理"), lambda: _lift(one, place), [boxed("reason", _("理由"), "textarea", required=True)]),
        ]  # fmt: skip
    if may(p.PLAN_EDIT, place.path):
        fields = [boxed("measures", _("整改措施、责任人和时间"), "textarea", value=one.measures, required=True)]
        acts.append(Act("measures", _("填写整改措施"), lambda: _measures(one, place), fields))
    return acts


def _check(one: KeyUnit, place: Unit) -> None:
    need_at(p.PLAN_WATCH, place.path, what=unit_label(place))
    reader = Reader("S4-11")
    on, result = reader.day("on", "检查日期"), reader.choice("result", "结果", CHECKED)
    found = reader.text("found", "检查情况", required=True)
    reader.done()
    keys.check(key_id=one.id, found=found, result=result, on=on, version=version())


def _lift(one: KeyUnit, place: Unit) -> None:
    need_at(p.PLAN_WATCH, place.path, what=unit_label(place))
    keys.lift(key_id=one.id, reason=Reader("S4-11").text("reason", "理由"), version=version())


def _measures(one: KeyUnit, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    keys.plan_measures(key_id=one.id, measures=Reader("S4-11").text("measures", "整改措施"), version=version())


@pages.route("/plan/notices/<uuid:notice_id>", methods=["GET", "POST"])
@requires(p.PLAN_VIEW)
def lag_notice(notice_id: UUID) -> Answer:
    """A notice to a unit that is behind, and its answer."""
    one, place = _reached(LagNotice, notice_id)
    told = one.figures
    facts = [
        (_("党组织"), unit_label(place)), (_("截至"), f"{one.year}-{one.month:02d}"), (_("名额"), told.get("quota")),
        (_("已发展"), told.get("used")), (_("已预留"), told.get("reserved")), (_("应完成"), told.get("expected")),
        (_("预警"), COLOURS[str(told.get("colour") or "")][0]), (_("发出"), one.sent_on), (_("发出人"), one.sender),
        (_("应回复"), one.reply_due),
    ]  # fmt: skip
    cards = [Card(_("要求"), text=one.demand)]
    if one.reply:
        cards.append(
            Card(_("回复"), text=one.reply, facts=[(_("回复日期"), one.replied_on), (_("回复人"), one.replier)])
        )
    acts = []
    if one.replied_on is None and may(p.PLAN_EDIT, place.path):
        fields = [boxed("reply", _("原因和下一步安排"), "textarea", required=True)]
        acts.append(Act("reply", _("回复"), lambda: _reply(one, place), fields, primary=True))
    state = (_("已回复"), "ok") if one.replied_on else (_("待回复"), "warn")
    title = _("滞后单位通知：%(unit)s", unit=unit_label(place))
    return record_page(title, state=state, facts=facts, cards=cards, acts=acts, back=(_("滞后和预警"), at("lagging")))


def _reply(one: LagNotice, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    keys.reply(notice_id=one.id, text=Reader("S4-11").text("reply", "回复"))
